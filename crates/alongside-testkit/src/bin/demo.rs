//! Fills an empty relay with two people and half a year between them, by driving their real devices day by day.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use alongside_core::checkin::{self, Answers, Care, Field, Support, Where, Word};
use alongside_core::id::SpaceId;
use alongside_core::members::Kind;
use alongside_core::rhythm;
use alongside_core::root::Command;
use alongside_relay::{Clock, Config, Keep, Limits, Relay};
use alongside_replica::Client;
use alongside_replica::SentState;
use alongside_replica::memory::MemoryStore;
use alongside_replica::ports::Platform;
use alongside_testkit::loopback::Loopback;
use clap::Parser;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use rand_chacha::ChaCha20Rng;
use rand_core::{OsRng, RngCore, SeedableRng};

/// How far back their history goes.
const DAYS: i64 = 183;
const PASSPHRASE: &str = "seven quiet lanterns over water";

#[derive(Parser)]
#[command(about = "Fills an empty relay with two people and half a year between them")]
struct Arguments {
    /// The relay's folder; it must be empty.
    #[arg(long)]
    data: PathBuf,
}

type Fault = Box<dyn std::error::Error>;

/// A device of one of the two, in a time that this program sets.
struct DemoPlatform {
    store: MemoryStore,
    transport: Loopback,
    now_ms: Arc<AtomicI64>,
}

impl Platform for DemoPlatform {
    type Store = MemoryStore;
    type Transport = Loopback;

    fn store(&self) -> &MemoryStore {
        &self.store
    }

    fn transport(&self) -> &Loopback {
        &self.transport
    }

    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn today(&self) -> Date {
        Timestamp::from_millisecond(self.now_ms())
            .unwrap_or_default()
            .to_zoned(TimeZone::UTC)
            .date()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        // Their keys are as good as anybody's: a demo may end up being used.
        OsRng.fill_bytes(bytes);
    }

    async fn sleep(&self, ms: u32) {
        tokio::time::sleep(std::time::Duration::from_millis(u64::from(ms))).await;
    }
}

/// One of the two: a device, and how their days go.
struct Person {
    device: Client<DemoPlatform>,
    handle: &'static str,
    words: Vec<&'static str>,
    /// 0 to 10, wandering.
    mood: f64,
    close: f64,
    dice: RefCell<ChaCha20Rng>,
}

impl Person {
    async fn make(
        handle: &'static str,
        name: &str,
        relay: &Relay,
        now_ms: &Arc<AtomicI64>,
        seed: u64,
    ) -> Result<Self, Fault> {
        let platform = DemoPlatform {
            store: MemoryStore::default(),
            transport: Loopback::to(relay.address()),
            now_ms: Arc::clone(now_ms),
        };
        let device = Client::load(platform).await?;
        let words = device.make_account(handle, PASSPHRASE, name).await?;
        device.step().await?;
        let dice = RefCell::new(ChaCha20Rng::seed_from_u64(seed));
        Ok(Self {
            device,
            handle,
            words,
            mood: 6.5,
            close: 7.0,
            dice,
        })
    }

    /// A number from 0 up to 1.
    fn chance(&self) -> f64 {
        f64::from(self.dice.borrow_mut().next_u32()) / (f64::from(u32::MAX) + 1.0)
    }

