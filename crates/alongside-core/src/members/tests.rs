//! Claims about members, names and the frame.

use super::*;
use crate::event;
use crate::root::Act;
use crate::story::{ADA, BEN, CYD, ME, Story, US, check, context};

fn begun(kind: Kind, name: &str) -> Event {
    Event::Begun(Begun {
        kind,
        name: name.to_owned(),
    })
}

fn named(name: &str) -> Event {
    Event::Named(Named {
        name: name.to_owned(),
    })
}

fn labelled(label: &str) -> Event {
    Event::Labelled(Labelled {
        us: US,
        label: Some(label.to_owned()),
    })
}

fn say(event: Event) -> Result<Vec<Act>, Rejection> {
    Ok(vec![Act::Say(event::Event::Members(event))])
}

fn frame_of(kind: Kind, name: &str) -> Option<Frame> {
    Some(Frame {
        kind,
        name: name.to_owned(),
    })
}

#[test]
fn whoever_starts_an_us_says_what_it_is() {
    let command = Command::Begin {
        kind: Kind::Partner,
        name: " The  two ".to_owned(),
    };
    check(
        &Story::of(&[ADA]),
        &context(ADA, US),
        command,
        say(begun(Kind::Partner, "The two")),
    );
}

#[test]
fn an_us_begins_once() {
    let mut story = Story::of(&[ADA, BEN]);
    story.says(ADA, begun(Kind::Friend, "Boat"));
    let command = Command::Begin {
        kind: Kind::Work,
        name: "Office".to_owned(),
    };
    check(&story, &context(BEN, US), command, Err(Rejection::AlreadyBegun));
    story.says(BEN, begun(Kind::Work, "Office"));
    assert_eq!(frame(&story.state()).cloned(), frame_of(Kind::Friend, "Boat"));
}

#[test]
fn of_two_beginnings_the_first_stands() {
    let mut story = Story::of(&[ADA, BEN]);
    story.says(BEN, begun(Kind::Family, "Home"));
    story.meanwhile(ADA, begun(Kind::Friend, "Boat"));
    let here = story.state();
    story.facts.reverse();
    assert_eq!(frame(&here).cloned(), frame_of(Kind::Family, "Home"));
    assert_eq!(here, story.state());
}

#[test]
fn a_third_member_who_joins_in_the_middle_has_the_frame_from_the_restatement() {
    let mut story = Story::of(&[ADA, BEN]);
    story.says(ADA, begun(Kind::Friend, "Boat"));
    let before = story.state();
    let restated = before.restate(BEN);
    assert_eq!(restated, [event::Event::Members(begun(Kind::Friend, "Boat"))]);
    for event in restated {
        story.says(BEN, event);
    }
    assert_eq!(before, story.state());

    let mut seen_by_cyd = Story::of(&[ADA, BEN, CYD]);
    seen_by_cyd.says(BEN, begun(Kind::Friend, "Boat"));
    assert_eq!(
        frame(&seen_by_cyd.state()).cloned(),
        frame_of(Kind::Friend, "Boat")
    );
}

#[test]
fn both_devices_edit_a_label_and_the_later_stands() {
    let mut story = Story::of(&[ADA]);
    story.says(ADA, labelled("from the phone"));
    story.meanwhile(ADA, labelled("from the desk"));
    let here = story.state();
    story.facts.reverse();
    assert_eq!(label(&here, ADA, US), Some("from the desk"));
    assert_eq!(here, story.state());
}

#[test]
fn labels_of_two_people_do_not_meet() {
    let mut story = Story::of(&[ADA, BEN]);
    story.says(ADA, labelled("A"));
    story.says(BEN, labelled("B"));
    let state = story.state();
    assert_eq!(
        (label(&state, ADA, US), label(&state, BEN, US)),
        (Some("A"), Some("B"))
    );
}

#[test]
fn an_us_is_called_by_ones_own_label_and_else_by_its_first_name() {
    let mut us = Story::of(&[ADA]);
    us.says(ADA, begun(Kind::Friend, "Boat"));
    let mut me = Story::of(&[ADA]);
    assert_eq!(us_name(&me.state(), &us.state(), ADA, US), Some("Boat"));
    me.says(ADA, labelled("My boat"));
    assert_eq!(us_name(&me.state(), &us.state(), ADA, US), Some("My boat"));
    me.says(ADA, Event::Labelled(Labelled { us: US, label: None }));
    assert_eq!(us_name(&me.state(), &us.state(), ADA, US), Some("Boat"));
}

#[test]
fn an_empty_label_goes_back_to_the_first_name() {
    let mut me = Story::of(&[ADA]);
    me.says(ADA, labelled("Mine"));
    let command = Command::Label {
        us: US,
        label: "  ".to_owned(),
    };
    check(
        &me,
        &context(ADA, ME),
        command,
        say(Event::Labelled(Labelled { us: US, label: None })),
    );
}

