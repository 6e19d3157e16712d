//! Spaces of the model: members, numbered envelopes, removals, rounds.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use alongside_replica::ports::HttpRequest;
use alongside_wire::encode;
use alongside_wire::envelope::{EnvelopeId, Kept, Numbered, Posted, payload_hash};
use alongside_wire::limits::{MAX_MEMBERS, MAX_PAGE};
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::{self, TICKET_HEADER};
use alongside_wire::space::{
    AddMember, Append, Appended, AskTicket, Deposit, Deposited, OpenSpace, OwnDeposit, Page, Removal, Remove,
    Ticket,
};

use super::{Answer, RelayState, TICKET_S, TicketRow, body};

/// An envelope with who appended it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose member key appended it.
    pub by: [u8; 32],
    /// The envelope's name.
    pub id: EnvelopeId,
    /// The envelope as it came, shared between copies of a relay.
    pub posted: Rc<Posted>,
    /// The payload was removed.
    pub removed: bool,
}

/// One space.
#[derive(Clone, Debug, Default)]
pub struct Space {
    /// Members' keys.
    pub members: BTreeSet<[u8; 32]>,
    /// Envelopes in the order of their numbers, from 1.
    pub rows: Vec<Row>,
    removals: Vec<u64>,
    waiting: BTreeMap<[u8; 32], BTreeMap<[u8; 32], Posted>>,
    over: BTreeSet<[u8; 32]>,
}

fn count(len: usize) -> u64 {
    len as u64
}

impl Space {
    /// Appends; one that is there keeps its number.
    pub fn append(&mut self, by: [u8; 32], posted: Posted) -> u64 {
        let id = posted.id();
        if let Some(at) = self.rows.iter().position(|row| row.id == id) {
            return count(at) + 1;
        }
        self.rows.push(Row {
            by,
            id,
            posted: Rc::new(posted),
            removed: false,
        });
        count(self.rows.len())
    }

    /// A page from after these numbers.
    #[must_use]
    pub fn read(&self, after: u64, removed_after: u64, limit: u32) -> Page {
        let limit = limit.clamp(1, MAX_PAGE) as usize;
        let skip = |after: u64| usize::try_from(after).unwrap_or(usize::MAX);
        let entries = self
            .rows
            .iter()
            .enumerate()
            .skip(skip(after))
            .take(limit)
            .map(|(at, row)| Numbered {
                number: count(at) + 1,
                head: row.posted.head.clone(),
                payload: if row.removed {
                    Kept::Removed(payload_hash(&row.posted.payload))
                } else {
                    Kept::Here(row.posted.payload.clone())
                },
            })
            .collect();
        let removals = self
            .removals
            .iter()
            .enumerate()
            .skip(skip(removed_after))
            .take(limit)
            .map(|(at, number)| Removal {
                serial: count(at) + 1,
                number: *number,
            })
            .collect();
        Page {
            entries,
            head: count(self.rows.len()),
            removals,
            removals_head: count(self.removals.len()),
        }
    }

    fn reveal_if_complete(&mut self, round: &[u8; 32]) {
        let complete = self.members.len() >= 2
            && self
                .waiting
                .get(round)
                .is_some_and(|deposits| self.members.iter().all(|member| deposits.contains_key(member)));
        if complete {
            self.reveal(round);
        }
    }

    /// Hands out what waits in a round. Too early, this is what a relay does that colludes with a member.
    pub fn reveal(&mut self, round: &[u8; 32]) {
        for (by, posted) in self.waiting.remove(round).unwrap_or_default() {
            self.append(by, posted);
        }
        self.over.insert(*round);
    }

    /// Rounds in which something waits.
    #[must_use]
    pub fn open_rounds(&self) -> Vec<[u8; 32]> {
        self.waiting
            .iter()
            .filter(|(_, deposits)| !deposits.is_empty())
            .map(|(round, _)| *round)
            .collect()
    }

    pub(super) fn extend_bytes(&self, bytes: &mut Vec<u8>) {
        for row in &self.rows {
            bytes.extend_from_slice(&row.posted.head);
            if !row.removed {
                bytes.extend_from_slice(&row.posted.payload);
            }
        }
        for deposits in self.waiting.values() {
            for posted in deposits.values() {
                bytes.extend_from_slice(&posted.head);
                bytes.extend_from_slice(&posted.payload);
            }
        }
    }
}

impl RelayState {
    pub(super) fn open_space(&mut self, request: &HttpRequest) -> Answer {
        let (session, _) = self.caller(request)?;
        let message: OpenSpace = body(request)?;
        let parts: [&[u8]; 2] = [&message.space, &session];
        if !proof::holds(&message.member, &message.signature, Purpose::OpenSpace, &parts) {
            return Err(Code::BadProof);
        }
        let fresh = Space {
            members: BTreeSet::from([message.member]),
            ..Space::default()
        };
        let space = self.spaces.entry(message.space).or_insert(fresh);
        if space.members.contains(&message.member) {
            Ok(Vec::new())
        } else {
            Err(Code::SpaceExists)
        }
    }

