//! Who invites: the link, who knocks, letting them in or not.

use alongside_core::id::SpaceId;
use alongside_core::members::{self};
use alongside_core::root::Act;
use alongside_log::ids as log_ids;
use alongside_log::invitation::{self as sealed, Blob, Claim, InvitationSecret, Welcome};
use alongside_log::ledger::{AdmitError, What};
use alongside_log::vault::Pin;
use alongside_wire::envelope::payload_hash;
use alongside_wire::invitation as wire;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::{self, pattern};
use minicbor::bytes::ByteVec;

use super::{InvitationId, InviteError, SentInvitation, SentState, VALID_S, card};
use crate::account::session_id;
use crate::client::{Change, Client};
use crate::device::{Card, Open, PortRng, Sent};
use crate::intent::DispatchError;
use crate::net::{Ask, AskError, NetError};
use crate::outbox::Outgoing;
use crate::ports::{Platform, Store};
use crate::space::{to_core_space, to_log_space};
use crate::sync::{SyncError, Told};
use crate::writer::{Batch, Writer, restated};

impl<P: Platform> Client<P> {
    /// Invites one person. Needs the relay.
    ///
    /// # Errors
    /// [`InviteError`]; there is no invitation then.
    pub async fn invite(&self, space: SpaceId) -> Result<SentInvitation, InviteError> {
        self.may_write()?;
        let platform = self.platform();
        let id = to_log_space(space);
        let token = self.session().map_err(not_now)?;
        let me = self.me().ok_or(DispatchError::Locked)?;
        let named = self.with_state(space, |state| {
            let kind = members::frame(state).map(|frame| frame.kind);
            let mine = members::list(state, me)
                .into_iter()
                .find(|member| member.me && member.here);
            (kind, mine.and_then(|member| member.name))
        });
        let (kind, name) = named.ok_or(DispatchError::NotMember)?;
        let name = name.or_else(|| self.my_name()).unwrap_or_default();
        let expires_ms = platform.now_ms() + i64::try_from(VALID_S * 1000).unwrap_or(i64::MAX);
        let made = self.with_open(|open| {
            let rng = &mut PortRng(platform);
            let secret = InvitationSecret::make(rng);
            let inviter = open.vault.contents.identity.public();
            let card = alongside_wire::encode(&Card { name, kind });
            let blob = secret.seal_blob(
                &Blob {
                    space: id,
                    inviter,
                    expires_ms,
                    card: card.into(),
                },
                rng,
            );
            let key = open.vault.contents.identity.inviter_key(secret.id());
            let invitation = secret.id();
            let parts: [&[u8]; 3] = [invitation.as_bytes(), &payload_hash(&blob), &session_id(&token)];
            let body = wire::Invite {
                invitation: *invitation.as_bytes(),
                key: secret.key().public(),
                inviter: key.public(),
                signature: key.sign(&proof::message(Purpose::Invite, &parts)),
                blob: ByteVec::from(blob),
                valid_s: VALID_S,
            };
            (secret, body)
        });
        let (secret, body) = made.map_err(DispatchError::from)?;
        Ask::post(pattern::INVITATIONS)
            .session(&token)
            .body(&body)
            .send_for_nothing(platform.transport())
            .await
            .map_err(NetError::from)?;
        let sent = Sent {
            secret,
            space: id,
            expires_ms,
            claim: None,
        };
        let shown = shown(&sent, None, platform.now_ms());
        let _turn = self.turn().await;
        let write = self.with_open(|open| {
            open.sent.push(sent);
            open.put_sent(platform)
        });
        platform
            .store()
            .commit(vec![write.map_err(DispatchError::from)?])
            .await
            .map_err(DispatchError::from)?;
        drop(_turn);
        self.0.wake.wake();
        self.announce(&[Change::Invitations]);
        Ok(shown)
    }

    /// What I have sent out for an Us and not answered yet.
    #[must_use]
    pub fn invitations(&self, space: SpaceId) -> Vec<SentInvitation> {
        let id = to_log_space(space);
        let now_ms = self.platform().now_ms();
        self.with_open(|open| {
            let me = open.vault.contents.identity.public();
            open.sent
                .iter()
                .filter(|sent| sent.space == id)
                .map(|sent| shown(sent, Some(&me), now_ms))
                .collect()
        })
        .unwrap_or_default()
    }

