//! Every error that a person can meet is met here.

use alongside_core::id::SpaceId;
use alongside_core::members::{self, Kind};
use alongside_core::root::{Command, Rejection};
use alongside_replica::ports::{Store as _, StoreError, Table, Write};
use alongside_replica::{
    Client, DispatchError, InviteError, LookError, MakeAccountError, NetError, RecoverError, SentState,
    SignInError, Standing, Trouble, UnlockError, VaultChangeError, WordsError,
};
use alongside_testkit::people::{ADA, BEN, CYD, couple};
use alongside_testkit::platform::SimPlatform;
use alongside_testkit::renegade::Renegade;
use alongside_testkit::time::finish;
use alongside_testkit::world::World;
use alongside_wire::envelope::Posted;

const OTHER_WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
const WRONG_ORDER: &str = "winner legal thank year wave sausage worth useful legal winner thank yellow";

fn fork(seed: u64) -> (World, SpaceId) {
    let couple = couple();
    (couple.world.fork(seed), couple.us)
}

fn stranger(world: &mut World) -> Client<SimPlatform> {
    let device = world.add_device(CYD);
    world.devices[device].client().clone()
}

fn offline(world: &World, down: bool) {
    world.net.borrow_mut().down = down;
}

fn full(client: &Client<SimPlatform>, full: bool) {
    use alongside_replica::ports::Platform as _;
    client.platform().store().commits_left.set(full.then_some(0));
}

#[test]
fn making_an_account() {
    let (mut world, _) = fork(1);
    let client = stranger(&mut world);
    let make = |handle: &str| finish(client.make_account(handle, "a long passphrase", "Somebody"));
    assert_eq!(make("no good!"), Err(MakeAccountError::BadHandle));
    assert_eq!(make("@Ada "), Err(MakeAccountError::Taken));
    world.net.borrow_mut().relay.open = false;
    assert_eq!(make("somebody"), Err(MakeAccountError::AccountsClosed));
    offline(&world, true);
    assert_eq!(
        make("somebody"),
        Err(MakeAccountError::Net(NetError::Unreachable))
    );
    offline(&world, false);
    world.net.borrow_mut().relay.open = true;
    full(&client, true);
    assert_eq!(
        make("somebody"),
        Err(MakeAccountError::Storage(StoreError::Full)),
        "before there is an account"
    );
    full(&client, false);
    assert_eq!(client.standing(), Standing::Nobody);
    assert_eq!(make("somebody").unwrap().len(), 12);
    assert_eq!(client.standing(), Standing::Open);
}

#[test]
fn signing_in() {
    let (mut world, _) = fork(2);
    let client = stranger(&mut world);
    let (passphrase, words) = (
        world.people[ADA].passphrase.clone(),
        world.people[ADA].words.clone(),
    );
    let sign_in =
        |handle: &str, passphrase: &str, words: &str| finish(client.sign_in(handle, passphrase, words));
    let words_error = |error| Err(SignInError::AccountWords(error));
    assert_eq!(
        sign_in("ada", &passphrase, "too few"),
        words_error(WordsError::Count { found: 2 })
    );
    let misspelt = words.replacen(words.split(' ').next().unwrap(), "zzzz", 1);
    let unknown = WordsError::Unknown {
        position: 1,
        word: "zzzz".to_owned(),
    };
    assert_eq!(sign_in("ada", &passphrase, &misspelt), words_error(unknown));
    assert_eq!(
        sign_in("ada", &passphrase, WRONG_ORDER),
        words_error(WordsError::Checksum)
    );
    assert_eq!(
        sign_in("ada", &passphrase, OTHER_WORDS),
        Err(SignInError::AccountWordsWrong)
    );
    assert_eq!(
        sign_in("ada", "wrong", &words),
        Err(SignInError::WrongCredentials)
    );
    assert_eq!(
        sign_in("nobody", &passphrase, &words),
        Err(SignInError::WrongCredentials)
    );
    offline(&world, true);
    assert_eq!(
        sign_in("ada", &passphrase, &words),
        Err(SignInError::Net(NetError::Unreachable))
    );
    offline(&world, false);
    full(&client, true);
    assert_eq!(
        sign_in("ada", &passphrase, &words),
        Err(SignInError::Storage(StoreError::Full))
    );
    full(&client, false);
    assert_eq!(
        client.standing(),
        Standing::Nobody,
        "nothing of it changed the device"
    );
    let typed = words.to_uppercase().replace(' ', ",\n ");
    assert_eq!(
        sign_in(" @ADA", &passphrase, &typed),
        Ok(()),
        "however it is typed"
    );
}

