//! Asking in a space: with a ticket, and once more with a new one when it ran out.

use alongside_log::ids::SpaceId;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::{self, pattern};
use alongside_wire::space as wire_space;
use alongside_wire::space::AskTicket;

use super::{SyncError, TICKET_MARGIN_MS};
use crate::account::session_id;
use crate::client::Client;
use crate::net::{Ask, AskError};
use crate::ports::Platform;
use crate::space::Ticket;

impl<P: Platform> Client<P> {
    pub(super) fn prove_member(
        &self,
        space: SpaceId,
        purpose: Purpose,
        token: &[u8; 32],
    ) -> Result<([u8; 32], [u8; 64]), Told> {
        self.with_open(|open| {
            let key = open.vault.contents.identity.member_key(space);
            let session = session_id(token);
            (
                key.public(),
                key.sign(&proof::message(purpose, &[space.as_bytes(), &session])),
            )
        })
        .map_err(|_| Told::Sync(SyncError::NotNow))
    }

    /// A ticket for a space, from before or new.
    pub(crate) async fn ticket(&self, space: SpaceId, anew: bool) -> Result<Vec<u8>, Told> {
        let now_ms = self.platform().now_ms();
        let kept = self.with_open(|open| open.spaces.get(&space).and_then(|space| space.ticket.clone()));
        let kept = kept.map_err(|_| Told::Sync(SyncError::NotNow))?;
        if let Some(ticket) = kept.filter(|ticket| !anew && ticket.until_ms > now_ms + TICKET_MARGIN_MS) {
            return Ok(ticket.bytes);
        }
        let token = self.session().map_err(Told::Sync)?;
        let (member, signature) = self.prove_member(space, Purpose::Ticket, &token)?;
        let ticket: wire_space::Ticket = Ask::post(route::with(pattern::TICKET, space.as_bytes()))
            .session(&token)
            .body(&AskTicket { member, signature })
            .send(self.platform().transport())
            .await
            .map_err(Told::from_ask)?;
        let bytes = ticket.ticket.to_vec();
        let _ = self.with_open(|open| {
            if let Some(space) = open.spaces.get_mut(&space) {
                let until_ms = now_ms + i64::from(ticket.valid_s) * 1000;
                space.ticket = Some(Ticket {
                    bytes: bytes.clone(),
                    until_ms,
                });
            }
        });
        Ok(bytes)
    }

    pub(super) async fn ask_in<R>(
        &self,
        space: SpaceId,
        fill: impl Fn(Ask) -> Ask,
        method: &'static str,
        path: &str,
    ) -> Result<R, Told>
    where
        R: for<'b> minicbor::Decode<'b, ()>,
    {
        let token = self.session().map_err(Told::Sync)?;
        for anew in [false, true] {
            let ticket = self.ticket(space, anew).await?;
            let ask = fill(Ask::new(method, path).session(&token).ticket(&ticket));
            match ask.send(self.platform().transport()).await {
                // It ran out, or the relay was set up anew: once more with a new one.
                Err(error) if !anew && error.code() == Some(Code::TicketNeeded) => {}
                done => return done.map_err(Told::from_ask),
            }
        }
        Err(Told::Stuck)
    }

    pub(super) async fn ask_in_for_nothing(
        &self,
        space: SpaceId,
        fill: impl Fn(Ask) -> Ask,
        method: &'static str,
        path: &str,
    ) -> Result<(), Told> {
        let token = self.session().map_err(Told::Sync)?;
        for anew in [false, true] {
            let ticket = self.ticket(space, anew).await?;
            let ask = fill(Ask::new(method, path).session(&token).ticket(&ticket));
            match ask.send_for_nothing(self.platform().transport()).await {
                Err(error) if !anew && error.code() == Some(Code::TicketNeeded) => {}
                done => return done.map_err(Told::from_ask),
            }
        }
        Err(Told::Stuck)
    }
}

/// Why something was not told to the relay.
pub(crate) enum Told {
    /// It will not take this, now or later; the rest of that space waits behind it.
    Stuck,
    /// The round was revealed meanwhile.
    RoundOver,
    /// Nothing can be told now.
    Sync(SyncError),
}

impl Told {
    pub(crate) fn from_ask(error: AskError) -> Self {
        match error.code() {
            Some(Code::RoundOver) => Self::RoundOver,
            _ if error.passes() => Self::Sync(error.into()),
            _ => Self::Stuck,
        }
    }
}
