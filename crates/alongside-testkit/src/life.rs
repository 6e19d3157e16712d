//! What people do in a world, drawn from its chance.

use alongside_core::checkin::{self, Answers, Care, Field, Word};
use alongside_core::event::Event;
use alongside_core::fact::What;
use alongside_core::id::{EntryId, SpaceId};
use alongside_core::members;
use alongside_core::rhythm::{self, Rhythm};
use alongside_core::root::Command;
use alongside_replica::SentState;
use alongside_replica::ports::Platform as _;
use jiff::civil::Weekday;

use crate::lies::Lies;
use crate::net::Weather;
use crate::people::CYD;
use crate::time::{Underway, poll_up_to};
use crate::world::{Wished, World};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
const YEAR_MS: i64 = 365 * DAY_MS;

/// What can happen in a world.
#[derive(Clone, Copy, Debug, Default)]
pub struct Climate {
    /// How many things happen.
    pub acts: usize,
    /// The weather is bad.
    pub weather: bool,
    /// Devices are cut off, clocks jump, stores fill up.
    pub mishaps: bool,
    /// A third person comes in, a further device signs in.
    pub coming: bool,
    /// Somebody may leave.
    pub leaving: bool,
    /// The relay lies.
    pub lying: bool,
}

/// Where the coming in of a third person stands.
#[derive(Clone, Debug, Default)]
enum Coming {
    #[default]
    Not,
    Invited {
        host: usize,
        fragment: String,
    },
    Claimed {
        host: usize,
    },
    Admitted,
}

/// A life in a world.
#[derive(Debug)]
pub struct Life {
    /// The world.
    pub world: World,
    us: SpaceId,
    climate: Climate,
    coming: Coming,
    further: Option<usize>,
    texts: u32,
}

impl Life {
    /// Begins in a world with this Us.
    #[must_use]
    pub fn begin(mut world: World, us: SpaceId, climate: Climate) -> Self {
        if climate.mishaps {
            for at in 0..world.devices.len() {
                let ahead = match world.dice.below(12) {
                    0 => -12 * YEAR_MS,
                    1 => 3 * YEAR_MS,
                    2 => 5 * HOUR_MS,
                    _ => MINUTE_MS * (world.dice.below(9) as i64 - 4),
                };
                world.devices[at].platform.set_ahead(ahead);
            }
        }
        Self {
            world,
            us,
            climate,
            coming: Coming::Not,
            further: None,
            texts: 0,
        }
    }

    /// Lives through everything that happens.
    pub fn live(&mut self) {
        for _ in 0..self.climate.acts {
            self.change_conditions();
            self.act();
        }
    }

    fn change_conditions(&mut self) {
        let dice = &mut self.world.dice;
        if self.climate.weather && dice.happens(60) {
            let weather = match dice.below(4) {
                0 => Weather::FAIR,
                1 => Weather {
                    slow: 3,
                    ..Weather::FAIR
                },
                _ => Weather {
                    lost: dice.below(60) as u16,
                    reply_lost: dice.below(60) as u16,
                    twice: dice.below(40) as u16,
                    late: dice.below(20) as u16,
                    slow: dice.below(6) as u16,
                    crash: dice.below(20) as u16,
                },
            };
            self.world.net.borrow_mut().weather = weather;
        }
        if self.climate.weather && dice.happens(16) {
            let down = dice.happens(100);
            self.world.net.borrow_mut().down = down;
        }
        if self.climate.lying && dice.happens(60) {
            let mut one = |most: usize| {
                if dice.happens(80) {
                    dice.below(most) as u16
                } else {
                    0
                }
            };
            let lies = Lies {
                flip: one(120),
                garble: one(30),
                swap: one(120),
                repeat: one(120),
                drop: one(120),
                withhold: one(120),
                foreign: one(60),
                remove: 0,
            };
            self.world.net.borrow_mut().lies = lies;
        }
        let passes = match self.world.dice.below(40) {
            0 => DAY_MS,
            1..=4 => HOUR_MS,
            _ => MINUTE_MS,
        };
        self.world.time.pass(passes);
    }

    fn act(&mut self) {
        let device = self.world.dice.below(self.world.devices.len());
        if self.climate.mishaps && self.world.dice.happens(24) {
            return self.mishap(device);
        }
        if self.climate.coming && self.world.dice.happens(30) {
            return self.come();
        }
        if self.climate.leaving && self.world.dice.happens(5) {
            let result = self.world.devices[device]
                .is_open()
                .then(|| self.world.leave(device, self.us));
            return self.world.tell(format!("device {device} leaves: {result:?}"));
        }
        if self.world.dice.happens(120) {
            let polls = if self.world.dice.happens(90) {
                10_000
            } else {
                self.world.dice.below(40)
            };
            self.world.go_on(device, polls);
            return self.world.tell(format!("device {device} goes on for {polls}"));
        }
        self.wish(device);
    }

