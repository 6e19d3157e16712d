//! Inviting somebody into an Us, and coming into one: a link that works once, words to compare, a signed admission.

use alongside_core::id::SpaceId;
use alongside_core::members::{self, Kind};
use alongside_core::root::{Act, Command};
use alongside_log::ids as log_ids;
use alongside_log::invitation::{self as sealed, Blob, Claim, InvitationSecret, Welcome};
use alongside_log::ledger::{AdmitError, Ledger, What};
use alongside_log::vault::Pin;
use alongside_wire::envelope::payload_hash;
use alongside_wire::invitation as wire;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::{self, pattern};
use minicbor::bytes::ByteVec;

use crate::account::session_id;
use crate::client::{Change, Client};
use crate::device::{Card, Claimed, Open, PortRng, Sent};
use crate::intent::{Batch, DispatchError, Writer, restated};
use crate::net::{Ask, AskError, NetError};
use crate::outbox::Outgoing;
use crate::ports::{Platform, Store, StoreError};
use crate::space::{Space, to_core_space, to_log_space};
use crate::sync::{SyncError, Told};

/// How long an invitation can be claimed: a week.
const VALID_S: u64 = 7 * 24 * 60 * 60;

/// An invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvitationId(pub(crate) log_ids::InvitationId);

/// An invitation that I sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SentInvitation {
    /// Which.
    pub id: InvitationId,
    /// What stands behind the `#` of its link.
    pub fragment: String,
    /// Until when it can be claimed, milliseconds since 1970 (UTC).
    pub expires_ms: i64,
    /// What has become of it.
    pub state: SentState,
}

impl core::fmt::Debug for SentInvitation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            id,
            fragment: _,
            expires_ms,
            state,
        } = self;
        f.debug_struct("SentInvitation")
            .field("id", id)
            .field("expires_ms", expires_ms)
            .field("state", state)
            .finish_non_exhaustive()
    }
}

/// What has become of an invitation that I sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SentState {
    /// Nobody has claimed it.
    Open,
    /// Its time is over.
    Expired,
    /// Somebody has claimed it: compare the words with them, and let them in or not.
    Knocking {
        /// As they call themselves.
        name: String,
        /// The same five words stand on their screen, if it is them.
        words: [&'static str; 5],
    },
}

/// What an invitation says before it is claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Whom it is from, as they call themselves.
    pub from: String,
    /// What kind of Us it leads to.
    pub kind: Kind,
    /// Until when it can be claimed, milliseconds since 1970 (UTC).
    pub expires_ms: i64,
}

/// An invitation that I claimed and that is not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    /// Which.
    pub id: InvitationId,
    /// Whom it is from.
    pub from: String,
    /// What kind of Us it leads to.
    pub kind: Kind,
    /// The same five words stand on the other's screen, if it is them.
    pub words: [&'static str; 5],
    /// It was taken back, or ended in some other way.
    pub closed: bool,
}

/// Why nobody was invited, let in or turned away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// The device could not do it.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    /// There are as many members as there can be.
    #[error("there are twelve members already")]
    Full,
    /// Nobody has claimed it, or it is over.
    #[error("there is nobody to answer")]
    NobodyThere,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
}

/// Why an invitation does not lead anywhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// This is no invitation, or only part of one.
    #[error("this is not a whole invitation link")]
    NotALink,
    /// Its time is over, or it was taken back.
    #[error("the invitation is over")]
    Over,
    /// Somebody has claimed it.
    #[error("the invitation was used")]
    Used,
    /// It is my own.
    #[error("the invitation is one's own")]
    Own,
    /// The device is locked, or could not keep it.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
}

impl LookError {
    fn from_ask(error: AskError) -> Self {
        match error.code() {
            Some(Code::InvitationOver | Code::NotFound) => Self::Over,
            Some(Code::InvitationUsed) => Self::Used,
            _ => Self::Net(error.into()),
        }
    }
}

fn card(bytes: &[u8]) -> Option<Card> {
    alongside_wire::decode(bytes).ok()
}

