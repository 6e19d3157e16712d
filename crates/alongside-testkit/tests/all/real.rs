//! The real relay, over TCP: SQLite in a folder, HTTP and streams.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use alongside_core::checkin::{self, Answers, Care};
use alongside_core::event::Event;
use alongside_core::fact::What;
use alongside_core::id::SpaceId;
use alongside_core::members::Kind;
use alongside_core::root::{Command, State};
use alongside_relay::{Config, Keep, Limits, Relay};
use alongside_replica::memory::MemoryStore;
use alongside_replica::ports::{Platform, Store as _, Table};
use alongside_replica::{Client, NetError, SentState, SignInError, SyncError};
use alongside_testkit::loopback::Loopback;
use alongside_wire::envelope::{Kept, Numbered};
use jiff::civil::Date;
use rand_core::{OsRng, RngCore as _};

struct Real {
    store: MemoryStore,
    transport: Loopback,
}

impl Platform for Real {
    type Store = MemoryStore;
    type Transport = Loopback;

    fn store(&self) -> &MemoryStore {
        &self.store
    }

    fn transport(&self) -> &Loopback {
        &self.transport
    }

    fn now_ms(&self) -> i64 {
        i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
    }

    fn today(&self) -> Date {
        alongside_testkit::platform::day_of(self.now_ms())
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        OsRng.fill_bytes(bytes);
    }

    async fn sleep(&self, ms: u32) {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
    }
}

type Device = Client<Real>;

async fn start(folder: &Path) -> Relay {
    let config = Config {
        keep: Keep::Folder(folder.to_owned()),
        limits: Limits::default().at_pace(0.0),
        ..Config::default()
    };
    Relay::start(config).await.unwrap()
}

async fn device_with(relay: &Relay, store: MemoryStore) -> Device {
    Client::load(Real {
        store,
        transport: Loopback::to(relay.address()),
    })
    .await
    .unwrap()
}

async fn device(relay: &Relay) -> Device {
    device_with(relay, MemoryStore::default()).await
}

fn passphrase(of: &str) -> String {
    format!("{of} has a long passphrase")
}

async fn account(relay: &Relay, handle: &str) -> (Device, String) {
    let device = device(relay).await;
    let words = device
        .make_account(handle, &passphrase(handle), handle)
        .await
        .unwrap();
    (device, words.join(" "))
}

async fn meet(host: &Device, guest: &Device) -> SpaceId {
    let us = host.start_us(Kind::Partner, "Us two").await.unwrap();
    host.step().await.unwrap();
    let sent = host.invite(us).await.unwrap();
    for _ in 0..3 {
        // As robots do that look at links: it uses nothing up.
        guest.look_at_invitation(&sent.fragment).await.unwrap();
    }
    guest.claim(&sent.fragment, "Guest").await.unwrap();
    host.step().await.unwrap();
    let SentState::Knocking { words, .. } = host.invitations(us)[0].state else {
        panic!("nobody knocks")
    };
    assert_eq!(guest.joinings()[0].words, words);
    host.admit(sent.id).await.unwrap();
    exchange(&[host, guest]).await;
    assert_eq!(guest.spaces()[0].id, us);
    us
}

async fn exchange(devices: &[&Device]) {
    for _ in 0..3 {
        for device in devices {
            device.step().await.unwrap();
        }
    }
}

async fn share(device: &Device, us: SpaceId, text: &str) {
    let day = device.platform().today();
    let answers = Answers {
        note: Some(text.to_owned()),
        ..Answers::default()
    };
    let wish = Command::CheckIn(checkin::Command::Share { day, answers });
    device.dispatch(vec![(us, wish)]).await.unwrap();
}

fn shows(device: &Device, us: SpaceId, text: &str) -> bool {
    device
        .with_state(us, |state| format!("{state:?}"))
        .is_some_and(|state| state.contains(text))
}

fn on_one_thread<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}

