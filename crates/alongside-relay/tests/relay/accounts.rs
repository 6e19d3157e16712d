//! Accounts, sessions, vaults, recovery.

use alongside_relay::Limits;
use alongside_relay::rate::Rate;
use alongside_wire::account::{
    HelloReply, LoginStart, PassphraseFinish, PutVault, RecoverFinish, RecoverStart, RecoverStarted,
    RecoveryKey, RecoveryKeys, RegisterFinish, RegisterStart, Session, Sessions, Vault, VaultStored,
};
use alongside_wire::encode;
use alongside_wire::limits::MAX_VAULT_BYTES;
use alongside_wire::problem::Code;
use alongside_wire::proof::{Purpose, message};
use alongside_wire::route::{pattern, with};
use axum::body::Bytes;
use axum::http::StatusCode;
use ed25519_dalek::{Signer as _, SigningKey};

use crate::client::{Http, Person, START_MS, World, login, random, register, upload};

#[tokio::test]
async fn hello_says_versions_and_time() {
    let world = World::new().await;
    world.pass(5);
    let hello: HelloReply = world.http().get(pattern::HELLO).await.message();
    assert_eq!(
        hello,
        HelloReply {
            oldest: 1,
            newest: 1,
            now_ms: START_MS + 5,
            open: true
        }
    );
}

#[tokio::test]
async fn an_account_is_made_signed_into_and_signed_out_of() {
    let world = World::on_disk().await;
    let ada = world.person("ada").await;
    let vault: Vault = ada.get(pattern::VAULT).await.message();
    assert_eq!((vault.generation, vault.sealed.as_slice()), (1, &b"vault"[..]));
    let token = login(&ada.http, "ada", "a passphrase").await.unwrap().token;
    let phone = Person { token, ..ada.clone() };
    let listed: Sessions = phone.get(pattern::SESSIONS).await.message();
    assert_eq!(
        listed
            .sessions
            .iter()
            .map(|one| (one.id, one.this))
            .collect::<Vec<_>>()
            .len(),
        2
    );
    assert!(
        listed
            .sessions
            .iter()
            .any(|one| one.id == phone.session() && one.this)
    );
    assert_eq!(listed.sessions[0].used_day, START_MS / 86_400_000);
    let end = |session: [u8; 32]| with(pattern::SESSION, &session);
    phone
        .ask("DELETE", &end(ada.session()), Bytes::new())
        .await
        .done();
    assert_eq!(ada.get(pattern::VAULT).await.code(), Code::SessionEnded);
    phone.get(pattern::VAULT).await.message::<Vault>();
    assert_eq!(
        phone
            .ask("DELETE", &end(ada.session()), Bytes::new())
            .await
            .code(),
        Code::NotFound
    );
    let ben = world.person("ben").await;
    assert_eq!(
        ben.ask("DELETE", &end(phone.session()), Bytes::new())
            .await
            .code(),
        Code::NotFound
    );
    phone
        .ask("DELETE", &end(phone.session()), Bytes::new())
        .await
        .done();
    assert_eq!(phone.get(pattern::SESSIONS).await.code(), Code::SessionEnded);
}

#[tokio::test]
async fn a_wrong_passphrase_and_an_unknown_handle_are_answered_alike() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    assert_eq!(
        login(&ada.http, "ada", "another").await.unwrap_err(),
        Code::WrongCredentials
    );
    assert_eq!(
        login(&ada.http, "nobody", "another").await.unwrap_err(),
        Code::WrongCredentials
    );
    let request = opaque_request();
    let mut sizes = Vec::new();
    for handle in ["ada", "nobody"] {
        let start = LoginStart {
            handle: handle.to_owned(),
            request: request.clone().into(),
        };
        let answer = ada.http.post(pattern::LOGIN_START, &start).await;
        assert_eq!(answer.status, StatusCode::OK);
        sizes.push(answer.body.len());
        let start = RecoverStart {
            handle: handle.to_owned(),
        };
        sizes.push(ada.http.post(pattern::RECOVER_START, &start).await.body.len());
    }
    assert_eq!(sizes[..2], sizes[2..]);
}

