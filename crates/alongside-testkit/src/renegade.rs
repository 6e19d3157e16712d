//! A member with a client of their own making: they have every key that is theirs, and keep to no rule.

use alongside_core::event::{self, Event};
use alongside_core::id::SpaceId;
use alongside_log::entry::Stamp;
use alongside_log::identity::{Author, Device, DeviceCert, Identity, PersonPublic};
use alongside_log::ids as log_ids;
use alongside_log::keep::normalise_passphrase;
use alongside_log::ledger::{Control, Draft, Incoming, Ledger, Outcome, Tip, What};
use alongside_log::seal::envelope::{Envelope, SealedPayload};
use alongside_log::vault::{Keyring, OpenVault, VaultContents};
use alongside_log::words::Words;
use alongside_replica::ports::HttpRequest;
use alongside_wire::account::{LoginFinish, LoginStart, LoginStarted, Session};
use alongside_wire::envelope::{Kept, Posted};
use alongside_wire::opaque::{self, Suite};
use alongside_wire::route::pattern;
use alongside_wire::{account, decode, encode};
use minicbor::bytes::ByteVec;
use opaque_ke::{ClientLogin, ClientLoginFinishParameters, CredentialResponse, Identifiers};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::relay::RelayState;
use crate::world::World;

/// A member who keeps to no rule.
#[derive(Debug)]
pub struct Renegade {
    /// Who they are.
    pub identity: Identity,
    /// A device of theirs that no honest client runs on.
    pub device: Device,
    /// Their word for it.
    pub cert: DeviceCert,
    /// Everything that their vault holds.
    pub vault: VaultContents,
    /// The space that they turn against.
    pub space: log_ids::SpaceId,
    /// What they know of it.
    pub ledger: Ledger,
    rng: ChaCha20Rng,
}

fn request(method: &'static str, path: &str, session: Option<[u8; 32]>, body: Vec<u8>) -> HttpRequest {
    use base64::Engine as _;
    let bearer = |token: [u8; 32]| {
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(token);
        ("authorization", format!("Bearer {text}"))
    };
    HttpRequest {
        method,
        path: path.to_owned(),
        headers: session.map(bearer).into_iter().collect(),
        body,
    }
}

/// Opens somebody's vault with everything that is theirs.
fn open_vault(relay: &mut RelayState, person: &crate::people::Person, rng: &mut ChaCha20Rng) -> OpenVault {
    let mut ask = |request: HttpRequest| {
        let reply = relay.handle(&request, 0);
        assert_eq!(reply.status, 200, "the relay lets its account holder in");
        reply.body
    };
    let passphrase = normalise_passphrase(&person.passphrase);
    let start = ClientLogin::<Suite>::start(rng, passphrase.as_bytes()).expect("OPAQUE starts");
    let message = LoginStart {
        handle: person.handle.clone(),
        request: ByteVec::from(start.message.serialize().to_vec()),
    };
    let started: LoginStarted = decode(&ask(request(
        "POST",
        pattern::LOGIN_START,
        None,
        encode(&message),
    )))
    .expect("a login starts");
    let response = CredentialResponse::deserialize(&started.response).expect("an OPAQUE response");
    let stretch = opaque::stretch();
    let parameters = ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&stretch));
    let finished = start
        .state
        .finish(rng, passphrase.as_bytes(), response, parameters)
        .expect("the passphrase is right");
    let message = LoginFinish {
        state: started.state,
        finalization: ByteVec::from(finished.message.serialize().to_vec()),
    };
    let session: Session = decode(&ask(request(
        "POST",
        pattern::LOGIN_FINISH,
        None,
        encode(&message),
    )))
    .expect("a session");
    let sealed: account::Vault = decode(&ask(request(
        "GET",
        pattern::VAULT,
        Some(session.token),
        Vec::new(),
    )))
    .expect("a vault");
    let words = Words::parse(&person.words).expect("account words");
    OpenVault::open_with_passphrase(&sealed.sealed, &person.handle, &finished.export_key, &words)
        .expect("the vault opens")
}