    pub(super) fn ticket(&mut self, request: &HttpRequest, space: [u8; 16], now_ms: i64) -> Answer {
        let (session, _) = self.caller(request)?;
        let message: AskTicket = body(request)?;
        if !proof::holds(
            &message.member,
            &message.signature,
            Purpose::Ticket,
            &[&space, &session],
        ) {
            return Err(Code::BadProof);
        }
        let there = self.spaces.get(&space).ok_or(Code::NotFound)?;
        if !there.members.contains(&message.member) {
            return Err(Code::NotFound);
        }
        let ticket = self.random::<24>().to_vec();
        let row = TicketRow {
            session,
            space,
            member: message.member,
            until_ms: now_ms + i64::from(TICKET_S) * 1000,
        };
        self.tickets.insert(ticket.clone(), row);
        Ok(encode(&Ticket {
            ticket: ticket.into(),
            valid_s: TICKET_S,
        }))
    }

    pub(super) fn space_route(
        &mut self,
        request: &HttpRequest,
        id: [u8; 16],
        rest: &[&str],
        query: &str,
        now_ms: i64,
    ) -> Answer {
        use base64::Engine as _;
        let (session, _) = self.caller(request)?;
        let member = Self::header(request, TICKET_HEADER)
            .and_then(|text| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok())
            .and_then(|ticket| self.tickets.get(&ticket))
            .filter(|row| row.session == session && row.space == id && now_ms < row.until_ms)
            .map(|row| row.member)
            .ok_or(Code::TicketNeeded)?;
        let space = self
            .spaces
            .get_mut(&id)
            .filter(|space| space.members.contains(&member))
            .ok_or(Code::TicketNeeded)?;
        match (request.method, rest) {
            ("GET", ["entries"]) => {
                let number = |name: &str| {
                    query
                        .split('&')
                        .filter_map(|pair| pair.split_once('='))
                        .find(|(at, _)| *at == name)
                        .and_then(|(_, value)| value.parse::<u64>().ok())
                };
                let limit = number("limit").and_then(|limit| u32::try_from(limit).ok());
                let page = space.read(
                    number("after").unwrap_or(0),
                    number("removed_after").unwrap_or(0),
                    limit.unwrap_or(MAX_PAGE),
                );
                Ok(encode(&page))
            }
            ("POST", ["entries"]) => {
                let message: Append = body(request)?;
                let envelopes = message.envelopes.into_iter();
                let numbers = envelopes.map(|posted| space.append(member, posted)).collect();
                Ok(encode(&Appended {
                    numbers,
                    head: count(space.rows.len()),
                }))
            }
            ("POST", ["members"]) => {
                let message: AddMember = body(request)?;
                if !space.members.contains(&message.member) && space.members.len() >= MAX_MEMBERS {
                    return Err(Code::MembersFull);
                }
                space.members.insert(message.member);
                Ok(Vec::new())
            }
            ("POST", ["leave"]) => {
                space.members.remove(&member);
                for deposits in space.waiting.values_mut() {
                    deposits.remove(&member);
                }
                for round in space.open_rounds() {
                    space.reveal_if_complete(&round);
                }
                if space.members.is_empty() {
                    self.spaces.remove(&id);
                }
                Ok(Vec::new())
            }
            ("POST", ["remove"]) => remove(space, member, &body(request)?),
            (method, ["rounds", round]) => {
                let round = route::unhex(round).ok_or(Code::Malformed)?;
                round_route(space, member, method, round, request)
            }
            _ => Err(Code::NotFound),
        }
    }
}

fn remove(space: &mut Space, member: [u8; 32], message: &Remove) -> Answer {
    let mut found = Vec::new();
    for name in &message.envelopes {
        let at = space
            .rows
            .iter()
            .position(|row| row.id == name.0 && row.by == member);
        found.push(at.ok_or(Code::NotFound)?);
    }
    for at in found {
        if let Some(row) = space.rows.get_mut(at).filter(|row| !row.removed) {
            row.removed = true;
            space.removals.push(count(at) + 1);
        }
    }
    Ok(Vec::new())
}

fn round_route(
    space: &mut Space,
    member: [u8; 32],
    method: &str,
    round: [u8; 32],
    request: &HttpRequest,
) -> Answer {
    match method {
        "GET" => {
            let envelope = space
                .waiting
                .get(&round)
                .and_then(|all| all.get(&member))
                .cloned();
            Ok(encode(&OwnDeposit { envelope }))
        }
        "PUT" | "DELETE" if space.over.contains(&round) => Err(Code::RoundOver),
        "PUT" => {
            let message: Deposit = body(request)?;
            let waiting = space.waiting.entry(round).or_default();
            waiting.insert(member, message.envelope);
            space.reveal_if_complete(&round);
            Ok(encode(&Deposited {}))
        }
        "DELETE" => {
            if let Some(waiting) = space.waiting.get_mut(&round) {
                waiting.remove(&member);
            }
            Ok(Vec::new())
        }
        _ => Err(Code::MethodNotAllowed),
    }
}
