//! The store of a device in a browser: IndexedDB, with strict durability.

use std::cell::RefCell;
use std::rc::Rc;

use alongside_replica::ports::{Row, Store, StoreError, Table, Write};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode,
};

/// The layout. A new number needs a way from each older one in [`IndexedDb::open`].
const LAYOUT: u32 = 1;

/// The store.
pub(crate) struct IndexedDb {
    database: Rc<RefCell<Option<IdbDatabase>>>,
}

impl IndexedDb {
    /// Opens it, making it where it is not there yet.
    ///
    /// # Errors
    /// [`StoreError::Denied`] where the browser keeps nothing, [`StoreError::TooNew`] after a newer version.
    pub(crate) async fn open(name: &str) -> Result<Self, StoreError> {
        let factory = web_sys::window()
            .and_then(|window| window.indexed_db().ok().flatten())
            .ok_or(StoreError::Denied)?;
        let request = factory
            .open_with_u32(name, LAYOUT)
            .map_err(|_| StoreError::Denied)?;
        let upgrading = request.clone();
        let upgrade = Closure::<dyn FnMut()>::new(move || {
            if let Ok(database) = upgrading.result().and_then(JsCast::dyn_into::<IdbDatabase>) {
                for table in Table::ALL {
                    let _ = database.create_object_store(table.name());
                }
            }
        });
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let opened = done(&request).await;
        request.set_onupgradeneeded(None);
        let database: IdbDatabase = opened
            .map_err(|fault| match fault {
                // What is neither full nor too new, at the door, is a browser that keeps nothing here.
                StoreError::Failed => StoreError::Denied,
                StoreError::Full | StoreError::Denied | StoreError::Gone | StoreError::TooNew => fault,
            })?
            .dyn_into()
            .map_err(|_| StoreError::Denied)?;
        Ok(Self {
            database: watched(database),
        })
    }

    /// A transaction over some tables; a writing one is on the disk when it completes.
    fn transaction(&self, tables: &[Table], mode: IdbTransactionMode) -> Result<IdbTransaction, StoreError> {
        let database = self.database.borrow().clone().ok_or(StoreError::Gone)?;
        let names: Array = tables
            .iter()
            .map(|table| JsValue::from_str(table.name()))
            .collect();
        let options = Object::new();
        let _ = Reflect::set(&options, &"durability".into(), &"strict".into());
        super::call(
            &database,
            "transaction",
            &[names.into(), mode.into(), options.into()],
        )
        .and_then(JsCast::dyn_into)
        .map_err(|fault| what(&fault))
    }
}

impl Drop for IndexedDb {
    fn drop(&mut self) {
        if let Some(database) = self.database.borrow_mut().take() {
            database.close();
        }
    }
}

/// Forgets the database when the browser clears or closes it, and makes way for another tab that upgrades it.
fn watched(database: IdbDatabase) -> Rc<RefCell<Option<IdbDatabase>>> {
    let held = Rc::new(RefCell::new(Some(database.clone())));
    for event in ["close", "versionchange"] {
        let held = Rc::clone(&held);
        let gone = Closure::<dyn FnMut()>::new(move || {
            if let Some(database) = held.borrow_mut().take() {
                database.close();
            }
        });
        let _ = database.add_event_listener_with_callback(event, gone.as_ref().unchecked_ref());
        gone.forget();
    }
    held
}

