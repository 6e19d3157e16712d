//! What is SQLite's own: the disk, the commits, the end.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use alongside_wire::envelope::Posted;

use super::{OpenError, SchemaError, SqliteStore};
use crate::id::{MemberKey, SpaceId};
use crate::store::{Access, Named, Removed, Store, StoreError, Stretch};

const US: SpaceId = SpaceId([1; 16]);
const ADA: MemberKey = MemberKey([1; 32]);
const ALL: Stretch = Stretch {
    after: 0,
    removed_after: 0,
    limit: 4096,
    bytes: usize::MAX,
};

fn named(text: &str, payload: &[u8]) -> Named {
    Named::new(Posted {
        head: text.as_bytes().to_vec().into(),
        payload: payload.to_vec().into(),
    })
}

async fn head(store: &SqliteStore) -> u64 {
    match store.read(US, ADA, ALL).await.unwrap() {
        Access::Granted(page) => page.head,
        Access::NotMember => panic!("not a member"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_of_many_share_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path(), None).unwrap());
    store.open_space(US, ADA).await.unwrap();
    let commits = store.commits();
    let before = commits.transactions.load(Ordering::Relaxed);
    let writers: Vec<_> = (0..256)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .append(US, ADA, vec![named(&number.to_string(), b"x")])
                    .await
                    .unwrap()
            })
        })
        .collect();
    for writer in writers {
        assert!(matches!(writer.await.unwrap(), Access::Granted(_)));
    }
    let transactions = commits.transactions.load(Ordering::Relaxed) - before;
    assert!(transactions <= 128, "256 appends took {transactions} commits");
    assert_eq!(head(&store).await, 256);
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er");
    let store = SqliteStore::open(&path, None).unwrap();
    store.open_space(US, ADA).await.unwrap();
    store.append(US, ADA, vec![named("a", b"x")]).await.unwrap();
    assert!(matches!(SqliteStore::open(&path, None), Err(OpenError::InUse)));
    store.stop().await;
    assert!(matches!(
        store.append(US, ADA, vec![named("b", b"x")]).await,
        Err(StoreError::Stopped)
    ));
    assert!(matches!(store.read(US, ADA, ALL).await, Err(StoreError::Stopped)));
    drop(store);
    assert_eq!(head(&SqliteStore::open(&path, None).unwrap()).await, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_looks_into_the_data_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let _store = SqliteStore::open(&path, None).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(folder.path(), None).unwrap());
    let connection = rusqlite::Connection::open(folder.path().join("relay.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    // The writing thread of the first may still be letting go of the folder.
    let refused = loop {
        match SqliteStore::open(folder.path(), None) {
            Err(OpenError::InUse) => tokio::task::yield_now().await,
            other => break other,
        }
    };
    assert!(matches!(
        refused,
        Err(OpenError::Schema(SchemaError::Newer { found: 99, known: 1 }))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path(), Some(600 * 1024)).unwrap());
    store.open_space(US, ADA).await.unwrap();
    store
        .append(US, ADA, vec![named("first", &[7; 200 * 1024])])
        .await
        .unwrap();
    let (large, small) = tokio::join!(
        store.append(
            US,
            ADA,
            vec![named("l1", &[1; 250 * 1024]), named("l2", &[2; 250 * 1024])]
        ),
        store.append(US, ADA, vec![named("small", b"x")]),
    );
    assert!(matches!(large, Err(StoreError::Full)));
    assert!(matches!(small, Ok(Access::Granted(_))));
    assert_eq!(head(&store).await, 2);
    store
        .remove(US, ADA, vec![named("first", &[7; 200 * 1024]).id])
        .await
        .unwrap();
    assert!(matches!(
        store
            .append(US, ADA, vec![named("later", &[3; 150 * 1024])])
            .await,
        Ok(Access::Granted(_))
    ));
}

#[tokio::test]
async fn a_removed_payload_is_gone_from_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), None).unwrap();
    store.open_space(US, ADA).await.unwrap();
    let canary: Vec<u8> = b"canary-7f3a".iter().copied().cycle().take(9000).collect();
    let envelope = named("a", &canary);
    store.append(US, ADA, vec![envelope.clone()]).await.unwrap();
    let found = || {
        std::fs::read_dir(folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(11).any(|window| window == b"canary-7f3a")
        })
    };
    assert!(found());
    let removed = store.remove(US, ADA, vec![envelope.id]).await.unwrap();
    assert_eq!(removed, Access::Granted(Removed::Gone { freed_bytes: 9000 }));
    while store.sweep(0).await.unwrap() {}
    assert!(!found());
}

#[tokio::test]
async fn the_tables_of_spaces_know_no_account_and_those_of_accounts_no_space() {
    let folder = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(folder.path(), None).unwrap());
    let connection = rusqlite::Connection::open(folder.path().join("relay.sqlite")).unwrap();
    let columns = |table: &str| -> Vec<String> {
        let mut statement = connection
            .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))
            .unwrap();
        statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    for table in [
        "spaces",
        "members",
        "entries",
        "removals",
        "deposits",
        "rounds_over",
        "invitations",
    ] {
        let columns = columns(table);
        assert!(!columns.is_empty());
        assert!(
            columns
                .iter()
                .all(|column| !["account", "handle", "session"].contains(&column.as_str())),
            "{table}"
        );
    }
    for table in ["accounts", "vaults", "sessions", "logins"] {
        assert!(
            columns(table)
                .iter()
                .all(|column| !["space", "member", "key"].contains(&column.as_str())),
            "{table}"
        );
    }
}
