//! Spaces: appending, reading, removing, leaving, quotas.

use alongside_relay::{Keep, Limits};
use alongside_wire::encode;
use alongside_wire::envelope::{Kept, Posted};
use alongside_wire::limits::{MAX_APPEND, MAX_PART_BYTES};
use alongside_wire::problem::Code;
use alongside_wire::proof::Purpose;
use alongside_wire::route::{pattern, with};
use alongside_wire::space::{AddMember, Appended, EnvelopeName, OpenSpace, Page, Remove};
use axum::body::Bytes;
use ed25519_dalek::SigningKey;

use crate::client::{Member, World, heads, posted, random};

#[tokio::test]
async fn entries_are_appended_and_read_in_order() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    assert_eq!(
        ada.append(&["one", "two"]).await,
        Appended {
            numbers: vec![1, 2],
            head: 2
        }
    );
    assert_eq!(
        ben.append(&["two", "three"]).await,
        Appended {
            numbers: vec![2, 3],
            head: 3
        }
    );
    let page = ben.read("").await;
    assert_eq!(heads(&page), ["one", "two", "three"]);
    assert_eq!((page.head, page.removals_head), (3, 0));
    assert_eq!(heads(&ben.read("after=1&limit=1").await), ["two"]);
    assert_eq!(heads(&ben.read("after=3&something=else").await), [""; 0]);
    for bad in [
        "after=x",
        "after=-1",
        "limit=0",
        "limit=",
        "removed_after=1e3",
        "after=99999999999999999999",
    ] {
        let path = format!("{}?{bad}", with(pattern::ENTRIES, &ada.space));
        assert_eq!(
            ada.ask("GET", &path, Bytes::new()).await.code(),
            Code::Malformed,
            "{bad}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_stay_dense_and_nothing_doubles_when_many_append_and_repeat_at_once() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    let writers: Vec<_> = (0..12)
        .map(|writer: usize| {
            let member = if writer.is_multiple_of(2) {
                ada.clone()
            } else {
                ben.clone()
            };
            tokio::spawn(async move {
                for piece in 0..10 {
                    let (own, both) = (format!("{writer} {piece}"), format!("shared {piece}"));
                    let first = member.append(&[&own, &both]).await;
                    let again = member.append(&[&own, &both]).await;
                    assert_eq!(first.numbers, again.numbers);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let page = ada.read("").await;
    let numbers: Vec<u64> = page.entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=130).collect::<Vec<_>>());
    let mut names = heads(&page);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 130);
}

#[tokio::test]
async fn too_many_and_too_large_envelopes_are_refused_whole() {
    let world = World::new().await;
    let (ada, _) = world.two().await;
    let sized = |size: usize| Posted {
        head: b"h".to_vec().into(),
        payload: vec![0; size].into(),
    };
    assert_eq!(ada.try_append(Vec::new()).await.code(), Code::Malformed);
    assert_eq!(
        ada.try_append(vec![posted("x"), sized(MAX_PART_BYTES + 1)])
            .await
            .code(),
        Code::TooLarge
    );
    assert_eq!(
        ada.try_append((0..=MAX_APPEND).map(|n| posted(&n.to_string())).collect())
            .await
            .code(),
        Code::TooLarge
    );
    assert_eq!(
        ada.try_append((0..20).map(|_| sized(MAX_PART_BYTES)).collect())
            .await
            .code(),
        Code::TooLarge
    );
    assert_eq!(ada.read("").await.head, 0);
    assert_eq!(
        ada.try_append(vec![sized(MAX_PART_BYTES)])
            .await
            .message::<Appended>()
            .head,
        1
    );
}

async fn remove(member: &Member, texts: &[&str]) -> crate::client::Answer {
    let envelopes = texts.iter().map(|text| EnvelopeName(posted(text).id())).collect();
    member
        .ask(
            "POST",
            &with(pattern::REMOVE, &member.space),
            encode(&Remove { envelopes }),
        )
        .await
}

#[tokio::test]
async fn only_its_author_removes_a_payload() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    ada.append(&["a", "b"]).await;
    assert_eq!(remove(&ben, &["a"]).await.code(), Code::NotFound);
    assert_eq!(remove(&ada, &["a", "nowhere"]).await.code(), Code::NotFound);
    remove(&ada, &["a"]).await.done();
    remove(&ada, &["a"]).await.done();
    let page = ben.read("removed_after=0").await;
    assert!(matches!(page.entries[0].payload, Kept::Removed(_)));
    assert!(matches!(page.entries[1].payload, Kept::Here(_)));
    assert_eq!(
        (page.removals.len(), page.removals[0].number, page.removals_head),
        (1, 1, 1)
    );
    assert!(ben.read("removed_after=1").await.removals.is_empty());
}

#[tokio::test]
async fn a_space_is_opened_again_by_its_member_and_by_nobody_else() {
    let world = World::new().await;
    let (ada, ben) = world.two().await;
    let open = async |member: &Member, key: &SigningKey, signed: &SigningKey| {
        let signature = member.person.sign(signed, Purpose::OpenSpace, &[&ada.space]);
        let open = OpenSpace {
            space: ada.space,
            member: key.verifying_key().to_bytes(),
            signature,
        };
        member.person.post(pattern::SPACES, &open).await
    };
    open(&ada, &ada.key, &ada.key).await.done();
    let stranger = SigningKey::from_bytes(&random());
    assert_eq!(open(&ben, &stranger, &stranger).await.code(), Code::SpaceExists);
    assert_eq!(open(&ben, &ada.key, &stranger).await.code(), Code::BadProof);
}

#[tokio::test]
async fn who_left_can_do_nothing_any_more_though_the_ticket_has_time_left() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    ben.append(&["b"]).await;
    ben.ask("POST", &with(pattern::LEAVE, &ben.space), Bytes::new())
        .await
        .done();
    let entries = with(pattern::ENTRIES, &ben.space);
    assert_eq!(
        ben.ask("GET", &entries, Bytes::new()).await.code(),
        Code::TicketNeeded
    );
    assert_eq!(
        ben.try_append(vec![posted("late")]).await.code(),
        Code::TicketNeeded
    );
    assert_eq!(
        ben.person.ask_ticket(ben.space, &ben.key).await.code(),
        Code::NotFound
    );
    assert_eq!(heads(&ada.read("").await), ["b"]);
}

#[tokio::test]
async fn a_ticket_holds_for_an_hour_and_for_its_session() {
    let world = World::new().await;
    let (ada, ben) = world.two().await;
    let stolen = Member {
        ticket: ada.ticket.clone(),
        ..ben.clone()
    };
    assert_eq!(
        stolen.try_append(vec![posted("x")]).await.code(),
        Code::TicketNeeded
    );
    world.pass(3_599_999);
    ada.append(&["x"]).await;
    world.pass(1);
    assert_eq!(ada.try_append(vec![posted("y")]).await.code(), Code::TicketNeeded);
    let ada = ada.person.into_member(ada.space, ada.key).await;
    ada.append(&["y"]).await;
}

#[tokio::test]
async fn a_thirteenth_member_does_not_fit() {
    let world = World::new().await;
    let (ada, _) = world.two().await;
    let add = async || {
        let add = AddMember { member: random() };
        ada.ask("POST", &with(pattern::MEMBERS, &ada.space), encode(&add))
            .await
    };
    for _ in 0..10 {
        add().await.done();
    }
    assert_eq!(add().await.code(), Code::MembersFull);
}

#[tokio::test]
async fn an_account_keeps_no_more_than_its_quota_and_gets_room_back_by_removing() {
    let world = World::with(|config| {
        config.limits = Limits {
            quota_bytes: 100,
            ..config.limits
        }
    })
    .await;
    let (ada, ben) = world.two().await;
    ada.append(&["aaaaaaaaaaaaaaaaaaaa"]).await;
    assert_eq!(
        ada.try_append(vec![posted("bbbbbbbbbbbbbbbbbbbbbbbbb")])
            .await
            .code(),
        Code::OverQuota
    );
    ben.append(&["bbbbbbbbbbbbbbbbbbbbbbbbb"]).await;
    remove(&ada, &["aaaaaaaaaaaaaaaaaaaa"]).await.done();
    ada.append(&["cccccccccccccccccccc"]).await;
}

#[tokio::test]
async fn a_full_relay_says_so_and_goes_on_reading() {
    let folder = tempfile::tempdir().unwrap();
    let keep = Keep::Folder(folder.path().to_owned());
    let world = World::with(|config| {
        config.keep = keep;
        config.max_store_bytes = Some(700 * 1024);
    })
    .await;
    let (ada, _) = world.two().await;
    ada.append(&["a"]).await;
    let large = (0..4)
        .map(|n| Posted {
            head: vec![n].into(),
            payload: vec![n; 200 * 1024].into(),
        })
        .collect();
    assert_eq!(ada.try_append(large).await.code(), Code::Full);
    ada.append(&["b"]).await;
    let page: Page = ada.read("").await;
    assert_eq!(heads(&page), ["a", "b"]);
}