fn opaque_request() -> Vec<u8> {
    use alongside_wire::opaque::Suite;
    let started = opaque_ke::ClientLogin::<Suite>::start(&mut rand_core::OsRng, b"x").unwrap();
    started.message.serialize().to_vec()
}

#[tokio::test]
async fn a_sign_in_state_is_used_once_and_within_two_minutes() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    let finish = async |after_ms: i64, times: usize| {
        let (start, state) = login_halfway(&ada.http, "ada").await;
        world.pass(after_ms);
        let mut answers = Vec::new();
        for _ in 0..times {
            answers.push(
                ada.http
                    .post(pattern::LOGIN_FINISH, &start(state.clone()))
                    .await
                    .status,
            );
        }
        answers
    };
    assert_eq!(finish(0, 2).await, [StatusCode::OK, StatusCode::FORBIDDEN]);
    assert_eq!(finish(119_999, 1).await, [StatusCode::OK]);
    assert_eq!(finish(120_000, 1).await, [StatusCode::FORBIDDEN]);
}

async fn login_halfway(
    http: &Http,
    handle: &str,
) -> (
    impl Fn(Vec<u8>) -> alongside_wire::account::LoginFinish + use<>,
    Vec<u8>,
) {
    use alongside_wire::account::{LoginFinish, LoginStarted};
    use alongside_wire::opaque::Suite;
    use opaque_ke::{ClientLogin, ClientLoginFinishParameters, CredentialResponse, Identifiers};
    let started = ClientLogin::<Suite>::start(&mut rand_core::OsRng, b"a passphrase").unwrap();
    let start = LoginStart {
        handle: handle.to_owned(),
        request: started.message.serialize().to_vec().into(),
    };
    let reply: LoginStarted = http.post(pattern::LOGIN_START, &start).await.message();
    let ksf = crate::client::cheap();
    let parameters = ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&ksf));
    let response = CredentialResponse::deserialize(&reply.response).unwrap();
    let finished = started
        .state
        .finish(&mut rand_core::OsRng, b"a passphrase", response, parameters)
        .unwrap();
    let finalization = finished.message.serialize().to_vec();
    let finish = move |state: Vec<u8>| LoginFinish {
        state: state.into(),
        finalization: finalization.clone().into(),
    };
    (finish, reply.state.to_vec())
}

#[tokio::test]
async fn a_handle_is_taken_at_the_start_and_in_the_race_at_the_end() {
    let world = World::new().await;
    let http = world.http();
    let race = upload("x", async |request| {
        let start = RegisterStart {
            handle: "ada".to_owned(),
            request: request.into(),
        };
        Ok(http.post(pattern::REGISTER_START, &start).await.message())
    })
    .await
    .unwrap();
    register(&http, "ada", "y").await.unwrap();
    assert_eq!(register(&http, "ada", "z").await.unwrap_err(), Code::HandleTaken);
    let finish = RegisterFinish {
        handle: "ada".to_owned(),
        upload: race.into(),
        vault: b"v".to_vec().into(),
    };
    assert_eq!(
        http.post(pattern::REGISTER_FINISH, &finish).await.code(),
        Code::HandleTaken
    );
    login(&http, "ada", "y").await.unwrap();
    assert_eq!(register(&http, "Ada", "z").await.unwrap_err(), Code::BadHandle);
}

#[tokio::test]
async fn a_closed_relay_makes_no_accounts_and_says_so() {
    let world = World::with(|config| config.open = false).await;
    let hello: HelloReply = world.http().get(pattern::HELLO).await.message();
    assert!(!hello.open);
    assert_eq!(
        register(&world.http(), "ada", "x").await.unwrap_err(),
        Code::AccountsClosed
    );
}

