//! What every store does, whichever it is.

use std::future::Future;
use std::sync::Arc;

use alongside_wire::account::RecoveryKeys;
use alongside_wire::envelope::{Kept, Posted, payload_hash};
use alongside_wire::limits::MAX_MEMBERS;
use alongside_wire::space::Page;

use super::memory::MemoryStore;
use super::sqlite::SqliteStore;
use super::{
    Access, Answer, Created, Deposit, INVITATION_GRACE_MS, InvitationStep, MemberAdded, Named, NewAccount,
    NewInvitation, NewSession, PendingLogin, Removed, Secrets, SpaceOpened, Store, Stretch, TakenBack, VaultPut,
};
use crate::id::{AccountId, EnvelopeId, InvitationId, LoginId, MemberKey, RoundId, SessionId, SpaceId};

const US: SpaceId = SpaceId([1; 16]);
const ELSEWHERE: SpaceId = SpaceId([2; 16]);
const ADA: MemberKey = MemberKey([1; 32]);
const BEN: MemberKey = MemberKey([2; 32]);
const EVE: MemberKey = MemberKey([9; 32]);
const DAY_MS: i64 = 86_400_000;

fn named(text: &str) -> Named {
    let payload = format!("payload of {text}").into_bytes();
    Named::new(Posted { head: text.as_bytes().to_vec().into(), payload: payload.into() })
}

fn all() -> Stretch {
    Stretch { after: 0, removed_after: 0, limit: 1000, bytes: usize::MAX }
}

fn round(name: &str) -> RoundId {
    RoundId::new(name.as_bytes()).unwrap()
}

fn account(number: i64, handle: &str) -> NewAccount {
    NewAccount {
        account: AccountId(number),
        handle: handle.to_owned(),
        record: b"record".to_vec(),
        vault: b"vault".to_vec(),
        session: session(number, 0),
    }
}

fn session(number: i64, now_ms: i64) -> NewSession {
    NewSession { session: SessionId([u8::try_from(number).unwrap(); 32]), now_ms }
}

fn granted<T>(access: Access<T>) -> T {
    match access {
        Access::Granted(what) => what,
        Access::NotMember => panic!("not a member"),
    }
}

async fn two(store: &impl Store) {
    assert_eq!(store.open_space(US, ADA).await.unwrap(), SpaceOpened::Open);
    assert_eq!(store.add_member(US, ADA, BEN).await.unwrap(), Access::Granted(MemberAdded::Added));
}

async fn append(store: &impl Store, by: MemberKey, texts: &[&str]) -> Vec<u64> {
    let envelopes = texts.iter().map(|text| named(text)).collect();
    granted(store.append(US, by, envelopes).await.unwrap()).numbers
}

async fn page(store: &impl Store, stretch: Stretch) -> Page {
    granted(store.read(US, ADA, stretch).await.unwrap())
}

fn heads(page: &Page) -> Vec<String> {
    page.entries.iter().map(|entry| String::from_utf8(entry.head.to_vec()).unwrap()).collect()
}

async fn secrets_are_made_once(store: impl Store) {
    let first = Secrets { opaque: b"one".to_vec(), mac: [1; 32] };
    assert_eq!(store.secrets(first.clone()).await.unwrap(), first);
    let second = Secrets { opaque: b"two".to_vec(), mac: [2; 32] };
    assert_eq!(store.secrets(second).await.unwrap(), first);
}