    fn one_of<'a>(&self, choices: &[&'a str]) -> &'a str {
        let at = (self.chance() * choices.len() as f64) as usize;
        choices.get(at).copied().unwrap_or_default()
    }

    /// How a day was: each follows from the day before, pulled back to where it usually is.
    fn live(&mut self, hard: bool) -> Answers {
        let drift = |person: &Self, value: f64, usual: f64| {
            (value + (usual - value) * 0.25 + (person.chance() - 0.5) * 3.0).clamp(0.0, 10.0)
        };
        self.mood = drift(self, self.mood, if hard { 3.5 } else { 6.8 });
        self.close = drift(self, self.close, if hard { 5.5 } else { 7.2 });
        let scale = |value: f64| Some(value.round().clamp(0.0, 10.0) as u8);
        let mut answers = Answers {
            mood: scale(self.mood),
            pressure: scale(if hard { 7.5 } else { 3.5 } + (self.chance() - 0.5) * 3.0),
            ..Answers::default()
        };
        if self.chance() < 0.9 {
            answers.close = scale(self.close);
            answers.free = scale(7.0 + (self.chance() - 0.5) * 3.0);
        }
        if self.chance() < 0.8 {
            answers.understood = scale(self.close + (self.chance() - 0.4) * 2.0);
        }
        if self.chance() < 0.6 {
            answers.gave = Some(true);
            let kind = if self.chance() < 0.5 {
                Support::Listening
            } else {
                Support::Practical
            };
            answers.gave_kinds = BTreeSet::from([kind]);
        }
        if self.chance() < 0.6 {
            answers.got = Some(true);
            answers.fit = scale(6.0 + self.chance() * 4.0);
        }
        if self.chance() < 0.5 {
            answers.thanks = Some(true);
            answers.said = Some(self.chance() < 0.6);
            answers.thanks_for = Some(self.one_of(THANKS).to_owned());
        }
        answers.tension = Some(hard && self.chance() < 0.6);
        if answers.tension == Some(true) {
            answers.came_back = Some(self.chance() < 0.7);
        }
        if self.chance() < 0.25 {
            answers.need = Some(self.one_of(NEEDS).to_owned());
        }
        if self.chance() < 0.35 {
            answers.note = Some(self.one_of(NOTES).to_owned());
        }
        answers
    }

    /// What of it is for the other: nearly all, but the note and now and then something else.
    fn shares(&self) -> BTreeSet<Field> {
        Field::ALL
            .into_iter()
            .filter(|field| *field != Field::Note && self.chance() < 0.93)
            .collect()
    }

    async fn check_in(
        &self,
        us: Option<SpaceId>,
        answers: &Answers,
        shared: &BTreeSet<Field>,
    ) -> Result<(), Fault> {
        let me = self.device.me_space().ok_or("no Me")?;
        let day = self.device.platform().today();
        let wishes = checkin::plan(day, us, answers, shared)
            .into_iter()
            .filter_map(|(side, command)| {
                let space = match side {
                    Where::Me => Some(me),
                    Where::Us => us,
                };
                Some((space?, command))
            })
            .collect();
        self.device.dispatch(wishes).await?;
        Ok(())
    }

    /// Answers the other's page with a word, as one does on some days.
    async fn care(&self, us: SpaceId) -> Result<(), Fault> {
        let context = self.device.context(us).ok_or("locked")?;
        let me = self.device.me_space().ok_or("no Me")?;
        let mine = self.device.with_state(me, Clone::clone).ok_or("no Me")?;
        let revealed = self
            .device
            .with_state(us, |us| checkin::today(&mine, Some(us), &context).revealed)
            .flatten();
        let Some(theirs) = revealed
            .into_iter()
            .flatten()
            .find(|page| page.author != context.me)
        else {
            return Ok(());
        };
        let care = match self.chance() {
            chance if chance < 0.3 => Care::Word(Word::ThankYou),
            chance if chance < 0.5 => Care::Word(Word::Hug),
            chance if chance < 0.7 => Care::Word(Word::IHearYou),
            chance if chance < 0.8 => Care::Word(Word::IAmWithYou),
            _ => Care::Sentence(self.one_of(CARE).to_owned()),
        };
        let wish = checkin::Command::Care {
            to: theirs.entry,
            care,
        };
        self.device.dispatch(vec![(us, Command::CheckIn(wish))]).await?;
        Ok(())
    }
}

const THANKS: &[&str] = &[
    "You made soup when I came home late.",
    "You asked about my sister and really listened.",
    "The coffee, again, without a word.",
    "You laughed at the thing that I was ashamed of, and it was gone.",
    "You took the bins out in the rain.",
    "You let me have the evening for my drawing.",
];
const NEEDS: &[&str] = &[
    "An hour alone on Saturday morning.",
    "To talk about the summer before we book anything.",
    "A walk, together, without telephones.",
    "That nobody asks me anything before nine.",
    "A long hug.",
];
const NOTES: &[&str] = &[
    "The meeting went better than I feared.",
    "Slept badly, and it shows.",
    "Called Mira after weeks. It did me good.",
    "I notice that I keep the peace when I am tired.",
    "Swimming. I want to keep that.",
];
const CARE: &[&str] = &[
    "Thank you for telling me.",
    "I saw how much that took.",
    "Let us walk tomorrow.",
    "I am on your side.",
];

