//! Golden files: a whole small space and a vault as version 1 wrote them. This version and every later one opens them to the same.

use serde_json::{Value, json};

use super::{hex, path, unhex};
use crate::code;
use crate::identity::{Device, DeviceCert, Identity};
use crate::ledger::{Content, Control, Incoming, Verified};
use crate::seal::envelope::{Envelope, SealedPayload};
use crate::testing::{Client, Relay, Someone, join, rng, sync_all, two};
use crate::vault::{Keyring, KnownDevice, OpenVault, Pin, VaultContents};
use crate::words::Words;

const SPACE: &str = "golden/v1/space.json";
const OPENED: &str = "golden/v1/opened.json";
const VAULT: &str = "golden/v1/vault.json";

/// Two people; a third comes in; devices that say hello and are revoked; a round; a removed payload; a leave; epochs.
fn live() -> (Relay, Client, Client) {
    let (mut relay, mut ada, mut bob) = two(7000);
    ada.say("the first word");
    bob.say("the second word");
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    let round = ada.ledger.round_id("today");
    relay.append(ada.statement(round, "Ada's answer"));
    relay.append(bob.statement(round, "Bob's answer"));
    let mut phone = ada.second_device(7001);
    phone.pull(&relay);
    phone.say("from a phone");
    sync_all(&mut relay, &mut [&mut phone, &mut ada, &mut bob]);
    bob.say("regretted");
    bob.push(&mut relay);
    relay.remove_payload(relay.log.len() - 1);
    ada.pull(&relay);
    ada.control(Control::revoke(phone.who.device_id()));
    ada.say("without that phone");
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    let mut cleo = join(&mut relay, &mut ada, 7002);
    cleo.say("I am here, too");
    bob.say("offline meanwhile");
    sync_all(&mut relay, &mut [&mut cleo, &mut ada, &mut bob]);
    bob.control(Control::leave());
    sync_all(&mut relay, &mut [&mut bob, &mut ada, &mut cleo]);
    cleo.say("the two of us");
    ada.rekey();
    ada.say("the last word");
    sync_all(&mut relay, &mut [&mut ada, &mut cleo]);
    (relay, ada, cleo)
}

fn said(verified: &Verified) -> Value {
    let content = match verified.content() {
        Content::Domain(bytes) => format!("says {}", String::from_utf8_lossy(bytes)),
        Content::Removed => "removed".to_owned(),
        Content::Control(happened) => format!("{happened:?}")
            .split([' ', '('])
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    json!({
        "number": verified.number(),
        "entry": hex(verified.entry().as_bytes()),
        "person": hex(verified.person().as_bytes()),
        "device": hex(verified.device().as_bytes()),
        "depth": verified.depth(),
        "content": content,
    })
}

fn opened_by(device: &Device, ring: &Keyring, batch: Vec<Incoming>) -> Value {
    let who = Someone {
        identity: Identity::make(&mut rng(0)),
        device: device.clone(),
        cert: DeviceCert::from_bytes(Vec::new()),
    };
    let mut client = Client::with(who, ring, 0);
    let from = usize::try_from(client.ledger.number()).unwrap();
    client.open(batch.into_iter().skip(from).collect());
    assert_eq!((client.refused, client.alarms), (vec![], vec![]));
    assert_eq!(client.ledger.held(), 0);
    json!({
        "entries": client.seen.iter().map(said).collect::<Vec<_>>(),
        "hidden": client.hidden,
        "number": client.ledger.number(),
        "running": hex(client.ledger.running()),
        "members": client.ledger.members().iter().map(|it| json!({
            "person": hex(it.person.id().as_bytes()), "left": it.left,
        })).collect::<Vec<_>>(),
    })
}

fn envelope(envelope: &Envelope) -> Value {
    match &envelope.payload {
        SealedPayload::Here(payload) => json!({ "head": hex(&envelope.head), "payload": hex(payload) }),
        SealedPayload::Removed(hash) => json!({ "head": hex(&envelope.head), "removed": hex(hash) }),
    }
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    unhex(value[name].as_str().unwrap())
}

fn read_envelopes(space: &Value) -> Vec<Incoming> {
    let read = |(number, value): (u64, &Value)| Incoming {
        number: Some(number),
        envelope: Envelope {
            head: bytes(value, "head"),
            payload: match value["removed"].as_str() {
                Some(hash) => SealedPayload::Removed(unhex(hash).try_into().unwrap()),
                None => SealedPayload::Here(bytes(value, "payload")),
            },
        },
    };
    let envelopes = space["envelopes"].as_array().unwrap();
    (1..).zip(envelopes).map(read).collect()
}

/// Writes a golden file, once and for all.
fn write_once(name: &str, value: &Value) {
    let path = path(name);
    if std::env::var_os("UPDATE_VECTORS").is_some() && !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = serde_json::to_string_pretty(value).unwrap();
        std::fs::write(path, text + "\n").unwrap();
    }
}

fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(path(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn write_space() {
    let (relay, ada, cleo) = live();
    let party = |client: &Client| {
        json!({
            "device": hex(&*client.who.device.to_secret_bytes()),
            "keyring": hex(code::encode(&client.ledger.keyring())),
        })
    };
    let space = json!({
        "founder": party(&ada),
        "newcomer": party(&cleo),
        "envelopes": relay.log.iter().map(envelope).collect::<Vec<_>>(),
    });
    write_once(SPACE, &space);
    write_once(OPENED, &opened(&read(SPACE)));
}

fn opened(space: &Value) -> Value {
    let by = |name: &str| {
        let device = Device::from_secret_bytes(&bytes(&space[name], "device")).unwrap();
        let ring = code::decode(&bytes(&space[name], "keyring")).unwrap();
        opened_by(&device, &ring, read_envelopes(space))
    };
    json!({ "founder": by("founder"), "newcomer": by("newcomer") })
}

#[test]
fn a_space_that_version_1_wrote_opens_to_the_same_verified_contents() {
    write_space();
    assert_eq!(opened(&read(SPACE)), read(OPENED));
}

#[test]
fn a_vault_that_version_1_wrote_opens_in_each_way() {
    let (_, ada, cleo) = live();
    let (account, recovery) = (Words::from_entropy([11; 16]), Words::from_entropy([12; 16]));
    let contents = VaultContents {
        identity: ada.who.identity.clone(),
        account_words: account.clone(),
        spaces: vec![ada.ledger.keyring(), cleo.ledger.keyring()],
        devices: vec![KnownDevice {
            cert: ada.who.cert.clone(),
            label: "laptop".to_owned(),
            revoked: false,
        }],
        pins: vec![Pin {
            person: cleo.who.identity.public(),
            name: "Cleo".to_owned(),
            verified: true,
        }],
    };
    let mut rng = rng(8);
    let mut vault = OpenVault::make(contents, "ada", b"export key", &mut rng);
    vault.set_recovery(&recovery, &mut rng);
    let golden = json!({
        "handle": "ada",
        "export key": hex("export key"),
        "account words": account.phrase().join(" "),
        "recovery words": recovery.phrase().join(" "),
        "sealed": hex(vault.seal(&mut rng)),
        "contents": hex(code::encode(&vault.contents)),
    });
    write_once(VAULT, &golden);

    let golden = read(VAULT);
    let words = |name: &str| Words::parse(golden[name].as_str().unwrap()).unwrap();
    let (account, recovery) = (words("account words"), words("recovery words"));
    let (sealed, handle) = (bytes(&golden, "sealed"), golden["handle"].as_str().unwrap());
    let export = bytes(&golden, "export key");
    let by_passphrase = OpenVault::open_with_passphrase(&sealed, handle, &export, &account).unwrap();
    let by_recovery = OpenVault::open_with_recovery(&sealed, handle, &account, &recovery).unwrap();
    for vault in [by_passphrase, by_recovery] {
        assert_eq!(
            hex(code::encode(&vault.contents)),
            golden["contents"].as_str().unwrap()
        );
        assert_eq!(vault.generation, 1);
    }
}
