//! A small honest model of the relay, in memory: every route that a client uses, and nothing else. It can be copied, so that worlds can
//! go their own ways from one beginning, and so that a relay can be set back or shown twice.

mod accounts;
mod invitations;
mod spaces;

use std::collections::BTreeMap;

use alongside_replica::ports::{HttpReply, HttpRequest};
use alongside_wire::account::{HelloReply, RecoveryKeys};
use alongside_wire::opaque::Suite;
use alongside_wire::problem::{Code, Problem};
use alongside_wire::{PROTOCOL, decode, encode, route};
use opaque_ke::{ServerLogin, ServerSetup};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

pub use spaces::Space;

/// How long a ticket holds, in seconds.
const TICKET_S: u32 = 60 * 60;

#[derive(Clone)]
struct Account {
    record: Vec<u8>,
    vault: Vec<u8>,
    generation: u64,
    recovery: Option<RecoveryKeys>,
}

#[derive(Clone)]
struct TicketRow {
    session: [u8; 32],
    space: [u8; 16],
    member: [u8; 32],
    until_ms: i64,
}

#[derive(Clone)]
struct Login {
    handle: Option<String>,
    state: ServerLogin<Suite>,
}

#[derive(Clone)]
struct Invitation {
    key: [u8; 32],
    inviter: [u8; 32],
    blob: Vec<u8>,
    expires_ms: i64,
    claim: Option<Vec<u8>>,
    /// None yet, closed, or a welcome.
    answer: Option<Option<Vec<u8>>>,
}

/// The whole relay.
#[derive(Clone)]
pub struct RelayState {
    rng: ChaCha20Rng,
    setup: ServerSetup<Suite>,
    accounts: BTreeMap<String, Account>,
    /// Handle by the hash of the token.
    sessions: BTreeMap<[u8; 32], String>,
    logins: BTreeMap<Vec<u8>, Login>,
    challenges: BTreeMap<Vec<u8>, String>,
    tickets: BTreeMap<Vec<u8>, TicketRow>,
    spaces: BTreeMap<[u8; 16], Space>,
    invitations: BTreeMap<[u8; 16], Invitation>,
    /// Whether new accounts can be made.
    pub open: bool,
    /// A problem that every write is answered with, if one is set.
    pub refuses: Option<Code>,
}

impl core::fmt::Debug for RelayState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RelayState")
            .field("accounts", &self.accounts.len())
            .field("spaces", &self.spaces.len())
            .finish_non_exhaustive()
    }
}

/// An answer: the body of a success, or a problem.
type Answer = Result<Vec<u8>, Code>;

fn body<'b, T: minicbor::Decode<'b, ()>>(request: &'b HttpRequest) -> Result<T, Code> {
    decode(&request.body).map_err(|_| Code::Malformed)
}

fn id<const N: usize>(text: &str) -> Result<[u8; N], Code> {
    route::unhex(text).ok_or(Code::Malformed)
}