impl Renegade {
    /// One of the people turns against a space.
    ///
    /// # Panics
    /// When they are no member of it.
    #[must_use]
    pub fn of(world: &World, person: usize, us: SpaceId) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(world.seed ^ 0x1e9e_6ade);
        let mut net = world.net.borrow_mut();
        let vault = open_vault(&mut net.relay, &world.people[person], &mut rng).contents;
        let space = log_ids::SpaceId::from_bytes(*us.as_bytes());
        let identity = vault.identity.clone();
        let device = Device::make(&mut rng);
        let cert = identity.certify(&device.public());
        let ring = vault.spaces.iter().find(|ring| ring.space == space);
        let ledger = Ledger::restore(ring.expect("they are a member"), Some(&device));
        let mut renegade = Self {
            identity,
            device,
            cert,
            vault,
            space,
            ledger,
            rng,
        };
        renegade.catch_up(&net.relay);
        renegade
    }

    /// The keyring of a space.
    #[must_use]
    pub fn ring(&self, space: log_ids::SpaceId) -> Option<&Keyring> {
        self.vault.spaces.iter().find(|ring| ring.space == space)
    }

    /// Reads everything that the relay has.
    pub fn catch_up(&mut self, relay: &RelayState) {
        let incoming = envelopes(relay, self.space, self.ledger.number());
        let _ = self.ledger.open(&self.device, incoming);
    }

    /// Where their chain stands.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.ledger.tip(self.device.public().id())
    }

    /// Seals something at a place in their chain, by themselves or under another's name.
    pub fn seal_as(&mut self, person: PersonPublic, tip: &mut Tip, what: What) -> Envelope {
        let author = Author {
            person,
            device: &self.device,
            cert: &self.cert,
        };
        let stamp = Stamp {
            wall_ms: 0,
            counter: 0,
        };
        let draft = Draft {
            stamp,
            witness: self.ledger.witness(),
            what,
        };
        self.ledger.seal(tip, &author, draft, &mut self.rng).1
    }

    /// Seals something as themselves.
    pub fn seal(&mut self, tip: &mut Tip, what: What) -> Envelope {
        self.seal_as(self.identity.public(), tip, what)
    }

    /// Seals a statement for the round of that name, whatever it says.
    ///
    /// # Panics
    /// When they cannot write.
    pub fn statement(&mut self, round: &str, said: &Event) -> Envelope {
        let author = Author {
            person: self.identity.public(),
            device: &self.device,
            cert: &self.cert,
        };
        let stamp = Stamp {
            wall_ms: 0,
            counter: 0,
        };
        let round = self.ledger.round_id(round);
        self.ledger
            .deposit(&author, round, stamp, &event::encode(said), &mut self.rng)
            .expect("they can write")
            .1
    }

    /// Hands an envelope to the relay under their member key.
    pub fn post(&mut self, relay: &mut RelayState, envelope: &Envelope) {
        let SealedPayload::Here(payload) = &envelope.payload else {
            return;
        };
        let posted = Posted {
            head: envelope.head.clone().into(),
            payload: payload.clone().into(),
        };
        self.post_bytes(relay, posted);
    }

    /// Hands any bytes to the relay under their member key.
    pub fn post_bytes(&mut self, relay: &mut RelayState, posted: Posted) {
        let member = self.identity.member_key(self.space).public();
        let space = relay
            .space_mut(self.space.as_bytes())
            .expect("the space is there");
        assert!(space.members.contains(&member), "they are a member");
        space.append(member, posted);
    }

    /// Says something as any member may, the ordinary way: with a hello before it if need be.
    pub fn say(&mut self, relay: &mut RelayState, what: What) {
        self.catch_up(relay);
        let mut tip = self.tip();
        if !self.ledger.knows_device(self.device.public().id()) {
            let hello = self.seal(&mut tip, What::Control(Control::hello(&self.cert.clone())));
            self.post(relay, &hello);
        }
        let said = self.seal(&mut tip, what);
        self.post(relay, &said);
        self.catch_up(relay);
    }
}

/// Everything of a space after a number, as a ledger takes it in.
#[must_use]
pub fn envelopes(relay: &RelayState, space: log_ids::SpaceId, after: u64) -> Vec<Incoming> {
    let there = relay.spaces().find(|(id, _)| *id == space.as_bytes());
    let page = there.map(|(_, space)| space.read(after, 0, u32::MAX));
    let entries = page.map(|page| page.entries).unwrap_or_default();
    let envelope = |head: ByteVec, payload: Kept| Envelope {
        head: head.to_vec(),
        payload: match payload {
            Kept::Here(bytes) => SealedPayload::Here(bytes.to_vec()),
            Kept::Removed(hash) => SealedPayload::Removed(hash),
        },
    };
    entries
        .into_iter()
        .map(|entry| Incoming {
            number: Some(entry.number),
            envelope: envelope(entry.head, entry.payload),
        })
        .collect()
}

/// Whether anything in there was opened.
#[must_use]
pub fn opened(outcomes: &[Outcome]) -> usize {
    outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Opened(_)))
        .count()
}