    /// Lets in whoever claimed an invitation. Compare the words first: this is what makes them a member.
    ///
    /// # Errors
    /// [`InviteError`]; nobody was let in then.
    pub async fn admit(&self, invitation: InvitationId) -> Result<(), InviteError> {
        let _turn = self.turn().await;
        self.may_write()?;
        let platform = self.platform();
        let prepared = self.with_open(|open| {
            let sent = open.sent.iter().find(|sent| sent.secret.id() == invitation.0);
            let sent = sent.cloned().ok_or(InviteError::NobodyThere)?;
            let claim = sent.claim.clone().ok_or(InviteError::NobodyThere)?;
            let batch = admission(open, platform, &sent, &claim)?;
            Ok::<_, InviteError>((sent.space, batch))
        });
        let prepared = prepared.map_err(DispatchError::from)?;
        let (space, batch) = self.or_as_before(prepared).await?;
        self.settle(batch).await.map_err(DispatchError::from)?;
        drop(_turn);
        self.announce(&[Change::Invitations, Change::Space(to_core_space(space))]);
        Ok(())
    }

    /// Does not let in whoever claimed it; the invitation is over.
    ///
    /// # Errors
    /// [`InviteError`].
    pub async fn turn_away(&self, invitation: InvitationId) -> Result<(), InviteError> {
        let _turn = self.turn().await;
        self.may_write()?;
        let platform = self.platform();
        let batch = self.with_open(|open| {
            let space = open
                .sent
                .iter()
                .find(|sent| sent.secret.id() == invitation.0)?
                .space;
            let mut batch = Batch::default();
            batch.tell(
                &open.outbox,
                Outgoing::Answer {
                    space,
                    invitation: invitation.0,
                    welcome: None,
                },
            );
            open.sent.retain(|sent| sent.secret.id() != invitation.0);
            batch.writes.push(open.put_sent(platform));
            Some(batch)
        });
        let batch = batch
            .map_err(DispatchError::from)?
            .ok_or(InviteError::NobodyThere)?;
        self.settle(batch).await.map_err(DispatchError::from)?;
        drop(_turn);
        self.announce(&[Change::Invitations]);
        Ok(())
    }

    /// Takes an invitation back: the link leads nowhere from then on.
    ///
    /// # Errors
    /// [`InviteError`].
    pub async fn take_back(&self, invitation: InvitationId) -> Result<(), InviteError> {
        // To whoever holds the link, one taken back and one that was turned away look the same.
        self.turn_away(invitation).await
    }

    /// Tells the relay how an invitation was answered.
    pub(crate) async fn answer(
        &self,
        invitation: log_ids::InvitationId,
        welcome: Option<&[u8]>,
    ) -> Result<(), Told> {
        let token = self.session().map_err(Told::Sync)?;
        let body = self
            .with_open(|open| {
                let key = open.vault.contents.identity.inviter_key(invitation);
                let hash = payload_hash(welcome.unwrap_or_default());
                let parts: [&[u8]; 3] = [invitation.as_bytes(), &hash, &session_id(&token)];
                wire::Welcome {
                    welcome: welcome.map(|bytes| ByteVec::from(bytes.to_vec())),
                    signature: key.sign(&proof::message(Purpose::Welcome, &parts)),
                }
            })
            .map_err(|_| Told::Sync(SyncError::NotNow))?;
        let path = route::with(pattern::WELCOME, invitation.as_bytes());
        let told = Ask::post(path)
            .session(&token)
            .body(&body)
            .send_for_nothing(self.platform().transport())
            .await;
        match told {
            // Nobody can come in by it any more: that is all that was wanted.
            Err(error) if matches!(error.code(), Some(Code::InvitationOver | Code::NotFound)) => Ok(()),
            told => told.map_err(Told::from_ask),
        }
    }

