//! What a check-in belongs to: a day, or an ISO week.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use super::event::Rhythm;

/// A day or an ISO week. Ordered by where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    start: Date,
    length: Length,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Length {
    Day,
    Week,
}

impl Period {
    /// One day.
    #[must_use]
    pub const fn day(date: Date) -> Self {
        Self {
            start: date,
            length: Length::Day,
        }
    }

    /// The ISO week that a day is in.
    #[must_use]
    pub fn week_of(date: Date) -> Self {
        // Only the first days that the calendar knows have no Monday before them.
        let monday = date
            .iso_week_date()
            .first_of_week()
            .map_or(date, ISOWeekDate::date);
        Self {
            start: monday,
            length: Length::Week,
        }
    }

    /// The last of the periods that begin on that day, in their order.
    pub(crate) const fn longest_beginning_on(date: Date) -> Self {
        Self {
            start: date,
            length: Length::Week,
        }
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> Date {
        self.start
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Date {
        match self.length {
            Length::Day => self.start,
            Length::Week => self.start.saturating_add(6.days()),
        }
    }

    /// Whether it is a week.
    #[must_use]
    pub const fn is_week(self) -> bool {
        matches!(self.length, Length::Week)
    }

    /// Whether that day is part of it.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        (self.start..=self.last()).contains(&date)
    }

    /// `2026-11-22` or `2026-W47`: in events and in the names of rounds, so it stays as it is.
    #[must_use]
    pub fn label(self) -> String {
        match self.length {
            Length::Day => self.start.to_string(),
            Length::Week => {
                let week = self.start.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
        }
    }

    fn parse(label: &str) -> Option<Self> {
        if let Some((year, week)) = label.split_once("-W") {
            let (year, week) = (digits(year, 4)?, digits(week, 2)?);
            let monday = ISOWeekDate::new(year, i8::try_from(week).ok()?, Weekday::Monday).ok()?;
            return Some(Self {
                start: monday.date(),
                length: Length::Week,
            });
        }
        Some(Self::day(parse_date(label)?))
    }
}

/// What a check-in of that day belongs to, in that rhythm. A day on which none is due is still a day.
#[must_use]
pub fn period(rhythm: Rhythm, date: Date) -> Period {
    match rhythm {
        Rhythm::Daily | Rhythm::SomeDays(_) => Period::day(date),
        Rhythm::Weekly(_) => Period::week_of(date),
    }
}

/// Whether the rhythm asks for a check-in on that day.
#[must_use]
pub fn is_due(rhythm: Rhythm, date: Date) -> bool {
    match rhythm {
        Rhythm::Daily => true,
        Rhythm::SomeDays(days) => days.contains(date.weekday()),
        Rhythm::Weekly(day) => day == date.weekday(),
    }
}

impl<C> Encode<C> for Period {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.str(&self.label())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Period {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::parse(d.str()?).ok_or_else(|| decode::Error::message("not a day or week"))
    }
}

/// A day in CBOR: the text `2026-11-22`.
pub(crate) mod iso_day {
    use super::{Date, Decoder, Encoder, Write, parse_date};

    pub(crate) fn encode<C, W: Write>(
        date: &Date,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&date.to_string())?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Date, minicbor::decode::Error> {
        parse_date(d.str()?).ok_or_else(|| minicbor::decode::Error::message("not a day"))
    }
}

/// Only `YYYY-MM-DD`: the calendar's own parser also reads other spellings of the same day.
fn parse_date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let (month, day) = (digits(month, 2)?, digits(day, 2)?);
    Date::new(
        digits(year, 4)?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

fn digits(text: &str, count: usize) -> Option<i16> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}