async fn a_handle_belongs_to_whoever_was_first_until_the_account_is_removed(store: impl Store) {
    assert_eq!(store.create_account(account(1, "ada")).await.unwrap(), Created::Created);
    assert_eq!(store.create_account(account(2, "ada")).await.unwrap(), Created::HandleTaken);
    assert!(store.session(session(2, 0).session).await.unwrap().is_none());
    let known = store.credentials("ada".to_owned()).await.unwrap().unwrap();
    assert_eq!((known.account, known.record.as_slice(), known.recovery), (AccountId(1), &b"record"[..], None));
    store.delete_account(AccountId(1)).await.unwrap();
    assert!(store.credentials("ada".to_owned()).await.unwrap().is_none());
    assert!(store.session(session(1, 0).session).await.unwrap().is_none());
    assert!(store.vault(AccountId(1)).await.unwrap().is_none());
    assert!(!store.open_session(AccountId(1), session(7, 0)).await.unwrap());
    assert_eq!(store.create_account(account(3, "ada")).await.unwrap(), Created::Created);
}

async fn recovery_keys_can_be_set_and_taken_away(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    let keys = RecoveryKeys { account: [3; 32], both: [4; 32] };
    for keys in [Some(keys), None] {
        store.set_recovery(AccountId(1), keys.clone()).await.unwrap();
        assert_eq!(store.credentials("ada".to_owned()).await.unwrap().unwrap().recovery, keys);
    }
}

async fn a_vault_is_replaced_only_in_the_generation_that_was_seen(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    assert_eq!(store.put_vault(AccountId(1), 1, b"b".to_vec()).await.unwrap(), VaultPut::Stored(2));
    assert_eq!(store.put_vault(AccountId(1), 1, b"c".to_vec()).await.unwrap(), VaultPut::Conflict);
    assert_eq!(store.put_vault(AccountId(1), u64::MAX, b"c".to_vec()).await.unwrap(), VaultPut::Conflict);
    assert_eq!(store.put_vault(AccountId(8), 1, b"c".to_vec()).await.unwrap(), VaultPut::NoAccount);
    assert_eq!(store.vault(AccountId(1)).await.unwrap(), Some((2, b"b".to_vec())));
}

async fn a_new_passphrase_swaps_record_and_vault_together_and_ends_the_other_sessions(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    store.create_account(account(5, "ben")).await.unwrap();
    assert!(store.open_session(AccountId(1), session(2, 3 * DAY_MS)).await.unwrap());
    let [first, second, other] = [1, 2, 5].map(|number| session(number, 0).session);
    let change = async |replaces| {
        let new = (b"new".to_vec(), b"sealed".to_vec());
        store.change_passphrase(AccountId(1), second, new.0, replaces, new.1).await.unwrap()
    };
    assert_eq!(change(7).await, VaultPut::Conflict);
    assert_eq!(store.credentials("ada".to_owned()).await.unwrap().unwrap().record, b"record");
    assert!(store.session(first).await.unwrap().is_some());
    assert_eq!(change(1).await, VaultPut::Stored(2));
    assert_eq!(store.credentials("ada".to_owned()).await.unwrap().unwrap().record, b"new");
    let left: Vec<_> = store.sessions(AccountId(1)).await.unwrap().iter().map(|row| row.session).collect();
    assert_eq!(left, [second]);
    assert!(store.session(other).await.unwrap().is_some());
}

async fn sessions_are_listed_touched_and_ended_by_their_account_alone(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    store.create_account(account(5, "ben")).await.unwrap();
    store.open_session(AccountId(1), session(2, 3 * DAY_MS + 5)).await.unwrap();
    let [first, second] = [1, 2].map(|number| session(number, 0).session);
    assert_eq!(store.session(second).await.unwrap().unwrap().used_day, 3);
    store.touch_session(second, 9).await.unwrap();
    store.touch_session(second, 4).await.unwrap();
    let rows = store.sessions(AccountId(1)).await.unwrap();
    let seen: Vec<_> = rows.iter().map(|row| (row.session, row.made_ms, row.used_day)).collect();
    assert_eq!(seen, [(first, 0, 0), (second, 3 * DAY_MS + 5, 9)]);
    assert!(!store.end_session(AccountId(5), second).await.unwrap());
    assert!(store.end_session(AccountId(1), second).await.unwrap());
    assert!(!store.end_session(AccountId(1), second).await.unwrap());
    assert!(store.session(second).await.unwrap().is_none());
}

