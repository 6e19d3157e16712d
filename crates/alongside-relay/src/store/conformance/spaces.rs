//! Spaces, members, entries.

use std::sync::Arc;

use alongside_wire::envelope::{Kept, payload_hash};
use alongside_wire::limits::MAX_MEMBERS;

use super::support::*;
use crate::id::*;
use crate::store::*;

async fn a_space_is_opened_once_by_whoever_was_first(store: impl Store) {
    assert_eq!(store.open_space(US, ADA).await.unwrap(), SpaceOpened::Open);
    append(&store, ADA, &["one"]).await;
    assert_eq!(store.open_space(US, ADA).await.unwrap(), SpaceOpened::Open);
    assert_eq!(store.open_space(US, EVE).await.unwrap(), SpaceOpened::OthersThere);
    assert!(!store.is_member(US, EVE).await.unwrap());
    assert_eq!(page(&store, all()).await.head, 1);
}

async fn only_members_do_anything(store: impl Store) {
    two(&store).await;
    append(&store, ADA, &["one"]).await;
    for space in [US, ELSEWHERE] {
        assert_eq!(
            store.add_member(space, EVE, EVE).await.unwrap(),
            Access::NotMember
        );
        assert_eq!(
            store.append(space, EVE, vec![named("x")]).await.unwrap(),
            Access::NotMember
        );
        assert_eq!(store.read(space, EVE, all()).await.unwrap(), Access::NotMember);
        assert_eq!(
            store.remove(space, EVE, vec![named("one").id]).await.unwrap(),
            Access::NotMember
        );
        assert_eq!(
            store.deposit(space, EVE, round("r"), named("x")).await.unwrap(),
            Access::NotMember
        );
        assert_eq!(
            store.own_deposit(space, EVE, round("r")).await.unwrap(),
            Access::NotMember
        );
        assert_eq!(
            store.take_back(space, EVE, round("r")).await.unwrap(),
            Access::NotMember
        );
        assert_eq!(store.leave(space, EVE).await.unwrap(), Access::NotMember);
        assert!(!store.is_member(space, EVE).await.unwrap());
    }
    assert_eq!(heads(&page(&store, all()).await), ["one"]);
}

async fn no_more_than_twelve_are_members_and_adding_again_changes_nothing(store: impl Store) {
    store.open_space(US, ADA).await.unwrap();
    for number in 1..MAX_MEMBERS {
        let member = MemberKey([100 + u8::try_from(number).unwrap(); 32]);
        for _ in 0..2 {
            assert_eq!(
                store.add_member(US, ADA, member).await.unwrap(),
                Access::Granted(MemberAdded::Added)
            );
        }
    }
    assert_eq!(
        store.add_member(US, ADA, EVE).await.unwrap(),
        Access::Granted(MemberAdded::Full)
    );
    assert_eq!(
        store.add_member(US, ADA, ADA).await.unwrap(),
        Access::Granted(MemberAdded::Added)
    );
    store.leave(US, MemberKey([101; 32])).await.unwrap();
    assert_eq!(
        store.add_member(US, ADA, EVE).await.unwrap(),
        Access::Granted(MemberAdded::Added)
    );
}

