//! What every store must do, whatever it is made of. Each store's own tests run this.

use crate::ports::{Row, Store, StoreError, Table, Write};

/// What a store did that it must not.
#[derive(Debug, thiserror::Error)]
pub enum Breach {
    /// It failed where it should not.
    #[error("{claim}: the store failed: {source}")]
    Failed {
        /// What was being shown.
        claim: &'static str,
        /// How it failed.
        source: StoreError,
    },
    /// It answered something else.
    #[error("{claim}: expected {expected}, found {found}")]
    Differs {
        /// What was being shown.
        claim: &'static str,
        /// What should have been.
        expected: String,
        /// What was.
        found: String,
    },
}

fn same<T: PartialEq + core::fmt::Debug>(claim: &'static str, expected: &T, found: &T) -> Result<(), Breach> {
    if expected == found {
        Ok(())
    } else {
        Err(Breach::Differs {
            claim,
            expected: format!("{expected:?}"),
            found: format!("{found:?}"),
        })
    }
}

fn key(space: u8, number: u64) -> Vec<u8> {
    let mut key = vec![space; 16];
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// Runs every claim. `reopen` closes a store and opens the same one again; it is called with an empty one at first.
///
/// # Errors
/// The first claim that does not hold.
pub async fn check<S: Store>(
    store: S,
    reopen: impl AsyncFn(S) -> Result<S, StoreError>,
) -> Result<(), Breach> {
    let failed = |claim| move |source| Breach::Failed { claim, source };

    let claim = "an empty store has nothing";
    for table in Table::ALL {
        same(
            claim,
            &None,
            &store.get(table, b"k").await.map_err(failed(claim))?,
        )?;
        same(
            claim,
            &Vec::<Row>::new(),
            &store.scan(table, b"", b"", 9).await.map_err(failed(claim))?,
        )?;
    }

    let claim = "a value is there once it is committed, in its own table alone";
    store
        .commit(vec![Write::Put(Table::Meta, b"k".into(), b"one".into())])
        .await
        .map_err(failed(claim))?;
    same(
        claim,
        &Some(b"one".to_vec()),
        &store.get(Table::Meta, b"k").await.map_err(failed(claim))?,
    )?;
    same(
        claim,
        &None,
        &store.get(Table::Aside, b"k").await.map_err(failed(claim))?,
    )?;

    let claim = "within a batch the last write wins, and an empty value is a value";
    let batch = vec![
        Write::Put(Table::Meta, b"k".into(), b"two".into()),
        Write::Delete(Table::Meta, b"k".into()),
        Write::Put(Table::Meta, b"k".into(), Vec::new()),
    ];
    store.commit(batch).await.map_err(failed(claim))?;
    same(
        claim,
        &Some(Vec::new()),
        &store.get(Table::Meta, b"k").await.map_err(failed(claim))?,
    )?;

    let claim = "a scan goes in the order of the keys' bytes, within its prefix, from where it is told, up to its limit";
    let numbers = [1_u64, 2, 255, 256, 65_536, u64::MAX];
    let batch = [1_u8, 2, 255]
        .iter()
        .flat_map(|&space| {
            numbers
                .iter()
                .rev()
                .map(move |&number| Write::Put(Table::Inbox, key(space, number), key(space, number)))
        })
        .collect();
    store.commit(batch).await.map_err(failed(claim))?;
    for space in [1, 2, 255] {
        let all = store
            .scan(Table::Inbox, &[space; 16], b"", 99)
            .await
            .map_err(failed(claim))?;
        same(
            claim,
            &numbers
                .map(|number| (key(space, number), key(space, number)))
                .to_vec(),
            &all,
        )?;
        let some = store
            .scan(Table::Inbox, &[space; 16], &key(space, 3), 2)
            .await
            .map_err(failed(claim))?;
        same(
            claim,
            &[255, 256]
                .map(|number| (key(space, number), key(space, number)))
                .to_vec(),
            &some,
        )?;
    }

    let claim = "what was committed is there after closing and opening again";
    let store = reopen(store).await.map_err(failed(claim))?;
    same(
        claim,
        &18,
        &store
            .scan(Table::Inbox, b"", b"", 99)
            .await
            .map_err(failed(claim))?
            .len(),
    )?;

    let claim = "large values come back whole";
    let large: Vec<u8> = (0..300_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    store
        .commit(vec![Write::Put(Table::Checkpoint, b"c".into(), large.clone())])
        .await
        .map_err(failed(claim))?;
    same(
        claim,
        &Some(large),
        &store.get(Table::Checkpoint, b"c").await.map_err(failed(claim))?,
    )?;

    let claim = "clearing empties one table and no other, in the order of the batch";
    let batch = vec![
        Write::Clear(Table::Inbox),
        Write::Put(Table::Inbox, key(7, 7), b"after".into()),
    ];
    store.commit(batch).await.map_err(failed(claim))?;
    let left = store
        .scan(Table::Inbox, b"", b"", 99)
        .await
        .map_err(failed(claim))?;
    same(claim, &vec![(key(7, 7), b"after".to_vec())], &left)?;
    same(
        claim,
        &Some(Vec::new()),
        &store.get(Table::Meta, b"k").await.map_err(failed(claim))?,
    )?;

    let claim = "removing what is not there is nothing";
    store
        .commit(vec![Write::Delete(Table::Outbox, b"none".into())])
        .await
        .map_err(failed(claim))?;
    Ok(())
}