async fn a_sign_in_is_taken_once_and_in_time(store: impl Store) {
    let pending = PendingLogin { account: None, state: b"state".to_vec() };
    let [early, late] = [LoginId([1; 32]), LoginId([2; 32])];
    store.keep_login(early, pending.clone(), 1000).await.unwrap();
    store.keep_login(late, pending.clone(), 1000).await.unwrap();
    assert_eq!(store.take_login(early, 999).await.unwrap(), Some(pending));
    assert_eq!(store.take_login(early, 999).await.unwrap(), None);
    assert_eq!(store.take_login(late, 1000).await.unwrap(), None);
}

async fn bytes_are_counted_and_never_below_nothing(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    assert_eq!(store.charge(AccountId(1), 100).await.unwrap(), Some(100));
    assert_eq!(store.charge(AccountId(1), -30).await.unwrap(), Some(70));
    assert_eq!(store.charge(AccountId(1), -300).await.unwrap(), Some(0));
    assert_eq!(store.charge(AccountId(2), 1).await.unwrap(), None);
    assert_eq!(store.account(AccountId(1)).await.unwrap().unwrap().used_bytes, 0);
}

async fn a_space_is_opened_once_by_whoever_was_first(store: impl Store) {
    assert_eq!(store.open_space(US, ADA).await.unwrap(), SpaceOpened::Open);
    append(&store, ADA, &["one"]).await;
    assert_eq!(store.open_space(US, ADA).await.unwrap(), SpaceOpened::Open);
    assert_eq!(store.open_space(US, EVE).await.unwrap(), SpaceOpened::OthersThere);
    assert!(!store.is_member(US, EVE).await.unwrap());
    assert_eq!(page(&store, all()).await.head, 1);
}

async fn only_members_do_anything(store: impl Store) {
    two(&store).await;
    append(&store, ADA, &["one"]).await;
    for space in [US, ELSEWHERE] {
        assert_eq!(store.add_member(space, EVE, EVE).await.unwrap(), Access::NotMember);
        assert_eq!(store.append(space, EVE, vec![named("x")]).await.unwrap(), Access::NotMember);
        assert_eq!(store.read(space, EVE, all()).await.unwrap(), Access::NotMember);
        assert_eq!(store.remove(space, EVE, vec![named("one").id]).await.unwrap(), Access::NotMember);
        assert_eq!(store.deposit(space, EVE, round("r"), named("x")).await.unwrap(), Access::NotMember);
        assert_eq!(store.own_deposit(space, EVE, round("r")).await.unwrap(), Access::NotMember);
        assert_eq!(store.take_back(space, EVE, round("r")).await.unwrap(), Access::NotMember);
        assert_eq!(store.leave(space, EVE).await.unwrap(), Access::NotMember);
        assert!(!store.is_member(space, EVE).await.unwrap());
    }
    assert_eq!(heads(&page(&store, all()).await), ["one"]);
}

async fn no_more_than_twelve_are_members_and_adding_again_changes_nothing(store: impl Store) {
    store.open_space(US, ADA).await.unwrap();
    for number in 1..MAX_MEMBERS {
        let member = MemberKey([100 + u8::try_from(number).unwrap(); 32]);
        for _ in 0..2 {
            assert_eq!(store.add_member(US, ADA, member).await.unwrap(), Access::Granted(MemberAdded::Added));
        }
    }
    assert_eq!(store.add_member(US, ADA, EVE).await.unwrap(), Access::Granted(MemberAdded::Full));
    assert_eq!(store.add_member(US, ADA, ADA).await.unwrap(), Access::Granted(MemberAdded::Added));
    store.leave(US, MemberKey([101; 32])).await.unwrap();
    assert_eq!(store.add_member(US, ADA, EVE).await.unwrap(), Access::Granted(MemberAdded::Added));
}

