//! A first world: two people, as the others begin.

use alongside_testkit::people::couple;

#[test]
fn two_people_come_together() {
    let couple = couple();
    let mut world = couple.world.fork(1);
    assert_eq!(world.rest(), []);
}
