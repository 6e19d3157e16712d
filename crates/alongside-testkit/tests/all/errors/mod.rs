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

mod together;

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