fn copy(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[test]
fn two_people_go_the_whole_way() {
    on_one_thread(async {
        let folder = tempfile::tempdir().unwrap();
        let relay = start(folder.path()).await;
        let (ada, words) = account(&relay, "ada").await;
        let (ben, bens_words) = account(&relay, "ben").await;
        let us = meet(&ada, &ben).await;

        share(&ada, us, "of ada").await;
        exchange(&[&ada, &ben]).await;
        assert!(!shows(&ben, us, "of ada"), "not before Ben has answered");
        share(&ben, us, "of ben").await;
        exchange(&[&ben, &ada]).await;
        for device in [&ada, &ben] {
            assert!(shows(device, us, "of ada") && shows(device, us, "of ben"));
            assert_eq!((device.troubles(), device.waiting_to_send()), (vec![], 0));
        }

        // A second device, by passphrase and account words.
        let second = device(&relay).await;
        second.sign_in("ada", &passphrase("ada"), &words).await.unwrap();
        exchange(&[&second]).await;
        assert_eq!(
            second.with_state(us, State::clone),
            ada.with_state(us, State::clone)
        );

        // Another passphrase: the others are out, and come in again.
        second
            .change_passphrase(&passphrase("ada"), "another passphrase")
            .await
            .unwrap();
        assert_eq!(ada.step().await, Err(SyncError::Net(NetError::SessionEnded)));
        ada.renew_session("another passphrase").await.unwrap();
        exchange(&[&ada]).await;
        let third = device(&relay).await;
        let old = third.sign_in("ada", &passphrase("ada"), &words).await;
        assert_eq!(old, Err(SignInError::WrongCredentials));

        // The passphrase is forgotten.
        let sheet = ben.make_recovery_words().await.unwrap().join(" ");
        let anew = device(&relay).await;
        anew.recover("ben", &bens_words, &sheet, "one that is remembered")
            .await
            .unwrap();
        exchange(&[&anew]).await;
        assert!(shows(&anew, us, "of ada"));
        assert_eq!(ben.step().await, Err(SyncError::Net(NetError::SessionEnded)));

        // Ben leaves, at once and alone.
        anew.leave(us).await.unwrap();
        exchange(&[&anew, &ada]).await;
        assert_eq!(
            ada.with_state(us, |state| state.members.current().count()),
            Some(1)
        );
        assert!(shows(&anew, us, "of ben"), "what was is still there");
        assert_eq!(anew.waiting_to_send(), 0);
        anew.sign_out().await.unwrap();
        second.sign_out().await.unwrap();
        exchange(&[&ada]).await;
        relay.stop().await;
    });
}

#[test]
fn invariant_5_what_the_relay_acknowledged_survives_its_being_killed() {
    on_one_thread(async {
        let folder = tempfile::tempdir().unwrap();
        let relay = start(folder.path()).await;
        let (ada, words) = account(&relay, "ada").await;
        let (ben, _) = account(&relay, "ben").await;
        let us = meet(&ada, &ben).await;
        let me = ada.me_space().unwrap();
        for at in 0..40 {
            let text = format!("acknowledged {at}");
            let answers = Answers {
                note: Some(text.clone()),
                ..Answers::default()
            };
            let note = checkin::Command::Note {
                day: ada.platform().today(),
                us: None,
                answers,
                shared: [].into(),
            };
            ada.dispatch(vec![(me, Command::CheckIn(note))]).await.unwrap();
            ada.step().await.unwrap();
            assert_eq!(ada.waiting_to_send(), 0, "it is acknowledged");
            if at % 13 != 5 {
                continue;
            }
            // What lies on the disk at this very moment is what a relay finds that is started after a kill -9.
            let copied = tempfile::tempdir().unwrap();
            copy(folder.path(), copied.path());
            let after = start(copied.path()).await;
            let anew = device(&after).await;
            anew.sign_in("ada", &passphrase("ada"), &words).await.unwrap();
            exchange(&[&anew]).await;
            assert!(shows(&anew, me, &text), "{text} is gone");
            assert_eq!(
                anew.with_state(me, State::clone),
                ada.with_state(me, State::clone)
            );
            assert_eq!(anew.spaces()[0].id, us);
            assert_eq!(anew.troubles(), []);
            after.stop().await;
        }
        relay.stop().await;
    });
}

async fn last_payload(device: &Device, us: SpaceId) -> Vec<u8> {
    let rows = device
        .platform()
        .store()
        .scan(Table::Inbox, us.as_bytes(), b"", usize::MAX)
        .await
        .unwrap();
    let (_, last) = rows.last().unwrap();
    let entries: Vec<Numbered> = alongside_wire::decode(last).unwrap();
    match &entries.last().unwrap().payload {
        Kept::Here(bytes) => bytes.to_vec(),
        Kept::Removed(_) => panic!("it was removed before"),
    }
}

/// Whether any piece of it lies in a file: what is written over is written over to its end.
fn lies_in(folder: &Path, bytes: &[u8]) -> bool {
    let pieces: HashSet<&[u8]> = bytes.chunks_exact(16).collect();
    assert!(pieces.len() > 2);
    std::fs::read_dir(folder).unwrap().any(|file| {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        content.windows(16).any(|window| pieces.contains(window))
    })
}

#[test]
fn invariant_8_words_that_are_taken_back_are_gone_from_the_relays_database() {
    on_one_thread(async {
        let folder = tempfile::tempdir().unwrap();
        let relay = start(folder.path()).await;
        let (ada, _) = account(&relay, "ada").await;
        let (ben, _) = account(&relay, "ben").await;
        let us = meet(&ada, &ben).await;
        share(&ada, us, "of ada").await;
        share(&ben, us, "of ben").await;
        exchange(&[&ada, &ben]).await;
        let of_ada = |fact: &&alongside_core::fact::Fact| {
            Some(fact.author) == ada.me()
                && matches!(fact.what, What::Said(Event::CheckIn(checkin::Event::Shared(_))))
        };
        let to = ben
            .with_facts(us, |facts| facts.iter().find(of_ada).map(|fact| fact.position.id))
            .flatten()
            .unwrap();
        let care = checkin::Command::Care {
            to,
            // Longer than what takes its place: else that alone would write it over.
            care: Care::Sentence(format!("taken back {}", "字".repeat(260))),
        };
        ben.dispatch(vec![(us, Command::CheckIn(care))]).await.unwrap();
        exchange(&[&ben, &ada]).await;
        let payload = last_payload(&ada, us).await;
        assert!(shows(&ada, us, "taken back") && lies_in(folder.path(), &payload));

        ben.dispatch(vec![(
            us,
            Command::CheckIn(checkin::Command::WithdrawCare { to }),
        )])
        .await
        .unwrap();
        exchange(&[&ben, &ada]).await;
        assert!(!shows(&ada, us, "taken back") && !shows(&ben, us, "taken back"));
        // The write-ahead log is emptied at the latest when the relay ends.
        relay.stop().await;
        assert!(
            !lies_in(folder.path(), &payload),
            "the ciphertext is still in the database"
        );
    });
}

async fn within(span: Duration, what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < span, "{what}: not within {span:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn an_answer_comes_over_the_stream_and_again_after_the_relay_was_away() {
    on_one_thread(async {
        let folder = tempfile::tempdir().unwrap();
        let relay = start(folder.path()).await;
        let (ada, _) = account(&relay, "ada").await;
        let (ben, _) = account(&relay, "ben").await;
        let us = meet(&ada, &ben).await;
        for device in [&ada, &ben] {
            let device = device.clone();
            tokio::task::spawn_local(async move { device.run().await });
        }
        let span = Duration::from_secs(20);
        within(span, "both are connected", || {
            [&ada, &ben]
                .iter()
                .all(|it| it.connection() == alongside_replica::Connection::Connected)
        })
        .await;
        share(&ada, us, "of ada").await;
        within(span, "it is sent", || ada.waiting_to_send() == 0).await;
        assert!(!shows(&ben, us, "of ada"));
        share(&ben, us, "of ben").await;
        within(span, "both see both", || {
            [&ada, &ben]
                .iter()
                .all(|it| shows(it, us, "of ada") && shows(it, us, "of ben"))
        })
        .await;
        assert_eq!((ada.troubles(), ben.troubles()), (vec![], vec![]));
        relay.stop().await;
        within(span, "they notice", || {
            ada.connection() != alongside_replica::Connection::Connected
        })
        .await;
        ada.lock();
        ben.lock();
    });
}