#[test]
fn a_code_from_a_signed_in_device() {
    let (world, _) = fork(3);
    let code = world.devices[0].client().link_fragment().unwrap();
    let read = Client::<SimPlatform>::read_link(&format!("#{code}")).unwrap();
    assert_eq!(
        (read.handle.as_str(), read.words.as_str()),
        ("ada", world.people[ADA].words.as_str())
    );
    for broken in ["", "ada", "ada=", "ada=one-two", "no good=legal"] {
        assert!(Client::<SimPlatform>::read_link(broken).is_none(), "{broken:?}");
    }
    assert!(
        !format!("{read:?}").contains(read.words.split(' ').next().unwrap()),
        "{read:?}"
    );
}

#[test]
fn recovering() {
    let (mut world, us) = fork(4);
    let words = world.people[ADA].words.clone();
    let client = stranger(&mut world);
    let recover = |handle: &str, account: &str, recovery: &str| {
        finish(client.recover(handle, account, recovery, "a new one"))
    };
    assert_eq!(
        recover("ada", &words, OTHER_WORDS),
        Err(RecoverError::AccountWordsWrong),
        "there is no sheet: not told apart"
    );
    let recovery = finish(world.devices[0].client().make_recovery_words())
        .unwrap()
        .join(" ");
    assert!(world.devices[0].client().has_recovery());
    assert_eq!(
        recover("ada", "one", &recovery),
        Err(RecoverError::AccountWords(WordsError::Count { found: 1 }))
    );
    assert_eq!(
        recover("ada", &words, "one"),
        Err(RecoverError::RecoveryWords(WordsError::Count { found: 1 }))
    );
    assert_eq!(
        recover("ada", &words, WRONG_ORDER),
        Err(RecoverError::RecoveryWords(WordsError::Checksum))
    );
    assert_eq!(
        recover("ada", OTHER_WORDS, &recovery),
        Err(RecoverError::AccountWordsWrong)
    );
    assert_eq!(
        recover("ada", &words, OTHER_WORDS),
        Err(RecoverError::RecoveryWordsWrong)
    );
    // A relay may say that there is nothing to recover.
    offline(&world, true);
    assert_eq!(
        recover("ada", &words, &recovery),
        Err(RecoverError::Net(NetError::Unreachable))
    );
    offline(&world, false);
    assert_eq!(recover("ada", &words, &recovery), Ok(()));
    assert_eq!(client.spaces().first().map(|it| it.id), Some(us));
    // The passphrase is the new one, everywhere.
    let again = stranger(&mut world);
    let old = finish(again.sign_in("ada", &world.people[ADA].passphrase, &words));
    assert_eq!(old, Err(SignInError::WrongCredentials));
    assert_eq!(finish(again.sign_in("ada", "a new one", &words)), Ok(()));
    let out = finish(world.devices[0].client().step());
    assert_eq!(
        out,
        Err(alongside_replica::SyncError::Net(NetError::SessionEnded)),
        "the others are signed out"
    );
    assert_eq!(
        finish(world.devices[0].client().renew_session("wrong")),
        Err(SignInError::WrongCredentials)
    );
    assert_eq!(
        finish(world.devices[0].client().renew_session("a new one")),
        Ok(())
    );
    assert_eq!(finish(world.devices[0].client().step()), Ok(()));
}

