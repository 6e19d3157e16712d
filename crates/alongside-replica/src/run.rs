//! The loop that keeps a device in touch: one stream for all spaces, a step whenever there is something to tell, and patience when the
//! relay cannot be reached.

use std::collections::BTreeSet;
use std::pin::pin;

use alongside_log::ids::SpaceId;
use alongside_wire::problem::Code;
use alongside_wire::route::pattern;
use alongside_wire::stream::{ClientFrame, ServerFrame};
use futures_util::future::{Either, select};
use minicbor::bytes::ByteVec;

use crate::client::{Client, Connection};
use crate::net::NetError;
use crate::ports::{Platform, Socket, Transport};
use crate::sync::{SyncError, Told};

/// The first wait after a failure; each further one is longer.
const FIRST_WAIT_MS: u32 = 500;
/// The longest.
const LONGEST_WAIT_MS: u32 = 60_000;
/// How often a silent stream is asked whether it still is there.
const PING_MS: u32 = 25_000;
/// When spaces that took long to open are sealed as they stand: once the first page has been drawn.
const SETTLED_MS: u32 = 1_500;

/// Waits that grow, with chance in them so that many devices do not come back at the same moment.
#[derive(Debug, Default)]
pub(crate) struct BackOff {
    failures: u32,
}

impl BackOff {
    /// How long to wait now, given a random number: between half and all of a span that doubles up to a minute.
    pub(crate) fn next_ms(&mut self, chance: u32) -> u32 {
        let span = FIRST_WAIT_MS
            .saturating_mul(1 << self.failures.min(10))
            .min(LONGEST_WAIT_MS);
        self.failures = self.failures.saturating_add(1);
        span / 2 + chance % (span / 2 + 1)
    }
}

enum Happened {
    Frame(Vec<u8>),
    Woken,
    Silence,
}

impl<P: Platform> Client<P> {
    /// Keeps this device in touch with the relay until it is locked. Call it once after each unlocking.
    pub async fn run(&self) {
        let touch = pin!(self.keep_in_touch());
        let seal = pin!(async {
            self.platform().sleep(SETTLED_MS).await;
            self.checkpoint_all().await;
        });
        if let Either::Right(((), touch)) = select(touch, seal).await {
            touch.await;
        }
    }

    async fn keep_in_touch(&self) {
        let period = self.0.inner.borrow().period;
        let mut back_off = BackOff::default();
        while self.is_period(period) {
            if !self.0.inner.borrow().leading {
                self.0.wake.woken().await;
                continue;
            }
            self.set_connection(Connection::Connecting);
            let mut caught_up = false;
            let Err(error) = self.connected(period, &mut caught_up).await else {
                continue;
            };
            if !self.is_period(period) {
                return;
            }
            // A relay that answers, and refuses what is asked of it, is not to be asked again at once.
            if caught_up {
                back_off = BackOff::default();
            }
            self.set_connection(Connection::Unreachable);
            let mut wait_ms = {
                let mut chance = [0; 4];
                self.platform().fill_random(&mut chance);
                back_off.next_ms(u32::from_le_bytes(chance))
            };
            if let SyncError::Net(net) = error {
                self.raise_net(net);
                if let NetError::SlowDown {
                    retry_after_s: Some(seconds),
                } = net
                {
                    wait_ms = wait_ms.max(seconds.saturating_mul(1000));
                }
            }
            let sleep = pin!(self.platform().sleep(wait_ms));
            let woken = pin!(self.0.wake.woken());
            select(sleep, woken).await;
        }
    }

    /// The network may have come back, or the page to the front: try now.
    pub fn nudge(&self) {
        self.0.wake.wake();
    }

    fn is_period(&self, period: u64) -> bool {
        self.0.inner.borrow().period == period
    }

    async fn connected(&self, period: u64, caught_up: &mut bool) -> Result<(), SyncError> {
        self.greet().await?;
        self.step().await?;
        *caught_up = true;
        let socket = self
            .platform()
            .transport()
            .connect(pattern::STREAM)
            .await
            .map_err(|_| SyncError::Net(NetError::Unreachable))?;
        let token = self.session()?;
        send(&socket, &ClientFrame::Hello { token })?;
        let mut watched = BTreeSet::new();
        let mut invitations = BTreeSet::new();
        self.watch(&socket, &token, &mut watched, &mut invitations)
            .await?;
        self.set_connection(Connection::Connected);
        let mut silent = 0;
        while self.is_period(period) && self.0.inner.borrow().leading {
            match self.next(&socket).await? {
                Happened::Frame(bytes) => {
                    silent = 0;
                    self.heed(&socket, &bytes, &mut watched, &mut invitations).await?;
                }
                Happened::Woken => {
                    self.step().await?;
                    self.watch(&socket, &token, &mut watched, &mut invitations)
                        .await?;
                }
                Happened::Silence if silent > 0 => return Err(SyncError::Net(NetError::Unreachable)),
                Happened::Silence => {
                    silent += 1;
                    send(&socket, &ClientFrame::Ping { number: silent })?;
                    // No stream tells of the vault: another device of mine may have begun an Us.
                    self.catch_up_vault().await?;
                    self.watch(&socket, &token, &mut watched, &mut invitations)
                        .await?;
                }
            }
        }
        Ok(())
    }