impl Store for IndexedDb {
    async fn commit(&self, batch: Vec<Write>) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut tables: Vec<Table> = batch
            .iter()
            .map(|write| match write {
                Write::Put(table, ..) | Write::Delete(table, _) | Write::Clear(table) => *table,
            })
            .collect();
        tables.sort_unstable();
        tables.dedup();
        let transaction = self.transaction(&tables, IdbTransactionMode::Readwrite)?;
        let completed = completion(&transaction);
        for write in batch {
            if let Err(fault) = put(&transaction, write) {
                let _ = transaction.abort();
                let _ = JsFuture::from(completed).await;
                return Err(fault);
            }
        }
        match JsFuture::from(completed).await {
            Ok(_) => Ok(()),
            Err(_) if self.database.borrow().is_none() => Err(StoreError::Gone),
            Err(_) => Err(transaction
                .error()
                .map_or(StoreError::Failed, |fault| named(&fault))),
        }
    }

    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let transaction = self.transaction(&[table], IdbTransactionMode::Readonly)?;
        let request = store(&transaction, table)?
            .get(&bytes(key))
            .map_err(|fault| what(&fault))?;
        let value = done(&request).await?;
        if value.is_undefined() {
            return Ok(None);
        }
        Ok(Some(Uint8Array::new(&value).to_vec()))
    }

    async fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let lower = prefix.max(from);
        let range = match after(prefix) {
            Some(end) if lower >= end.as_slice() => return Ok(Vec::new()),
            Some(end) => {
                IdbKeyRange::bound_with_lower_open_and_upper_open(&bytes(lower), &bytes(&end), false, true)
            }
            None => IdbKeyRange::lower_bound(&bytes(lower)),
        }
        .map_err(|fault| what(&fault))?;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let transaction = self.transaction(&[table], IdbTransactionMode::Readonly)?;
        let table = store(&transaction, table)?;
        let keys = table
            .get_all_keys_with_key_and_limit(&range, limit)
            .map_err(|fault| what(&fault))?;
        let values = table
            .get_all_with_key_and_limit(&range, limit)
            .map_err(|fault| what(&fault))?;
        // Both wait for their events from the start: the later one may come first in line.
        let (keys, values) = (outcome(&keys), outcome(&values));
        let keys: Array = settled(keys).await?.unchecked_into();
        let values: Array = settled(values).await?.unchecked_into();
        Ok(keys
            .iter()
            .zip(values.iter())
            .map(|(key, value)| (Uint8Array::new(&key).to_vec(), Uint8Array::new(&value).to_vec()))
            .collect())
    }
}

fn put(transaction: &IdbTransaction, write: Write) -> Result<(), StoreError> {
    match write {
        Write::Put(table, key, value) => {
            store(transaction, table)?.put_with_key(&bytes(&value), &bytes(&key))
        }
        Write::Delete(table, key) => store(transaction, table)?.delete(&bytes(&key)),
        Write::Clear(table) => store(transaction, table)?.clear(),
    }
    .map(|_| ())
    .map_err(|fault| what(&fault))
}

fn store(transaction: &IdbTransaction, table: Table) -> Result<IdbObjectStore, StoreError> {
    transaction
        .object_store(table.name())
        .map_err(|fault| what(&fault))
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// The least key that is above all that begin with the prefix; `None` where there is none.
fn after(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

async fn done(request: &IdbRequest) -> Result<JsValue, StoreError> {
    settled(outcome(request)).await
}

/// A request whose events are waited for.
struct Outcome {
    promise: Promise,
    request: IdbRequest,
}

fn outcome(request: &IdbRequest) -> Outcome {
    let promise = Promise::new(&mut |good, bad| {
        request.set_onsuccess(Some(&good));
        request.set_onerror(Some(&bad));
    });
    Outcome {
        promise,
        request: request.clone(),
    }
}

async fn settled(outcome: Outcome) -> Result<JsValue, StoreError> {
    let Outcome { promise, request } = outcome;
    match JsFuture::from(promise).await {
        Ok(_) => request.result().map_err(|fault| what(&fault)),
        Err(_) => Err(request
            .error()
            .ok()
            .flatten()
            .map_or(StoreError::Failed, |fault| named(&fault))),
    }
}

fn completion(transaction: &IdbTransaction) -> Promise {
    Promise::new(&mut |good, bad| {
        transaction.set_oncomplete(Some(&good));
        transaction.set_onabort(Some(&bad));
        transaction.set_onerror(Some(&bad));
    })
}

fn what(fault: &JsValue) -> StoreError {
    fault.dyn_ref::<DomException>().map_or(StoreError::Failed, named)
}

fn named(fault: &DomException) -> StoreError {
    match fault.name().as_str() {
        "QuotaExceededError" => StoreError::Full,
        "VersionError" => StoreError::TooNew,
        "SecurityError" | "NotAllowedError" => StoreError::Denied,
        "InvalidStateError" | "NotFoundError" => StoreError::Gone,
        _ => StoreError::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_prefix_is_above_all_that_begin_with_it() {
        assert_eq!(after(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(after(&[1, 255]), Some(vec![2]));
        assert_eq!(after(&[255, 255]), None);
        assert_eq!(after(&[]), None);
    }
}