#[tokio::test]
async fn a_vault_is_replaced_by_whoever_saw_the_last_one() {
    let world = World::on_disk().await;
    let ada = world.person("ada").await;
    let put = async |replaces, size| {
        let put = PutVault {
            replaces,
            sealed: vec![7; size].into(),
        };
        ada.ask("PUT", pattern::VAULT, encode(&put)).await
    };
    assert_eq!(put(1, 10).await.message::<VaultStored>().generation, 2);
    assert_eq!(put(1, 10).await.code(), Code::VaultConflict);
    assert_eq!(
        put(2, MAX_VAULT_BYTES).await.message::<VaultStored>().generation,
        3
    );
    assert_eq!(put(3, MAX_VAULT_BYTES + 1).await.code(), Code::TooLarge);
    assert_eq!(put(3, 9 * MAX_VAULT_BYTES).await.code(), Code::TooLarge);
    let vault: Vault = ada.get(pattern::VAULT).await.message();
    assert_eq!((vault.generation, vault.sealed.len()), (3, MAX_VAULT_BYTES));
}

async fn change_passphrase(person: &Person, new: &str, replaces: u64) -> crate::client::Answer {
    let upload = upload(new, async |request| {
        let start = RegisterStart {
            handle: person.handle.clone(),
            request: request.into(),
        };
        Ok(person.post(pattern::PASSPHRASE_START, &start).await.message())
    })
    .await
    .unwrap();
    let vault = PutVault {
        replaces,
        sealed: b"rewrapped".to_vec().into(),
    };
    person
        .post(
            pattern::PASSPHRASE_FINISH,
            &PassphraseFinish {
                upload: upload.into(),
                vault,
            },
        )
        .await
}

#[tokio::test]
async fn a_new_passphrase_comes_with_its_vault_and_ends_the_other_sessions() {
    let world = World::on_disk().await;
    let ada = world.person("ada").await;
    let other = Person {
        token: login(&ada.http, "ada", "a passphrase").await.unwrap().token,
        ..ada.clone()
    };
    assert_eq!(
        change_passphrase(&ada, "new", 9).await.code(),
        Code::VaultConflict
    );
    other.get(pattern::VAULT).await.message::<Vault>();
    assert_eq!(
        change_passphrase(&ada, "new", 1)
            .await
            .message::<VaultStored>()
            .generation,
        2
    );
    assert_eq!(other.get(pattern::VAULT).await.code(), Code::SessionEnded);
    assert_eq!(
        ada.get(pattern::VAULT).await.message::<Vault>().sealed.as_slice(),
        b"rewrapped"
    );
    assert_eq!(
        login(&ada.http, "ada", "a passphrase").await.unwrap_err(),
        Code::WrongCredentials
    );
    login(&ada.http, "ada", "new").await.unwrap();
    let start = RegisterStart {
        handle: "ben".to_owned(),
        request: vec![0; 32].into(),
    };
    assert_eq!(
        ada.post(pattern::PASSPHRASE_START, &start).await.code(),
        Code::BadHandle
    );
}

