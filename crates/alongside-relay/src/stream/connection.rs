//! One stream, from its first frame to its last.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use alongside_wire::limits::MAX_WATCHES;
use alongside_wire::problem::Code;
use alongside_wire::proof::{Purpose, holds};
use alongside_wire::stream::{ClientFrame, ServerFrame};
use alongside_wire::{decode, encode};
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::sync::watch;
use tokio::time::{interval_at, timeout};

use super::{BEAT, HELLO_TIME, PAGE_BYTES, SEND_TIME, SILENCE};
use crate::app::{App, Shared};
use crate::bus::{Mailbox, Topic};
use crate::http::extract::session_of;
use crate::id::{AccountId, InvitationId, MemberKey, SessionId, SpaceId};
use crate::rate::Buckets;
use crate::store::{Access, Answer, Store, StoreError, Stretch};

/// Why a stream ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The client went, or does not answer.
    Gone,
    /// The client does not keep to the protocol, or has no session.
    Refused,
    /// The relay ends.
    Closing,
    /// The store failed: the client shall come again.
    Failed,
}

impl End {
    const fn close_code(self) -> Option<u16> {
        match self {
            Self::Gone => None,
            Self::Refused => Some(close_code::POLICY),
            Self::Closing => Some(close_code::AWAY),
            Self::Failed => Some(close_code::ERROR),
        }
    }
}

/// Where a client stands in a space.
#[derive(Debug)]
struct Place {
    member: MemberKey,
    after: u64,
    removed_after: u64,
    /// Whether it was sent a page: the first one is sent even when it is empty, so that the client knows that it is heard.
    told: bool,
}

struct Stream<'a, S: Store> {
    app: &'a App<S>,
    socket: WebSocket,
    account: AccountId,
    session: SessionId,
    mailbox: Arc<Mailbox>,
    places: BTreeMap<SpaceId, Place>,
    invitations: BTreeSet<InvitationId>,
    /// Spaces in which there may be more to send.
    behind: VecDeque<SpaceId>,
    pace: Buckets<()>,
    heard: Instant,
}

enum Event {
    Closing,
    News(BTreeSet<Topic>),
    Message(Option<Result<Message, axum::Error>>),
    Beat,
    Behind,
}

/// Serves a stream to its end.
pub(super) async fn serve<S: Store>(app: &Shared<S>, mut socket: WebSocket) {
    let mut closing = app.closing.clone();
    let hello = tokio::select! {
        () = closed(&mut closing) => Err(End::Closing),
        hello = timeout(HELLO_TIME, hello(app, &mut socket)) => hello.unwrap_or(Err(End::Refused)),
    };
    let (account, session) = match hello {
        Ok(who) => who,
        Err(end) => return close(socket, end).await,
    };
    let Some(seat) = app.take_stream(account) else {
        let _gone = refuse(&mut socket, None, Code::SlowDown).await;
        return close(socket, End::Refused).await;
    };
    let mailbox = Arc::new(Mailbox::default());
    app.bus.listen(Topic::Account(account), &mailbox);
    let mut stream = Stream {
        app,
        socket,
        account,
        session,
        mailbox,
        places: BTreeMap::new(),
        invitations: BTreeSet::new(),
        behind: VecDeque::new(),
        pace: Buckets::new(app.limits.stream_frames),
        heard: Instant::now(),
    };
    let end = stream.run(closing).await;
    stream.leave_all();
    drop(seat);
    close(stream.socket, end).await;
}

async fn closed(closing: &mut watch::Receiver<bool>) {
    // When the sender is gone, the relay is, too.
    let _gone = closing.wait_for(|closing| *closing).await;
}

async fn close(mut socket: WebSocket, end: End) {
    if let Some(code) = end.close_code() {
        let frame = CloseFrame {
            code,
            reason: "".into(),
        };
        let _gone = timeout(SEND_TIME, socket.send(Message::Close(Some(frame)))).await;
    }
}