async fn entries_are_numbered_from_one_and_keep_their_numbers(store: impl Store) {
    two(&store).await;
    assert_eq!(append(&store, ADA, &["one", "two"]).await, [1, 2]);
    assert_eq!(
        append(&store, BEN, &["three", "one", "three", "four"]).await,
        [3, 1, 3, 4]
    );
    let again = granted(store.append(US, ADA, vec![named("two")]).await.unwrap());
    assert_eq!((again.numbers, again.head, again.grew_bytes), (vec![2], 4, 0));
    let page = page(&store, all()).await;
    assert_eq!(heads(&page), ["one", "two", "three", "four"]);
    assert_eq!(
        page.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(
        page.entries[0].payload,
        Kept::Here(b"payload of one".to_vec().into())
    );
    assert_eq!(page.head, 4);
}

async fn the_same_envelope_is_another_entry_in_another_space(store: impl Store) {
    two(&store).await;
    store.open_space(ELSEWHERE, EVE).await.unwrap();
    append(&store, ADA, &["zero", "one"]).await;
    let there = granted(store.append(ELSEWHERE, EVE, vec![named("one")]).await.unwrap());
    assert_eq!((there.numbers, there.head), (vec![1], 1));
    assert_eq!(page(&store, all()).await.head, 2);
}

async fn a_stretch_begins_and_ends_where_it_is_asked_to(store: impl Store) {
    two(&store).await;
    append(&store, ADA, &["a", "b", "c", "d"]).await;
    let read = async |after, limit, bytes| {
        heads(
            &page(
                &store,
                Stretch {
                    after,
                    removed_after: 0,
                    limit,
                    bytes,
                },
            )
            .await,
        )
    };
    assert_eq!(read(1, 2, usize::MAX).await, ["b", "c"]);
    assert_eq!(read(0, 10, 1).await, ["a"]);
    assert_eq!(read(0, 10, 14).await, ["a", "b"]);
    assert_eq!(read(4, 10, usize::MAX).await, [""; 0]);
    assert_eq!(read(u64::MAX, 10, usize::MAX).await, [""; 0]);
}

async fn only_its_author_removes_a_payload_and_all_or_none(store: impl Store) {
    two(&store).await;
    append(&store, ADA, &["a", "b"]).await;
    append(&store, BEN, &["c"]).await;
    let remove = async |by, texts: &[&str]| {
        let ids = texts.iter().map(|text| named(text).id).collect();
        granted(store.remove(US, by, ids).await.unwrap())
    };
    assert_eq!(remove(ADA, &["a", "c"]).await, Removed::NotTheirs);
    assert_eq!(remove(ADA, &["a", "nowhere"]).await, Removed::NotTheirs);
    assert!(page(&store, all()).await.removals.is_empty());
    assert_eq!(remove(ADA, &["b"]).await, Removed::Gone { freed_bytes: 12 });
    assert_eq!(remove(ADA, &["b", "a"]).await, Removed::Gone { freed_bytes: 12 });
    let page = page(&store, all()).await;
    assert_eq!(
        page.removals
            .iter()
            .map(|one| (one.serial, one.number))
            .collect::<Vec<_>>(),
        [(1, 2), (2, 1)]
    );
    assert_eq!(page.removals_head, 2);
    assert_eq!(
        page.entries[0].payload,
        Kept::Removed(payload_hash(b"payload of a"))
    );
    assert_eq!(
        page.entries[2].payload,
        Kept::Here(b"payload of c".to_vec().into())
    );
    let later = Stretch {
        after: 3,
        removed_after: 1,
        ..all()
    };
    let later = granted(store.read(US, BEN, later).await.unwrap());
    assert_eq!(
        (
            later.entries.len(),
            later.removals.len(),
            later.removals[0].serial
        ),
        (0, 1, 2)
    );
}

async fn a_removed_envelope_that_is_sent_again_stays_removed(store: impl Store) {
    two(&store).await;
    append(&store, ADA, &["a"]).await;
    store.remove(US, ADA, vec![named("a").id]).await.unwrap();
    assert_eq!(append(&store, ADA, &["a"]).await, [1]);
    assert!(matches!(
        page(&store, all()).await.entries[0].payload,
        Kept::Removed(_)
    ));
}

async fn who_comes_back_still_owns_what_they_wrote(store: impl Store) {
    two(&store).await;
    append(&store, BEN, &["b"]).await;
    store.leave(US, BEN).await.unwrap();
    store.add_member(US, ADA, BEN).await.unwrap();
    assert_eq!(
        granted(store.remove(US, BEN, vec![named("b").id]).await.unwrap()),
        Removed::Gone { freed_bytes: 12 }
    );
}

async fn with_its_last_member_a_space_goes(store: impl Store) {
    two(&store).await;
    let texts: Vec<String> = (0..1200).map(|number| number.to_string()).collect();
    append(&store, ADA, &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    store.leave(US, ADA).await.unwrap();
    store.leave(US, BEN).await.unwrap();
    while store.sweep(0).await.unwrap() {}
    assert_eq!(store.open_space(US, EVE).await.unwrap(), SpaceOpened::Open);
    assert_eq!(granted(store.read(US, EVE, all()).await.unwrap()).head, 0);
}

async fn numbers_are_dense_when_many_append_at_once(store: impl Store) {
    two(&store).await;
    let store = Arc::new(store);
    let writers = (0..16).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut numbers = Vec::new();
            for piece in 0..20 {
                let (ours, shared) = (format!("{writer} {piece}"), format!("shared {piece}"));
                numbers.extend(
                    append(
                        &*store,
                        if writer % 2 == 0 { ADA } else { BEN },
                        &[&ours, &shared],
                    )
                    .await,
                );
            }
            numbers
        })
    });
    let mut numbers = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        numbers.extend(writer.await.unwrap());
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, (1..=16 * 20 + 20).collect::<Vec<u64>>());
    let page = page(&*store, all()).await;
    assert_eq!(
        page.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(),
        numbers
    );
    let names: std::collections::BTreeSet<EnvelopeId> =
        heads(&page).iter().map(|head| named(head).id).collect();
    assert_eq!(names.len(), numbers.len());
}

claims! {
    a_space_is_opened_once_by_whoever_was_first
    only_members_do_anything
    no_more_than_twelve_are_members_and_adding_again_changes_nothing
    entries_are_numbered_from_one_and_keep_their_numbers
    the_same_envelope_is_another_entry_in_another_space
    a_stretch_begins_and_ends_where_it_is_asked_to
    only_its_author_removes_a_payload_and_all_or_none
    a_removed_envelope_that_is_sent_again_stays_removed
    who_comes_back_still_owns_what_they_wrote
    with_its_last_member_a_space_goes
    numbers_are_dense_when_many_append_at_once
}
