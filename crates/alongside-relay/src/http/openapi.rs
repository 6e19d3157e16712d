//! The description of the routes, in OpenAPI 3.1: made from one table, which the tests hold against the routes themselves.

use std::sync::LazyLock;

use alongside_wire::problem::{CBOR_MEDIA_TYPE, Code, JSON_MEDIA_TYPE};
use alongside_wire::route::{TICKET_HEADER, pattern};
use alongside_wire::{MEDIA_TYPE, PROTOCOL};
use serde_json::{Map, Value, json};

/// What a request must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Nothing,
    Session,
    SessionAndTicket,
}

/// One operation.
struct Operation {
    path: &'static str,
    method: &'static str,
    summary: &'static str,
    shows: Shows,
    /// The message of the body, as the protocol calls it.
    takes: Option<&'static str>,
    /// The message of the answer; 204 when none.
    gives: Option<&'static str>,
    /// The problems that are this operation's own.
    problems: &'static [Code],
}

const fn operation(
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    shows: Shows,
    (takes, gives): (Option<&'static str>, Option<&'static str>),
    problems: &'static [Code],
) -> Operation {
    Operation {
        path,
        method,
        summary,
        shows,
        takes,
        gives,
        problems,
    }
}

use Code as C;
use Shows::{Nothing, Session, SessionAndTicket};

