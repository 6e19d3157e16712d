//! Invitations, and what time ends.

use crate::id::*;
use crate::store::*;

const INVITATION: InvitationId = InvitationId([5; 16]);

fn invitation(expires_ms: i64) -> NewInvitation {
    NewInvitation {
        invitation: INVITATION,
        key: [1; 32],
        inviter: [2; 32],
        blob: b"blob".to_vec(),
        expires_ms,
    }
}

async fn an_invitation_is_claimed_once_and_in_time(store: impl Store) {
    assert!(store.invite(invitation(1000)).await.unwrap());
    assert!(store.invite(invitation(2000)).await.unwrap());
    assert!(
        !store
            .invite(NewInvitation {
                key: [7; 32],
                ..invitation(1000)
            })
            .await
            .unwrap()
    );
    let claim = async |text: &[u8], now| store.claim(INVITATION, text.to_vec(), now).await.unwrap();
    assert_eq!(claim(b"a", 1000).await, InvitationStep::Over);
    assert_eq!(claim(b"a", 999).await, InvitationStep::Done);
    assert_eq!(claim(b"a", 5000).await, InvitationStep::Done);
    assert_eq!(claim(b"b", 999).await, InvitationStep::Used);
    assert_eq!(
        store
            .claim(InvitationId([6; 16]), b"a".to_vec(), 0)
            .await
            .unwrap(),
        InvitationStep::Over
    );
    let row = store.invitation(INVITATION).await.unwrap().unwrap();
    assert_eq!((row.made, row.claim), (invitation(1000), Some(b"a".to_vec())));
}

async fn a_claim_is_answered_once(store: impl Store) {
    store.invite(invitation(1000)).await.unwrap();
    let answer =
        async |text: Option<&[u8]>| store.answer(INVITATION, text.map(<[u8]>::to_vec)).await.unwrap();
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
    assert_eq!(
        store.answer(INVITATION, None).await.unwrap(),
        InvitationStep::Done
    );
    assert_eq!(
        store.answer(INVITATION, None).await.unwrap(),
        InvitationStep::Done
    );
    assert_eq!(
        store.claim(INVITATION, b"a".to_vec(), 0).await.unwrap(),
        InvitationStep::Over
    );
    assert_eq!(
        store.answer(INVITATION, Some(b"w".to_vec())).await.unwrap(),
        InvitationStep::Over
    );
    assert_eq!(
        store.invitation(INVITATION).await.unwrap().unwrap().answer,
        Answer::Closed
    );
}

async fn what_time_has_ended_is_cleared_away(store: impl Store) {
    store.invite(invitation(1000)).await.unwrap();
    let login = LoginId([1; 32]);
    store
        .keep_login(
            login,
            PendingLogin {
                account: None,
                state: vec![1],
            },
            1000,
        )
        .await
        .unwrap();
    while store.sweep(999 + INVITATION_GRACE_MS).await.unwrap() {}
    assert!(store.invitation(INVITATION).await.unwrap().is_some());
    assert_eq!(store.take_login(login, 0).await.unwrap(), None);
    while store.sweep(1000 + INVITATION_GRACE_MS).await.unwrap() {}
    assert!(store.invitation(INVITATION).await.unwrap().is_none());
}

claims! {
    an_invitation_is_claimed_once_and_in_time
    a_claim_is_answered_once
    an_invitation_that_was_taken_back_is_over
    what_time_has_ended_is_cleared_away
}
