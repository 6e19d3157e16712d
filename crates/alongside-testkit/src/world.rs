//! A world: people, their devices, the network and the relay, and everything that can happen to them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use alongside_core::event::Event;
use alongside_core::id::{PersonId, SpaceId};
use alongside_core::members::{self, Kind};
use alongside_core::root::{self, Act, Command, State};
use alongside_replica::memory::MemoryStore;
use alongside_replica::{Change, Client, Decoder, DispatchError, SignInError, Standing, SyncError};

use crate::book::{Book, Deed};
use crate::dice::Dice;
use crate::net::Net;
use crate::people::{BEGINNING_MS, Person};
use crate::platform::{SimPlatform, SimStore};
use crate::relay::RelayState;
use crate::time::{Time, Underway, finish, poll_up_to};

/// A device of a world.
pub struct Device {
    /// Whose it is.
    pub person: usize,
    /// Its ports.
    pub platform: SimPlatform,
    client: Option<Client<SimPlatform>>,
    /// Everything that it ever told its person about.
    pub heard: Rc<RefCell<BTreeSet<String>>>,
    /// An exchange with the relay that is under way.
    underway: Option<Underway<Result<(), SyncError>>>,
}

impl core::fmt::Debug for Device {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Device")
            .field("person", &self.person)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Device {
    /// The client that runs on it.
    ///
    /// # Panics
    /// When none does.
    #[must_use]
    pub fn client(&self) -> &Client<SimPlatform> {
        self.client.as_ref().expect("a client runs on this device")
    }

    /// Whether somebody is signed in on it, and it is unlocked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.client
            .as_ref()
            .is_some_and(|client| client.standing() == Standing::Open)
    }
}

/// What came of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wished {
    /// The device said that it is done.
    Done,
    /// The device said why not. Nothing has changed.
    Refused(DispatchError),
    /// The device was cut off over it.
    CutOff,
}

/// A world.
pub struct World {
    /// What everything in it comes from.
    pub seed: u64,
    /// Its time.
    pub time: Rc<Time>,
    /// Everything between its devices and the relay.
    pub net: Rc<RefCell<Net>>,
    /// Its people.
    pub people: Vec<Person>,
    /// Their devices.
    pub devices: Vec<Device>,
    /// What really happened.
    pub book: Book,
    /// Its chance.
    pub dice: Dice,
    /// What happened, to be read when it fails.
    pub story: Vec<String>,
    names: Cell<u32>,
}

impl core::fmt::Debug for World {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("World")
            .field("seed", &self.seed)
            .field("devices", &self.devices.len())
            .finish_non_exhaustive()
    }
}

impl World {
    /// Nobody, and an empty relay.
    #[must_use]
    pub fn empty(seed: u64) -> Self {
        let time = Time::at(BEGINNING_MS);
        let mut dice = Dice::new(seed);
        let relay = RelayState::new(dice.seed());
        let net = Net::new(relay, &time, dice.seed());
        Self {
            seed,
            net: Rc::new(RefCell::new(net)),
            time,
            people: Vec::new(),
            devices: Vec::new(),
            book: Book::default(),
            dice,
            story: Vec::new(),
            names: Cell::new(0),
        }
    }

    /// Another world, which goes its own way from here, by its own seed. All devices are loaded from their stores and unlocked.
    #[must_use]
    pub fn fork(&self, seed: u64) -> Self {
        let time = Time::at(self.time.now_ms());
        let mut dice = Dice::new(seed);
        let relay = self.net.borrow().relay.clone();
        let net = Rc::new(RefCell::new(Net::new(relay, &time, dice.seed())));
        let mut world = Self {
            seed,
            people: self.people.clone(),
            book: self.book.clone(),
            names: self.names.clone(),
            story: Vec::new(),
            devices: Vec::new(),
            net,
            time,
            dice,
        };
        for device in &self.devices {
            let disk = device.platform.sim_store().disk.fork();
            let at = world.add_device_with(device.person, disk);
            world.reload(at);
        }
        world
    }

    /// Adds an empty device for somebody.
    pub fn add_device(&mut self, person: usize) -> usize {
        self.add_device_with(person, MemoryStore::default())
    }

    fn add_device_with(&mut self, person: usize, disk: MemoryStore) -> usize {
        let at = self.devices.len();
        let store = SimStore {
            disk,
            ..SimStore::default()
        };
        let platform = SimPlatform::new(store, &self.net, &self.time, at, self.dice.seed());
        let client = finish(Client::load(platform.clone())).expect("an empty store loads");
        self.devices.push(Device {
            person,
            platform,
            client: None,
            heard: Rc::default(),
            underway: None,
        });
        self.place(at, client);
        at
    }

    /// A name that nobody had before.
    pub fn new_name(&mut self, device: usize) -> String {
        self.names.set(self.names.get() + 1);
        let person = self.devices[device].person;
        let name = format!("{}-{}", self.people[person].handle, self.names.get());
        if let Some(me) = self.devices[device].client().me() {
            self.book.names.insert((me, name.clone()));
        }
        name
    }