const OPERATIONS: &[Operation] = &[
    operation(
        "get",
        pattern::HELLO,
        "Versions, the relay's clock, whether accounts can be made",
        Nothing,
        (None, Some("HelloReply")),
        &[],
    ),
    operation(
        "post",
        pattern::REGISTER_START,
        "Making an account, first half",
        Nothing,
        (Some("RegisterStart"), Some("RegisterStarted")),
        &[C::BadHandle, C::HandleTaken, C::AccountsClosed],
    ),
    operation(
        "post",
        pattern::REGISTER_FINISH,
        "Making an account, second half",
        Nothing,
        (Some("RegisterFinish"), Some("Session")),
        &[C::BadHandle, C::HandleTaken, C::AccountsClosed, C::Full],
    ),
    operation(
        "post",
        pattern::LOGIN_START,
        "Signing in, first half",
        Nothing,
        (Some("LoginStart"), Some("LoginStarted")),
        &[C::BadHandle, C::Full],
    ),
    operation(
        "post",
        pattern::LOGIN_FINISH,
        "Signing in, second half",
        Nothing,
        (Some("LoginFinish"), Some("Session")),
        &[C::WrongCredentials, C::Full],
    ),
    operation(
        "post",
        pattern::RECOVER_START,
        "Recovering an account, first half",
        Nothing,
        (Some("RecoverStart"), Some("RecoverStarted")),
        &[C::BadHandle],
    ),
    operation(
        "post",
        pattern::RECOVER_FINISH,
        "Recovering an account, second half",
        Nothing,
        (Some("RecoverFinish"), Some("Session")),
        &[
            C::BadHandle,
            C::BadProof,
            C::WrongAccountProof,
            C::WrongCredentials,
            C::Full,
        ],
    ),
    operation(
        "post",
        pattern::PASSPHRASE_START,
        "A new passphrase, first half",
        Session,
        (Some("RegisterStart"), Some("RegisterStarted")),
        &[C::BadHandle],
    ),
    operation(
        "post",
        pattern::PASSPHRASE_FINISH,
        "A new passphrase, second half; ends the other sessions",
        Session,
        (Some("PassphraseFinish"), Some("VaultStored")),
        &[C::VaultConflict, C::Full],
    ),
    operation(
        "put",
        pattern::RECOVERY_KEY,
        "Sets or takes away the recovery key",
        Session,
        (Some("RecoveryKey"), None),
        &[C::Full],
    ),
    operation(
        "delete",
        pattern::ACCOUNT,
        "Removes the account",
        Session,
        (None, None),
        &[C::Full],
    ),
    operation(
        "get",
        pattern::SESSIONS,
        "The account's sessions",
        Session,
        (None, Some("Sessions")),
        &[],
    ),
    operation(
        "delete",
        pattern::SESSION,
        "Ends a session",
        Session,
        (None, None),
        &[C::NotFound, C::Full],
    ),
    operation(
        "get",
        pattern::VAULT,
        "The vault",
        Session,
        (None, Some("Vault")),
        &[],
    ),
    operation(
        "put",
        pattern::VAULT,
        "Replaces the vault, if nobody else did",
        Session,
        (Some("PutVault"), Some("VaultStored")),
        &[C::VaultConflict, C::Full],
    ),
    operation(
        "post",
        pattern::SPACES,
        "Opens a space",
        Session,
        (Some("OpenSpace"), None),
        &[C::BadProof, C::SpaceExists, C::Full],
    ),
    operation(
        "post",
        pattern::TICKET,
        "A ticket for a space",
        Session,
        (Some("AskTicket"), Some("Ticket")),
        &[C::BadProof, C::NotFound],
    ),
    operation(
        "post",
        pattern::MEMBERS,
        "Adds a member",
        SessionAndTicket,
        (Some("AddMember"), None),
        &[C::MembersFull, C::Full],
    ),
    operation(
        "post",
        pattern::LEAVE,
        "Leaves the space",
        SessionAndTicket,
        (None, None),
        &[C::Full],
    ),
    operation(
        "get",
        pattern::ENTRIES,
        "A stretch of the space",
        SessionAndTicket,
        (None, Some("Page")),
        &[C::Malformed],
    ),
    operation(
        "post",
        pattern::ENTRIES,
        "Appends envelopes; durable when answered",
        SessionAndTicket,
        (Some("Append"), Some("Appended")),
        &[C::OverQuota, C::Full],
    ),
    operation(
        "post",
        pattern::REMOVE,
        "Removes payloads that this member appended",
        SessionAndTicket,
        (Some("Remove"), None),
        &[C::NotFound, C::Full],
    ),
    operation(
        "get",
        pattern::ROUND,
        "One's own deposit, while it waits",
        SessionAndTicket,
        (None, Some("OwnDeposit")),
        &[],
    ),
    operation(
        "put",
        pattern::ROUND,
        "Puts an envelope into the round",
        SessionAndTicket,
        (Some("Deposit"), Some("Deposited")),
        &[C::RoundOver, C::OverQuota, C::Full],
    ),
    operation(
        "delete",
        pattern::ROUND,
        "Takes one's deposit back",
        SessionAndTicket,
        (None, None),
        &[C::RoundOver, C::Full],
    ),
    operation(
        "post",
        pattern::INVITATIONS,
        "Makes an invitation",
        Session,
        (Some("Invite"), None),
        &[C::BadProof, C::InvitationUsed, C::Full],
    ),
    operation(
        "get",
        pattern::INVITATION,
        "An invitation; changes nothing",
        Nothing,
        (None, Some("Invitation")),
        &[C::NotFound, C::InvitationOver],
    ),
    operation(
        "post",
        pattern::CLAIM,
        "Claims an invitation, once",
        Session,
        (Some("Claim"), None),
        &[
            C::BadProof,
            C::NotFound,
            C::InvitationUsed,
            C::InvitationOver,
            C::Full,
        ],
    ),
    operation(
        "post",
        pattern::LOOK,
        "The inviter looks for a claim",
        Session,
        (Some("Proof"), Some("Claimed")),
        &[C::BadProof, C::NotFound, C::InvitationOver],
    ),
    operation(
        "post",
        pattern::WELCOME,
        "The inviter answers the claim",
        Session,
        (Some("Welcome"), None),
        &[
            C::BadProof,
            C::NotFound,
            C::InvitationUsed,
            C::InvitationOver,
            C::Full,
        ],
    ),
    operation(
        "post",
        pattern::ENTER,
        "The newcomer looks for the answer",
        Session,
        (Some("Proof"), Some("Entrance")),
        &[C::BadProof, C::NotFound, C::InvitationOver],
    ),
    operation(
        "post",
        pattern::REVOKE,
        "The inviter takes the invitation back",
        Session,
        (Some("Proof"), None),
        &[
            C::BadProof,
            C::NotFound,
            C::InvitationUsed,
            C::InvitationOver,
            C::Full,
        ],
    ),
    operation(
        "get",
        pattern::STREAM,
        "The WebSocket",
        Nothing,
        (None, Some("ServerFrame")),
        &[C::Malformed, C::BadProof],
    ),
];

