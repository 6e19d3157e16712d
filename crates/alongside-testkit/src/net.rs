//! Everything between the devices and the relay: weather that loses, repeats, delays and cuts; and a relay that crashes or lies.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::task::{Poll, Waker};

use alongside_replica::ports::{HttpReply, HttpRequest, Socket, Unreachable};
use alongside_wire::problem::Code;
use alongside_wire::route::pattern;
use alongside_wire::space::Page;
use alongside_wire::stream::{ClientFrame, ServerFrame};
use alongside_wire::{decode, encode};
use sha2::{Digest, Sha256};

use crate::dice::Dice;
use crate::lies::Lies;
use crate::relay::RelayState;
use crate::time::Time;

/// What the network does to requests, each so many times in 256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// The request never arrives.
    pub lost: u16,
    /// It is carried out, and the answer never arrives.
    pub reply_lost: u16,
    /// It is carried out twice.
    pub twice: u16,
    /// It seems lost, and is carried out some time later, after others that were sent after it.
    pub late: u16,
    /// It takes up to so many breaths.
    pub slow: u16,
    /// The relay crashes over it: what was not acknowledged may be lost.
    pub crash: u16,
}

impl Weather {
    /// Nothing goes wrong.
    pub const FAIR: Self = Self {
        lost: 0,
        reply_lost: 0,
        twice: 0,
        late: 0,
        slow: 0,
        crash: 0,
    };
}

/// Everything between the devices and the relay, and the relay.
#[derive(Debug)]
pub struct Net {
    /// The relay.
    pub relay: RelayState,
    /// A second past, shown to some devices alone, while the relay lies so.
    pub second: Option<(RelayState, BTreeSet<usize>)>,
    /// The weather.
    pub weather: Weather,
    /// How the relay lies.
    pub lies: Lies,
    /// The relay cannot be reached.
    pub down: bool,
    /// Everything that went over the wire, if it is to be kept.
    pub wiretap: Option<Vec<u8>>,
    /// How often each kind of thing went wrong.
    pub mishaps: BTreeMap<&'static str, u32>,
    pub(crate) dice: Dice,
    time: Rc<Time>,
    late: Vec<HttpRequest>,
    sockets: Vec<Rc<RefCell<Line>>>,
    trace: Sha256,
}

impl Net {
    /// A relay in fair weather.
    #[must_use]
    pub fn new(relay: RelayState, time: &Rc<Time>, seed: u64) -> Self {
        Self {
            relay,
            second: None,
            weather: Weather::FAIR,
            lies: Lies::default(),
            down: false,
            wiretap: None,
            mishaps: BTreeMap::new(),
            dice: Dice::new(seed),
            time: Rc::clone(time),
            late: Vec::new(),
            sockets: Vec::new(),
            trace: Sha256::new(),
        }
    }

    /// A fingerprint of everything that was asked and answered so far.
    #[must_use]
    pub fn trace(&self) -> [u8; 32] {
        self.trace.clone().finalize().into()
    }

    pub(crate) fn mishap(&mut self, what: &'static str) {
        *self.mishaps.entry(what).or_default() += 1;
    }

    pub(crate) fn delay(&mut self) -> usize {
        self.dice.below(usize::from(self.weather.slow) + 1)
    }

    fn goes_wrong(&mut self, in_256: u16, what: &'static str) -> bool {
        let wrong = in_256 > 0 && self.dice.happens(in_256);
        if wrong {
            self.mishap(what);
        }
        wrong
    }

