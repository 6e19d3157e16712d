//! Inviting somebody into an Us, and coming into one: a link that works once, words to compare, a signed admission.

mod joining;
mod sending;

use alongside_core::members::Kind;
use alongside_log::ids as log_ids;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};

use crate::account::session_id;
use crate::client::Client;
use crate::device::Card;
use crate::intent::DispatchError;
use crate::net::{AskError, NetError};
use crate::ports::{Platform, StoreError};
use crate::sync::SyncError;

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
    pub(super) fn from_ask(error: AskError) -> Self {
        match error.code() {
            Some(Code::InvitationOver | Code::NotFound) => Self::Over,
            Some(Code::InvitationUsed) => Self::Used,
            _ => Self::Net(error.into()),
        }
    }
}

pub(super) fn card(bytes: &[u8]) -> Option<Card> {
    alongside_wire::decode(bytes).ok()
}

impl<P: Platform> Client<P> {
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

impl From<StoreError> for InviteError {
    fn from(error: StoreError) -> Self {
        Self::Dispatch(error.into())
    }
}
