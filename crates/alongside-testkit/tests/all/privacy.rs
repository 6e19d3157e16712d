//! Invariant 3: what is in Me opens for nobody else, and nothing that is typed lies anywhere as it was typed.

use alongside_core::checkin::{self, Care, Field};
use alongside_core::members;
use alongside_core::root::Command;
use alongside_log::ids as log_ids;
use alongside_log::ledger::Ledger;
use alongside_log::vault::Keyring;
use alongside_replica::ports::Platform as _;
use alongside_testkit::people::{ADA, BEN, couple};
use alongside_testkit::renegade::{self, Renegade};
use alongside_testkit::world::Wished;

use crate::invariants::{answer_of, facts, note, share};

/// A text in every form in which it could lie somewhere.
fn forms(text: &str) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    let mut forms = vec![text.as_bytes().to_vec()];
    forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    forms.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    forms.push(alongside_wire::route::hex(text.as_bytes()).into_bytes());
    forms.push(
        alongside_wire::route::hex(text.as_bytes())
            .to_uppercase()
            .into_bytes(),
    );
    for before in 0..3 {
        // Wherever in a longer text it begins, these letters are the same.
        let padded = [vec![b' '; before], text.as_bytes().to_vec()].concat();
        let encoded = engine.encode(&padded);
        let (first, last) = (before.div_ceil(3) * 4, padded.len() / 3 * 4);
        forms.push(encoded.as_bytes()[first..last].to_vec());
    }
    forms
}

fn holds_none(place: &str, bytes: &[u8], texts: &[&str]) {
    for text in texts {
        for form in forms(text) {
            let found = bytes.windows(form.len()).any(|window| window == form);
            assert!(
                !found,
                "{text:?} lies in {place}, as {:?}",
                String::from_utf8_lossy(&form)
            );
        }
    }
}

#[test]
fn invariant_3_what_is_mine_stays_mine_and_nothing_typed_lies_anywhere() {
    let couple = couple();
    let us = couple.us;
    let mut world = couple.world.fork(3);
    world.net.borrow_mut().wiretap = Some(Vec::new());
    let (kept, shown) = ("albatross-kept-by-ada", "canary-shown-by-ada");
    let (of_ben, care, name) = ("nightingale-of-ben", "sparrow-of-care", "wren");
    let client = world.devices[0].client().clone();
    let (me, day) = (client.me_space().unwrap(), client.platform().today());
    let mut answers = note(kept);
    answers.need = Some(shown.to_owned());
    let plan = checkin::plan(day, Some(us), &answers, &[Field::Need].into_iter().collect());
    let wishes = plan
        .into_iter()
        .map(|(side, command)| match side {
            checkin::Where::Me => (me, command),
            checkin::Where::Us => (us, command),
        })
        .collect();
    assert_eq!(world.wish(0, wishes, None), Wished::Done);
    share(&mut world, 1, us, of_ben);
    world.rest();
    let entry = answer_of(&facts(&world, 1, us), world.id_of(ADA));
    let sentence = checkin::Command::Care {
        to: entry,
        care: Care::Sentence(care.to_owned()),
    };
    assert_eq!(
        world.wish(1, vec![(us, Command::CheckIn(sentence))], None),
        Wished::Done
    );
    let called = members::Command::Name {
        name: name.to_owned(),
    };
    assert_eq!(
        world.wish(0, vec![(us, Command::Members(called))], None),
        Wished::Done
    );
    world.rest();

    // What was kept is known to no device of Ben's; what was shown is.
    let of_bens = |device: usize| {
        let it = &world.devices[device];
        world
            .spaces_of(it)
            .iter()
            .map(|space| format!("{:?}", facts(&world, device, *space)))
            .collect::<String>()
    };
    for device in [1, 4] {
        assert!(of_bens(device).contains(shown) && of_bens(device).contains(of_ben));
        assert!(
            !of_bens(device).contains(kept),
            "Ben's device {device} knows what Ada kept"
        );
    }
    // Nor can any key of Ben's open any of it.
    let renegade = Renegade::of(&world, BEN, us);
    let adas_me = log_ids::SpaceId::from_bytes(*me.as_bytes());
    let relay = world.net.borrow().relay.clone();
    let mine = renegade::envelopes(&relay, adas_me, 0);
    assert!(mine.len() > 2, "there is something to try it on");
    for ring in &renegade.vault.spaces {
        assert_ne!(ring.space, adas_me);
        let trying = Keyring {
            space: adas_me,
            base: None,
            ..ring.clone()
        };
        let mut ledger = Ledger::restore(&trying, Some(&renegade.device));
        assert_eq!(
            renegade::opened(&ledger.open(&renegade.device, mine.clone()).outcomes),
            0
        );
    }
    // Nothing lies anywhere.
    let texts = [kept, shown, of_ben, care];
    holds_none("the relay", &relay.all_bytes(), &texts);
    let tapped = world.net.borrow().wiretap.clone().unwrap();
    assert!(tapped.len() > 10_000);
    holds_none("what went over the wire", &tapped, &texts);
    for (at, device) in world.devices.iter().enumerate() {
        holds_none(
            &format!("the store of device {at}"),
            &device.platform.sim_store().disk.all_bytes(),
            &texts,
        );
    }
}