async fn entries_are_numbered_from_one_and_keep_their_numbers(store: impl Store) {
    two(&store).await;
    assert_eq!(append(&store, ADA, &["one", "two"]).await, [1, 2]);
    assert_eq!(append(&store, BEN, &["three", "one", "three", "four"]).await, [3, 1, 3, 4]);
    let again = granted(store.append(US, ADA, vec![named("two")]).await.unwrap());
    assert_eq!((again.numbers, again.head, again.grew_bytes), (vec![2], 4, 0));
    let page = page(&store, all()).await;
    assert_eq!(heads(&page), ["one", "two", "three", "four"]);
    assert_eq!(page.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(page.entries[0].payload, Kept::Here(b"payload of one".to_vec().into()));
    assert_eq!(page.head, 4);
}

async fn the_same_envelope_is_another_entry_in_another_space(store: impl Store) {
    two(&store).await;
    store.open_space(ELSEWHERE, EVE).await.unwrap();
    append(&store, ADA, &["zero", "one"]).await;
    let there = granted(store.append(ELSEWHERE, EVE, vec![named("one")]).await.unwrap());
    assert_eq!((there.numbers, there.head), (vec![1], 1));
    assert_eq!(page(&store, all()).await.head, 2);
}

async fn a_stretch_begins_and_ends_where_it_is_asked_to(store: impl Store) {
    two(&store).await;
    append(&store, ADA, &["a", "b", "c", "d"]).await;
    let read = async |after, limit, bytes| {
        heads(&page(&store, Stretch { after, removed_after: 0, limit, bytes }).await)
    };
    assert_eq!(read(1, 2, usize::MAX).await, ["b", "c"]);
    assert_eq!(read(0, 10, 1).await, ["a"]);
    assert_eq!(read(0, 10, 14).await, ["a", "b"]);
    assert_eq!(read(4, 10, usize::MAX).await, [""; 0]);
    assert_eq!(read(u64::MAX, 10, usize::MAX).await, [""; 0]);
}

async fn only_its_author_removes_a_payload_and_all_or_none(store: impl Store) {
    two(&store).await;
    append(&store, ADA, &["a", "b"]).await;
    append(&store, BEN, &["c"]).await;
    let remove = async |by, texts: &[&str]| {
        let ids = texts.iter().map(|text| named(text).id).collect();
        granted(store.remove(US, by, ids).await.unwrap())
    };
    assert_eq!(remove(ADA, &["a", "c"]).await, Removed::NotTheirs);
    assert_eq!(remove(ADA, &["a", "nowhere"]).await, Removed::NotTheirs);
    assert!(page(&store, all()).await.removals.is_empty());
    assert_eq!(remove(ADA, &["b"]).await, Removed::Gone { freed_bytes: 12 });
    assert_eq!(remove(ADA, &["b", "a"]).await, Removed::Gone { freed_bytes: 12 });
    let page = page(&store, all()).await;
    assert_eq!(page.removals.iter().map(|one| (one.serial, one.number)).collect::<Vec<_>>(), [(1, 2), (2, 1)]);
    assert_eq!(page.removals_head, 2);
    assert_eq!(page.entries[0].payload, Kept::Removed(payload_hash(b"payload of a")));
    assert_eq!(page.entries[2].payload, Kept::Here(b"payload of c".to_vec().into()));
    let later = Stretch { after: 3, removed_after: 1, ..all() };
    let later = granted(store.read(US, BEN, later).await.unwrap());
    assert_eq!((later.entries.len(), later.removals.len(), later.removals[0].serial), (0, 1, 2));
}

async fn a_removed_envelope_that_is_sent_again_stays_removed(store: impl Store) {
    two(&store).await;
    append(&store, ADA, &["a"]).await;
    store.remove(US, ADA, vec![named("a").id]).await.unwrap();
    assert_eq!(append(&store, ADA, &["a"]).await, [1]);
    assert!(matches!(page(&store, all()).await.entries[0].payload, Kept::Removed(_)));
}

async fn a_round_is_revealed_when_all_are_in_and_not_before(store: impl Store) {
    two(&store).await;
    let put = async |by, text: &str| granted(store.deposit(US, by, round("r"), named(text)).await.unwrap());
    assert_eq!(put(BEN, "from ben").await, Deposit::Taken { grew_bytes: 27, revealed: false });
    assert_eq!(page(&store, all()).await.head, 0);
    assert_eq!(granted(store.own_deposit(US, ADA, round("r")).await.unwrap()), None);
    assert_eq!(granted(store.own_deposit(US, BEN, round("r")).await.unwrap()), Some(named("from ben").posted));
    assert_eq!(put(ADA, "from ada").await, Deposit::Taken { grew_bytes: 27, revealed: true });
    assert_eq!(heads(&page(&store, all()).await), ["from ada", "from ben"]);
    assert_eq!(put(ADA, "later").await, Deposit::RoundOver);
    assert_eq!(granted(store.take_back(US, BEN, round("r")).await.unwrap()), TakenBack::RoundOver);
    assert_eq!(granted(store.own_deposit(US, BEN, round("r")).await.unwrap()), None);
    assert_eq!(granted(store.remove(US, BEN, vec![named("from ben").id]).await.unwrap()), Removed::Gone { freed_bytes: 19 });
}

async fn a_deposit_can_be_replaced_and_taken_back_until_the_reveal(store: impl Store) {
    two(&store).await;
    let put = async |by, text: &str| granted(store.deposit(US, by, round("r"), named(text)).await.unwrap());
    put(ADA, "first").await;
    assert_eq!(put(ADA, "longer").await, Deposit::Taken { grew_bytes: 2, revealed: false });
    assert_eq!(granted(store.take_back(US, ADA, round("r")).await.unwrap()), TakenBack::Out { freed_bytes: 23 });
    assert_eq!(granted(store.take_back(US, ADA, round("r")).await.unwrap()), TakenBack::Out { freed_bytes: 0 });
    assert_eq!(put(BEN, "from ben").await, Deposit::Taken { grew_bytes: 27, revealed: false });
    put(ADA, "last").await;
    assert_eq!(heads(&page(&store, all()).await), ["last", "from ben"]);
}

async fn one_alone_reveals_nothing_and_a_third_is_waited_for(store: impl Store) {
    store.open_space(US, ADA).await.unwrap();
    let put = async |by, text: &str| granted(store.deposit(US, by, round("r"), named(text)).await.unwrap());
    assert_eq!(put(ADA, "a").await, Deposit::Taken { grew_bytes: 13, revealed: false });
    store.add_member(US, ADA, BEN).await.unwrap();
    store.add_member(US, ADA, EVE).await.unwrap();
    assert_eq!(put(BEN, "b").await, Deposit::Taken { grew_bytes: 13, revealed: false });
    assert_eq!(put(EVE, "e").await, Deposit::Taken { grew_bytes: 13, revealed: true });
    assert_eq!(heads(&page(&store, all()).await), ["a", "b", "e"]);
}

async fn who_leaves_takes_their_deposits_along_and_holds_up_nobody(store: impl Store) {
    two(&store).await;
    store.add_member(US, ADA, EVE).await.unwrap();
    for (by, name) in [(ADA, "r"), (BEN, "r"), (ADA, "s"), (EVE, "s")] {
        let text = format!("{name} of {}", by.0[0]);
        store.deposit(US, by, round(name), named(&text)).await.unwrap();
    }
    assert_eq!(store.leave(US, EVE).await.unwrap(), Access::Granted(true));
    assert_eq!(heads(&page(&store, all()).await), ["r of 1", "r of 2"]);
    assert_eq!(store.leave(US, EVE).await.unwrap(), Access::NotMember);
    assert_eq!(store.leave(US, BEN).await.unwrap(), Access::Granted(false));
    assert_eq!(page(&store, all()).await.head, 2);
}

async fn who_comes_back_still_owns_what_they_wrote(store: impl Store) {
    two(&store).await;
    append(&store, BEN, &["b"]).await;
    store.leave(US, BEN).await.unwrap();
    store.add_member(US, ADA, BEN).await.unwrap();
    assert_eq!(granted(store.remove(US, BEN, vec![named("b").id]).await.unwrap()), Removed::Gone { freed_bytes: 12 });
}

async fn with_its_last_member_a_space_goes(store: impl Store) {
    two(&store).await;
    let texts: Vec<String> = (0..1200).map(|number| number.to_string()).collect();
    append(&store, ADA, &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    store.leave(US, ADA).await.unwrap();
    store.leave(US, BEN).await.unwrap();
    while store.sweep(0).await.unwrap() {}
    assert_eq!(store.open_space(US, EVE).await.unwrap(), SpaceOpened::Open);
    assert_eq!(granted(store.read(US, EVE, all()).await.unwrap()).head, 0);
}

const INVITATION: InvitationId = InvitationId([5; 16]);

fn invitation(expires_ms: i64) -> NewInvitation {
    NewInvitation { invitation: INVITATION, key: [1; 32], inviter: [2; 32], blob: b"blob".to_vec(), expires_ms }
}

async fn an_invitation_is_claimed_once_and_in_time(store: impl Store) {
    assert!(store.invite(invitation(1000)).await.unwrap());
    assert!(store.invite(invitation(2000)).await.unwrap());
    assert!(!store.invite(NewInvitation { key: [7; 32], ..invitation(1000) }).await.unwrap());
    let claim = async |text: &[u8], now| store.claim(INVITATION, text.to_vec(), now).await.unwrap();
    assert_eq!(claim(b"a", 1000).await, InvitationStep::Over);
    assert_eq!(claim(b"a", 999).await, InvitationStep::Done);
    assert_eq!(claim(b"a", 5000).await, InvitationStep::Done);
    assert_eq!(claim(b"b", 999).await, InvitationStep::Used);
    assert_eq!(store.claim(InvitationId([6; 16]), b"a".to_vec(), 0).await.unwrap(), InvitationStep::Over);
    let row = store.invitation(INVITATION).await.unwrap().unwrap();
    assert_eq!((row.made, row.claim), (invitation(1000), Some(b"a".to_vec())));
}

async fn a_claim_is_answered_once(store: impl Store) {
    store.invite(invitation(1000)).await.unwrap();
    let answer = async |text: Option<&[u8]>| store.answer(INVITATION, text.map(<[u8]>::to_vec)).await.unwrap();
    assert_eq!(answer(Some(b"w")).await, InvitationStep::NotClaimed);
    store.claim(INVITATION, b"a".to_vec(), 0).await.unwrap();
    assert_eq!(answer(Some(b"w")).await, InvitationStep::Done);
    assert_eq!(answer(Some(b"w")).await, InvitationStep::Done);
    assert_eq!(answer(Some(b"v")).await, InvitationStep::Used);
    assert_eq!(answer(None).await, InvitationStep::Used);
    let row = store.invitation(INVITATION).await.unwrap().unwrap();
    assert_eq!(row.answer, Answer::Welcome(b"w".to_vec()));
}

async fn an_invitation_that_was_taken_back_is_over(store: impl Store) {
    store.invite(invitation(1000)).await.unwrap();
    assert_eq!(store.answer(INVITATION, None).await.unwrap(), InvitationStep::Done);
    assert_eq!(store.answer(INVITATION, None).await.unwrap(), InvitationStep::Done);
    assert_eq!(store.claim(INVITATION, b"a".to_vec(), 0).await.unwrap(), InvitationStep::Over);
    assert_eq!(store.answer(INVITATION, Some(b"w".to_vec())).await.unwrap(), InvitationStep::Over);
    assert_eq!(store.invitation(INVITATION).await.unwrap().unwrap().answer, Answer::Closed);
}

async fn what_time_has_ended_is_cleared_away(store: impl Store) {
    store.invite(invitation(1000)).await.unwrap();
    let login = LoginId([1; 32]);
    store.keep_login(login, PendingLogin { account: None, state: vec![1] }, 1000).await.unwrap();
    while store.sweep(999 + INVITATION_GRACE_MS).await.unwrap() {}
    assert!(store.invitation(INVITATION).await.unwrap().is_some());
    assert_eq!(store.take_login(login, 0).await.unwrap(), None);
    while store.sweep(1000 + INVITATION_GRACE_MS).await.unwrap() {}
    assert!(store.invitation(INVITATION).await.unwrap().is_none());
}

async fn numbers_are_dense_when_many_append_at_once(store: impl Store) {
    two(&store).await;
    let store = Arc::new(store);
    let writers = (0..16).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut numbers = Vec::new();
            for piece in 0..20 {
                let (ours, shared) = (format!("{writer} {piece}"), format!("shared {piece}"));
                numbers.extend(append(&*store, if writer % 2 == 0 { ADA } else { BEN }, &[&ours, &shared]).await);
            }
            numbers
        })
    });
    let mut numbers = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        numbers.extend(writer.await.unwrap());
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, (1..=16 * 20 + 20).collect::<Vec<u64>>());
    let page = page(&*store, all()).await;
    assert_eq!(page.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), numbers);
    let names: std::collections::BTreeSet<EnvelopeId> =
        heads(&page).iter().map(|head| named(head).id).collect();
    assert_eq!(names.len(), numbers.len());
}

