//! A store in memory, for tests and worlds: what was committed survives a "crash", which is dropping everything else.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::ports::{Row, Store, StoreError, Table, Write};

type Rows = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

/// A store in memory. Clones share their contents, as two tabs share a disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    rows: Rc<RefCell<Rows>>,
    failing: Rc<Cell<Option<StoreError>>>,
}

impl MemoryStore {
    /// From now on every commit fails so, until told otherwise.
    pub fn fail_with(&self, error: Option<StoreError>) {
        self.failing.set(error);
    }

    /// Another store with the same contents, which goes its own way from here.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            rows: Rc::new(RefCell::new(self.rows.borrow().clone())),
            failing: Rc::default(),
        }
    }

    /// Everything that lies in the store, as an examiner of the disk would see it.
    #[must_use]
    pub fn all_bytes(&self) -> Vec<u8> {
        self.rows
            .borrow()
            .iter()
            .flat_map(|((_, key), value)| key.iter().chain(value))
            .copied()
            .collect()
    }
}

impl Store for MemoryStore {
    async fn commit(&self, batch: Vec<Write>) -> Result<(), StoreError> {
        if let Some(error) = self.failing.get() {
            return Err(error);
        }
        let mut rows = self.rows.borrow_mut();
        for write in batch {
            match write {
                Write::Put(table, key, value) => {
                    rows.insert((table, key), value);
                }
                Write::Delete(table, key) => {
                    rows.remove(&(table, key));
                }
                Write::Clear(table) => rows.retain(|(at, _), _| *at != table),
            }
        }
        Ok(())
    }

    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.rows.borrow().get(&(table, key.to_vec())).cloned())
    }

    async fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let start = from.max(prefix).to_vec();
        let rows = self.rows.borrow();
        Ok(rows
            .range((table, start)..)
            .take_while(|((at, key), _)| *at == table && key.starts_with(prefix))
            .take(limit)
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::conformance;

    #[test]
    fn the_store_in_memory_does_what_every_store_must() {
        let checked = conformance::check(MemoryStore::default(), async |store| Ok(store)).now_or_never();
        assert!(matches!(checked, Some(Ok(()))), "{checked:?}");
    }

    #[test]
    fn a_fork_goes_its_own_way_and_a_clone_does_not() {
        let store = MemoryStore::default();
        let (clone, fork) = (store.clone(), store.fork());
        let put = vec![Write::Put(Table::Meta, b"k".to_vec(), b"v".to_vec())];
        store.commit(put).now_or_never().unwrap().unwrap();
        let get = |store: &MemoryStore| store.get(Table::Meta, b"k").now_or_never().unwrap().unwrap();
        assert_eq!((get(&clone), get(&fork)), (Some(b"v".to_vec()), None));
    }

    #[test]
    fn a_commit_that_fails_changes_nothing() {
        let store = MemoryStore::default();
        store.fail_with(Some(StoreError::Full));
        let put = || vec![Write::Put(Table::Meta, b"k".to_vec(), b"v".to_vec())];
        assert_eq!(store.commit(put()).now_or_never(), Some(Err(StoreError::Full)));
        assert!(store.all_bytes().is_empty());
        store.fail_with(None);
        assert_eq!(store.commit(put()).now_or_never(), Some(Ok(())));
    }
}
