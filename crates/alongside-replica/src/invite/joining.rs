//! Who is invited: reading a link, claiming it, waiting, coming in.

use alongside_core::members::{self, Kind};
use alongside_core::root::Command;
use alongside_log::ids as log_ids;
use alongside_log::invitation::{self as sealed, Blob, Claim, InvitationSecret, Welcome};
use alongside_log::ledger::Ledger;
use alongside_log::vault::Pin;
use alongside_wire::envelope::payload_hash;
use alongside_wire::invitation as wire;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::{self, pattern};
use minicbor::bytes::ByteVec;

use super::{InvitationId, Joining, LookError, Preview, card};
use crate::account::session_id;
use crate::client::{Change, Client};
use crate::device::{Card, Claimed, PortRng};
use crate::intent::DispatchError;
use crate::net::{Ask, AskError};
use crate::ports::{Platform, Store};
use crate::space::{Space, to_core_space};
use crate::sync::SyncError;

impl<P: Platform> Client<P> {
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

    pub(super) async fn fetch_invitation(
        &self,
        fragment: &str,
    ) -> Result<(InvitationSecret, Blob), LookError> {
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
        // Whether its time is over is said by the relay alone: this device's clock may be wrong.
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

    pub(super) async fn drop_claimed(&self, id: log_ids::InvitationId) -> Result<(), DispatchError> {
        let _turn = self.turn().await;
        let write = self.with_open(|open| {
            open.claimed.retain(|claimed| claimed.secret.id() != id);
            open.put_claimed(self.platform())
        })?;
        Ok(self.platform().store().commit(vec![write]).await?)
    }

    pub(super) async fn enter(&self, claimed: &Claimed) -> Result<(), SyncError> {
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
    pub(super) async fn move_into(&self, claimed: &Claimed, welcome: Welcome) -> Result<(), SyncError> {
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
                open.spaces
                    .insert(space, Space::new(&welcome.keyring, ledger, self.0.decode));
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
}