#[tokio::test]
async fn an_account_is_recovered_by_both_sheets_and_it_is_said_which_one_is_wrong() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    let http = ada.http.clone();
    let [words, both, wrong] = [(); 3].map(|()| SigningKey::from_bytes(&random()));
    let challenge = async |handle: &str| -> Vec<u8> {
        let start = RecoverStart {
            handle: handle.to_owned(),
        };
        http.post(pattern::RECOVER_START, &start)
            .await
            .message::<RecoverStarted>()
            .challenge
            .to_vec()
    };
    let recover = async |handle: &str, challenge: Vec<u8>, account: &SigningKey, both: &SigningKey| {
        let parts: [&[u8]; 2] = [handle.as_bytes(), &challenge];
        let finish = RecoverFinish {
            handle: handle.to_owned(),
            account: account.sign(&message(Purpose::RecoverAccount, &parts)).to_bytes(),
            both: both.sign(&message(Purpose::Recover, &parts)).to_bytes(),
            challenge: challenge.clone().into(),
        };
        http.post(pattern::RECOVER_FINISH, &finish).await
    };
    let unset = recover("ada", challenge("ada").await, &words, &both).await;
    assert_eq!(unset.code(), Code::WrongAccountProof);
    let keys = RecoveryKeys {
        account: words.verifying_key().to_bytes(),
        both: both.verifying_key().to_bytes(),
    };
    ada.ask(
        "PUT",
        pattern::RECOVERY_KEY,
        encode(&RecoveryKey { keys: Some(keys) }),
    )
    .await
    .done();

    let answer = recover("ada", challenge("ada").await, &wrong, &both).await;
    assert_eq!(answer.code(), Code::WrongAccountProof);
    assert_eq!(
        recover("nobody", challenge("nobody").await, &words, &both)
            .await
            .code(),
        Code::WrongAccountProof
    );
    assert_eq!(
        recover("ada", challenge("ada").await, &words, &wrong)
            .await
            .code(),
        Code::WrongCredentials
    );
    assert_eq!(
        recover("ada", challenge("ben").await, &words, &both).await.code(),
        Code::BadProof
    );
    let late = challenge("ada").await;
    world.pass(5 * 60 * 1000);
    assert_eq!(recover("ada", late, &words, &both).await.code(), Code::BadProof);

    let session: Session = recover("ada", challenge("ada").await, &words, &both)
        .await
        .message();
    let back = Person {
        token: session.token,
        ..ada.clone()
    };
    assert_eq!(
        change_passphrase(&back, "new", 1)
            .await
            .message::<VaultStored>()
            .generation,
        2
    );
    assert_eq!(ada.get(pattern::VAULT).await.code(), Code::SessionEnded);
    login(&http, "ada", "new").await.unwrap();
    back.ask("PUT", pattern::RECOVERY_KEY, encode(&RecoveryKey { keys: None }))
        .await
        .done();
    let gone = recover("ada", challenge("ada").await, &words, &both).await;
    assert_eq!(gone.code(), Code::WrongAccountProof);
}

#[tokio::test]
async fn a_removed_account_is_gone_with_its_sessions_and_its_handle_is_free() {
    let world = World::on_disk().await;
    let ada = world.person("ada").await;
    ada.ask("DELETE", pattern::ACCOUNT, Bytes::new()).await.done();
    assert_eq!(ada.get(pattern::VAULT).await.code(), Code::SessionEnded);
    assert_eq!(
        login(&ada.http, "ada", "a passphrase").await.unwrap_err(),
        Code::WrongCredentials
    );
    register(&ada.http, "ada", "again").await.unwrap();
}

#[tokio::test]
async fn a_stranger_who_guesses_is_slowed_down_and_locks_nobody_out() {
    let world = World::with(|config| {
        config.limits = Limits {
            sign_in_handle: Rate::new(3.0, 0.01),
            ..config.limits
        };
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let http = world.http();
    let start = encode(&LoginStart {
        handle: "ada".to_owned(),
        request: opaque_request().into(),
    });
    let from = async |address: &str| {
        let headers = [
            ("accept", "application/cbor"),
            ("content-type", "application/cbor"),
            ("x-forwarded-for", address),
        ];
        http.ask("POST", pattern::LOGIN_START, &headers, start.clone())
            .await
    };
    for _ in 0..3 {
        assert_eq!(from("192.0.2.1").await.status, StatusCode::OK);
    }
    let slowed = from("192.0.2.1").await;
    assert_eq!(slowed.code(), Code::SlowDown);
    assert_eq!(slowed.problem().unwrap().retry_after_s, Some(100));
    assert_eq!(slowed.headers["retry-after"], "100");
    assert_eq!(from("192.0.2.2").await.status, StatusCode::OK);
}