    /// Carries a request to the relay, and its answer back, if the weather lets it.
    pub(crate) fn carry(&mut self, device: usize, request: &HttpRequest) -> Result<HttpReply, Unreachable> {
        self.trace.update(request.path.as_bytes());
        self.trace.update(&request.body);
        if let Some(tap) = &mut self.wiretap {
            tap.extend_from_slice(request.path.as_bytes());
            request
                .headers
                .iter()
                .for_each(|(_, value)| tap.extend_from_slice(value.as_bytes()));
            tap.extend_from_slice(&request.body);
        }
        if self.down {
            return Err(Unreachable);
        }
        let weather = self.weather;
        if self.goes_wrong(weather.lost, "request lost") {
            return Err(Unreachable);
        }
        if self.goes_wrong(weather.late, "request late") {
            self.late.push(request.clone());
            return Err(Unreachable);
        }
        while !self.late.is_empty() && self.dice.happens(128) {
            let at = self.dice.below(self.late.len());
            let old = self.late.swap_remove(at);
            let _ = self.ask(device, &old);
        }
        if self.goes_wrong(weather.crash, "relay crashed") {
            // It was not acknowledged, so it may be gone; and every stream is.
            if self.dice.happens(128) {
                let _ = self.ask(device, request);
            }
            self.cut();
            return Err(Unreachable);
        }
        let mut reply = self.ask(device, request);
        if self.goes_wrong(weather.twice, "request twice") {
            reply = self.ask(device, request);
        }
        if self.goes_wrong(weather.reply_lost, "reply lost") {
            return Err(Unreachable);
        }
        let reply = self.bend(request, reply);
        self.trace.update(&reply.body);
        if let Some(tap) = &mut self.wiretap {
            tap.extend_from_slice(&reply.body);
        }
        self.ring();
        Ok(reply)
    }

    /// What the relay answers, with the face that it shows this device.
    fn ask(&mut self, device: usize, request: &HttpRequest) -> HttpReply {
        let now_ms = self.time.now_ms();
        match &mut self.second {
            Some((relay, devices)) if devices.contains(&device) => relay.handle(request, now_ms),
            _ => self.relay.handle(request, now_ms),
        }
    }

    /// From here on all is well; what was late never comes.
    pub fn heal(&mut self) {
        self.weather = Weather::FAIR;
        self.lies = Lies::default();
        self.down = false;
        self.second = None;
        self.late.clear();
    }

    /// Cuts every stream.
    pub fn cut(&mut self) {
        for line in self.sockets.drain(..) {
            line.borrow_mut().close();
        }
    }

