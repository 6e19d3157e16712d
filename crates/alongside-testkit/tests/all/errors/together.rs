//! Errors in writing, in meeting others, and from the relay.

use super::*;

fn name(name: &str) -> Command {
    Command::Members(members::Command::Name {
        name: name.to_owned(),
    })
}

#[test]
fn wishing() {
    let (world, us) = fork(7);
    let client = world.devices[0].client().clone();
    let wish = |text: &str| finish(client.dispatch(vec![(us, name(text))]));
    let missing = Rejection::Members(members::Rejection::NameMissing);
    assert_eq!(wish(" "), Err(DispatchError::Rejected(missing)));
    full(&client, true);
    assert_eq!(wish("somebody"), Err(DispatchError::Storage(StoreError::Full)));
    assert_eq!(client.waiting_to_send(), 0, "nothing has changed");
    full(&client, false);
    let nowhere = SpaceId::from_bytes([9; 16]);
    assert_eq!(
        finish(client.dispatch(vec![(nowhere, name("x"))])),
        Err(DispatchError::NotMember)
    );
    client.set_leading(false);
    assert_eq!(wish("somebody"), Err(DispatchError::AnotherTab));
    client.set_leading(true);
    assert_eq!(finish(client.leave(us)), Ok(()));
    assert_eq!(wish("somebody"), Err(DispatchError::NotMember));
    assert_eq!(finish(client.leave(us)), Err(DispatchError::NotMember));
    client.lock();
    assert_eq!(wish("somebody"), Err(DispatchError::Locked));
}

#[test]
fn of_two_tabs_one_writes_and_the_other_follows() {
    let (world, us) = fork(8);
    let writing = world.devices[0].client().clone();
    let following = finish(Client::load(world.devices[0].platform.clone())).unwrap();
    following.set_leading(false);
    finish(following.unlock(&world.people[ADA].passphrase)).unwrap();
    assert_eq!(
        finish(following.dispatch(vec![(us, name("two"))])),
        Err(DispatchError::AnotherTab)
    );
    assert_eq!(
        finish(following.start_us(Kind::Friend, "x")).map(|_| ()),
        Err(DispatchError::AnotherTab)
    );
    finish(writing.dispatch(vec![(us, name("one"))])).unwrap();
    finish(following.refresh()).unwrap();
    let shown = following.with_state(us, |state| format!("{state:?}")).unwrap();
    assert!(shown.contains("\"one\""), "{shown}");
    // It takes over where the other one stopped.
    writing.set_leading(false);
    following.set_leading(true);
    finish(following.refresh()).unwrap();
    finish(following.dispatch(vec![(us, name("three"))])).unwrap();
    finish(following.step()).unwrap();
    finish(world.devices[1].client().step()).unwrap();
    let shown = world.devices[1]
        .client()
        .with_state(us, |state| format!("{state:?}"))
        .unwrap();
    assert!(shown.contains("\"three\""), "{shown}");
    assert_eq!(
        world.devices[1].client().troubles(),
        [],
        "and the chain has not forked"
    );
}

#[test]
fn inviting_and_being_invited() {
    let (mut world, us) = fork(9);
    let (ada, ben, cyd) = (
        world.devices[0].client().clone(),
        world.devices[1].client().clone(),
        world.devices[2].client().clone(),
    );
    let look = |client: &Client<SimPlatform>, fragment: &str| {
        finish(client.look_at_invitation(fragment)).map(|it| it.from)
    };
    offline(&world, true);
    assert_eq!(
        finish(ada.invite(us)),
        Err(InviteError::Net(NetError::Unreachable))
    );
    offline(&world, false);
    let sent = finish(ada.invite(us)).unwrap();
    assert_eq!(sent.state, SentState::Open);
    assert!(!format!("{sent:?}").contains(&sent.fragment));
    assert_eq!(finish(ada.admit(sent.id)), Err(InviteError::NobodyThere));

    assert_eq!(look(&cyd, "half-a-link"), Err(LookError::NotALink));
    assert_eq!(
        look(&cyd, "AAAAAAAAAAAAAAAAAAAAAA"),
        Err(LookError::Over),
        "nobody ever made it"
    );
    assert_eq!(look(&ada, &sent.fragment), Err(LookError::Own));
    assert_eq!(
        look(&stranger(&mut world), &sent.fragment).as_deref(),
        Ok("ada"),
        "without an account"
    );
    offline(&world, true);
    assert_eq!(
        look(&cyd, &sent.fragment),
        Err(LookError::Net(NetError::Unreachable))
    );
    offline(&world, false);
    let nobody = finish(stranger(&mut world).claim(&sent.fragment, "x"));
    assert_eq!(
        nobody.map(|_| ()),
        Err(LookError::Dispatch(DispatchError::Locked))
    );
    let claimed = finish(cyd.claim(&sent.fragment, "Cyd")).unwrap();
    assert_eq!(
        finish(cyd.claim(&sent.fragment, "Cyd")),
        Ok(claimed),
        "again is nothing new"
    );
    assert_eq!(finish(ben.claim(&sent.fragment, "Ben")), Err(LookError::Used));

    // Turned away.
    finish(ada.step()).unwrap();
    finish(ada.turn_away(sent.id)).unwrap();
    assert_eq!(finish(ada.turn_away(sent.id)), Err(InviteError::NobodyThere));
    finish(ada.step()).unwrap();
    finish(cyd.step()).unwrap();
    assert!(cyd.joinings()[0].closed);
    finish(cyd.forget_joining(claimed)).unwrap();
    assert_eq!(cyd.joinings(), []);

    // Taken back, and run out.
    let sent = finish(ada.invite(us)).unwrap();
    finish(ada.take_back(sent.id)).unwrap();
    finish(ada.step()).unwrap();
    assert_eq!(look(&cyd, &sent.fragment), Err(LookError::Over));
    let sent = finish(ada.invite(us)).unwrap();
    world.time.pass(8 * 24 * 60 * 60 * 1000);
    assert_eq!(look(&cyd, &sent.fragment), Err(LookError::Over));
    finish(ada.step()).unwrap();
    let state = ada
        .invitations(us)
        .into_iter()
        .find(|it| it.id == sent.id)
        .map(|it| it.state);
    assert_eq!(state, Some(SentState::Expired));
    ada.lock();
    assert_eq!(
        finish(ada.invite(us)),
        Err(InviteError::Dispatch(DispatchError::Locked))
    );
}

