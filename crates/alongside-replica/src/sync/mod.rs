//! Talking to the relay: what is new goes out, what is new comes in, and again when something fails.
//!
//! A step is complete in itself, takes a turn only while it changes something, and may be cut off anywhere: everything that it
//! asks of the relay can be asked again.

mod ask;
mod inward;
mod outward;
mod vault;

pub(crate) use ask::Told;

use alongside_log::ids::SpaceId;
use alongside_wire::account;
use alongside_wire::limits;
use alongside_wire::route::pattern;

use crate::client::Client;
use crate::net::{Ask, AskError, NetError};
use crate::ports::{Platform, StoreError};
use crate::trouble::Trouble;

/// Why a step ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The device was locked meanwhile, or another tab writes.
    #[error("this device is not the one to sync now")]
    NotNow,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

impl From<AskError> for SyncError {
    fn from(error: AskError) -> Self {
        Self::Net(error.into())
    }
}

/// Entries read at a time.
const PAGE: u32 = limits::MAX_PAGE;
/// Tickets are asked for anew this long before they run out.
const TICKET_MARGIN_MS: i64 = 60_000;
/// Clocks further apart than this are spoken of.
const CLOCK_TOLERANCE_MS: i64 = 5 * 60_000;

impl<P: Platform> Client<P> {
    /// One whole exchange with the relay: what waits goes out, what is new comes in.
    ///
    /// # Errors
    /// [`SyncError`]; whatever was not done is still to be done.
    pub async fn step(&self) -> Result<(), SyncError> {
        if !self.0.inner.borrow().leading {
            return Err(SyncError::NotNow);
        }
        self.push_vault_once().await?;
        self.catch_up_vault().await?;
        self.flush().await?;
        for space in self.space_ids()? {
            match self.pull(space).await {
                // One space that is stuck does not hold up the others.
                Ok(()) | Err(SyncError::Net(NetError::Unexpected)) => {}
                Err(error) => return Err(error),
            }
            self.restate_what_was_missed(space).await?;
        }
        self.check_invitations().await?;
        // What came in may have asked for something to go out: own words restated for a newcomer, a keyring for the vault.
        self.push_vault_once().await?;
        self.flush().await
    }

    pub(crate) fn space_ids(&self) -> Result<Vec<SpaceId>, SyncError> {
        self.with_open(|open| {
            open.spaces
                .iter()
                .filter(|(_, space)| !space.left)
                .map(|(id, _)| *id)
                .collect()
        })
        .map_err(|_| SyncError::NotNow)
    }

    pub(crate) fn session(&self) -> Result<[u8; 32], SyncError> {
        self.with_open(|open| open.row.session)
            .map_err(|_| SyncError::NotNow)?
            .ok_or(SyncError::Net(NetError::SessionEnded))
    }

    /// Asks whether this version and the relay's go together, and compares clocks.
    pub(crate) async fn greet(&self) -> Result<(), SyncError> {
        let asked_ms = self.platform().now_ms();
        let hello: account::HelloReply = Ask::get(pattern::HELLO).send(self.platform().transport()).await?;
        if hello.oldest > alongside_wire::PROTOCOL || hello.newest < alongside_wire::PROTOCOL {
            self.raise_trouble(Trouble::UpdateNeeded);
            return Err(SyncError::Net(NetError::UpdateNeeded));
        }
        let now_ms = self.platform().now_ms();
        let middle_ms = asked_ms + (now_ms - asked_ms) / 2;
        let ahead_ms = middle_ms - hello.now_ms;
        if ahead_ms.abs() > CLOCK_TOLERANCE_MS + (now_ms - asked_ms) {
            self.raise_trouble(Trouble::ClockOff {
                by_s: ahead_ms / 1000,
            });
        } else {
            self.settle_trouble(|trouble| matches!(trouble, Trouble::ClockOff { .. }));
        }
        Ok(())
    }
}