    pub(super) async fn look(&self, sent: &Sent) -> Result<(), SyncError> {
        let platform = self.platform();
        let token = self.session()?;
        let id = sent.secret.id();
        let signature = self.with_open(|open| {
            let key = open.vault.contents.identity.inviter_key(id);
            key.sign(&proof::message(
                Purpose::Look,
                &[id.as_bytes(), &session_id(&token)],
            ))
        });
        let Ok(signature) = signature else {
            return Err(SyncError::NotNow);
        };
        let path = route::with(pattern::LOOK, id.as_bytes());
        let found: Result<wire::Claimed, AskError> = Ask::post(path)
            .session(&token)
            .body(&wire::Proof { signature })
            .send(platform.transport())
            .await;
        let claim = match found {
            Ok(found) => found.claim.and_then(|bytes| sent.secret.open_claim(&bytes).ok()),
            Err(error) if matches!(error.code(), Some(Code::InvitationOver | Code::NotFound)) => {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let Some(claim) = claim else { return Ok(()) };
        let _turn = self.turn().await;
        let write = self.with_open(|open| {
            let sent = open.sent.iter_mut().find(|sent| sent.secret.id() == id)?;
            sent.claim = Some(claim);
            Some(open.put_sent(platform))
        });
        if let Ok(Some(write)) = write {
            platform.store().commit(vec![write]).await?;
        }
        drop(_turn);
        self.announce(&[Change::Invitations]);
        Ok(())
    }
}

fn not_now(error: SyncError) -> InviteError {
    match error {
        SyncError::Net(net) => InviteError::Net(net),
        SyncError::NotNow => InviteError::Dispatch(DispatchError::Locked),
        SyncError::Storage(storage) => InviteError::Dispatch(DispatchError::Storage(storage)),
    }
}

fn shown(sent: &Sent, me: Option<&alongside_log::identity::PersonPublic>, now_ms: i64) -> SentInvitation {
    let id = sent.secret.id();
    let state = match (&sent.claim, me) {
        (Some(claim), Some(me)) => SentState::Knocking {
            name: card(&claim.card).map(|card| card.name).unwrap_or_default(),
            words: sealed::compare_words(me, &claim.person, id),
        },
        _ if sent.expires_ms <= now_ms => SentState::Expired,
        _ => SentState::Open,
    };
    SentInvitation {
        id: InvitationId(id),
        fragment: sent.secret.to_fragment(),
        expires_ms: sent.expires_ms,
        state,
    }
}

/// Everything that letting somebody in comes to, in its order: the admission, a new epoch that they can read, what they need to know
/// of this space and of me, their key at the relay, and the welcome.
fn admission<P: Platform>(
    open: &mut Open,
    platform: &P,
    sent: &Sent,
    claim: &Claim,
) -> Result<Batch, InviteError> {
    let id = sent.space;
    let mut writer = Writer::new(open, platform, id, Batch::default())?;
    let space = writer.open.spaces.get(&id).ok_or(DispatchError::NotMember)?;
    let admit = space.ledger.admit(claim).map_err(|error| match error {
        AdmitError::Full => InviteError::Full,
        AdmitError::AlreadyMember | AdmitError::BadCert => InviteError::NobodyThere,
    })?;
    writer.say(What::Control(admit))?;
    writer.rekey()?;
    // Before anything is said under the new epoch: a newcomer's past begins here.
    let space = writer.open.spaces.get(&id).ok_or(DispatchError::NotMember)?;
    let welcome = Welcome {
        keyring: space.ledger.welcome(),
        card: Vec::new().into(),
    };
    let inviter = &writer.open.vault.contents.identity;
    let sealed = sealed::seal_welcome(
        inviter,
        &claim.person,
        sent.secret.id(),
        &welcome,
        &mut PortRng(platform),
    )
    .ok_or(InviteError::NobodyThere)?;
    for event in restated(writer.open, id) {
        writer.act(Act::Say(event))?;
    }
    let Writer { open, mut batch, .. } = writer;
    batch.tell(
        &open.outbox,
        Outgoing::AddMember {
            space: id,
            member: claim.member_key,
        },
    );
    let answer = Outgoing::Answer {
        space: id,
        invitation: sent.secret.id(),
        welcome: Some(ByteVec::from(sealed)),
    };
    batch.tell(&open.outbox, answer);
    open.sent.retain(|other| other.secret.id() != sent.secret.id());
    let name = card(&claim.card).map(|card| card.name).unwrap_or_default();
    open.vault.contents.pins.push(Pin {
        person: claim.person,
        name,
        verified: true,
    });
    open.update_keyring(id);
    open.row.vault_dirty = true;
    batch.writes.push(open.put_sent(platform));
    batch.writes.push(open.put_vault(platform));
    batch.writes.push(open.put_device(platform));
    Ok(batch)
}