    fn mishap(&mut self, device: usize) {
        match self.world.dice.below(4) {
            0 => {
                self.world.reload(device);
                self.world
                    .tell(format!("device {device} is cut off and starts again"));
            }
            1 => {
                let left = self.world.dice.below(3) as u32;
                let full = self.world.dice.happens(128).then_some(left);
                self.world.devices[device]
                    .platform
                    .sim_store()
                    .commits_left
                    .set(full);
                self.world.tell(format!("device {device} has room for {full:?}"));
            }
            2 => {
                let ahead = match self.world.dice.below(5) {
                    0 => 7 * YEAR_MS,
                    1 => -DAY_MS,
                    2 => 2 * HOUR_MS,
                    _ => 0,
                };
                self.world.devices[device].platform.set_ahead(ahead);
                self.world.tell(format!("device {device} is ahead by {ahead} ms"));
            }
            _ => {
                self.world.net.borrow_mut().cut();
                if self.climate.lying {
                    self.lie_large();
                }
            }
        }
    }

    /// The relay is set back, shows two pasts, or hands out an old vault.
    fn lie_large(&mut self) {
        let us = *self.us.as_bytes();
        let count = self.world.devices.len();
        let World { net, dice, story, .. } = &mut self.world;
        let mut net = net.borrow_mut();
        match dice.below(3) {
            0 => {
                let back = dice.below(4);
                if let Some(space) = net.relay.space_mut(&us) {
                    let len = space.rows.len().saturating_sub(back).max(1);
                    space.rows.truncate(len);
                }
                story.push(format!("the relay is set back by {back}"));
            }
            1 => {
                let some = (0..count).filter(|_| dice.happens(128)).collect();
                story.push(format!("the relay shows another past to {some:?}"));
                net.second = Some((net.relay.clone(), some));
            }
            _ => {
                net.second = None;
                story.push("the relay shows one past again".into());
            }
        }
    }

    /// The next thing in the coming of a third person or a further device, if the weather lets it.
    fn come(&mut self) {
        if self.world.dice.happens(60) {
            return self.sign_in_further();
        }
        let polls = if self.world.dice.happens(40) {
            self.world.dice.below(30)
        } else {
            10_000
        };
        match self.coming.clone() {
            Coming::Not => {
                let host = *self.world.dice.pick(&[0, 1, 3, 4]);
                if !self.free(host) {
                    return;
                }
                let client = self.world.devices[host].client().clone();
                let us = self.us;
                let invited = during(polls, async move { client.invite(us).await });
                self.world.tell(format!("device {host} invites: {invited:?}"));
                match invited {
                    Some(Ok(sent)) => {
                        self.coming = Coming::Invited {
                            host,
                            fragment: sent.fragment,
                        };
                    }
                    Some(Err(_)) => {}
                    None => self.world.reload(host),
                }
            }
            Coming::Invited { host, fragment } => {
                if !self.free(2) {
                    return;
                }
                let name = self.world.new_name(2);
                let client = self.world.devices[2].client().clone();
                let claimed = during(polls, async move { client.claim(&fragment, &name).await });
                self.world.tell(format!("device 2 claims: {claimed:?}"));
                if claimed.is_none() {
                    self.world.reload(2);
                }
                if self.world.devices[2]
                    .client()
                    .joinings()
                    .iter()
                    .any(|it| !it.closed)
                {
                    self.coming = Coming::Claimed { host };
                }
            }
            Coming::Claimed { host } => {
                if !self.free(host) {
                    return;
                }
                let client = self.world.devices[host].client().clone();
                let knocking = client
                    .invitations(self.us)
                    .into_iter()
                    .find(|sent| matches!(sent.state, SentState::Knocking { .. }));
                let Some(knocking) = knocking else {
                    return self.world.go_on(host, 10_000);
                };
                let admitted = during(polls, async move { client.admit(knocking.id).await });
                self.world.tell(format!("device {host} admits: {admitted:?}"));
                match admitted {
                    Some(Ok(())) => self.coming = Coming::Admitted,
                    Some(Err(_)) => {}
                    None => self.world.reload(host),
                }
            }
            Coming::Admitted => self.world.go_on(2, 10_000),
        }
    }

    fn free(&mut self, device: usize) -> bool {
        // What is under way may hold the turn.
        self.world.go_on(device, 100_000);
        self.world.devices[device].is_open()
    }

    fn sign_in_further(&mut self) {
        let device = match self.further {
            Some(device) => device,
            None => {
                let person = self.world.dice.below(3);
                let device = self.world.add_device(person);
                self.further = Some(device);
                device
            }
        };
        if self.world.devices[device].is_open() {
            return;
        }
        let client = self.world.devices[device].client().clone();
        let person = self.world.people[self.world.devices[device].person].clone();
        let polls = if self.world.dice.happens(40) {
            self.world.dice.below(40)
        } else {
            10_000
        };
        let done = during(polls, async move {
            client
                .sign_in(&person.handle, &person.passphrase, &person.words)
                .await
        });
        self.world
            .tell(format!("further device {device} signs in: {done:?}"));
        if done.is_none() {
            self.world.reload(device);
        }
    }