    async fn next(&self, socket: &<P::Transport as Transport>::Socket) -> Result<Happened, SyncError> {
        let frame = pin!(socket.receive());
        let woken = pin!(self.0.wake.woken());
        let sleep = pin!(self.platform().sleep(PING_MS));
        match select(frame, select(woken, sleep)).await {
            Either::Left((frame, _)) => frame
                .map(Happened::Frame)
                .map_err(|_| SyncError::Net(NetError::Unreachable)),
            Either::Right((Either::Left(_), _)) => Ok(Happened::Woken),
            Either::Right((Either::Right(_), _)) => Ok(Happened::Silence),
        }
    }

    /// Watches what is not watched yet.
    async fn watch(
        &self,
        socket: &<P::Transport as Transport>::Socket,
        token: &[u8; 32],
        watched: &mut BTreeSet<SpaceId>,
        invitations: &mut BTreeSet<[u8; 16]>,
    ) -> Result<(), SyncError> {
        for space in self.space_ids()? {
            if watched.contains(&space) {
                continue;
            }
            match self.watch_frame(space).await {
                Ok(frame) => {
                    send(socket, &frame)?;
                    watched.insert(space);
                }
                Err(Told::Stuck | Told::RoundOver) => {}
                Err(Told::Sync(error)) => return Err(error),
            }
        }
        for (invitation, signature) in self.invitation_watches(token) {
            if invitations.insert(invitation) {
                send(
                    socket,
                    &ClientFrame::WatchInvitation {
                        invitation,
                        signature,
                    },
                )?;
            }
        }
        Ok(())
    }

    async fn watch_frame(&self, space: SpaceId) -> Result<ClientFrame, Told> {
        let ticket = ByteVec::from(self.ticket(space, false).await?);
        let at = self.with_open(|open| {
            open.spaces
                .get(&space)
                .map(|space| (space.ledger.number(), space.removed))
        });
        let Ok(Some((after, removed_after))) = at else {
            return Err(Told::Sync(SyncError::NotNow));
        };
        Ok(ClientFrame::Watch {
            space: *space.as_bytes(),
            ticket,
            after,
            removed_after,
        })
    }

    async fn heed(
        &self,
        socket: &<P::Transport as Transport>::Socket,
        bytes: &[u8],
        watched: &mut BTreeSet<SpaceId>,
        invitations: &mut BTreeSet<[u8; 16]>,
    ) -> Result<(), SyncError> {
        // A frame of a later version is none of ours: what it may carry is caught up with by number.
        let Ok(frame) = alongside_wire::decode::<ServerFrame>(bytes) else {
            return Ok(());
        };
        match frame {
            ServerFrame::Welcome { now_ms: _ } | ServerFrame::Pong { number: _ } => {}
            ServerFrame::More { space, page } => {
                let space = SpaceId::from_bytes(space);
                if !self.take_page(space, &page).await? {
                    self.pull(space).await?;
                    send(socket, &self.watch_frame(space).await.map_err(told)?)?;
                }
            }
            ServerFrame::Invitation { invitation } => {
                invitations.remove(&invitation);
                self.check_invitations().await?;
                let token = self.session()?;
                self.watch(socket, &token, watched, invitations).await?;
            }
            ServerFrame::Refused { space, code } => match (space, Code::from_text(&code)) {
                (None, Some(Code::SessionEnded)) => return Err(SyncError::Net(NetError::SessionEnded)),
                (Some(space), Some(Code::TicketNeeded)) => {
                    let space = SpaceId::from_bytes(space);
                    watched.remove(&space);
                    let _ = self.with_open(|open| {
                        if let Some(space) = open.spaces.get_mut(&space) {
                            space.ticket = None;
                        }
                    });
                }
                _ => {}
            },
        }
        Ok(())
    }
}

fn told(error: Told) -> SyncError {
    match error {
        Told::Stuck | Told::RoundOver => SyncError::Net(NetError::Unexpected),
        Told::Sync(error) => error,
    }
}

fn send<S: Socket>(socket: &S, frame: &ClientFrame) -> Result<(), SyncError> {
    socket
        .send(alongside_wire::encode(frame))
        .map_err(|_| SyncError::Net(NetError::Unreachable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_minute_and_are_never_nothing() {
        let mut back_off = BackOff::default();
        let mut longest = 0;
        for round in 0..40 {
            for chance in [0, 1, u32::MAX / 2, u32::MAX] {
                let mut again = BackOff { failures: round };
                let wait = again.next_ms(chance);
                assert!(
                    (FIRST_WAIT_MS / 2..=LONGEST_WAIT_MS).contains(&wait),
                    "{wait} ms after {round} failures"
                );
            }
            longest = longest.max(back_off.next_ms(u32::MAX));
        }
        assert!(longest > LONGEST_WAIT_MS / 2);
    }
}