/// Runs a claim on a new store of each kind.
macro_rules! claims {
    ($($claim:ident)*) => {
        mod memory {
            $(#[tokio::test] async fn $claim() { super::in_memory(super::$claim).await })*
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $claim() { super::on_disk(super::$claim).await })*
        }
    };
}

async fn in_memory<F: Future<Output = ()>>(claim: impl FnOnce(MemoryStore) -> F) {
    let store = MemoryStore::default();
    store.ready().await.unwrap();
    claim(store).await;
}

async fn on_disk<F: Future<Output = ()>>(claim: impl FnOnce(SqliteStore) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), None).unwrap();
    store.ready().await.unwrap();
    claim(store).await;
}

claims! {
    secrets_are_made_once
    a_handle_belongs_to_whoever_was_first_until_the_account_is_removed
    recovery_keys_can_be_set_and_taken_away
    a_vault_is_replaced_only_in_the_generation_that_was_seen
    a_new_passphrase_swaps_record_and_vault_together_and_ends_the_other_sessions
    sessions_are_listed_touched_and_ended_by_their_account_alone
    a_sign_in_is_taken_once_and_in_time
    bytes_are_counted_and_never_below_nothing
    a_space_is_opened_once_by_whoever_was_first
    only_members_do_anything
    no_more_than_twelve_are_members_and_adding_again_changes_nothing
    entries_are_numbered_from_one_and_keep_their_numbers
    the_same_envelope_is_another_entry_in_another_space
    a_stretch_begins_and_ends_where_it_is_asked_to
    only_its_author_removes_a_payload_and_all_or_none
    a_removed_envelope_that_is_sent_again_stays_removed
    a_round_is_revealed_when_all_are_in_and_not_before
    a_deposit_can_be_replaced_and_taken_back_until_the_reveal
    one_alone_reveals_nothing_and_a_third_is_waited_for
    who_leaves_takes_their_deposits_along_and_holds_up_nobody
    who_comes_back_still_owns_what_they_wrote
    with_its_last_member_a_space_goes
    an_invitation_is_claimed_once_and_in_time
    a_claim_is_answered_once
    an_invitation_that_was_taken_back_is_over
    what_time_has_ended_is_cleared_away
    numbers_are_dense_when_many_append_at_once
}
