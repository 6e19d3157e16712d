//! What must hold when a world has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use alongside_core::fact::{Fact, What};
use alongside_core::id::{PersonId, SpaceId};
use alongside_core::members;
use alongside_core::root::{Act, Command, State};
use alongside_replica::ports::Platform as _;
use alongside_replica::{NetError, SyncError, Trouble};

use crate::book::is_fold_of;
use crate::world::World;

/// One device's view of one space.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which device.
    pub device: usize,
    /// Whose.
    pub who: PersonId,
    /// Its state.
    pub state: State,
    /// Its facts.
    pub facts: Vec<Fact>,
    /// Everything from the beginning, or from its person's coming on.
    pub from_beginning: bool,
    /// Its person has left.
    pub left: bool,
}

impl World {
    /// Every open device's view of each space that it has.
    #[must_use]
    pub fn seen(&self) -> BTreeMap<SpaceId, Vec<Seen>> {
        let mut all: BTreeMap<SpaceId, Vec<Seen>> = BTreeMap::new();
        for (at, device) in self.devices.iter().enumerate() {
            if !device.is_open() {
                continue;
            }
            let client = device.client();
            for space in self.spaces_of(device) {
                let facts = client.with_facts(space, <[Fact]>::to_vec).unwrap_or_default();
                // Who was here before is made up for a newcomer, at no depth and at no time.
                let made_up = |fact: &Fact| {
                    let own = matches!(fact.what, What::Joined(person) if person.as_bytes() == fact.position.id.as_bytes());
                    own && fact.position.depth == 0
                };
                let from_beginning = !facts.iter().any(made_up);
                all.entry(space).or_default().push(Seen {
                    device: at,
                    who: client.me().expect("it is open"),
                    state: client.with_state(space, State::clone).unwrap_or_default(),
                    facts: facts.into_iter().filter(|fact| !made_up(fact)).collect(),
                    from_beginning,
                    left: client.spaces().iter().any(|us| us.id == space && us.left),
                });
            }
        }
        all
    }

    /// Whatever a relay does: no device holds anything that was not said by whom it says, and each state is what its facts come to.
    ///
    /// # Panics
    /// When it does not hold.
    pub fn check_sound(&self) {
        for (space, seen) in self.seen() {
            for view in &seen {
                if let Err(what) = self.book.vouch(space, &view.facts) {
                    panic!("device {} in {space:?}: {what}", view.device);
                }
                assert!(
                    !view.from_beginning || is_fold_of(&view.state, &view.facts),
                    "device {} in {space:?}: its state is not the fold of its facts",
                    view.device
                );
            }
        }
    }

    /// With an honest relay: nothing is lost, all see the same, nobody is troubled, nothing waits.
    ///
    /// # Panics
    /// When it does not hold.
    pub fn check_whole(&mut self) {
        let errors = self.rest();
        assert_eq!(
            errors,
            [],
            "with a good network and an honest relay every exchange succeeds"
        );
        self.check_sound();
        for (at, device) in self
            .devices
            .iter()
            .enumerate()
            .filter(|(_, device)| device.is_open())
        {
            let client = device.client();
            assert_eq!(
                client.troubles(),
                Vec::<Trouble>::new(),
                "device {at} is troubled"
            );
            assert_eq!(client.waiting_to_send(), 0, "device {at} has something waiting");
            let aside = crate::time::finish(async {
                use alongside_replica::ports::{Store as _, Table};
                client.platform().store().scan(Table::Aside, b"", b"", 9).await
            });
            assert_eq!(
                aside.map(|rows| rows.len()),
                Ok(0),
                "device {at} put something aside"
            );
        }
        for (space, seen) in self.seen() {
            self.check_space(space, &seen);
        }
    }

