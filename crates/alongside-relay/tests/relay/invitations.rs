//! Invitations.

use alongside_wire::invitation::{Claim, Claimed, Entrance, Invitation, Invite, Proof, Welcome};
use alongside_wire::limits::{MAX_INVITATION_BYTES, MAX_INVITATION_S};
use alongside_wire::problem::Code;
use alongside_wire::proof::Purpose;
use alongside_wire::route::{pattern, with};
use ed25519_dalek::SigningKey;
use sha2::{Digest as _, Sha256};

use crate::client::{Answer, Person, START_MS, World, random};

/// An invitation as both sides hold it.
struct Link {
    id: [u8; 16],
    key: SigningKey,
    inviter: SigningKey,
}

const WEEK_S: u64 = 7 * 24 * 60 * 60;

impl Link {
    fn new() -> Self {
        let [key, inviter] = [(); 2].map(|()| SigningKey::from_bytes(&random()));
        Self {
            id: random(),
            key,
            inviter,
        }
    }

    async fn invite(&self, by: &Person, blob: &[u8], valid_s: u64) -> Answer {
        let signature = by.sign(&self.inviter, Purpose::Invite, &[&self.id, &Sha256::digest(blob)]);
        let invite = Invite {
            invitation: self.id,
            key: self.key.verifying_key().to_bytes(),
            inviter: self.inviter.verifying_key().to_bytes(),
            blob: blob.to_vec().into(),
            valid_s,
            signature,
        };
        by.post(pattern::INVITATIONS, &invite).await
    }

    async fn get(&self, by: &Person) -> Answer {
        by.http.get(&with(pattern::INVITATION, &self.id)).await
    }

    async fn claim(&self, by: &Person, claim: &[u8]) -> Answer {
        let signature = by.sign(&self.key, Purpose::Claim, &[&self.id, &Sha256::digest(claim)]);
        let message = Claim {
            claim: claim.to_vec().into(),
            signature,
        };
        by.post(&with(pattern::CLAIM, &self.id), &message).await
    }

    async fn prove(&self, by: &Person, path: &str, key: &SigningKey, purpose: Purpose) -> Answer {
        let signature = by.sign(key, purpose, &[&self.id]);
        by.post(&with(path, &self.id), &Proof { signature }).await
    }

    async fn look(&self, by: &Person) -> Answer {
        self.prove(by, pattern::LOOK, &self.inviter, Purpose::Look).await
    }

    async fn enter(&self, by: &Person) -> Answer {
        self.prove(by, pattern::ENTER, &self.key, Purpose::Watch).await
    }

    async fn welcome(&self, by: &Person, welcome: Option<&[u8]>) -> Answer {
        let hash = Sha256::digest(welcome.unwrap_or_default());
        let signature = by.sign(&self.inviter, Purpose::Welcome, &[&self.id, &hash]);
        let message = Welcome {
            welcome: welcome.map(|bytes| bytes.to_vec().into()),
            signature,
        };
        by.post(&with(pattern::WELCOME, &self.id), &message).await
    }
}

#[tokio::test]
async fn an_invitation_is_looked_at_claimed_answered_and_entered() {
    let world = World::on_disk().await;
    let (ada, ben) = (world.person("ada").await, world.person("ben").await);
    let link = Link::new();
    link.invite(&ada, b"blob", WEEK_S).await.done();
    let expires_ms = START_MS + 7 * 86_400_000;
    let seen = Invitation {
        blob: b"blob".to_vec().into(),
        expires_ms,
        claimed: false,
    };
    // However many robots follow the link.
    for _ in 0..5 {
        assert_eq!(link.get(&ben).await.message::<Invitation>(), seen);
    }
    assert_eq!(
        link.look(&ada).await.message::<Claimed>(),
        Claimed {
            claim: None,
            expires_ms
        }
    );
    assert_eq!(link.enter(&ben).await.message::<Entrance>(), Entrance::Waiting);
    assert_eq!(link.welcome(&ada, Some(b"early")).await.code(), Code::NotFound);

    link.claim(&ben, b"ben").await.done();
    link.claim(&ben, b"ben").await.done();
    assert_eq!(link.claim(&ben, b"eve").await.code(), Code::InvitationUsed);
    assert!(link.get(&ben).await.message::<Invitation>().claimed);
    let claim = Some(b"ben".to_vec().into());
    assert_eq!(
        link.look(&ada).await.message::<Claimed>(),
        Claimed { claim, expires_ms }
    );

    link.welcome(&ada, Some(b"come in")).await.done();
    link.welcome(&ada, Some(b"come in")).await.done();
    assert_eq!(
        link.welcome(&ada, Some(b"other")).await.code(),
        Code::InvitationUsed
    );
    let open = Entrance::Open(b"come in".to_vec().into());
    assert_eq!(link.enter(&ben).await.message::<Entrance>(), open);
    let revoke = link
        .prove(&ada, pattern::REVOKE, &link.inviter, Purpose::Revoke)
        .await;
    assert_eq!(revoke.code(), Code::InvitationUsed);
}