/// They meet: an Us, a link, words that are compared, and in.
async fn meet(sam: &Person, robin: &Person) -> Result<SpaceId, Fault> {
    let us = sam.device.start_us(Kind::Partner, "Sam & Robin").await?;
    sam.device.step().await?;
    let link = sam.device.invite(us).await?.fragment;
    robin.device.claim(&link, "Robin").await?;
    sam.device.step().await?;
    let knock = sam
        .device
        .invitations(us)
        .into_iter()
        .find_map(|sent| match sent.state {
            SentState::Knocking { words, .. } => Some((sent.id, words)),
            SentState::Open | SentState::Expired => None,
        });
    let (invitation, words) = knock.ok_or("nobody knocked")?;
    if robin.device.joinings().first().map(|joining| joining.words) != Some(words) {
        return Err("the words differ".into());
    }
    sam.device.admit(invitation).await?;
    for person in [sam, robin, sam, robin] {
        person.device.step().await?;
    }
    Ok(us)
}

async fn live(data: PathBuf) -> Result<(), Fault> {
    let end_ms = Timestamp::now().as_millisecond();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let begin = Timestamp::from_millisecond(end_ms)?
        .checked_sub((DAYS * 24).hours())?
        .as_millisecond();
    let now_ms = Arc::new(AtomicI64::new(begin));
    let shown = Arc::clone(&now_ms);
    let relay = Relay::start(Config {
        keep: Keep::Folder(data),
        limits: Limits::default().at_pace(0.0),
        clock: Clock::new(move || shown.load(Ordering::Relaxed)),
        ..Config::default()
    })
    .await?;
    let mut sam = Person::make("sam", "Sam", &relay, &now_ms, 1).await?;
    let mut robin = Person::make("robin", "Robin", &relay, &now_ms, 2).await?;
    let us = meet(&sam, &robin).await?;
    let rhythm = rhythm::Command::Propose {
        rhythm: rhythm::Rhythm::Daily,
    };
    sam.device
        .dispatch(vec![(us, Command::Rhythm(rhythm))])
        .await
        .ok();

    for day in 0..=DAYS {
        now_ms.store((begin + day * 24 * 60 * 60 * 1000).min(end_ms), Ordering::Relaxed);
        // Two hard weeks, some weeks ago: what a history is for.
        let hard = (118..132).contains(&day) || day % 19 == 7;
        // A holiday without telephones, and days missed: a day missed is just a day.
        let away = (60..67).contains(&day);
        let (sams, robins) = (sam.live(hard), robin.live(hard));
        if !away && (day == DAYS || sam.chance() < 0.86) {
            let shared = sam.shares();
            sam.check_in(Some(us), &sams, &shared).await?;
        }
        if sam.chance() < 0.4 {
            let alone = Answers {
                mood: sams.mood,
                note: Some(sam.one_of(NOTES).to_owned()),
                ..Answers::default()
            };
            sam.check_in(None, &alone, &BTreeSet::new()).await?;
        }
        if !away && day != DAYS && robin.chance() < 0.82 {
            let shared = robin.shares();
            robin.check_in(Some(us), &robins, &shared).await?;
        }
        for person in [&sam, &robin, &sam] {
            person.device.step().await?;
        }
        if sam.chance() < 0.4 {
            sam.care(us).await?;
        }
        if robin.chance() < 0.4 {
            robin.care(us).await?;
        }
    }
    for person in [&sam, &robin, &sam, &robin] {
        person.device.step().await?;
    }
    let waiting = sam.device.waiting_to_send() + robin.device.waiting_to_send();
    if waiting > 0 || sam.device.platform().today() != today {
        return Err("the story did not come to its end".into());
    }
    relay.stop().await;
    tell(&[&sam, &robin]);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this program is for a person at a terminal")]
fn tell(people: &[&Person]) {
    println!(
        "Two people and half a year between them. Sign in with a handle, the passphrase and the account words:"
    );
    for person in people {
        println!("  handle      {}", person.handle);
        println!("  passphrase  {PASSPHRASE}");
        println!("  words       {}", person.words.join(" "));
    }
}

#[expect(clippy::print_stderr, reason = "this program is for a person at a terminal")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let done = runtime
        .map_err(Fault::from)
        .and_then(|runtime| runtime.block_on(live(arguments.data)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The demo could not be made: {error}");
            ExitCode::FAILURE
        }
    }
}
