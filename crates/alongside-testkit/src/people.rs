//! People, and how they came together: made once by the real flows, and copied for every world.

use std::cell::RefCell;
use std::rc::Rc;

use alongside_core::id::SpaceId;
use alongside_core::members::Kind;
use alongside_replica::SentState;

use crate::time::finish;
use crate::world::World;

/// When worlds begin: a Monday morning.
pub const BEGINNING_MS: i64 = 1_773_651_600_000;

/// One of the people of a world.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their handle.
    pub handle: String,
    /// Their passphrase.
    pub passphrase: String,
    /// Their account words.
    pub words: String,
}

/// Ada and Ben, with two devices each and an Us, and Cyd, who has an account and is not in it.
#[derive(Debug)]
pub struct Couple {
    /// The world, at rest.
    pub world: World,
    /// The Us.
    pub us: SpaceId,
}

/// Who is who in [`Couple`].
pub const ADA: usize = 0;
/// See [`ADA`].
pub const BEN: usize = 1;
/// See [`ADA`].
pub const CYD: usize = 2;

fn make() -> Couple {
    let mut world = World::empty(0);
    for name in ["ada", "ben", "cyd"] {
        let device = world.add_device(world.people.len());
        world.make_account(device, name);
    }
    // Devices 0, 1, 2 so far: one each. A second one for Ada (3) and Ben (4).
    for person in [ADA, BEN] {
        let device = world.add_device(person);
        world
            .sign_in(device)
            .expect("somebody who has an account signs in on a second device");
    }
    let us = world.start_us(0, Kind::Partner, "Us two");
    world.rest();
    world.bring_in(0, 1, us);
    world.rest();
    assert_eq!(
        world.devices[4].client().spaces().len(),
        1,
        "the second device knows the Us, too"
    );
    Couple { world, us }
}

thread_local! {
    static COUPLE: RefCell<Option<Rc<Couple>>> = const { RefCell::new(None) };
}

/// The couple that every world begins with.
#[must_use]
pub fn couple() -> Rc<Couple> {
    COUPLE.with(|slot| Rc::clone(slot.borrow_mut().get_or_insert_with(|| Rc::new(make()))))
}

impl World {
    /// One invites, the other claims, and is let in: in fair weather.
    ///
    /// # Panics
    /// When it does not work.
    pub fn bring_in(&mut self, host: usize, guest: usize, us: SpaceId) {
        let (inviting, coming) = (
            self.devices[host].client().clone(),
            self.devices[guest].client().clone(),
        );
        let sent = finish(inviting.invite(us)).expect("an invitation is made");
        let name = self.new_name(guest);
        finish(coming.claim(&sent.fragment, &name)).expect("it is claimed");
        finish(inviting.step()).expect("whoever invites sees who claimed it");
        let knocking = inviting.invitations(us);
        let SentState::Knocking { words, .. } = knocking[0].state else {
            panic!("nobody knocks: {knocking:?}");
        };
        assert_eq!(words, coming.joinings()[0].words, "both see the same words");
        finish(inviting.admit(sent.id)).expect("the newcomer is let in");
        finish(inviting.step()).expect("and the relay is told");
        finish(coming.step()).expect("and the newcomer comes in");
        assert_eq!(coming.joinings(), [], "nothing is left to wait for");
    }
}