#[tokio::test]
async fn every_step_needs_its_own_key_purpose_and_session() {
    let world = World::new().await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let link = Link::new();
    link.invite(&ada, b"blob", WEEK_S).await.done();
    for (path, key, purpose) in [
        (pattern::LOOK, &link.key, Purpose::Look),
        (pattern::LOOK, &link.inviter, Purpose::Revoke),
        (pattern::ENTER, &link.inviter, Purpose::Watch),
        (pattern::ENTER, &link.key, Purpose::Claim),
        (pattern::REVOKE, &link.key, Purpose::Revoke),
        (pattern::REVOKE, &link.inviter, Purpose::Look),
    ] {
        assert_eq!(
            link.prove(&eve, path, key, purpose).await.code(),
            Code::BadProof,
            "{path}"
        );
    }
    // A proof that somebody overheard is none in another session.
    let overheard = Proof {
        signature: ada.sign(&link.inviter, Purpose::Look, &[&link.id]),
    };
    assert_eq!(
        eve.post(&with(pattern::LOOK, &link.id), &overheard).await.code(),
        Code::BadProof
    );
    let forged = Link {
        id: link.id,
        ..Link::new()
    };
    assert_eq!(forged.claim(&eve, b"eve").await.code(), Code::BadProof);
    assert_eq!(forged.welcome(&eve, None).await.code(), Code::BadProof);
    assert_eq!(
        forged.invite(&eve, b"blob", WEEK_S).await.code(),
        Code::InvitationUsed
    );
    assert!(!link.get(&eve).await.message::<Invitation>().claimed);
}

#[tokio::test]
async fn an_invitation_ends_with_its_time_but_a_claim_in_time_is_answered_after_it() {
    let world = World::new().await;
    let (ada, ben) = (world.person("ada").await, world.person("ben").await);
    let (unclaimed, claimed) = (Link::new(), Link::new());
    for link in [&unclaimed, &claimed] {
        link.invite(&ada, b"blob", 60).await.done();
    }
    claimed.claim(&ben, b"ben").await.done();
    world.pass(60_000);
    assert_eq!(unclaimed.get(&ben).await.code(), Code::InvitationOver);
    assert_eq!(unclaimed.claim(&ben, b"ben").await.code(), Code::InvitationOver);
    assert_eq!(unclaimed.look(&ada).await.code(), Code::InvitationOver);
    assert_eq!(unclaimed.enter(&ben).await.code(), Code::InvitationOver);
    assert_eq!(Link::new().get(&ben).await.code(), Code::InvitationOver);
    claimed.welcome(&ada, Some(b"come in")).await.done();
    assert!(matches!(claimed.enter(&ben).await.message(), Entrance::Open(_)));
}

#[tokio::test]
async fn one_turned_away_and_one_taken_back_are_over() {
    let world = World::new().await;
    let (ada, ben) = (world.person("ada").await, world.person("ben").await);
    let (refused, revoked) = (Link::new(), Link::new());
    for link in [&refused, &revoked] {
        link.invite(&ada, b"blob", WEEK_S).await.done();
    }
    refused.claim(&ben, b"ben").await.done();
    refused.welcome(&ada, None).await.done();
    revoked
        .prove(&ada, pattern::REVOKE, &revoked.inviter, Purpose::Revoke)
        .await
        .done();
    for link in [&refused, &revoked] {
        assert_eq!(link.enter(&ben).await.message::<Entrance>(), Entrance::Closed);
        assert_eq!(link.get(&ben).await.code(), Code::InvitationOver);
        assert_eq!(link.look(&ada).await.code(), Code::InvitationOver);
        assert_eq!(
            link.welcome(&ada, Some(b"after all")).await.code(),
            Code::InvitationOver
        );
    }
    assert_eq!(revoked.claim(&ben, b"ben").await.code(), Code::InvitationOver);
}

#[tokio::test]
async fn an_invitation_has_bounds() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    assert_eq!(Link::new().invite(&ada, b"blob", 0).await.code(), Code::Malformed);
    assert_eq!(
        Link::new()
            .invite(&ada, b"blob", MAX_INVITATION_S + 1)
            .await
            .code(),
        Code::Malformed
    );
    let large = vec![0; MAX_INVITATION_BYTES + 1];
    assert_eq!(
        Link::new().invite(&ada, &large, WEEK_S).await.code(),
        Code::TooLarge
    );
    Link::new()
        .invite(&ada, &large[1..], MAX_INVITATION_S)
        .await
        .done();
}
