//! Accounts, sessions, vaults, sign-ins.

use super::support::*;
use crate::id::*;
use crate::store::*;

async fn secrets_are_made_once(store: impl Store) {
    let first = Secrets {
        opaque: b"one".to_vec(),
        mac: [1; 32],
    };
    assert_eq!(store.secrets(first.clone()).await.unwrap(), first);
    let second = Secrets {
        opaque: b"two".to_vec(),
        mac: [2; 32],
    };
    assert_eq!(store.secrets(second).await.unwrap(), first);
}

async fn a_handle_belongs_to_whoever_was_first_until_the_account_is_removed(store: impl Store) {
    assert_eq!(
        store.create_account(account(1, "ada")).await.unwrap(),
        Created::Created
    );
    assert_eq!(
        store.create_account(account(2, "ada")).await.unwrap(),
        Created::HandleTaken
    );
    assert!(store.session(session(2, 0).session).await.unwrap().is_none());
    let known = store.credentials("ada".to_owned()).await.unwrap().unwrap();
    assert_eq!(
        (known.account, known.record.as_slice(), known.recovery),
        (AccountId(1), &b"record"[..], None)
    );
    store.delete_account(AccountId(1)).await.unwrap();
    assert!(store.credentials("ada".to_owned()).await.unwrap().is_none());
    assert!(store.session(session(1, 0).session).await.unwrap().is_none());
    assert!(store.vault(AccountId(1)).await.unwrap().is_none());
    assert!(!store.open_session(AccountId(1), session(7, 0)).await.unwrap());
    assert_eq!(
        store.create_account(account(3, "ada")).await.unwrap(),
        Created::Created
    );
}

async fn recovery_keys_can_be_set_and_taken_away(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    let keys = RecoveryKeys {
        account: [3; 32],
        both: [4; 32],
    };
    for keys in [Some(keys), None] {
        store.set_recovery(AccountId(1), keys.clone()).await.unwrap();
        assert_eq!(
            store
                .credentials("ada".to_owned())
                .await
                .unwrap()
                .unwrap()
                .recovery,
            keys
        );
    }
}

async fn a_vault_is_replaced_only_in_the_generation_that_was_seen(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    assert_eq!(
        store.put_vault(AccountId(1), 1, b"b".to_vec()).await.unwrap(),
        VaultPut::Stored(2)
    );
    assert_eq!(
        store.put_vault(AccountId(1), 1, b"c".to_vec()).await.unwrap(),
        VaultPut::Conflict
    );
    assert_eq!(
        store
            .put_vault(AccountId(1), u64::MAX, b"c".to_vec())
            .await
            .unwrap(),
        VaultPut::Conflict
    );
    assert_eq!(
        store.put_vault(AccountId(8), 1, b"c".to_vec()).await.unwrap(),
        VaultPut::NoAccount
    );
    assert_eq!(store.vault(AccountId(1)).await.unwrap(), Some((2, b"b".to_vec())));
}

async fn a_new_passphrase_swaps_record_and_vault_together_and_ends_the_other_sessions(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    store.create_account(account(5, "ben")).await.unwrap();
    assert!(
        store
            .open_session(AccountId(1), session(2, 3 * DAY_MS))
            .await
            .unwrap()
    );
    let [first, second, other] = [1, 2, 5].map(|number| session(number, 0).session);
    let change = async |replaces| {
        let new = (b"new".to_vec(), b"sealed".to_vec());
        store
            .change_passphrase(AccountId(1), second, new.0, replaces, new.1)
            .await
            .unwrap()
    };
    assert_eq!(change(7).await, VaultPut::Conflict);
    assert_eq!(
        store.credentials("ada".to_owned()).await.unwrap().unwrap().record,
        b"record"
    );
    assert!(store.session(first).await.unwrap().is_some());
    assert_eq!(change(1).await, VaultPut::Stored(2));
    assert_eq!(
        store.credentials("ada".to_owned()).await.unwrap().unwrap().record,
        b"new"
    );
    let left: Vec<_> = store
        .sessions(AccountId(1))
        .await
        .unwrap()
        .iter()
        .map(|row| row.session)
        .collect();
    assert_eq!(left, [second]);
    assert!(store.session(other).await.unwrap().is_some());
}

async fn sessions_are_listed_touched_and_ended_by_their_account_alone(store: impl Store) {
    store.create_account(account(1, "ada")).await.unwrap();
    store.create_account(account(5, "ben")).await.unwrap();
    store
        .open_session(AccountId(1), session(2, 3 * DAY_MS + 5))
        .await
        .unwrap();
    let [first, second] = [1, 2].map(|number| session(number, 0).session);
    assert_eq!(store.session(second).await.unwrap().unwrap().used_day, 3);
    store.touch_session(second, 9).await.unwrap();
    store.touch_session(second, 4).await.unwrap();
    let rows = store.sessions(AccountId(1)).await.unwrap();
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.session, row.made_ms, row.used_day))
        .collect();
    assert_eq!(seen, [(first, 0, 0), (second, 3 * DAY_MS + 5, 9)]);
    assert!(!store.end_session(AccountId(5), second).await.unwrap());
    assert!(store.end_session(AccountId(1), second).await.unwrap());
    assert!(!store.end_session(AccountId(1), second).await.unwrap());
    assert!(store.session(second).await.unwrap().is_none());
}

async fn a_sign_in_is_taken_once_and_in_time(store: impl Store) {
    let pending = PendingLogin {
        account: None,
        state: b"state".to_vec(),
    };
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

claims! {
    secrets_are_made_once
    a_handle_belongs_to_whoever_was_first_until_the_account_is_removed
    recovery_keys_can_be_set_and_taken_away
    a_vault_is_replaced_only_in_the_generation_that_was_seen
    a_new_passphrase_swaps_record_and_vault_together_and_ends_the_other_sessions
    sessions_are_listed_touched_and_ended_by_their_account_alone
    a_sign_in_is_taken_once_and_in_time
    bytes_are_counted_and_never_below_nothing
}