    /// Makes an account on an empty device.
    ///
    /// # Panics
    /// When it does not work.
    pub fn make_account(&mut self, device: usize, handle: &str) {
        let passphrase = format!("{handle} has a long passphrase");
        let client = self.devices[device].client().clone();
        let words = finish(client.make_account(handle, &passphrase, handle)).expect("an account is made");
        self.people.push(Person {
            handle: handle.to_owned(),
            passphrase,
            words: words.join(" "),
        });
        let me = client.me().expect("one is somebody");
        self.book.names.insert((me, handle.to_owned()));
        let set = members::Event::Set(members::Set {
            name: handle.to_owned(),
        });
        self.note(
            device,
            client.me_space().expect("a Me"),
            Act::Say(Event::Members(set)),
            true,
        );
    }

    /// Signs in on an empty device.
    ///
    /// # Errors
    /// As the client says.
    pub fn sign_in(&mut self, device: usize) -> Result<(), SignInError> {
        let client = self.devices[device].client().clone();
        let person = self.people[self.devices[device].person].clone();
        finish(client.sign_in(&person.handle, &person.passphrase, &person.words))
    }

    /// Begins an Us.
    ///
    /// # Panics
    /// When it does not work.
    pub fn start_us(&mut self, device: usize, kind: Kind, name: &str) -> SpaceId {
        let client = self.devices[device].client().clone();
        let us = finish(client.start_us(kind, name)).expect("an Us is begun");
        let frame = client.with_state(us, |state| members::frame(state).cloned());
        self.book
            .frames
            .insert(us, frame.flatten().expect("it has a frame"));
        us
    }

    fn note(&mut self, device: usize, space: SpaceId, act: Act, sure: bool) {
        let client = self.devices[device].client();
        let knew = client.with_state(space, |state| state.members.current().collect());
        self.book.deeds.push(Deed {
            who: client.me().expect("one is somebody"),
            device,
            space,
            act,
            sure,
            knew: knew.unwrap_or_default(),
        });
    }

    /// Ends whatever runs on a device, at whatever point it is, and starts it again from what lies in its store.
    ///
    /// # Panics
    /// When a store that was left at any point does not load and unlock.
    pub fn reload(&mut self, device: usize) {
        self.reload_reading(device, alongside_core::event::decode);
    }

    /// The same, with a program that reads payloads as another version did.
    ///
    /// # Panics
    /// When a store that was left at any point does not load and unlock.
    pub fn reload_reading(&mut self, device: usize, decode: Decoder) {
        let person = self.people.get(self.devices[device].person).cloned();
        let it = &mut self.devices[device];
        it.underway = None;
        it.client = None;
        let client = finish(Client::load_reading(it.platform.clone(), decode))
            .expect("a store that was left at any point loads");
        if let (Standing::Locked { .. }, Some(person)) = (client.standing(), person) {
            finish(client.unlock(&person.passphrase)).expect("and unlocks");
        }
        self.place(device, client);
    }

    fn place(&mut self, device: usize, client: Client<SimPlatform>) {
        let it = &mut self.devices[device];
        let heard = Rc::clone(&it.heard);
        let listening = client.clone();
        client.on_change(move |change| {
            if *change == Change::Troubles {
                let told = listening
                    .troubles()
                    .into_iter()
                    .map(|trouble| format!("{trouble:?}"));
                heard.borrow_mut().extend(told);
            }
        });
        it.client = Some(client);
    }

    /// Begins an exchange with the relay if none is under way, and lets it go on for so long.
    pub fn go_on(&mut self, device: usize, polls: usize) {
        let it = &mut self.devices[device];
        if !it.is_open() {
            return;
        }
        let client = it.client().clone();
        let underway = it
            .underway
            .get_or_insert_with(|| Box::pin(async move { client.step().await }));
        if poll_up_to(underway, polls).is_some() {
            it.underway = None;
        }
    }

    fn decide(&self, device: usize, wishes: &[(SpaceId, Command)]) -> Vec<(SpaceId, Act)> {
        let client = self.devices[device].client();
        let mut acts = Vec::new();
        for (space, command) in wishes {
            let Some(context) = client.context(*space) else {
                continue;
            };
            let decide = |state: &State| root::decide(state, &context, command);
            match client.with_state(*space, decide) {
                Some(Ok(some)) => acts.extend(some.into_iter().map(|act| (*space, act))),
                Some(Err(_)) | None => return Vec::new(),
            }
        }
        acts
    }