    /// After a relay has lied and is honest again, and everybody has said something more: either all is well, or somebody whom it
    /// concerns was told.
    ///
    /// # Panics
    /// When it does not hold.
    pub fn check_noticed(&mut self, us: SpaceId) -> bool {
        let _ = self.rest();
        for device in 0..self.devices.len() {
            if self.devices[device].is_open() {
                let name = self.new_name(device);
                let label = name.clone();
                let name = members::Command::Name { name };
                let _ = self.wish(device, vec![(us, Command::Members(name))], None);
                // Two devices that were shown two pasts find out by what the other says next: in each space something is said.
                if let Some(me) = self.devices[device].client().me_space() {
                    let label = members::Command::Label { us, label };
                    let _ = self.wish(device, vec![(me, Command::Members(label))], None);
                }
            }
        }
        let shown: BTreeSet<usize> = self
            .rest()
            .into_iter()
            .filter(|(_, error)| is_shown(*error))
            .map(|(device, _)| device)
            .collect();
        self.check_sound();
        let mut all_well = true;
        for (space, seen) in self.seen() {
            let Err(what) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let quiet = Quiet::begin();
                self.check_space(space, &seen);
                drop(quiet);
            })) else {
                continue;
            };
            all_well = false;
            let told = seen.iter().any(|view| {
                shown.contains(&view.device) || !self.devices[view.device].heard.borrow().is_empty()
            });
            let what = what.downcast_ref::<String>().cloned().unwrap_or_default();
            assert!(told, "nobody was told, and in {space:?}: {what}");
        }
        all_well
    }

    fn check_space(&self, space: SpaceId, seen: &[Seen]) {
        let gone: BTreeSet<PersonId> = self
            .book
            .left
            .keys()
            .filter(|(at, _)| *at == space)
            .map(|(_, who)| *who)
            .collect();
        let here: Vec<&Seen> = seen
            .iter()
            .filter(|view| !view.left && !gone.contains(&view.who))
            .collect();
        // One person's devices see the same; two people's, from where the later of them came in: see below.
        let mut by_person = here.clone();
        by_person.sort_by_key(|view| (view.from_beginning, view.who));
        for pair in by_person.windows(2) {
            if pair[0].who == pair[1].who || (pair[0].from_beginning && pair[1].from_beginning) {
                same(space, pair[0], pair[1]);
            }
        }
        for view in &here {
            let who = view.who;
            let counts = |at: usize, deed: &crate::book::Deed| {
                let said_here = match self.book.left.get(&(space, deed.who)) {
                    // What another device of theirs said may have come after they left.
                    Some((by_then, device)) => at < *by_then && deed.device == *device,
                    None => true,
                };
                said_here && (view.from_beginning || deed.knew.contains(&who))
            };
            if let Err(what) = self.book.all_there(space, &view.facts, counts) {
                panic!("device {} in {space:?}: {what}", view.device);
            }
        }
        let (Some(full), true) = (here.iter().find(|view| view.from_beginning), gone.is_empty()) else {
            return;
        };
        self.check_rounds(space, full);
        for newcomer in here.iter().filter(|view| !view.from_beginning) {
            for fact in &newcomer.facts {
                assert!(
                    full.facts.contains(fact),
                    "device {} has a fact that device {} has not: {fact:?}",
                    newcomer.device,
                    full.device
                );
            }
        }
    }

    /// A round that everybody answered is revealed; what came in it is what they put there.
    fn check_rounds(&self, space: SpaceId, view: &Seen) {
        let members: BTreeSet<PersonId> = view.state.members.current().collect();
        if members.len() < 2 {
            return;
        }
        let mut revealed: BTreeMap<String, BTreeSet<PersonId>> = BTreeMap::new();
        for fact in view.facts.iter().filter(|fact| fact.in_round) {
            let What::Said(event) = &fact.what else { continue };
            let round = event.round().expect("what is in a round has one");
            let theirs = self.book.deeds.iter().any(|deed| {
                deed.who == fact.author
                    && matches!(&deed.act, Act::Deposit { event: put, round: at } if put == event && *at == round)
            });
            assert!(theirs, "revealed, and never put there: {fact:?}");
            revealed.entry(round).or_default().insert(fact.author);
        }
        for round in self.book.complete_rounds(space, &members) {
            assert_eq!(
                revealed.get(&round),
                Some(&members),
                "everybody answered {round}, and it is not revealed to device {}",
                view.device
            );
        }
    }
}

/// Whether an exchange that ends so puts something before the person that stays there until they act: as the client's own loop does, which
/// a world drives step by step. That the relay cannot be reached just now, or answers nonsense, tells nobody that something is missing.
fn is_shown(error: SyncError) -> bool {
    match error {
        SyncError::Net(net) => match net {
            // Also where the relay knows nothing of the vault or the session in which this device was signed in.
            NetError::SessionEnded | NetError::UpdateNeeded | NetError::RelayFull | NetError::OverQuota => {
                true
            }
            NetError::Unreachable | NetError::SlowDown { .. } | NetError::Unexpected => false,
        },
        SyncError::NotNow | SyncError::Storage(_) => false,
    }
}

thread_local! {
    static QUIET: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// While it lives, what does not hold is not printed: it is caught, and judged.
struct Quiet;

impl Quiet {
    fn begin() -> Self {
        static HOOK: std::sync::Once = std::sync::Once::new();
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                if !QUIET.get() {
                    before(info);
                }
            }));
        });
        QUIET.set(true);
        Self
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.set(false);
    }
}

fn same(space: SpaceId, one: &Seen, other: &Seen) {
    if one.state == other.state {
        return;
    }
    let missing = |from: &Seen, of: &Seen| {
        of.facts
            .iter()
            .filter(|fact| !from.facts.contains(fact))
            .map(|fact| format!("    {fact:?}\n"))
            .collect::<String>()
    };
    panic!(
        "devices {} and {} do not see the same in {space:?};\n  the first lacks\n{}  the second lacks\n{}",
        one.device,
        other.device,
        missing(one, other),
        missing(other, one)
    );
}
