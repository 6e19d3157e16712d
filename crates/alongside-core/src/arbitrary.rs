//! For tests: any event, any fact; from so few people, days and entries that they meet.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::checkin::{self, Answers, Care, CareSent, CareWithdrawn, Field, Noted, Shared, Support, Word};
use crate::event::Event;
use crate::fact::{Fact, Position, What};
use crate::id::{EntryId, PersonId, SpaceId};
use crate::members::{self, Begun, Kind, Labelled, Named, Set};
use crate::rhythm::{self, Agreed, Period, Proposed, Rhythm, Withdrawn};
use crate::story::{ADA, BEN, CYD, ME, TODAY, US, entry};

/// How many facts there are at most; entries that facts name are among them.
const MAX_FACTS: u8 = 40;

pub(crate) fn person() -> impl Strategy<Value = PersonId> {
    select(vec![ADA, BEN, CYD])
}

fn space() -> impl Strategy<Value = SpaceId> {
    select(vec![ME, US])
}

fn any_entry() -> impl Strategy<Value = EntryId> {
    (0..MAX_FACTS).prop_map(entry)
}

/// Mostly words; sometimes nothing, too many, or what disturbs.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-zäöü ]{1,12}",
        1 => any::<String>(),
        1 => Just(String::new()),
        1 => (30..3_000_usize).prop_map(|count| "ü".repeat(count)),
    ]
}

/// Mostly on the scale.
fn score() -> impl Strategy<Value = Option<u8>> {
    option::of(prop_oneof![9 => 0..=10_u8, 1 => any::<u8>()])
}

pub(crate) fn day() -> impl Strategy<Value = Date> {
    (0..4_i64).prop_map(|ago| TODAY - Span::new().days(ago))
}

fn period() -> impl Strategy<Value = Period> {
    (day(), any::<bool>()).prop_map(|(day, week)| {
        if week {
            Period::week_of(day)
        } else {
            Period::day(day)
        }
    })
}

fn weekday() -> impl Strategy<Value = Weekday> {
    (1..=7_i8).prop_map(|day| Weekday::from_monday_one_offset(day).expect("a day of the week"))
}

pub(crate) fn rhythm() -> impl Strategy<Value = Rhythm> {
    prop_oneof![
        Just(Rhythm::Daily),
        vec(weekday(), 1..7).prop_map(|days| Rhythm::SomeDays(days.into_iter().collect())),
        weekday().prop_map(Rhythm::Weekly),
    ]
}

/// As they come from anywhere: off the scale, beside no yes, too long.
pub(crate) fn answers() -> impl Strategy<Value = Answers> {
    let scales = (score(), score(), score(), score(), score(), score());
    let yes_no = || option::of(any::<bool>());
    let questions = (yes_no(), yes_no(), yes_no(), yes_no(), yes_no(), yes_no());
    let kinds = btree_set(select(Support::ALL.to_vec()), 0..3);
    let texts = (option::of(words()), option::of(words()), option::of(words()));
    (scales, questions, kinds, texts).prop_map(|(scales, questions, gave_kinds, texts)| {
        let (mood, pressure, close, free, understood, fit) = scales;
        let (gave, got, thanks, said, tension, came_back) = questions;
        let (thanks_for, need, note) = texts;
        Answers {
            mood,
            pressure,
            close,
            free,
            understood,
            gave,
            gave_kinds,
            got,
            fit,
            thanks,
            said,
            thanks_for,
            tension,
            came_back,
            need,
            note,
        }
    })
}

/// As a device of ours writes them, where they can be.
fn sound_answers() -> impl Strategy<Value = Answers> {
    let scales = (0..=10_u8, option::of(0..=10_u8), any::<bool>());
    scales.prop_map(|(mood, close, got)| Answers {
        mood: Some(mood),
        close,
        got: Some(got),
        ..Answers::default()
    })
}

pub(crate) fn fields() -> impl Strategy<Value = std::collections::BTreeSet<Field>> {
    btree_set(select(Field::ALL.to_vec()), 0..=Field::ALL.len())
}

pub(crate) fn care() -> impl Strategy<Value = Care> {
    prop_oneof![
        select(Word::ALL.to_vec()).prop_map(Care::Word),
        words().prop_map(Care::Sentence)
    ]
}

fn members_event() -> impl Strategy<Value = Event> {
    let event = prop_oneof![
        (select(Kind::ALL.to_vec()), words())
            .prop_map(|(kind, name)| members::Event::Begun(Begun { kind, name })),
        words().prop_map(|name| members::Event::Named(Named { name })),
        (space(), option::of(words()))
            .prop_map(|(us, label)| members::Event::Labelled(Labelled { us, label })),
        words().prop_map(|name| members::Event::Set(Set { name })),
    ];
    event.prop_map(Event::Members)
}

fn rhythm_event() -> impl Strategy<Value = Event> {
    let event = prop_oneof![
        rhythm().prop_map(|rhythm| rhythm::Event::Proposed(Proposed { rhythm })),
        (any_entry(), vec(any_entry(), 0..3))
            .prop_map(|(proposal, after)| rhythm::Event::Agreed(Agreed { proposal, after })),
        any_entry().prop_map(|proposal| rhythm::Event::Withdrawn(Withdrawn { proposal })),
    ];
    event.prop_map(Event::Rhythm)
}

fn checkin_event() -> impl Strategy<Value = Event> {
    let any_answers = || prop_oneof![sound_answers(), answers()];
    let event = prop_oneof![
        (day(), option::of(space()), any_answers(), fields()).prop_map(|(day, us, answers, shared)| {
            checkin::Event::Noted(Noted {
                day,
                us,
                answers,
                shared,
            })
        }),
        (period(), any_answers())
            .prop_map(|(period, answers)| checkin::Event::Shared(Shared { period, answers })),
        (any_entry(), care()).prop_map(|(to, care)| checkin::Event::Care(CareSent { to, care })),
        any_entry().prop_map(|to| checkin::Event::CareWithdrawn(CareWithdrawn { to })),
    ];
    event.prop_map(Event::CheckIn)
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![1 => members_event(), 1 => rhythm_event(), 2 => checkin_event()]
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        2 => person().prop_map(What::Joined),
        1 => person().prop_map(What::Left),
        1 => Just(What::Withdrawn),
        16 => event().prop_map(What::Said),
    ]
}

/// Facts of which no two are one, in any order. They may name what comes after them, which no honest device does.
pub(crate) fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let fact = (person(), 0..12_u64, any::<bool>(), what());
    vec(fact, 0..usize::from(MAX_FACTS)).prop_map(|facts| {
        let numbered = (0_u8..).zip(facts);
        let made = numbered.map(|(number, (author, depth, in_round, what))| Fact {
            position: Position {
                depth,
                id: entry(number),
            },
            author,
            at_ms: 0,
            in_round,
            what,
        });
        made.collect()
    })
}

/// The days around those that facts are about.
pub(crate) fn days_around() -> (Date, Date) {
    (TODAY - 14.days(), TODAY + 7.days())
}
