//! People, their devices, and a relay that numbers what it is given: for the tests of this crate.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::entry::Stamp;
use crate::identity::{Author, Device, DeviceCert, Identity};
use crate::ids::{DeviceId, EntryId, PersonId, RoundId, SpaceId};
use crate::invitation::Claim;
use crate::ledger::{
    Alarm, Content, Control, Draft, Happened, Incoming, Ledger, Opened, Outcome, Refusal, Tip, Verified, What,
};
use crate::seal::envelope::{Envelope, SealedPayload};
use crate::vault::{Keyring, SpaceKind};

pub(crate) const SPACE: SpaceId = SpaceId::from_bytes([0x5a; 16]);

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn stamp(wall_ms: i64) -> Stamp {
    Stamp { wall_ms, counter: 0 }
}

/// What the relay has: everything, in the order in which it came.
#[derive(Clone, Default)]
pub(crate) struct Relay {
    pub(crate) log: Vec<Envelope>,
}

impl Relay {
    pub(crate) fn append(&mut self, envelope: Envelope) {
        if !self.log.iter().any(|there| there.id() == envelope.id()) {
            self.log.push(envelope);
        }
    }

    pub(crate) fn after(&self, number: u64) -> Vec<Incoming> {
        let skip = usize::try_from(number).unwrap();
        numbered(self.log.iter().skip(skip).cloned(), number + 1)
    }

    /// Removes a payload, as its author asks.
    pub(crate) fn remove_payload(&mut self, at: usize) {
        let payload = &mut self.log[at].payload;
        if let SealedPayload::Here(bytes) = payload {
            *payload = SealedPayload::Removed(sha256(bytes));
        }
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

pub(crate) fn numbered(envelopes: impl IntoIterator<Item = Envelope>, from: u64) -> Vec<Incoming> {
    let number_of = |(at, envelope)| Incoming {
        number: Some(from + at),
        envelope,
    };
    (0..).zip(envelopes).map(number_of).collect()
}

/// A person on one device, outside any space.
#[derive(Clone)]
pub(crate) struct Someone {
    pub(crate) identity: Identity,
    pub(crate) device: Device,
    pub(crate) cert: DeviceCert,
}

impl Someone {
    pub(crate) fn make(rng: &mut ChaCha20Rng) -> Self {
        let identity = Identity::make(rng);
        Self::on_new_device(&identity, rng)
    }

    pub(crate) fn on_new_device(identity: &Identity, rng: &mut ChaCha20Rng) -> Self {
        let device = Device::make(rng);
        let cert = identity.certify(&device.public());
        Self {
            identity: identity.clone(),
            device,
            cert,
        }
    }

    pub(crate) fn author(&self) -> Author<'_> {
        Author {
            person: self.identity.public(),
            device: &self.device,
            cert: &self.cert,
        }
    }

    pub(crate) fn person(&self) -> PersonId {
        self.identity.public().id()
    }

    pub(crate) fn device_id(&self) -> DeviceId {
        self.device.public().id()
    }

    pub(crate) fn claim(&self, space: SpaceId) -> Claim {
        Claim {
            person: self.identity.public(),
            device: self.cert.clone(),
            member_key: self.identity.member_key(space).public(),
            card: Vec::new().into(),
        }
    }
}

/// Somebody's device in a space, doing what the application does.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) who: Someone,
    pub(crate) ledger: Ledger,
    pub(crate) rng: ChaCha20Rng,
    /// Not told the relay yet.
    pub(crate) outbox: Vec<Envelope>,
    pub(crate) seen: Vec<Verified>,
    pub(crate) refused: Vec<Refusal>,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) hidden: usize,
}

impl Client {
    pub(crate) fn with(who: Someone, ring: &Keyring, seed: u64) -> Self {
        let ledger = Ledger::restore(ring, Some(&who.device));
        Self {
            who,
            ledger,
            rng: rng(seed),
            outbox: Vec::new(),
            seen: Vec::new(),
            refused: Vec::new(),
            alarms: Vec::new(),
            hidden: 0,
        }
    }

    /// Begins a space.
    pub(crate) fn begin(space: SpaceId, kind: SpaceKind, seed: u64) -> Self {
        let mut rng = rng(seed);
        let who = Someone::make(&mut rng);
        let (ledger, envelope) = Ledger::begin(space, kind, &who.author(), stamp(0), &mut rng);
        let mut client = Self::with(who, &ledger.keyring(), seed + 1000);
        client.take_own(envelope);
        client
    }

    /// A further device of the same person, with what lies in the vault.
    pub(crate) fn second_device(&self, seed: u64) -> Self {
        let who = Someone::on_new_device(&self.who.identity, &mut rng(30_000 + seed));
        Self::with(who, &self.ledger.keyring(), seed + 1000)
    }

    fn take_own(&mut self, envelope: Envelope) {
        self.outbox.push(envelope.clone());
        self.open(vec![Incoming {
            number: None,
            envelope,
        }]);
    }

    pub(crate) fn open(&mut self, batch: Vec<Incoming>) -> Opened {
        let opened = self.ledger.open(&self.who.device, batch);
        self.alarms.extend(&opened.alarms);
        for outcome in &opened.outcomes {
            match outcome {
                Outcome::Opened(verified) => self.seen.push(verified.clone()),
                Outcome::Refused { why, .. } => self.refused.push(*why),
                Outcome::Hidden { .. } => self.hidden += 1,
                Outcome::Known { .. } | Outcome::Held { .. } => {}
            }
        }
        opened
    }