async fn send(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), End> {
    match timeout(SEND_TIME, socket.send(Message::Binary(encode(frame).into()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}

async fn refuse(socket: &mut WebSocket, space: Option<SpaceId>, code: Code) -> Result<(), End> {
    let space = space.map(|space| space.0);
    send(
        socket,
        &ServerFrame::Refused {
            space,
            code: code.text().to_owned(),
        },
    )
    .await
}

/// Waits for the first frame, which must say who speaks.
async fn hello<S: Store>(app: &App<S>, socket: &mut WebSocket) -> Result<(AccountId, SessionId), End> {
    let bytes = loop {
        match socket.recv().await {
            Some(Ok(Message::Binary(bytes))) => break Some(bytes),
            Some(Ok(Message::Text(_))) => break None,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
        }
    };
    let code = match bytes.and_then(|bytes| decode(&bytes).ok()) {
        Some(ClientFrame::Hello { token }) => {
            let session = session_of(&token);
            match app.account_of(session).await {
                Ok(account) => {
                    send(
                        socket,
                        &ServerFrame::Welcome {
                            now_ms: app.clock.now_ms(),
                        },
                    )
                    .await?;
                    return Ok((account, session));
                }
                Err(refusal) => refusal.0.code,
            }
        }
        Some(_) => Code::SessionEnded,
        None => Code::Malformed,
    };
    refuse(socket, None, code).await?;
    Err(End::Refused)
}

impl<S: Store> Stream<'_, S> {
    async fn run(&mut self, mut closing: watch::Receiver<bool>) -> End {
        let mut beat = interval_at(tokio::time::Instant::now() + BEAT, BEAT);
        loop {
            let event = tokio::select! {
                () = closed(&mut closing) => Event::Closing,
                news = self.mailbox.news() => Event::News(news),
                message = self.socket.recv() => Event::Message(message),
                _ = beat.tick() => Event::Beat,
                () = std::future::ready(()), if !self.behind.is_empty() => Event::Behind,
            };
            if let Err(end) = self.on(event).await {
                return end;
            }
        }
    }

    async fn on(&mut self, event: Event) -> Result<(), End> {
        match event {
            Event::Closing => Err(End::Closing),
            Event::News(news) => self.on_news(news).await,
            Event::Message(message) => self.on_message(message).await,
            Event::Behind => match self.behind.pop_front() {
                Some(space) => self.send_page(space).await,
                None => Ok(()),
            },
            Event::Beat => {
                if self.heard.elapsed() > SILENCE {
                    return Err(End::Gone);
                }
                self.check_session().await?;
                match timeout(
                    SEND_TIME,
                    self.socket.send(Message::Ping(axum::body::Bytes::new())),
                )
                .await
                {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(_)) | Err(_) => Err(End::Gone),
                }
            }
        }
    }

    async fn on_news(&mut self, news: BTreeSet<Topic>) -> Result<(), End> {
        for topic in news {
            match topic {
                Topic::Space(space) => self.fall_behind(space),
                Topic::Account(_) => self.check_session().await?,
                Topic::Invitation(id) if self.invitations.contains(&id) => {
                    send(&mut self.socket, &ServerFrame::Invitation { invitation: id.0 }).await?;
                }
                Topic::Invitation(_) => {}
            }
        }
        Ok(())
    }

    async fn check_session(&mut self) -> Result<(), End> {
        match self.app.account_of(self.session).await {
            Ok(_) => Ok(()),
            Err(refusal) => {
                refuse(&mut self.socket, None, refusal.0.code).await?;
                Err(End::Refused)
            }
        }
    }

    async fn on_message(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let bytes = match message {
            Some(Ok(Message::Binary(bytes))) => Some(bytes),
            Some(Ok(Message::Text(_))) => None,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                self.heard = Instant::now();
                return Ok(());
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
        };
        self.heard = Instant::now();
        if self.app.paced(self.pace.take((), 1.0)).is_err() {
            return refuse(&mut self.socket, None, Code::SlowDown).await;
        }
        let Some(frame) = bytes.and_then(|bytes| decode(&bytes).ok()) else {
            return refuse(&mut self.socket, None, Code::Malformed).await;
        };
        match frame {
            ClientFrame::Hello { token: _ } => refuse(&mut self.socket, None, Code::Malformed).await,
            ClientFrame::Watch {
                space,
                ticket,
                after,
                removed_after,
            } => self.watch(SpaceId(space), &ticket, after, removed_after).await,
            ClientFrame::Unwatch { space } => {
                self.unwatch(SpaceId(space));
                Ok(())
            }
            ClientFrame::WatchInvitation {
                invitation,
                signature,
            } => self.watch_invitation(InvitationId(invitation), &signature).await,
            ClientFrame::Ping { number } => send(&mut self.socket, &ServerFrame::Pong { number }).await,
        }
    }

    fn is_full(&self) -> bool {
        self.places.len() + self.invitations.len() >= MAX_WATCHES
    }

    async fn watch(
        &mut self,
        space: SpaceId,
        ticket: &[u8],
        after: u64,
        removed_after: u64,
    ) -> Result<(), End> {
        let ticket = self
            .app
            .mac
            .read_ticket(ticket, self.session, self.app.clock.now_ms());
        let Some(ticket) = ticket.filter(|ticket| ticket.space == space) else {
            return refuse(&mut self.socket, Some(space), Code::TicketNeeded).await;
        };
        if self.is_full() && !self.places.contains_key(&space) {
            return refuse(&mut self.socket, Some(space), Code::TooLarge).await;
        }
        // Listening begins before the first reading: what comes between is read or announced, or both.
        self.app.bus.listen(Topic::Space(space), &self.mailbox);
        self.places.insert(
            space,
            Place {
                member: ticket.member,
                after,
                removed_after,
                told: false,
            },
        );
        self.fall_behind(space);
        Ok(())
    }

    fn fall_behind(&mut self, space: SpaceId) {
        if self.places.contains_key(&space) && !self.behind.contains(&space) {
            self.behind.push_back(space);
        }
    }

    fn unwatch(&mut self, space: SpaceId) {
        self.places.remove(&space);
        self.behind.retain(|&behind| behind != space);
        self.app.bus.leave(Topic::Space(space), &self.mailbox);
    }

    async fn watch_invitation(&mut self, id: InvitationId, signature: &[u8; 64]) -> Result<(), End> {
        let row = match self.app.store.invitation(id).await {
            Ok(Some(row)) => row,
            Ok(None) => return refuse(&mut self.socket, None, Code::InvitationOver).await,
            Err(error) => return self.failed(&error).await,
        };
        let parts: [&[u8]; 2] = [&id.0, &self.session.0];
        let is_theirs = holds(&row.made.inviter, signature, Purpose::Look, &parts)
            || holds(&row.made.key, signature, Purpose::Watch, &parts);
        if !is_theirs {
            return refuse(&mut self.socket, None, Code::BadProof).await;
        }
        if self.is_full() && !self.invitations.contains(&id) {
            return refuse(&mut self.socket, None, Code::TooLarge).await;
        }
        self.app.bus.listen(Topic::Invitation(id), &self.mailbox);
        self.invitations.insert(id);
        // It may have been claimed or answered while nobody watched, and between the reading above and the listening: so ask again.
        match self.app.store.invitation(id).await {
            Ok(Some(row)) if row.claim.is_none() && row.answer == Answer::None => Ok(()),
            Ok(_) => send(&mut self.socket, &ServerFrame::Invitation { invitation: id.0 }).await,
            Err(error) => self.failed(&error).await,
        }
    }

    async fn failed(&mut self, error: &StoreError) -> Result<(), End> {
        tracing::error!(%error, "the store failed a stream");
        refuse(&mut self.socket, None, Code::Unavailable).await?;
        Err(End::Failed)
    }

    /// Sends the next page of a space, if there is one; and notes when there is another after it.
    async fn send_page(&mut self, space: SpaceId) -> Result<(), End> {
        let Some(place) = self.places.get_mut(&space) else {
            return Ok(());
        };
        let stretch = Stretch {
            after: place.after,
            removed_after: place.removed_after,
            limit: alongside_wire::limits::MAX_PAGE,
            bytes: PAGE_BYTES,
        };
        let page = match self.app.store.read(space, place.member, stretch).await {
            Ok(Access::Granted(page)) => page,
            Ok(Access::NotMember) => {
                self.unwatch(space);
                return refuse(&mut self.socket, Some(space), Code::TicketNeeded).await;
            }
            Err(error) => return self.failed(&error).await,
        };
        if page.entries.is_empty() && page.removals.is_empty() && place.told {
            return Ok(());
        }
        place.told = true;
        if let Some(last) = page.entries.last() {
            place.after = last.number;
        }
        if let Some(last) = page.removals.last() {
            place.removed_after = last.serial;
        }
        let more = place.after < page.head || place.removed_after < page.removals_head;
        send(&mut self.socket, &ServerFrame::More { space: space.0, page }).await?;
        if more {
            self.fall_behind(space);
        }
        Ok(())
    }

    fn leave_all(&mut self) {
        let bus = &self.app.bus;
        bus.leave(Topic::Account(self.account), &self.mailbox);
        for &space in self.places.keys() {
            bus.leave(Topic::Space(space), &self.mailbox);
        }
        for &invitation in &self.invitations {
            bus.leave(Topic::Invitation(invitation), &self.mailbox);
        }
    }
}