    fn wish(&mut self, device: usize) {
        if !self.world.devices[device].is_open() {
            return;
        }
        let wishes = self.draw_wishes(device);
        if wishes.is_empty() {
            return;
        }
        let cut_off = (self.climate.mishaps && self.world.dice.happens(20)).then(|| self.world.dice.below(6));
        let said = format!("device {device} wishes {wishes:?}");
        let wished = self.world.wish(device, wishes, cut_off);
        self.world.tell(format!("{said}: {wished:?}"));
        if wished == Wished::CutOff {
            self.world.reload(device);
        }
    }

    fn text(&mut self, device: usize) -> String {
        self.texts += 1;
        format!("w{}d{device}n{}", self.world.seed, self.texts)
    }

    fn answers(&mut self, device: usize) -> Answers {
        let note = self.text(device);
        let dice = &mut self.world.dice;
        Answers {
            mood: dice.happens(200).then(|| dice.below(11) as u8),
            close: dice.happens(128).then(|| dice.below(11) as u8),
            tension: dice.happens(128).then_some(false),
            note: Some(note),
            ..Answers::default()
        }
    }

    fn draw_wishes(&mut self, device: usize) -> Vec<(SpaceId, Command)> {
        let client = self.world.devices[device].client().clone();
        let Some(me) = client.me_space() else {
            return Vec::new();
        };
        let has_us = client.spaces().iter().any(|us| us.id == self.us);
        let us = if has_us { self.us } else { me };
        let today = client.platform().today();
        let answers = self.answers(device);
        match self.world.dice.below(12) {
            0 | 1 => {
                let note = checkin::Command::Note {
                    day: today,
                    us: None,
                    answers,
                    shared: Default::default(),
                };
                vec![(me, Command::CheckIn(note))]
            }
            2..=5 if has_us => checkin::plan(today, Some(us), &answers, &Field::ALL.into_iter().collect())
                .into_iter()
                .map(|(side, command)| match side {
                    checkin::Where::Me => (me, command),
                    checkin::Where::Us => (us, command),
                })
                .collect(),
            6 => vec![(us, Command::CheckIn(checkin::Command::TakeBack { day: today }))],
            7 => {
                let (entry, sentence) = (self.answer_of_another(device), self.text(device));
                let care = if self.world.dice.happens(128) {
                    Care::Word(*self.world.dice.pick(&Word::ALL))
                } else {
                    Care::Sentence(sentence)
                };
                let care = entry.map(|to| checkin::Command::Care { to, care });
                care.map(|care| (us, Command::CheckIn(care)))
                    .into_iter()
                    .collect()
            }
            8 => {
                let entry = self.answer_of_another(device);
                let withdraw = entry.map(|to| checkin::Command::WithdrawCare { to });
                withdraw
                    .map(|it| (us, Command::CheckIn(it)))
                    .into_iter()
                    .collect()
            }
            9 if has_us => {
                let name = self.world.new_name(device);
                vec![(us, Command::Members(members::Command::Name { name }))]
            }
            10 => {
                let label = self.text(device);
                let label = members::Command::Label { us: self.us, label };
                vec![(me, Command::Members(label))]
            }
            _ if has_us => vec![(us, Command::Rhythm(self.rhythm(device)))],
            _ => Vec::new(),
        }
    }

    fn rhythm(&mut self, device: usize) -> rhythm::Command {
        let client = self.world.devices[device].client().clone();
        let me = client.me().expect("it is open");
        let shown = client.with_state(self.us, |state| rhythm::view(state, me));
        let shown = shown.expect("it has the Us");
        let open = shown.proposals.first().map(|proposal| proposal.entry);
        match (self.world.dice.below(4), open.or(shown.in_force_by)) {
            (0 | 1, Some(proposal)) => rhythm::Command::Agree { proposal },
            (2, Some(proposal)) => rhythm::Command::Withdraw { proposal },
            _ => rhythm::Command::Propose {
                rhythm: *self.world.dice.pick(&[
                    Rhythm::Daily,
                    Rhythm::Weekly(Weekday::Sunday),
                    Rhythm::SomeDays([Weekday::Monday, Weekday::Friday].into_iter().collect()),
                ]),
            },
        }
    }

    fn answer_of_another(&mut self, device: usize) -> Option<EntryId> {
        let client = self.world.devices[device].client();
        let me = client.me()?;
        let entries: Vec<EntryId> = client.with_facts(self.us, |facts| {
            facts
                .iter()
                .filter(|fact| fact.author != me)
                .filter(|fact| matches!(&fact.what, What::Said(Event::CheckIn(checkin::Event::Shared(_)))))
                .map(|fact| fact.position.id)
                .collect()
        })?;
        (!entries.is_empty()).then(|| *self.world.dice.pick(&entries))
    }

    /// Lets the third person finish coming in, if they were let in.
    pub fn third_came(&self) -> bool {
        matches!(self.coming, Coming::Admitted) && self.world.devices[CYD].client().spaces().len() == 1
    }
}

/// Does something for so many polls at most; none when it was cut off.
pub fn during<T: 'static>(polls: usize, what: impl Future<Output = T> + 'static) -> Option<T> {
    let mut underway: Underway<T> = Box::pin(what);
    poll_up_to(&mut underway, polls)
}