    fn seal(&mut self, what: What) -> EntryId {
        let mut tip = self.tip();
        let draft = Draft {
            stamp: stamp(1),
            witness: self.ledger.witness(),
            what,
        };
        let (entry, envelope) = self
            .ledger
            .seal(&mut tip, &self.who.author(), draft, &mut self.rng);
        self.take_own(envelope);
        entry
    }

    pub(crate) fn tip(&self) -> Tip {
        self.ledger.tip(self.who.device_id())
    }

    /// What has to be said first is said.
    pub(crate) fn prepare(&mut self) {
        if !self.ledger.knows_device(self.who.device_id()) {
            self.seal(What::Control(Control::hello(&self.who.cert)));
        }
        let mut amends = 0;
        while self.ledger.must_rekey() {
            let control = self.ledger.rekey(&mut self.rng);
            self.seal(What::Control(control));
            amends += 1;
            assert!(amends < 64, "it never comes right");
        }
    }

    pub(crate) fn say(&mut self, text: &str) -> EntryId {
        self.prepare();
        self.seal(What::Domain(text.as_bytes().to_vec()))
    }

    pub(crate) fn control(&mut self, control: Control) -> EntryId {
        self.prepare();
        self.control_at_once(control)
    }

    pub(crate) fn control_at_once(&mut self, control: Control) -> EntryId {
        self.seal(What::Control(control))
    }

    pub(crate) fn rekey(&mut self) -> EntryId {
        let control = self.ledger.rekey(&mut self.rng);
        self.control_at_once(control)
    }

    pub(crate) fn statement(&mut self, round: RoundId, text: &str) -> Envelope {
        self.ledger
            .deposit(
                &self.who.author(),
                round,
                stamp(2),
                text.as_bytes(),
                &mut self.rng,
            )
            .unwrap()
            .1
    }

    /// Lets somebody in: admission, a new epoch, and the keyring that a newcomer is given.
    pub(crate) fn admit(&mut self, newcomer: &Someone) -> Keyring {
        self.prepare();
        let control = self
            .ledger
            .admit(&newcomer.claim(self.ledger.keyring().space))
            .unwrap();
        self.control_at_once(control);
        self.rekey();
        self.welcome()
    }

    pub(crate) fn welcome(&self) -> Keyring {
        self.ledger.welcome()
    }

    pub(crate) fn push(&mut self, relay: &mut Relay) {
        for envelope in self.outbox.drain(..) {
            relay.append(envelope);
        }
    }

    pub(crate) fn pull(&mut self, relay: &Relay) -> Opened {
        self.open(relay.after(self.ledger.number()))
    }

    /// Tells and hears everything.
    pub(crate) fn sync(&mut self, relay: &mut Relay) {
        self.push(relay);
        self.pull(relay);
    }

    /// What it has read, in the order of the entries' names: the same on every device that read the same.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = self.seen.iter().filter_map(text).collect();
        texts.sort();
        texts
    }

    pub(crate) fn happened(&self) -> Vec<Happened> {
        let happened = |verified: &Verified| match verified.content() {
            Content::Control(happened) => Some(*happened),
            Content::Domain(_) | Content::Removed => None,
        };
        self.seen.iter().filter_map(happened).collect()
    }

    pub(crate) fn members(&self) -> Vec<PersonId> {
        self.ledger
            .members()
            .iter()
            .filter(|member| !member.left)
            .map(|member| member.person.id())
            .collect()
    }
}

pub(crate) fn text(verified: &Verified) -> Option<String> {
    match verified.content() {
        Content::Domain(bytes) => Some(String::from_utf8(bytes.clone()).unwrap()),
        Content::Removed | Content::Control(_) => None,
    }
}

pub(crate) fn refusals(opened: &Opened) -> Vec<Refusal> {
    let refusal = |outcome: &Outcome| match outcome {
        Outcome::Refused { why, .. } => Some(*why),
        Outcome::Opened(_) | Outcome::Known { .. } | Outcome::Held { .. } | Outcome::Hidden { .. } => None,
    };
    opened.outcomes.iter().filter_map(refusal).collect()
}

/// Everybody tells and hears until nobody has anything more to tell.
pub(crate) fn sync_all(relay: &mut Relay, clients: &mut [&mut Client]) {
    for _ in 0..3 {
        for client in clients.iter_mut() {
            client.push(relay);
        }
        for client in clients.iter_mut() {
            client.pull(relay);
        }
    }
}

/// Two people in a space, and the relay. The first began it.
pub(crate) fn two(seed: u64) -> (Relay, Client, Client) {
    let mut relay = Relay::default();
    let mut first = Client::begin(SPACE, SpaceKind::Us, seed);
    let newcomer = Someone::make(&mut rng(20_000 + seed));
    let ring = first.admit(&newcomer);
    first.push(&mut relay);
    let mut second = Client::with(newcomer, &ring, seed + 2);
    sync_all(&mut relay, &mut [&mut first, &mut second]);
    (relay, first, second)
}

/// One more comes in, by the first.
pub(crate) fn join(relay: &mut Relay, by: &mut Client, seed: u64) -> Client {
    by.sync(relay);
    let newcomer = Someone::make(&mut rng(10_000 + seed));
    let ring = by.admit(&newcomer);
    by.push(relay);
    let mut client = Client::with(newcomer, &ring, seed + 1);
    by.pull(relay);
    client.pull(relay);
    client
}

/// Every way to flip one bit, and in which byte.
pub(crate) fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit / 8, flipped)
    })
}
