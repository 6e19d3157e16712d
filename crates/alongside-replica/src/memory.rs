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
