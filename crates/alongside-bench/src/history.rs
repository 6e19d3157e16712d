//! Ten years of two people, day by day: what they share of their check-ins, and what they answer with care. The same from one seed.

use alongside_core::checkin::{self, Answers, Care, CareSent, Shared, Word};
use alongside_core::event::{self, Event};
use alongside_core::id as core_id;
use alongside_core::rhythm::Period;
use alongside_log::entry::Stamp;
use alongside_log::identity::{Author, Device, DeviceCert, Identity, PersonPublic};
use alongside_log::ids::{EntryId, SpaceId};
use alongside_log::invitation::Claim;
use alongside_log::ledger::{Control, Draft, Incoming, Ledger, Outcome, What};
use alongside_log::seal::envelope::Envelope;
use alongside_log::vault::{Keyring, SpaceKind};
use anyhow::{Context as _, Result, bail};
use jiff::Span;
use jiff::civil::Date;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng as _};

/// The day on which it begins.
pub(crate) const FIRST_DAY: Date = jiff::civil::date(2016, 11, 22);
/// Ten years.
pub(crate) const DAYS: usize = 3652;
const NOON_MS: i64 = 12 * 60 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const FIRST_DAY_MS: i64 = 1_479_772_800_000;

const WORDS: &str = "the long day at work was easier because you had left the light on and the soup was warm I would like us to \
    walk by the river again on Sunday without phones there was a moment in the kitchen when I wanted to say thank you and did not \
    know how so I say it here my mother called and I was short with her afterwards I noticed that I was tired and not angry";

/// A history as it comes from a relay, and what opens it.
pub(crate) struct History {
    pub(crate) ring: Keyring,
    pub(crate) device: Device,
    /// Numbered from 1.
    pub(crate) envelopes: Vec<Envelope>,
}

/// A day in ten years.
pub(crate) fn day(number: usize) -> Date {
    let days = i32::try_from(number).unwrap_or(i32::MAX);
    FIRST_DAY.saturating_add(Span::new().days(days))
}

/// Noon of that day.
pub(crate) fn noon_ms(number: usize) -> i64 {
    FIRST_DAY_MS + NOON_MS + i64::try_from(number).unwrap_or(0) * DAY_MS
}

/// Something to say, of up to so many words.
pub(crate) fn sentence(rng: &mut ChaCha20Rng, most: u32) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let from = rng.next_u32() as usize % words.len();
    let count = 3 + (rng.next_u32() % most.max(1)) as usize;
    words
        .iter()
        .cycle()
        .skip(from)
        .take(count)
        .copied()
        .collect::<Vec<_>>()
        .join(" ")
}

fn one_in(rng: &mut ChaCha20Rng, of: u32) -> bool {
    rng.next_u32().is_multiple_of(of)
}

/// A check-in: the scales nearly always, words now and then.
pub(crate) fn answers(rng: &mut ChaCha20Rng) -> Answers {
    let mut score = || u8::try_from(rng.next_u32() % 11).ok();
    let (mood, pressure, close, free, understood) = (score(), score(), score(), score(), score());
    let thanks = one_in(rng, 2);
    let tension = one_in(rng, 6);
    Answers {
        mood,
        pressure,
        close,
        free,
        understood,
        thanks: Some(thanks),
        said: thanks.then(|| one_in(rng, 2)),
        thanks_for: (thanks && one_in(rng, 3)).then(|| sentence(rng, 14)),
        tension: Some(tension),
        came_back: tension.then(|| one_in(rng, 2)),
        note: one_in(rng, 3).then(|| sentence(rng, 45)),
        ..Answers::default()
    }
}

/// A word of care, or a sentence.
pub(crate) fn care(rng: &mut ChaCha20Rng) -> Care {
    if one_in(rng, 3) {
        Care::Sentence(sentence(rng, 25))
    } else {
        Care::Word(Word::ALL[rng.next_u32() as usize % Word::ALL.len()])
    }
}

struct Person {
    public: PersonPublic,
    device: Device,
    cert: DeviceCert,
    member_key: [u8; 32],
}

impl Person {
    fn make(space: SpaceId, rng: &mut ChaCha20Rng) -> Self {
        let identity = Identity::make(rng);
        let device = Device::make(rng);
        Self {
            public: identity.public(),
            cert: identity.certify(&device.public()),
            member_key: identity.member_key(space).public(),
            device,
        }
    }

