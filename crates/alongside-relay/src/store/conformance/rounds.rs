//! Rounds.

use super::support::*;
use crate::store::*;

async fn a_round_is_revealed_when_all_are_in_and_not_before(store: impl Store) {
    two(&store).await;
    let put = async |by, text: &str| granted(store.deposit(US, by, round("r"), named(text)).await.unwrap());
    assert_eq!(
        put(BEN, "from ben").await,
        Deposit::Taken {
            grew_bytes: 27,
            revealed: false
        }
    );
    assert_eq!(page(&store, all()).await.head, 0);
    assert_eq!(
        granted(store.own_deposit(US, ADA, round("r")).await.unwrap()),
        None
    );
    assert_eq!(
        granted(store.own_deposit(US, BEN, round("r")).await.unwrap()),
        Some(named("from ben").posted)
    );
    assert_eq!(
        put(ADA, "from ada").await,
        Deposit::Taken {
            grew_bytes: 27,
            revealed: true
        }
    );
    assert_eq!(heads(&page(&store, all()).await), ["from ada", "from ben"]);
    assert_eq!(put(ADA, "later").await, Deposit::RoundOver);
    assert_eq!(
        granted(store.take_back(US, BEN, round("r")).await.unwrap()),
        TakenBack::RoundOver
    );
    assert_eq!(
        granted(store.own_deposit(US, BEN, round("r")).await.unwrap()),
        None
    );
    assert_eq!(
        granted(store.remove(US, BEN, vec![named("from ben").id]).await.unwrap()),
        Removed::Gone { freed_bytes: 19 }
    );
}

async fn a_deposit_can_be_replaced_and_taken_back_until_the_reveal(store: impl Store) {
    two(&store).await;
    let put = async |by, text: &str| granted(store.deposit(US, by, round("r"), named(text)).await.unwrap());
    put(ADA, "first").await;
    assert_eq!(
        put(ADA, "longer").await,
        Deposit::Taken {
            grew_bytes: 2,
            revealed: false
        }
    );
    assert_eq!(
        granted(store.take_back(US, ADA, round("r")).await.unwrap()),
        TakenBack::Out { freed_bytes: 23 }
    );
    assert_eq!(
        granted(store.take_back(US, ADA, round("r")).await.unwrap()),
        TakenBack::Out { freed_bytes: 0 }
    );
    assert_eq!(
        put(BEN, "from ben").await,
        Deposit::Taken {
            grew_bytes: 27,
            revealed: false
        }
    );
    put(ADA, "last").await;
    assert_eq!(heads(&page(&store, all()).await), ["last", "from ben"]);
}

async fn one_alone_reveals_nothing_and_a_third_is_waited_for(store: impl Store) {
    store.open_space(US, ADA).await.unwrap();
    let put = async |by, text: &str| granted(store.deposit(US, by, round("r"), named(text)).await.unwrap());
    assert_eq!(
        put(ADA, "a").await,
        Deposit::Taken {
            grew_bytes: 13,
            revealed: false
        }
    );
    store.add_member(US, ADA, BEN).await.unwrap();
    store.add_member(US, ADA, EVE).await.unwrap();
    assert_eq!(
        put(BEN, "b").await,
        Deposit::Taken {
            grew_bytes: 13,
            revealed: false
        }
    );
    assert_eq!(
        put(EVE, "e").await,
        Deposit::Taken {
            grew_bytes: 13,
            revealed: true
        }
    );
    assert_eq!(heads(&page(&store, all()).await), ["a", "b", "e"]);
}

async fn who_leaves_takes_their_deposits_along_and_holds_up_nobody(store: impl Store) {
    two(&store).await;
    store.add_member(US, ADA, EVE).await.unwrap();
    for (by, name) in [(ADA, "r"), (BEN, "r"), (ADA, "s"), (EVE, "s")] {
        let text = format!("{name} of {}", by.0[0]);
        store.deposit(US, by, round(name), named(&text)).await.unwrap();
    }
    assert_eq!(store.leave(US, EVE).await.unwrap(), Access::Granted(true));
    assert_eq!(heads(&page(&store, all()).await), ["r of 1", "r of 2"]);
    assert_eq!(store.leave(US, EVE).await.unwrap(), Access::NotMember);
    assert_eq!(store.leave(US, BEN).await.unwrap(), Access::Granted(false));
    assert_eq!(page(&store, all()).await.head, 2);
}

claims! {
    a_round_is_revealed_when_all_are_in_and_not_before
    a_deposit_can_be_replaced_and_taken_back_until_the_reveal
    one_alone_reveals_nothing_and_a_third_is_waited_for
    who_leaves_takes_their_deposits_along_and_holds_up_nobody
}