impl Operation {
    /// All problems: its own, and those of what it shows and takes.
    fn all_problems(&self) -> Vec<Code> {
        let mut codes = vec![C::SlowDown, C::Unavailable];
        codes.extend(self.problems);
        if self.shows != Nothing {
            codes.push(C::SessionEnded);
        }
        if self.shows == SessionAndTicket {
            codes.push(C::TicketNeeded);
        }
        if self.takes.is_some() {
            codes.extend([C::Malformed, C::TooLarge, C::WrongMediaType]);
        }
        if self.path.contains('{') && self.shows != SessionAndTicket {
            codes.push(C::NotFound);
        }
        if self.path.contains("{round}") {
            codes.push(C::NotFound);
        }
        let in_order = Code::ALL.iter().copied().filter(|code| codes.contains(code));
        in_order.collect()
    }

    fn responses(&self) -> Value {
        let mut responses = Map::new();
        let (status, good) = match self.gives {
            _ if self.path == pattern::STREAM => ("101", json!({"description": "The stream is open"})),
            Some(message) => (
                "200",
                json!({
                    "description": message,
                    "content": {MEDIA_TYPE: {"schema": {"$ref": format!("#/components/schemas/{message}")}}},
                }),
            ),
            None => ("204", json!({"description": "Done"})),
        };
        responses.insert(status.to_owned(), good);
        let codes = self.all_problems();
        for code in &codes {
            let same: Vec<&str> = codes
                .iter()
                .filter(|other| other.status() == code.status())
                .map(|other| other.text())
                .collect();
            responses.insert(
                code.status().to_string(),
                json!({
                    "description": same.join(", "),
                    "x-codes": same,
                    "content": {
                        JSON_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
                        CBOR_MEDIA_TYPE: {},
                    },
                }),
            );
        }
        Value::Object(responses)
    }

    fn to_json(&self) -> Value {
        let mut parameters: Vec<Value> = self
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| {
                json!({
                    "name": name, "in": "path", "required": true,
                    "schema": {"type": "string", "pattern": "^([0-9a-f]{2})+$"},
                })
            })
            .collect();
        if self.path == pattern::ENTRIES && self.method == "get" {
            for name in ["after", "removed_after", "limit"] {
                parameters.push(json!({
                    "name": name, "in": "query", "schema": {"type": "integer", "minimum": u8::from(name == "limit")},
                }));
            }
        }
        let security = match self.shows {
            Nothing => json!([]),
            Session => json!([{"session": []}]),
            SessionAndTicket => json!([{"session": [], "ticket": []}]),
        };
        let mut operation = json!({
            "summary": self.summary,
            "parameters": parameters,
            "security": security,
            "responses": self.responses(),
        });
        if let (Some(message), Some(operation)) = (self.takes, operation.as_object_mut()) {
            let schema = json!({"$ref": format!("#/components/schemas/{message}")});
            let body = json!({"required": true, "content": {MEDIA_TYPE: {"schema": schema}}});
            operation.insert("requestBody".to_owned(), body);
        }
        operation
    }
}

fn make() -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for operation in OPERATIONS {
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            methods.insert(operation.method.to_owned(), operation.to_json());
        }
        for message in operation.takes.into_iter().chain(operation.gives) {
            schemas.entry(message).or_insert_with(|| {
                json!({
                    "description": format!("CBOR, an array of fields: {message} in docs/protocol.md"),
                })
            });
        }
    }
    schemas.insert("Problem".to_owned(), json!({
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": Code::ALL.iter().map(|code| code.text()).collect::<Vec<_>>()},
            "retry_after_s": {"type": "integer"},
        },
    }));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Alongside relay",
            "version": PROTOCOL.to_string(),
            "description": "Keeps and hands on opaque bytes. Bodies are CBOR; docs/protocol.md says what is in them.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "description": "The session's token, base64url without padding"},
                "ticket": {"type": "apiKey", "in": "header", "name": TICKET_HEADER, "description": "base64url without padding"},
            },
        },
    })
}

/// The document, as JSON.
pub(super) fn document() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| make().to_string());
    &DOCUMENT
}