    fn author(&self) -> Author<'_> {
        Author {
            person: self.public,
            device: &self.device,
            cert: &self.cert,
        }
    }
}

/// Two people's devices at once: one ledger that has seen everything, in the order of the relay.
struct Writing {
    ledger: Ledger,
    ada: Person,
    ben: Person,
    envelopes: Vec<Envelope>,
    rng: ChaCha20Rng,
}

impl Writing {
    fn begin(seed: u64) -> Result<Self> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let space = SpaceId::from_bytes([7; 16]);
        let (ada, ben) = (Person::make(space, &mut rng), Person::make(space, &mut rng));
        let stamp = Stamp {
            wall_ms: noon_ms(0),
            counter: 0,
        };
        let (ledger, began) = Ledger::begin(space, SpaceKind::Us, &ada.author(), stamp, &mut rng);
        let mut writing = Self {
            ledger,
            ada,
            ben,
            envelopes: Vec::new(),
            rng,
        };
        writing.append(began)?;
        let claim = Claim {
            person: writing.ben.public,
            device: writing.ben.cert.clone(),
            member_key: writing.ben.member_key,
            card: Vec::new().into(),
        };
        let admission = writing.ledger.admit(&claim)?;
        writing.control(admission)?;
        let epoch = writing.ledger.rekey(&mut writing.rng);
        writing.control(epoch)?;
        Ok(writing)
    }

    fn append(&mut self, envelope: Envelope) -> Result<()> {
        self.envelopes.push(envelope.clone());
        let incoming = Incoming {
            number: Some(self.envelopes.len() as u64),
            envelope,
        };
        let opened = self.ledger.open(&self.ada.device, vec![incoming]);
        match opened.outcomes.as_slice() {
            [Outcome::Opened(_)] => Ok(()),
            other => bail!("the history did not open while it was made: {other:?}"),
        }
    }

    fn control(&mut self, control: Control) -> Result<()> {
        self.say(true, 0, What::Control(control)).map(drop)
    }

    fn say(&mut self, ada: bool, day: usize, what: What) -> Result<EntryId> {
        let author = if ada { &self.ada } else { &self.ben };
        let draft = Draft {
            stamp: stamp(day, self.envelopes.len()),
            witness: self.ledger.witness(),
            what,
        };
        let mut tip = self.ledger.tip(author.device.public().id());
        let (entry, envelope) = self.ledger.seal(&mut tip, &author.author(), draft, &mut self.rng);
        self.append(envelope)?;
        Ok(entry)
    }

    /// Both check in and are revealed together.
    fn reveal(&mut self, number: usize) -> Result<[EntryId; 2]> {
        let period = Period::day(day(number));
        let round = self.ledger.round_id(&checkin::round(period));
        let mut revealed = Vec::new();
        for author in [&self.ada, &self.ben] {
            let answers = answers(&mut self.rng);
            let content = event::encode(&Event::CheckIn(checkin::Event::Shared(Shared {
                period,
                answers,
            })));
            let stamp = stamp(number, self.envelopes.len());
            revealed.push(
                self.ledger
                    .deposit(&author.author(), round, stamp, &content, &mut self.rng)?,
            );
        }
        let entries: Vec<EntryId> = revealed.iter().map(|(entry, _)| *entry).collect();
        for (_, envelope) in revealed {
            self.append(envelope)?;
        }
        entries.try_into().ok().context("two check-ins")
    }
}

fn stamp(day: usize, counter: usize) -> Stamp {
    Stamp {
        wall_ms: noon_ms(day),
        counter: u16::try_from(counter % 1000).unwrap_or(0),
    }
}

/// A history of about so many entries, spread over ten years.
pub(crate) fn make(entries: usize) -> Result<History> {
    let mut writing = Writing::begin(20_261_122)?;
    let mut ada_answers = true;
    for number in 0..DAYS {
        let revealed = writing.reveal(number)?;
        // A day has its share of all entries.
        while writing.envelopes.len() < (number + 1) * entries / DAYS {
            let to = core_id::EntryId::from_bytes(*revealed[usize::from(ada_answers)].as_bytes());
            let care = care(&mut writing.rng);
            let content = event::encode(&Event::CheckIn(checkin::Event::Care(CareSent { to, care })));
            writing.say(ada_answers, number, What::Domain(content))?;
            ada_answers = !ada_answers;
        }
    }
    Ok(History {
        ring: writing.ledger.keyring(),
        device: writing.ada.device,
        envelopes: writing.envelopes,
    })
}
