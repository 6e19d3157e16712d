//! What the claims are told with.

use std::future::Future;

use alongside_wire::envelope::Posted;
use alongside_wire::space::Page;

use crate::id::{AccountId, MemberKey, RoundId, SessionId, SpaceId};
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{Access, MemberAdded, Named, NewAccount, NewSession, SpaceOpened, Store, Stretch};

pub(super) const US: SpaceId = SpaceId([1; 16]);
pub(super) const ELSEWHERE: SpaceId = SpaceId([2; 16]);
pub(super) const ADA: MemberKey = MemberKey([1; 32]);
pub(super) const BEN: MemberKey = MemberKey([2; 32]);
pub(super) const EVE: MemberKey = MemberKey([9; 32]);
pub(super) const DAY_MS: i64 = 86_400_000;

pub(super) fn named(text: &str) -> Named {
    let payload = format!("payload of {text}").into_bytes();
    Named::new(Posted {
        head: text.as_bytes().to_vec().into(),
        payload: payload.into(),
    })
}

pub(super) fn all() -> Stretch {
    Stretch {
        after: 0,
        removed_after: 0,
        limit: 1000,
        bytes: usize::MAX,
    }
}

pub(super) fn round(name: &str) -> RoundId {
    RoundId::new(name.as_bytes()).unwrap()
}

pub(super) fn account(number: i64, handle: &str) -> NewAccount {
    NewAccount {
        account: AccountId(number),
        handle: handle.to_owned(),
        record: b"record".to_vec(),
        vault: b"vault".to_vec(),
        session: session(number, 0),
    }
}

pub(super) fn session(number: i64, now_ms: i64) -> NewSession {
    NewSession {
        session: SessionId([u8::try_from(number).unwrap(); 32]),
        now_ms,
    }
}

pub(super) fn granted<T>(access: Access<T>) -> T {
    match access {
        Access::Granted(what) => what,
        Access::NotMember => panic!("not a member"),
    }
}

pub(super) async fn two(store: &impl Store) {
    assert_eq!(store.open_space(US, ADA).await.unwrap(), SpaceOpened::Open);
    assert_eq!(
        store.add_member(US, ADA, BEN).await.unwrap(),
        Access::Granted(MemberAdded::Added)
    );
}

pub(super) async fn append(store: &impl Store, by: MemberKey, texts: &[&str]) -> Vec<u64> {
    let envelopes = texts.iter().map(|text| named(text)).collect();
    granted(store.append(US, by, envelopes).await.unwrap()).numbers
}

pub(super) async fn page(store: &impl Store, stretch: Stretch) -> Page {
    granted(store.read(US, ADA, stretch).await.unwrap())
}

pub(super) fn heads(page: &Page) -> Vec<String> {
    page.entries
        .iter()
        .map(|entry| String::from_utf8(entry.head.to_vec()).unwrap())
        .collect()
}

pub(super) async fn in_memory<F: Future<Output = ()>>(claim: impl FnOnce(MemoryStore) -> F) {
    let store = MemoryStore::default();
    store.ready().await.unwrap();
    claim(store).await;
}

pub(super) async fn on_disk<F: Future<Output = ()>>(claim: impl FnOnce(SqliteStore) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), None).unwrap();
    store.ready().await.unwrap();
    claim(store).await;
}
