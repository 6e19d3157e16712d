//! The frozen words about the rhythm.

use jiff::civil::Weekday;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use crate::event::frozen;
use crate::id::EntryId;

frozen! {
    /// What is said about the rhythm.
    pub enum Event {
        /// A rhythm is proposed, to which its author consents.
        "rhythm.proposed/1" => Proposed(Proposed),
        /// The author consents to a proposal.
        "rhythm.agreed/1" => Agreed(Agreed),
        /// The author no longer consents to it.
        "rhythm.withdrawn/1" => Withdrawn(Withdrawn),
    }
}

/// How often to check in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rhythm {
    /// Every day.
    #[default]
    Daily,
    /// On some days of the week.
    SomeDays(Weekdays),
    /// Once a week; the day is when it is due, and the whole week is when it can be done.
    Weekly(Weekday),
}

/// Some days of the week.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Weekdays(u8);

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Proposed {
    /// What is proposed.
    #[n(0)]
    pub rhythm: Rhythm,
}

/// Consent to a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Agreed {
    /// The entry that proposed.
    #[n(0)]
    pub proposal: EntryId,
    /// The author's own withdrawals that this one has seen, and takes back.
    #[n(1)]
    pub after: Vec<EntryId>,
}

/// Consent is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Withdrawn {
    /// The entry that proposed.
    #[n(0)]
    pub proposal: EntryId,
}

impl Weekdays {
    const ALL: u8 = 0x7f;

    /// Whether that day is among them.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it is every day.
    #[must_use]
    pub const fn is_all(self) -> bool {
        self.0 == Self::ALL
    }

    /// The days, from Monday on.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::Monday
            .cycle_forward()
            .take(7)
            .filter(move |day| self.contains(*day))
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        Self(days.into_iter().fold(0, |bits, day| bits | bit(day)))
    }
}

impl core::fmt::Debug for Weekdays {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Monday is the lowest bit.
fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

/// `[0]` daily, `[1, bits]` some days with Monday as the lowest bit, `[2, day]` weekly with Monday as 1.
impl<C> Encode<C> for Rhythm {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::Daily => e.array(1)?.u8(0)?.ok(),
            Self::SomeDays(days) => e.array(2)?.u8(1)?.u8(days.0)?.ok(),
            Self::Weekly(day) => e.array(2)?.u8(2)?.i8(day.to_monday_one_offset())?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Rhythm {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        match (d.array()?, d.u8()?) {
            (Some(1), 0) => Ok(Self::Daily),
            (Some(2), 1) => match d.u8()? {
                bits @ 1..=Weekdays::ALL => Ok(Self::SomeDays(Weekdays(bits))),
                _ => Err(decode::Error::message("not days of a week")),
            },
            (Some(2), 2) => {
                let day = Weekday::from_monday_one_offset(d.i8()?);
                day.map(Self::Weekly)
                    .map_err(|_| decode::Error::message("not a day of a week"))
            }
            _ => Err(decode::Error::message("not a rhythm")),
        }
    }
}