#[test]
fn twelve_are_enough() {
    let (mut world, us) = fork(10);
    for at in 2..12 {
        let device = world.add_device(world.people.len());
        world.make_account(device, &format!("member{at}"));
        world.bring_in(0, device, us);
    }
    assert_eq!(world.members(0, us).len(), 12);
    world.check_whole();
    let (ada, cyd) = (
        world.devices[0].client().clone(),
        world.devices[2].client().clone(),
    );
    let sent = finish(ada.invite(us)).unwrap();
    finish(cyd.claim(&sent.fragment, "One too many")).unwrap();
    finish(ada.step()).unwrap();
    assert_eq!(finish(ada.admit(sent.id)), Err(InviteError::Full));
}

#[test]
fn what_the_relay_does_is_spoken_of() {
    let (world, us) = fork(11);
    // Set back.
    world
        .net
        .borrow_mut()
        .relay
        .space_mut(us.as_bytes())
        .unwrap()
        .rows
        .truncate(2);
    finish(world.devices[0].client().step()).unwrap();
    assert_eq!(
        world.devices[0].client().troubles(),
        [Trouble::RolledBack { space: us }]
    );
    world.devices[0]
        .client()
        .dismiss_trouble(&Trouble::RolledBack { space: us });
    assert_eq!(world.devices[0].client().troubles(), []);

    // Something is kept back, and what follows on it is handed out.
    let (mut world, _) = fork(12);
    let sealed = |world: &mut World, text: &str| {
        finish(world.devices[1].client().dispatch(vec![(us, name(text))])).unwrap();
        finish(world.devices[1].client().step()).unwrap();
    };
    sealed(&mut world, "first");
    sealed(&mut world, "second");
    {
        let relay = &mut world.net.borrow_mut().relay;
        let rows = &mut relay.space_mut(us.as_bytes()).unwrap().rows;
        let at = rows.len() - 2;
        rows.remove(at);
    }
    finish(world.devices[0].client().step()).unwrap();
    let troubles = world.devices[0].client().troubles();
    assert!(
        troubles.contains(&Trouble::Withheld { space: us }),
        "{troubles:?}"
    );

    // Two pasts.
    let (mut world, _) = fork(13);
    let relay = world.net.borrow().relay.clone();
    world.net.borrow_mut().second = Some((relay, [1, 4].into()));
    for (device, text) in [(0, "to ada"), (1, "to ben")] {
        finish(world.devices[device].client().dispatch(vec![(us, name(text))])).unwrap();
        finish(world.devices[device].client().step()).unwrap();
    }
    world.net.borrow_mut().second = None;
    sealed(&mut world, "again");
    finish(world.devices[0].client().step()).unwrap();
    let troubles = world.devices[0].client().troubles();
    assert!(
        troubles.contains(&Trouble::TwoPasts { space: us }),
        "{troubles:?}"
    );

    // An old vault.
    let (mut world, _) = fork(14);
    let old = world
        .net
        .borrow_mut()
        .relay
        .vault_mut("ada")
        .map(|(generation, vault)| (*generation, vault.clone()))
        .unwrap();
    world.start_us(0, Kind::Friend, "Another");
    world.rest();
    {
        let mut net = world.net.borrow_mut();
        let (generation, vault) = net.relay.vault_mut("ada").unwrap();
        (*generation, *vault) = old;
    }
    finish(world.devices[3].client().step()).unwrap();
    let me = world.devices[3].client().me_space().unwrap();
    assert_eq!(
        world.devices[3].client().troubles(),
        [Trouble::RolledBack { space: me }]
    );
    assert_eq!(
        world.devices[3].client().spaces().len(),
        2,
        "and nothing is forgotten for it"
    );
}

#[test]
fn what_is_of_a_later_version_asks_for_an_update() {
    let (world, us) = fork(15);
    let mut future = Renegade::of(&world, BEN, us);
    let posted = Posted {
        head: b"\x86\x02\x40\x40\x40\x40\x40".to_vec().into(),
        payload: vec![0; 64].into(),
    };
    future.post_bytes(&mut world.net.borrow_mut().relay, posted);
    finish(world.devices[0].client().step()).unwrap();
    assert_eq!(world.devices[0].client().troubles(), [Trouble::UpdateNeeded]);
}

#[test]
fn signing_out_erases_the_device() {
    let (world, _) = fork(16);
    let client = world.devices[0].client().clone();
    let token_holder = client.clone();
    finish(client.sign_out()).unwrap();
    assert_eq!(token_holder.standing(), Standing::Nobody);
    assert_eq!(
        world.devices[0].platform.sim_store().disk.all_bytes(),
        Vec::<u8>::new()
    );
    assert_eq!(
        finish(world.devices[3].client().step()),
        Ok(()),
        "the other device stays in"
    );
}
