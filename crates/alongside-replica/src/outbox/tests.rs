//! What lies in the store is read by every later version.

use alongside_wire::route::hex;

use super::*;

fn all() -> Vec<Outgoing> {
    let (space, round) = (SpaceId::from_bytes([1; 16]), RoundId::from_bytes([2; 32]));
    let entry = EntryId::from_bytes([3; 32]);
    let envelope = Posted {
        head: vec![4, 4].into(),
        payload: vec![5].into(),
    };
    let invitation = InvitationId::from_bytes([7; 16]);
    vec![
        Outgoing::OpenSpace { space },
        Outgoing::Append {
            space,
            entry,
            envelope: envelope.clone(),
        },
        Outgoing::AddMember {
            space,
            member: [6; 32],
        },
        Outgoing::Deposit {
            space,
            round,
            entry,
            envelope,
        },
        Outgoing::TakeBack { space, round },
        Outgoing::Remove {
            space,
            envelope: EnvelopeId::from_bytes([8; 32]),
        },
        Outgoing::Leave { space },
        Outgoing::Answer {
            space,
            invitation,
            welcome: Some(vec![9].into()),
        },
        Outgoing::Answer {
            space,
            invitation,
            welcome: None,
        },
    ]
}

/// Should one of these ever change, what was written before an upgrade is not sent after it.
#[test]
fn rows_are_frozen() {
    let short = |item: &Outgoing| {
        hex(&alongside_wire::encode(item))
            .replace(&hex(&[1; 16]), "<space>")
            .replace(&hex(&[2; 32]), "<round>")
            .replace(&hex(&[3; 32]), "<entry>")
            .replace(&hex(&[6; 32]), "<member>")
            .replace(&hex(&[7; 16]), "<invitation>")
            .replace(&hex(&[8; 32]), "<envelope>")
    };
    let rows: Vec<String> = all().iter().map(short).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    82008150<space>
    82018350<space>5820<entry>824204044105
    82028250<space>5820<member>
    82038450<space>5820<round>5820<entry>824204044105
    82048250<space>5820<round>
    82058250<space>5820<envelope>
    82068150<space>
    82078350<space>50<invitation>4109
    82078250<space>50<invitation>
    ");
}

#[test]
fn an_outbox_is_read_as_it_was_written_and_keeps_what_it_cannot_read() {
    let row = |serial: u64, value: Vec<u8>| (serial.to_be_bytes().to_vec(), value);
    let mut rows: Vec<_> = (1..)
        .zip(all())
        .map(|(serial, item)| row(serial, alongside_wire::encode(&item)))
        .collect();
    rows.push(row(40, b"of a later version".to_vec()));
    let outbox = Outbox::from_rows(rows);
    assert_eq!(
        outbox.iter().map(|(_, item)| item.clone()).collect::<Vec<_>>(),
        all()
    );
    assert_eq!(
        outbox.next_serial(),
        41,
        "the number of what cannot be read is not given to anything else"
    );
    assert_eq!(outbox.append_of(EntryId::from_bytes([3; 32])), Some(2));
    assert_eq!(
        outbox.of_round(SpaceId::from_bytes([1; 16]), RoundId::from_bytes([2; 32])),
        [4, 5]
    );
}
