//! Small worlds from a seed: people who come and go, on devices that are offline now and then. At the end all who are there agree.

use std::collections::BTreeMap;

use rand_core::RngCore;

use crate::ids::PersonId;
use crate::ledger::{Control, Refusal};
use crate::testing::{Client, Relay, SPACE, Someone, rng};
use crate::vault::{EpochSecret, SpaceKind};

pub(super) struct World {
    pub(super) relay: Relay,
    pub(super) clients: Vec<Client>,
    /// Revoked, or their person has left: they say no more.
    gone: Vec<bool>,
    rng: rand_chacha::ChaCha20Rng,
    said: usize,
    people: usize,
    vaults: BTreeMap<PersonId, Vec<EpochSecret>>,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut relay = Relay::default();
        let mut first = Client::begin(SPACE, SpaceKind::Us, seed);
        first.push(&mut relay);
        first.pull(&relay);
        Self {
            relay,
            clients: vec![first],
            gone: vec![false],
            rng: rng(seed + 500),
            said: 0,
            people: 1,
            vaults: BTreeMap::new(),
        }
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.rng.next_u32()).unwrap() % end
    }

    fn somebody(&mut self) -> usize {
        let there: Vec<usize> = (0..self.clients.len()).filter(|at| !self.gone[*at]).collect();
        there[self.below(there.len())]
    }

    /// The vault of the same person: it is told of keys before the relay is told of what is sealed under them.
    pub(super) fn push(&mut self, at: usize) {
        let client = &mut self.clients[at];
        let vault = self.vaults.entry(client.who.person()).or_default();
        vault.extend(client.ledger.keyring().epochs);
        client.push(&mut self.relay);
    }

    fn learn(&mut self, at: usize) {
        let vault = self.vaults.entry(self.clients[at].who.person()).or_default();
        for key in vault.iter() {
            self.clients[at].ledger.learn_epoch(key);
        }
        self.clients[at].open(Vec::new());
    }

    fn pull(&mut self, at: usize) {
        self.clients[at].pull(&self.relay);
        // What keys were sealed to it, it puts there, too.
        let client = &self.clients[at];
        let vault = self.vaults.entry(client.who.person()).or_default();
        vault.extend(client.ledger.keyring().epochs);
        if self.clients[at].ledger.held() > 0 {
            self.learn(at);
        }
    }

    fn sync(&mut self, at: usize) {
        self.push(at);
        self.pull(at);
    }

    fn say(&mut self, at: usize) -> String {
        self.said += 1;
        let text = format!("{:04}", self.said);
        self.clients[at].say(&text);
        text
    }

    pub(super) fn step(&mut self, comings: bool) {
        let at = self.somebody();
        let seed = u64::from(self.rng.next_u32()) + 1_000_000;
        match self.below(100) {
            0..40 => {
                self.say(at);
            }
            40..62 => self.sync(at),
            62..84 => self.pull(at),
            84..90 => {
                self.clients[at].prepare();
                self.clients[at].rekey();
            }
            90..94 if comings && self.people < 6 => {
                // Who lets somebody in is online: they have just heard of the claim.
                self.sync(at);
                let newcomer = Someone::make(&mut rng(seed));
                let ring = self.clients[at].admit(&newcomer);
                // The application hands a welcome out once all before it is with the relay.
                self.push(at);
                self.clients.push(Client::with(newcomer, &ring, seed));
                self.gone.push(false);
                self.people += 1;
            }
            94..97 if self.clients.len() < 9 => {
                let mut phone = self.clients[at].second_device(seed);
                phone.pull(&self.relay);
                self.clients.push(phone);
                self.gone.push(false);
            }
            97 => self.revoke(at),
            98 if comings && self.people > 3 => {
                self.clients[at].control(Control::leave());
                self.push(at);
                let person = self.clients[at].who.person();
                for (gone, client) in self.gone.iter_mut().zip(&self.clients) {
                    *gone |= client.who.person() == person;
                }
                self.people -= 1;
            }
            _ => self.sync(at),
        }
    }

    /// Somebody revokes another of their devices.
    fn revoke(&mut self, at: usize) {
        let person = self.clients[at].who.person();
        let other = (0..self.clients.len())
            .find(|it| *it != at && !self.gone[*it] && self.clients[*it].who.person() == person);
        if let Some(other) = other {
            let device = self.clients[other].who.device_id();
            self.clients[at].control(Control::revoke(device));
            self.gone[other] = true;
        }
    }

    /// All come online, and go on as people do.
    fn settle(&mut self) {
        for _ in 0..8 {
            for at in 0..self.clients.len() {
                if !self.gone[at] {
                    self.say(at);
                    for other in 0..self.clients.len() {
                        if !self.gone[other] {
                            self.sync(other);
                        }
                    }
                }
            }
        }
    }

    fn check(&mut self, seed: u64) {
        self.settle();
        let last: Vec<String> = (0..self.clients.len())
            .filter(|at| !self.gone[*at])
            .collect::<Vec<_>>()
            .into_iter()
            .map(|at| self.say(at))
            .collect();
        for _ in 0..2 {
            for at in 0..self.clients.len() {
                if !self.gone[at] {
                    self.sync(at);
                }
            }
        }
        let there: Vec<&Client> = self
            .clients
            .iter()
            .zip(&self.gone)
            .filter(|(_, gone)| !**gone)
            .map(|(client, _)| client)
            .collect();
        let founder = there.iter().find(|client| client.ledger.keyring().base.is_none());
        for (at, client) in there.iter().enumerate() {
            let refused: Vec<_> = client
                .refused
                .iter()
                .filter(|why| **why != Refusal::Closed)
                .collect();
            assert!(refused.is_empty(), "seed {seed}, device {at}: {refused:?}");
            assert_eq!(client.alarms, [], "seed {seed}, device {at}");
            let texts = client.texts();
            for text in &last {
                assert!(texts.contains(text), "seed {seed}, device {at} misses {text}");
            }
            assert_eq!(client.ledger.held(), 0, "seed {seed}, device {at}");
            if let Some(founder) = founder {
                assert!(
                    texts.iter().all(|text| founder.texts().contains(text)),
                    "seed {seed}, device {at} read what the first did not"
                );
                if client.ledger.keyring().base.is_none() {
                    assert_eq!(texts, founder.texts(), "seed {seed}, device {at}");
                    assert_eq!(client.members(), founder.members(), "seed {seed}, device {at}");
                }
            }
            // Whoever opens it anew comes to the same.
            let mut anew = client.second_device(9_000_000 + at as u64);
            anew.pull(&self.relay);
            assert_eq!(anew.texts(), texts, "seed {seed}, device {at} anew");
            assert_eq!(anew.members(), client.members(), "seed {seed}, device {at} anew");
        }
        // Nobody who is gone has a key of the present epoch.
        for (client, gone) in self.clients.iter().zip(&self.gone) {
            if *gone {
                let newest = there[0].ledger.current().unwrap().0;
                let mut late = client.clone();
                late.pull(&self.relay);
                assert!(
                    late.ledger.key(newest).is_none(),
                    "seed {seed}: read by who is gone"
                );
            }
        }
    }
}

/// From which seed, and how many: `WORLDS_FROM` replays one that failed.
fn seeds(many: u64) -> std::ops::Range<u64> {
    let from = std::env::var("WORLDS_FROM")
        .ok()
        .and_then(|from| from.parse().ok());
    from.map_or(0..many, |from| from..from + 1)
}

#[test]
fn people_who_are_there_from_the_beginning_agree_on_everything() {
    for seed in seeds(40) {
        let mut world = World::new(seed * 7919);
        for _ in 0..60 {
            world.step(false);
        }
        world.check(seed);
    }
}

#[test]
fn people_who_come_and_go_agree_on_everything_since_they_came() {
    for seed in seeds(60) {
        let mut world = World::new(seed * 104_729);
        for _ in 0..90 {
            world.step(true);
        }
        world.check(seed);
    }
}
