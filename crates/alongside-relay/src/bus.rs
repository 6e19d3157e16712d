//! Wake-ups: that something became of a space, an invitation or an account. Only hints: who is woken asks the store what it was, so a
//! wake-up that is late, lost or one too many changes nothing but time.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::id::{AccountId, InvitationId, SpaceId};

/// What something became of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Topic {
    /// A space has more in it, or less.
    Space(SpaceId),
    /// An invitation was claimed, answered or taken back.
    Invitation(InvitationId),
    /// A session of this account ended.
    Account(AccountId),
}

/// Where one listener's wake-ups lie: at most one a topic, however many came, so a slow listener costs nothing.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    news: Mutex<BTreeSet<Topic>>,
    bell: Notify,
}

impl Mailbox {
    /// Waits until there is something, and takes it all.
    pub(crate) async fn news(&self) -> BTreeSet<Topic> {
        loop {
            let news = std::mem::take(&mut *guard(&self.news));
            if !news.is_empty() {
                return news;
            }
            self.bell.notified().await;
        }
    }

    fn put(&self, topic: Topic) {
        guard(&self.news).insert(topic);
        self.bell.notify_one();
    }
}

/// Who listens to what, in this process.
#[derive(Debug, Default)]
pub(crate) struct Bus {
    listeners: Mutex<HashMap<Topic, Vec<Arc<Mailbox>>>>,
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bus {
    /// Wakes all who listen to this.
    pub(crate) fn publish(&self, topic: Topic) {
        for mailbox in guard(&self.listeners).get(&topic).into_iter().flatten() {
            mailbox.put(topic);
        }
    }

    /// From now on this topic's wake-ups go there, too.
    pub(crate) fn listen(&self, topic: Topic, mailbox: &Arc<Mailbox>) {
        let mut listeners = guard(&self.listeners);
        let there = listeners.entry(topic).or_default();
        if !there.iter().any(|known| Arc::ptr_eq(known, mailbox)) {
            there.push(mailbox.clone());
        }
    }

    /// And from now on no more.
    pub(crate) fn leave(&self, topic: Topic, mailbox: &Arc<Mailbox>) {
        let mut listeners = guard(&self.listeners);
        if let Some(there) = listeners.get_mut(&topic) {
            there.retain(|known| !Arc::ptr_eq(known, mailbox));
            if there.is_empty() {
                listeners.remove(&topic);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_wake_ups_of_one_topic_are_one_and_none_is_left_of_those_who_left() {
        let (bus, mailbox) = (Bus::default(), Arc::new(Mailbox::default()));
        let [here, there] = [
            Topic::Space(SpaceId([1; 16])),
            Topic::Invitation(InvitationId([2; 16])),
        ];
        bus.listen(here, &mailbox);
        bus.listen(here, &mailbox);
        for _ in 0..1000 {
            bus.publish(here);
            bus.publish(there);
        }
        assert_eq!(mailbox.news().await, BTreeSet::from([here]));
        bus.leave(here, &mailbox);
        assert!(guard(&bus.listeners).is_empty());
    }
}