impl<P: Platform> Client<P> {
    // --- who invites -------------------------------------------------------------------------------

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
        let (space, batch) = prepared.map_err(DispatchError::from)??;
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

    // --- who is invited ----------------------------------------------------------------------------

    /// Reads an invitation without using it up. Needs no account.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn look_at_invitation(&self, fragment: &str) -> Result<Preview, LookError> {
        let (_, blob) = self.fetch_invitation(fragment).await?;
        let card = card(&blob.card).ok_or(LookError::NotALink)?;
        Ok(Preview {
            from: card.name,
            kind: card.kind.unwrap_or(Kind::Partner),
            expires_ms: blob.expires_ms,
        })
    }

    async fn fetch_invitation(&self, fragment: &str) -> Result<(InvitationSecret, Blob), LookError> {
        let secret = InvitationSecret::from_fragment(fragment.trim().trim_start_matches('#'))
            .map_err(|_| LookError::NotALink)?;
        let path = route::with(pattern::INVITATION, secret.id().as_bytes());
        let found: wire::Invitation = Ask::get(path)
            .send(self.platform().transport())
            .await
            .map_err(LookError::from_ask)?;
        let blob = secret.open_blob(&found.blob).map_err(|_| LookError::NotALink)?;
        let me = self
            .with_open(|open| open.vault.contents.identity.public().id())
            .ok();
        if me == Some(blob.inviter.id()) {
            return Err(LookError::Own);
        }
        let mine = self.with_open(|open| {
            open.claimed
                .iter()
                .any(|claimed| claimed.secret.id() == secret.id())
        });
        if found.claimed && !mine.unwrap_or(false) {
            return Err(LookError::Used);
        }
        if found.expires_ms <= self.platform().now_ms() && !found.claimed {
            return Err(LookError::Over);
        }
        Ok((secret, blob))
    }

    /// Claims an invitation: from then on nobody else can. Whoever sent it lets one in, or not.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn claim(&self, fragment: &str, my_name: &str) -> Result<InvitationId, LookError> {
        self.may_write()?;
        let platform = self.platform();
        let (secret, blob) = self.fetch_invitation(fragment).await?;
        let id = secret.id();
        let token = self.session().map_err(|error| match error {
            SyncError::Net(net) => LookError::Net(net),
            SyncError::NotNow => LookError::Dispatch(DispatchError::Locked),
            SyncError::Storage(storage) => LookError::Dispatch(DispatchError::Storage(storage)),
        })?;
        let name = alongside_core::text::NAME
            .clean(my_name)
            .ok()
            .flatten()
            .unwrap_or_default();
        // Kept before it is claimed: should the tab close in between, this device can still come in.
        let _turn = self.turn().await;
        let prepared = self.with_open(|open| {
            let claim = Claim {
                person: open.vault.contents.identity.public(),
                device: open.row.cert.clone(),
                member_key: open.vault.contents.identity.member_key(blob.space).public(),
                card: alongside_wire::encode(&Card {
                    name: name.clone(),
                    kind: None,
                })
                .into(),
            };
            let known = open.claimed.iter().any(|claimed| claimed.secret.id() == id);
            if !known {
                open.claimed.push(Claimed {
                    secret: secret.clone(),
                    blob: blob.clone(),
                    name: name.clone(),
                    closed: false,
                });
            }
            (
                secret.seal_claim(&claim, &mut PortRng(platform)),
                open.put_claimed(platform),
                known,
            )
        });
        let (claim, write, known) = prepared.map_err(DispatchError::from)?;
        platform
            .store()
            .commit(vec![write])
            .await
            .map_err(DispatchError::from)?;
        drop(_turn);
        if !known {
            let parts: [&[u8]; 3] = [id.as_bytes(), &payload_hash(&claim), &session_id(&token)];
            let signature = secret.key().sign(&proof::message(Purpose::Claim, &parts));
            let body = wire::Claim {
                claim: ByteVec::from(claim),
                signature,
            };
            let path = route::with(pattern::CLAIM, id.as_bytes());
            let claimed = Ask::post(path)
                .session(&token)
                .body(&body)
                .send_for_nothing(platform.transport())
                .await;
            if let Err(error) = claimed {
                self.drop_claimed(id).await?;
                return Err(LookError::from_ask(error));
            }
        }
        self.0.wake.wake();
        self.announce(&[Change::Invitations]);
        Ok(InvitationId(id))
    }

    /// What I have claimed and what was not answered yet.
    #[must_use]
    pub fn joinings(&self) -> Vec<Joining> {
        self.with_open(|open| {
            let me = open.vault.contents.identity.public();
            open.claimed
                .iter()
                .map(|claimed| {
                    let card = card(&claimed.blob.card);
                    let kind = card.as_ref().and_then(|card| card.kind).unwrap_or(Kind::Partner);
                    let id = claimed.secret.id();
                    Joining {
                        id: InvitationId(id),
                        from: card.map(|card| card.name).unwrap_or_default(),
                        kind,
                        words: sealed::compare_words(&claimed.blob.inviter, &me, id),
                        closed: claimed.closed,
                    }
                })
                .collect()
        })
        .unwrap_or_default()
    }

    /// I do not wait for an answer any more.
    ///
    /// # Errors
    /// [`DispatchError`].
    pub async fn forget_joining(&self, invitation: InvitationId) -> Result<(), DispatchError> {
        self.may_write()?;
        self.drop_claimed(invitation.0).await?;
        self.announce(&[Change::Invitations]);
        Ok(())
    }

    async fn drop_claimed(&self, id: log_ids::InvitationId) -> Result<(), DispatchError> {
        let _turn = self.turn().await;
        let write = self.with_open(|open| {
            open.claimed.retain(|claimed| claimed.secret.id() != id);
            open.put_claimed(self.platform())
        })?;
        Ok(self.platform().store().commit(vec![write]).await?)
    }

    // --- what became of them -----------------------------------------------------------------------

    /// Asks what became of the invitations sent and claimed.
    pub(crate) async fn check_invitations(&self) -> Result<(), SyncError> {
        let waiting = self.with_open(|open| {
            let sent: Vec<_> = open
                .sent
                .iter()
                .filter(|sent| sent.claim.is_none())
                .cloned()
                .collect();
            let claimed: Vec<_> = open
                .claimed
                .iter()
                .filter(|claimed| !claimed.closed)
                .cloned()
                .collect();
            (sent, claimed)
        });
        let Ok((sent, claimed)) = waiting else {
            return Err(SyncError::NotNow);
        };
        for sent in sent {
            self.look(&sent).await?;
        }
        for claimed in claimed {
            self.enter(&claimed).await?;
        }
        Ok(())
    }

    async fn look(&self, sent: &Sent) -> Result<(), SyncError> {
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

    async fn enter(&self, claimed: &Claimed) -> Result<(), SyncError> {
        let platform = self.platform();
        let token = self.session()?;
        let id = claimed.secret.id();
        let message = proof::message(Purpose::Watch, &[id.as_bytes(), &session_id(&token)]);
        let body = wire::Proof {
            signature: claimed.secret.key().sign(&message),
        };
        let path = route::with(pattern::ENTER, id.as_bytes());
        let entrance: Result<wire::Entrance, AskError> = Ask::post(path)
            .session(&token)
            .body(&body)
            .send(platform.transport())
            .await;
        let welcome = match entrance {
            Ok(wire::Entrance::Waiting) => return Ok(()),
            Ok(wire::Entrance::Open(bytes)) => Some(bytes),
            Ok(wire::Entrance::Closed) => None,
            Err(error) if matches!(error.code(), Some(Code::InvitationOver | Code::NotFound)) => None,
            Err(error) => return Err(error.into()),
        };
        let welcome = welcome.and_then(|bytes| {
            self.with_open(|open| {
                sealed::open_welcome(&open.vault.contents.identity, &claimed.blob.inviter, id, &bytes).ok()
            })
            .ok()
            .flatten()
        });
        match welcome {
            Some(welcome) => self.move_into(claimed, welcome).await,
            None => {
                let _turn = self.turn().await;
                let write = self.with_open(|open| {
                    let claimed = open
                        .claimed
                        .iter_mut()
                        .find(|claimed| claimed.secret.id() == id)?;
                    claimed.closed = true;
                    Some(open.put_claimed(platform))
                });
                if let Ok(Some(write)) = write {
                    platform.store().commit(vec![write]).await?;
                }
                drop(_turn);
                self.announce(&[Change::Invitations]);
                Ok(())
            }
        }
    }

    /// Let in: the space is mine now, too.
    async fn move_into(&self, claimed: &Claimed, welcome: Welcome) -> Result<(), SyncError> {
        let platform = self.platform();
        let id = claimed.secret.id();
        let space = claimed.blob.space;
        if welcome.keyring.space != space {
            return Ok(());
        }
        let _turn = self.turn().await;
        let writes = self.with_open(|open| {
            open.claimed.retain(|claimed| claimed.secret.id() != id);
            let name = card(&claimed.blob.card).map(|card| card.name).unwrap_or_default();
            open.vault.contents.pins.push(Pin {
                person: claimed.blob.inviter,
                name,
                verified: true,
            });
            if !open.spaces.contains_key(&space) {
                let ledger = Ledger::restore(&welcome.keyring, Some(&open.device));
                open.spaces.insert(space, Space::new(&welcome.keyring, ledger));
                open.vault.contents.spaces.retain(|ring| ring.space != space);
                open.vault.contents.spaces.push(welcome.keyring);
            }
            open.row.vault_dirty = true;
            vec![
                open.put_claimed(platform),
                open.put_vault(platform),
                open.put_device(platform),
            ]
        });
        let Ok(writes) = writes else {
            return Err(SyncError::NotNow);
        };
        platform.store().commit(writes).await?;
        drop(_turn);
        self.announce(&[Change::Invitations, Change::Spaces]);
        // What was said for this newcomer comes first, so that the name follows on it.
        self.pull(space).await?;
        let name = Some(claimed.name.clone())
            .filter(|name| !name.is_empty())
            .or_else(|| self.my_name());
        if let Some(name) = name {
            let wish = Command::Members(members::Command::Name { name });
            let _ = self.dispatch(vec![(to_core_space(space), wish)]).await;
        }
        Ok(())
    }

    /// The proofs with which the stream watches invitations.
    pub(crate) fn invitation_watches(&self, token: &[u8; 32]) -> Vec<([u8; 16], [u8; 64])> {
        let session = session_id(token);
        self.with_open(|open| {
            let looks = open.sent.iter().filter(|sent| sent.claim.is_none()).map(|sent| {
                let id = sent.secret.id();
                let key = open.vault.contents.identity.inviter_key(id);
                (
                    *id.as_bytes(),
                    key.sign(&proof::message(Purpose::Look, &[id.as_bytes(), &session])),
                )
            });
            let waits = open
                .claimed
                .iter()
                .filter(|claimed| !claimed.closed)
                .map(|claimed| {
                    let id = claimed.secret.id();
                    let message = proof::message(Purpose::Watch, &[id.as_bytes(), &session]);
                    (*id.as_bytes(), claimed.secret.key().sign(&message))
                });
            looks.chain(waits).collect()
        })
        .unwrap_or_default()
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
    let mut keyring = space.ledger.keyring();
    keyring.base = Some(space.ledger.base());
    let current = keyring
        .epochs
        .iter()
        .map(|epoch| epoch.number)
        .max()
        .unwrap_or_default();
    keyring.epochs.retain(|epoch| epoch.number == current);
    let welcome = Welcome {
        keyring,
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

impl From<StoreError> for InviteError {
    fn from(error: StoreError) -> Self {
        Self::Dispatch(error.into())
    }
}