#[test]
fn recovering_where_the_device_or_the_vault_is_not_as_it_must_be() {
    let (mut world, _) = fork(41);
    let words = world.people[ADA].words.clone();
    let without = world
        .net
        .borrow_mut()
        .relay
        .vault_mut("ada")
        .map(|(_, vault)| vault.clone())
        .unwrap();
    let recovery = finish(world.devices[0].client().make_recovery_words())
        .unwrap()
        .join(" ");
    let client = stranger(&mut world);
    let recover = |handle: &str| finish(client.recover(handle, &words, &recovery, "a new one"));
    assert_eq!(recover("no good!"), Err(RecoverError::NoRecovery));
    let with = {
        let relay = &mut world.net.borrow_mut().relay;
        core::mem::replace(relay.vault_mut("ada").unwrap().1, without)
    };
    assert_eq!(
        recover("ada"),
        Err(RecoverError::NoRecovery),
        "an old vault, from before there was a sheet"
    );
    *world.net.borrow_mut().relay.vault_mut("ada").unwrap().1 = with;
    full(&client, true);
    assert_eq!(recover("ada"), Err(RecoverError::Storage(StoreError::Full)));
    full(&client, false);
    let again = finish(client.sign_in("ada", "a new one", &words));
    assert_eq!(again, Ok(()), "the passphrase was changed; with it one comes in");
}

#[test]
fn unlocking() {
    let (mut world, _) = fork(5);
    let passphrase = world.people[ADA].passphrase.clone();
    let client = world.devices[0].client().clone();
    client.lock();
    assert_eq!(
        client.standing(),
        Standing::Locked {
            handle: "ada".to_owned()
        }
    );
    assert_eq!(
        (
            client.me(),
            client.me_space(),
            client.spaces(),
            client.account_words()
        ),
        (None, None, vec![], None)
    );
    assert_eq!(finish(client.unlock("wrong")), Err(UnlockError::WrongPassphrase));
    offline(&world, true);
    assert_eq!(finish(client.unlock(&passphrase)), Ok(()), "without a network");
    assert_eq!(
        finish(stranger(&mut world).unlock(&passphrase)),
        Err(UnlockError::Nobody)
    );
    // A later version has been here.
    let disk = world.devices[0].platform.sim_store().disk.clone();
    let row = finish(disk.get(Table::Meta, b"lock")).unwrap().unwrap();
    let mut later = row.clone();
    assert_eq!(later[1], 1, "the layout comes first");
    later[1] = 2;
    finish(disk.commit(vec![Write::Put(Table::Meta, b"lock".to_vec(), later)])).unwrap();
    let loaded = finish(Client::load(world.devices[0].platform.clone()));
    assert_eq!(loaded.map(|_| ()), Err(StoreError::TooNew));
    // It was evicted.
    finish(disk.commit(Table::ALL.into_iter().map(Write::Clear).collect())).unwrap();
    assert_eq!(
        finish(client.unlock(&passphrase)),
        Err(UnlockError::Storage(StoreError::Gone))
    );
}

#[test]
fn changing_the_passphrase_and_the_vault() {
    let (world, _) = fork(6);
    let passphrase = world.people[ADA].passphrase.clone();
    let client = world.devices[0].client().clone();
    assert_eq!(
        finish(client.change_passphrase("wrong", "new")),
        Err(VaultChangeError::WrongPassphrase)
    );
    offline(&world, true);
    let unreachable = Err(VaultChangeError::Net(NetError::Unreachable));
    assert_eq!(finish(client.change_passphrase(&passphrase, "new")), unreachable);
    assert_eq!(finish(client.make_recovery_words()).map(|_| ()), unreachable);
    offline(&world, false);
    full(&client, true);
    assert_eq!(
        finish(client.make_recovery_words()).map(|_| ()),
        Err(VaultChangeError::Storage(StoreError::Full))
    );
    full(&client, false);
    assert_eq!(finish(client.change_passphrase(&passphrase, "new")), Ok(()));
    client.lock();
    assert_eq!(
        finish(client.make_recovery_words()).map(|_| ()),
        Err(VaultChangeError::Locked)
    );
    assert_eq!(
        finish(client.unlock(&passphrase)),
        Err(UnlockError::WrongPassphrase)
    );
    assert_eq!(finish(client.unlock("new")), Ok(()));
    assert_eq!(finish(client.step()), Ok(()));
}

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