    /// Somebody wishes something on a device; it is cut off after so many polls, if any.
    pub fn wish(
        &mut self,
        device: usize,
        wishes: Vec<(SpaceId, Command)>,
        cut_off_after: Option<usize>,
    ) -> Wished {
        let client = self.devices[device].client().clone();
        let store = self.devices[device].platform.sim_store().clone();
        let mut dispatching: Underway<_> = {
            let (client, wishes) = (client, wishes.clone());
            Box::pin(async move { client.dispatch(wishes).await })
        };
        // An exchange under way may hold the turn, and what it brings in may change what the wish comes to: up to the moment in
        // which the client begins to write, it is decided anew.
        let mut acts = Vec::new();
        let mut writing = false;
        let mut done = None;
        for polls in 0.. {
            if cut_off_after.is_some_and(|most| polls >= most) {
                break;
            }
            assert!(polls < 100_000, "a wish waits for something that does not come");
            if !writing {
                acts = self.decide(device, &wishes);
            }
            let calls = store.calls.get();
            done = poll_up_to(&mut dispatching, 1);
            writing |= store.calls.get() != calls;
            if done.is_some() {
                break;
            }
            if !writing && self.devices[device].underway.is_some() {
                self.go_on(device, 1);
            }
        }
        drop(dispatching);
        let (sure, wished) = match done {
            Some(Ok(())) => (true, Wished::Done),
            Some(Err(error)) => return Wished::Refused(error),
            None if writing => (false, Wished::CutOff),
            None => return Wished::CutOff,
        };
        for (space, act) in acts {
            self.note(device, space, act, sure);
        }
        wished
    }

    /// Leaves an Us.
    ///
    /// # Errors
    /// As the client says.
    pub fn leave(&mut self, device: usize, us: SpaceId) -> Result<(), DispatchError> {
        let client = self.devices[device].client().clone();
        // Whatever is under way holds the turn, perhaps.
        self.devices[device].underway = None;
        finish(client.leave(us))?;
        let me = client.me().expect("one is somebody");
        self.book
            .left
            .entry((us, me))
            .or_insert((self.book.deeds.len(), device));
        Ok(())
    }

    /// The weather clears, the relay is honest, everybody is at home and exchanges until nothing changes any more.
    ///
    /// # Panics
    /// When it never comes to rest.
    pub fn rest(&mut self) -> Vec<(usize, SyncError)> {
        self.net.borrow_mut().heal();
        for device in 0..self.devices.len() {
            self.devices[device].platform.sim_store().commits_left.set(None);
            if let Some(underway) = &mut self.devices[device].underway {
                let _ = finish(underway);
            }
            self.devices[device].underway = None;
        }
        let mut before = None;
        let mut quiet = 0;
        for _ in 0..60 {
            let mut errors = Vec::new();
            for device in 0..self.devices.len() {
                if !self.devices[device].is_open() {
                    continue;
                }
                if let Err(error) = finish(self.devices[device].client().step()) {
                    errors.push((device, error));
                }
            }
            let now = self.measure();
            quiet = if before.as_ref() == Some(&now) {
                quiet + 1
            } else {
                0
            };
            if quiet >= 2 {
                return errors;
            }
            before = Some(now);
        }
        panic!("it never comes to rest: {:?}", before);
    }

    /// Everything that changes as long as something happens.
    fn measure(&self) -> Vec<usize> {
        let mut all = Vec::new();
        let net = self.net.borrow();
        for (_, space) in net.relay.spaces() {
            all.extend([space.rows.len(), space.members.len(), space.open_rounds().len()]);
        }
        for device in self.devices.iter().filter(|device| device.is_open()) {
            let client = device.client();
            all.push(client.waiting_to_send());
            for space in self.spaces_of(device) {
                all.push(client.with_facts(space, <[_]>::len).unwrap_or_default());
            }
        }
        all
    }

    /// All spaces that a device has.
    #[must_use]
    pub fn spaces_of(&self, device: &Device) -> Vec<SpaceId> {
        let client = device.client();
        let mut spaces: Vec<SpaceId> = client.me_space().into_iter().collect();
        spaces.extend(client.spaces().iter().map(|us| us.id));
        spaces
    }

    /// The name in the log of one of the people.
    ///
    /// # Panics
    /// When none of their devices is open.
    #[must_use]
    pub fn id_of(&self, person: usize) -> PersonId {
        let device = self
            .devices
            .iter()
            .find(|device| device.person == person && device.is_open());
        device
            .and_then(|device| device.client().me())
            .expect("one of their devices is open")
    }

    /// Notes what happened, for whoever reads about a failure.
    pub fn tell(&mut self, what: impl Into<String>) {
        self.story.push(what.into());
    }

    /// Who is in a space now, as far as this device knows.
    #[must_use]
    pub fn members(&self, device: usize, space: SpaceId) -> BTreeSet<PersonId> {
        self.devices[device]
            .client()
            .with_state(space, |state| state.members.current().collect())
            .unwrap_or_default()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.print();
        }
    }
}

impl World {
    #[expect(clippy::print_stderr, reason = "what happened is said where tests say things")]
    fn print(&self) {
        for line in &self.story {
            eprintln!("  {line}");
        }
    }
}