#[test]
fn a_label_and_my_settings_are_not_said_to_an_us() {
    let story = Story::of(&[ADA, BEN]);
    let name = || "Ada".to_owned();
    check(
        &story,
        &context(ADA, US),
        Command::Label {
            us: US,
            label: name(),
        },
        Err(Rejection::WrongSide),
    );
    check(
        &story,
        &context(ADA, US),
        Command::Set { name: name() },
        Err(Rejection::WrongSide),
    );
    let mut begun_alone = Story::of(&[ADA]);
    begun_alone.says(ADA, begun(Kind::Friend, "Boat"));
    check(
        &begun_alone,
        &context(ADA, US),
        Command::Set { name: name() },
        Err(Rejection::WrongSide),
    );
}

#[test]
fn my_default_name_is_kept_in_me() {
    let mut me = Story::of(&[ADA]);
    let set = Event::Set(Set {
        name: "Ada".to_owned(),
    });
    check(
        &me,
        &context(ADA, ME),
        Command::Set {
            name: "Ada ".to_owned(),
        },
        say(set.clone()),
    );
    me.says(ADA, set);
    assert_eq!(my_default_name(&me.state(), ADA).map(String::as_str), Some("Ada"));
    check::<_, Rejection>(
        &me,
        &context(ADA, ME),
        Command::Set {
            name: "Ada".to_owned(),
        },
        Ok(vec![]),
    );
}

#[test]
fn a_name_is_needed_and_has_forty_characters_at_most() {
    let story = Story::of(&[ADA, BEN]);
    let name = |name: String| Command::Name { name };
    check(
        &story,
        &context(ADA, US),
        name("\u{200b}".to_owned()),
        Err(Rejection::NameMissing),
    );
    let too_long = Rejection::NameTooLong { chars: 41, max: 40 };
    check(&story, &context(ADA, US), name("é".repeat(41)), Err(too_long));
    check(
        &story,
        &context(ADA, US),
        name("é".repeat(40)),
        say(named(&"é".repeat(40))),
    );
}

#[test]
fn a_name_that_does_not_change_is_not_said_again() {
    let mut story = Story::of(&[ADA, BEN]);
    story.says(ADA, named("Ada"));
    check::<_, Rejection>(
        &story,
        &context(ADA, US),
        Command::Name {
            name: "Ada".to_owned(),
        },
        Ok(vec![]),
    );
}

#[test]
fn a_name_that_is_too_long_in_the_log_is_ignored() {
    let mut story = Story::of(&[ADA, BEN]);
    story.says(ADA, named("Ada"));
    let before = story.state();
    for name in ["", "a\nb", "a\u{202e}b", &"a".repeat(41)] {
        story.says(ADA, named(name));
        story.says(ADA, begun(Kind::Work, name));
        story.says(ADA, labelled(name));
        story.says(
            ADA,
            Event::Set(Set {
                name: name.to_owned(),
            }),
        );
    }
    assert_eq!(before, story.state());
}

#[test]
fn members_are_listed_as_they_came_each_with_a_colour_of_their_own() {
    let mut story = Story::of(&[CYD, ADA, BEN]);
    story.says(ADA, named("Ada"));
    story.adds(CYD, false, crate::fact::What::Left(CYD));
    let shown = list(&story.state(), ADA);
    let brief: Vec<_> = shown
        .iter()
        .map(|m| (m.person, m.name.as_deref(), m.colour, m.me, m.here))
        .collect();
    let expected = [
        (CYD, None, 0, false, false),
        (ADA, Some("Ada"), 1, true, true),
        (BEN, None, 2, false, true),
    ];
    assert_eq!(brief, expected);
}

#[test]
fn a_colour_stays_when_its_person_leaves_and_comes_back() {
    let mut story = Story::of(&[ADA, BEN]);
    story.adds(BEN, false, crate::fact::What::Left(BEN));
    story.adds(ADA, false, crate::fact::What::Joined(CYD));
    story.adds(ADA, false, crate::fact::What::Joined(BEN));
    let colours: Vec<_> = list(&story.state(), ADA)
        .iter()
        .map(|m| (m.person, m.colour, m.here))
        .collect();
    assert_eq!(colours, [(ADA, 0, true), (BEN, 1, true), (CYD, 2, true)]);
}

#[test]
fn current_members_never_share_a_colour_however_many_came_and_left() {
    let person = |n: u8| crate::id::PersonId::from_bytes([n; 32]);
    let mut story = Story::default();
    for n in 1..=40 {
        if n > 12 {
            story.adds(ADA, false, crate::fact::What::Left(person(n - 11)));
        }
        story.adds(ADA, false, crate::fact::What::Joined(person(n)));
        let here: Vec<u8> = list(&story.state(), ADA)
            .iter()
            .filter(|m| m.here)
            .map(|m| m.colour)
            .collect();
        let distinct: std::collections::BTreeSet<u8> = here.iter().copied().collect();
        assert_eq!(distinct.len(), here.len());
        assert!(here.iter().all(|colour| *colour < 12));
    }
}