    /// Tells the streams what is new.
    fn ring(&mut self) {
        self.sockets.retain(|line| !line.borrow().closed);
        for line in &self.sockets {
            line.borrow_mut().push_news(&self.relay);
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Watch {
    after: u64,
    removed_after: u64,
    told: bool,
}

/// One stream, at the relay's end.
#[derive(Debug, Default)]
struct Line {
    token: Option<[u8; 32]>,
    watches: BTreeMap<[u8; 16], (Vec<u8>, Watch)>,
    invitations: BTreeMap<[u8; 16], [u8; 64]>,
    to_client: VecDeque<Vec<u8>>,
    waiting: Option<Waker>,
    closed: bool,
}

impl Line {
    fn close(&mut self) {
        self.closed = true;
        self.wake();
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    fn tell(&mut self, frame: &ServerFrame) {
        self.to_client.push_back(encode(frame));
        self.wake();
    }

    fn heed(&mut self, frame: ClientFrame, relay: &RelayState, now_ms: i64) {
        match frame {
            ClientFrame::Hello { token } if relay.knows_token(&token) => {
                self.token = Some(token);
                self.tell(&ServerFrame::Welcome { now_ms });
            }
            ClientFrame::Hello { .. } => self.tell(&ServerFrame::Refused {
                space: None,
                code: Code::SessionEnded.text().to_owned(),
            }),
            ClientFrame::Watch {
                space,
                ticket,
                after,
                removed_after,
            } => {
                if relay.may_read(&ticket, space) {
                    let watch = Watch {
                        after,
                        removed_after,
                        told: false,
                    };
                    self.watches.insert(space, (ticket.to_vec(), watch));
                } else {
                    self.tell(&ServerFrame::Refused {
                        space: Some(space),
                        code: Code::TicketNeeded.text().to_owned(),
                    });
                }
            }
            ClientFrame::Unwatch { space } => {
                self.watches.remove(&space);
            }
            ClientFrame::WatchInvitation {
                invitation,
                signature,
            } => {
                self.invitations.insert(invitation, signature);
            }
            ClientFrame::Ping { number } => self.tell(&ServerFrame::Pong { number }),
        }
        self.push_news(relay);
    }

    fn push_news(&mut self, relay: &RelayState) {
        let Some(token) = self.token else { return };
        if !relay.knows_token(&token) {
            self.tell(&ServerFrame::Refused {
                space: None,
                code: Code::SessionEnded.text().to_owned(),
            });
            return;
        }
        let mut frames = Vec::new();
        let mut gone = Vec::new();
        for (space, (ticket, watch)) in &mut self.watches {
            let there = relay.spaces().find(|(id, _)| *id == space).map(|(_, it)| it);
            let Some(there) = there.filter(|_| relay.may_read(ticket, *space)) else {
                gone.push(*space);
                continue;
            };
            let page: Page = there.read(watch.after, watch.removed_after, u32::MAX);
            if page.entries.is_empty() && page.removals.is_empty() && watch.told {
                continue;
            }
            watch.told = true;
            watch.after = page.entries.last().map_or(watch.after, |last| last.number);
            watch.removed_after = page
                .removals
                .last()
                .map_or(watch.removed_after, |last| last.serial);
            frames.push(ServerFrame::More { space: *space, page });
        }
        for space in gone {
            self.watches.remove(&space);
            frames.push(ServerFrame::Refused {
                space: Some(space),
                code: Code::TicketNeeded.text().to_owned(),
            });
        }
        let news: Vec<[u8; 16]> = self
            .invitations
            .iter()
            .filter(|(id, signature)| relay.watches_invitation(&token, **id, signature) == Some(true))
            .map(|(id, _)| *id)
            .collect();
        for invitation in news {
            self.invitations.remove(&invitation);
            frames.push(ServerFrame::Invitation { invitation });
        }
        frames.iter().for_each(|frame| self.tell(frame));
    }
}

/// One stream, at the client's end.
#[derive(Debug)]
pub struct SimSocket {
    net: Rc<RefCell<Net>>,
    line: Rc<RefCell<Line>>,
}

impl SimSocket {
    pub(crate) fn open(net: &Rc<RefCell<Net>>, _device: usize, path: &str) -> Result<Self, Unreachable> {
        let mut between = net.borrow_mut();
        let lost = between.weather.lost;
        if between.down || path != pattern::STREAM || between.goes_wrong(lost, "stream refused") {
            return Err(Unreachable);
        }
        let line = Rc::new(RefCell::new(Line::default()));
        between.sockets.push(Rc::clone(&line));
        Ok(Self {
            net: Rc::clone(net),
            line,
        })
    }
}

impl Socket for SimSocket {
    fn send(&self, message: Vec<u8>) -> Result<(), Unreachable> {
        if self.line.borrow().closed {
            return Err(Unreachable);
        }
        let mut net = self.net.borrow_mut();
        if let Some(tap) = &mut net.wiretap {
            tap.extend_from_slice(&message);
        }
        let now_ms = net.time.now_ms();
        if let Ok(frame) = decode::<ClientFrame>(&message) {
            self.line.borrow_mut().heed(frame, &net.relay, now_ms);
        }
        Ok(())
    }

    async fn receive(&self) -> Result<Vec<u8>, Unreachable> {
        std::future::poll_fn(|context| {
            let mut line = self.line.borrow_mut();
            if let Some(message) = line.to_client.pop_front() {
                if let Some(tap) = &mut self.net.borrow_mut().wiretap {
                    tap.extend_from_slice(&message);
                }
                return Poll::Ready(Ok(message));
            }
            if line.closed {
                return Poll::Ready(Err(Unreachable));
            }
            line.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

impl Drop for SimSocket {
    fn drop(&mut self) {
        self.line.borrow_mut().closed = true;
    }
}