impl RelayState {
    /// An empty relay.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let setup = ServerSetup::new(&mut rng);
        Self {
            rng,
            setup,
            accounts: BTreeMap::new(),
            sessions: BTreeMap::new(),
            logins: BTreeMap::new(),
            challenges: BTreeMap::new(),
            tickets: BTreeMap::new(),
            spaces: BTreeMap::new(),
            invitations: BTreeMap::new(),
            open: true,
            refuses: None,
        }
    }

    fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    /// Does what is asked.
    pub fn handle(&mut self, request: &HttpRequest, now_ms: i64) -> HttpReply {
        let refused = self.refuses.filter(|_| request.method != "GET");
        let answer = match refused {
            Some(code) => Err(code),
            None => self.answer(request, now_ms),
        };
        match answer {
            Ok(body) if body.is_empty() => HttpReply { status: 204, body },
            Ok(body) => HttpReply { status: 200, body },
            Err(code) => HttpReply {
                status: code.status(),
                body: Problem::from(code).to_cbor(),
            },
        }
    }

    fn answer(&mut self, request: &HttpRequest, now_ms: i64) -> Answer {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (request.method, parts.as_slice()) {
            ("GET", ["v1", "hello"]) => Ok(encode(&HelloReply {
                oldest: PROTOCOL,
                newest: PROTOCOL,
                now_ms,
                open: self.open,
            })),
            (_, ["v1", "accounts", rest @ ..]) => self.account_route(request, rest),
            (_, ["v1", "sessions", session]) => self.end_session(request, session),
            (method, ["v1", "vault"]) => self.vault_route(request, method),
            ("POST", ["v1", "spaces"]) => self.open_space(request),
            ("POST", ["v1", "spaces", space, "ticket"]) => self.ticket(request, id(space)?, now_ms),
            (_, ["v1", "spaces", space, rest @ ..]) => {
                self.space_route(request, id(space)?, rest, query, now_ms)
            }
            ("POST", ["v1", "invitations"]) => self.invite(request, now_ms),
            ("GET", ["v1", "invitations", invitation]) => self.invitation(id(invitation)?, now_ms),
            ("POST", ["v1", "invitations", invitation, act]) => {
                self.invitation_act(request, id(invitation)?, act, now_ms)
            }
            _ => Err(Code::NotFound),
        }
    }

    fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
        request
            .headers
            .iter()
            .find(|(at, _)| *at == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whose session this is: the hash of its token, and the handle.
    fn caller(&self, request: &HttpRequest) -> Result<([u8; 32], String), Code> {
        use base64::Engine as _;
        let token = Self::header(request, "authorization")
            .and_then(|value| value.strip_prefix("Bearer "))
            .and_then(|text| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok())
            .ok_or(Code::SessionEnded)?;
        let session = alongside_wire::envelope::payload_hash(&token);
        self.sessions
            .get(&session)
            .map(|handle| (session, handle.clone()))
            .ok_or(Code::SessionEnded)
    }

    /// Whose session a token is, for the stream.
    #[must_use]
    pub fn knows_token(&self, token: &[u8; 32]) -> bool {
        self.sessions
            .contains_key(&alongside_wire::envelope::payload_hash(token))
    }

    /// Whether a ticket lets its holder read a space.
    #[must_use]
    pub fn may_read(&self, ticket: &[u8], space: [u8; 16]) -> bool {
        self.tickets.get(ticket).is_some_and(|row| {
            row.space == space
                && self
                    .spaces
                    .get(&space)
                    .is_some_and(|it| it.members.contains(&row.member))
        })
    }

    /// A space, to look at or to tamper with.
    pub fn space_mut(&mut self, space: &[u8; 16]) -> Option<&mut Space> {
        self.spaces.get_mut(space)
    }

    /// All spaces.
    pub fn spaces(&self) -> impl Iterator<Item = (&[u8; 16], &Space)> {
        self.spaces.iter()
    }

    /// The vault of an account, with its generation.
    pub fn vault_mut(&mut self, handle: &str) -> Option<(&mut u64, &mut Vec<u8>)> {
        self.accounts
            .get_mut(handle)
            .map(|account| (&mut account.generation, &mut account.vault))
    }

    /// Everything that it keeps, as an examiner of its disk would see it.
    #[must_use]
    pub fn all_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (handle, account) in &self.accounts {
            bytes.extend_from_slice(handle.as_bytes());
            bytes.extend_from_slice(&account.record);
            bytes.extend_from_slice(&account.vault);
        }
        for (id, space) in &self.spaces {
            bytes.extend_from_slice(id);
            space.extend_bytes(&mut bytes);
        }
        for invitation in self.invitations.values() {
            bytes.extend_from_slice(&invitation.blob);
            bytes.extend_from_slice(invitation.claim.as_deref().unwrap_or_default());
            if let Some(Some(welcome)) = &invitation.answer {
                bytes.extend_from_slice(welcome);
            }
        }
        bytes
    }
}
