//! Seals what is to be said, one entry behind the other, and gathers what is to be committed with it.

use alongside_core::root::Act;
use alongside_core::{event, event::Event};
use alongside_log::entry::Place;
use alongside_log::ids::{self as log_ids, EntryId};
use alongside_log::ledger::{Content, Control, Draft, Incoming, Ledger, Outcome, Tip, What};
use alongside_log::seal::envelope::Envelope;
use alongside_log::vault::SpaceKind;

use crate::device::{Open, PortRng};
use crate::intent::DispatchError;
use crate::outbox::{Outbox, Outgoing, posted};
use crate::ports::{Platform, StoreError, Table, Write};
use crate::space::{Space, to_core_person};

/// How much is put right at most before something is said.
const MAX_AMENDS: usize = 32;

/// What is about to be committed: rows, and what they mean in memory once they are.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) writes: Vec<Write>,
    pub(crate) items: Vec<(u64, Outgoing)>,
    pub(crate) dropped: Vec<u64>,
    pub(crate) withdrawn: Vec<(log_ids::SpaceId, alongside_core::id::EntryId)>,
    pub(crate) next: Option<u64>,
}

impl Batch {
    /// Puts an item at the end of the outbox.
    pub(crate) fn tell(&mut self, outbox: &Outbox, item: Outgoing) {
        let serial = self.next.unwrap_or_else(|| outbox.next_serial());
        self.next = Some(serial + 1);
        self.writes.push(Outbox::put(serial, &item));
        self.items.push((serial, item));
    }

    fn drop_item(&mut self, serial: u64) {
        self.writes.push(Outbox::delete(serial));
        self.dropped.push(serial);
    }
}

/// Seals entries of one space one behind the other.
pub(crate) struct Writer<'o, P> {
    pub(crate) open: &'o mut Open,
    pub(crate) platform: &'o P,
    pub(crate) space: log_ids::SpaceId,
    pub(crate) tip: Tip,
    pub(crate) batch: Batch,
}

impl<'o, P: Platform> Writer<'o, P> {
    /// Begins where this device's chain ends. What has to be said first is said: hello from a device that the
    /// space does not know, a new epoch when somebody who could read the present one is gone.
    pub(crate) fn new(
        open: &'o mut Open,
        platform: &'o P,
        space: log_ids::SpaceId,
        batch: Batch,
    ) -> Result<Self, DispatchError> {
        let device = open.device.public().id();
        let here = open
            .spaces
            .get(&space)
            .filter(|here| !here.left)
            .ok_or(DispatchError::NotMember)?;
        // A device that has just been signed in on, and has not yet read that its person is here, would begin a chain that nobody
        // could follow.
        let me = open.vault.contents.identity.public().id();
        let mut members = here.ledger.members().into_iter();
        if !members.any(|member| member.person.id() == me && !member.left) {
            return Err(DispatchError::NotMember);
        }
        let tip = here.ledger.tip(device);
        let knows = here.ledger.knows_device(device);
        let mut writer = Self {
            open,
            platform,
            space,
            tip,
            batch,
        };
        if !knows {
            writer.say(What::Control(Control::hello(&writer.open.row.cert.clone())))?;
        }
        // Each puts one thing right; there are never more of them than people and devices.
        for _ in 0..MAX_AMENDS {
            if !writer.ledger()?.must_rekey() {
                break;
            }
            writer.rekey()?;
        }
        Ok(writer)
    }

    fn ledger(&self) -> Result<&Ledger, DispatchError> {
        self.open
            .spaces
            .get(&self.space)
            .map(|space| &space.ledger)
            .ok_or(DispatchError::NotMember)
    }

    /// A new epoch, which all that follows is sealed under.
    pub(crate) fn rekey(&mut self) -> Result<(), DispatchError> {
        let control = self.ledger()?.rekey(&mut PortRng(self.platform));
        self.say(What::Control(control))?;
        // Another device of this person's may not have spoken here yet: nobody seals anything to it, and it has its keys from the vault.
        if self.open.update_keyring(self.space) {
            self.open.row.vault_dirty = true;
            self.batch.writes.push(self.open.put_vault(self.platform));
            self.batch.writes.push(self.open.put_device(self.platform));
        }
        Ok(())
    }

    /// Seals one entry and puts it into the outbox. A control takes effect in the ledger at once: what follows it stands on it.
    pub(crate) fn say(&mut self, what: What) -> Result<EntryId, DispatchError> {
        let control = matches!(what, What::Control(_));
        let now_ms = self.platform.now_ms();
        let space = self
            .open
            .spaces
            .get_mut(&self.space)
            .ok_or(DispatchError::NotMember)?;
        let stamp = space.stamp(now_ms);
        let draft = Draft {
            stamp,
            witness: space.ledger.witness(),
            what,
        };
        let space = self
            .open
            .spaces
            .get(&self.space)
            .ok_or(DispatchError::NotMember)?;
        let author = self.open.author();
        let (entry, sealed) = space
            .ledger
            .seal(&mut self.tip, &author, draft, &mut PortRng(self.platform));
        let Some(envelope) = posted(&sealed) else {
            return Err(DispatchError::Storage(StoreError::Failed));
        };
        self.batch.tell(
            &self.open.outbox,
            Outgoing::Append {
                space: self.space,
                entry,
                envelope,
            },
        );
        if control {
            self.take_in(sealed)?;
        }
        Ok(entry)
    }

    /// Opens an own envelope, as every other device will.
    fn take_in(&mut self, sealed: Envelope) -> Result<(), DispatchError> {
        let Open { spaces, device, .. } = &mut *self.open;
        let space = spaces.get_mut(&self.space).ok_or(DispatchError::NotMember)?;
        absorb_own(space, device, vec![sealed]);
        Ok(())
    }

    /// Puts a statement into a round, in place of what this person had put there.
    fn deposit(&mut self, round: &str, event: &Event) -> Result<(), DispatchError> {
        let now_ms = self.platform.now_ms();
        let space = self
            .open
            .spaces
            .get_mut(&self.space)
            .ok_or(DispatchError::NotMember)?;
        let stamp = space.stamp(now_ms);
        let space = self
            .open
            .spaces
            .get(&self.space)
            .ok_or(DispatchError::NotMember)?;
        let round = space.ledger.round_id(round);
        let author = self.open.author();
        let (entry, sealed) = space
            .ledger
            .deposit(
                &author,
                round,
                stamp,
                &event::encode(event),
                &mut PortRng(self.platform),
            )
            .map_err(|_| DispatchError::NotMember)?;
        let Some(envelope) = posted(&sealed) else {
            return Err(DispatchError::Storage(StoreError::Failed));
        };
        self.forget_round(round);
        self.batch.tell(
            &self.open.outbox,
            Outgoing::Deposit {
                space: self.space,
                round,
                entry,
                envelope,
            },
        );
        Ok(())
    }

    fn take_back(&mut self, round: &str) -> Result<(), DispatchError> {
        let round = self.ledger()?.round_id(round);
        self.forget_round(round);
        self.batch.tell(
            &self.open.outbox,
            Outgoing::TakeBack {
                space: self.space,
                round,
            },
        );
        Ok(())
    }

    /// What still waited to be put into this round need not be told any more: what follows replaces it.
    fn forget_round(&mut self, round: log_ids::RoundId) {
        for serial in self.open.outbox.of_round(self.space, round) {
            self.batch.drop_item(serial);
        }
    }

    fn withdraw(&mut self, entry: alongside_core::id::EntryId) -> Result<(), DispatchError> {
        let me = self.open.vault.contents.identity.public().id();
        let space = self
            .open
            .spaces
            .get(&self.space)
            .ok_or(DispatchError::NotMember)?;
        let Some(lies) = space.lies(entry).filter(|lies| lies.author == me) else {
            return Ok(());
        };
        self.batch.tell(
            &self.open.outbox,
            Outgoing::Remove {
                space: self.space,
                envelope: lies.envelope,
            },
        );
        self.batch.withdrawn.push((self.space, entry));
        Ok(())
    }

    /// What an act comes to.
    pub(crate) fn act(&mut self, act: Act) -> Result<(), DispatchError> {
        match act {
            Act::Say(event) => self.say(What::Domain(event::encode(&event))).map(drop),
            Act::Deposit { round, event } => self.deposit(&round, &event),
            Act::TakeBack { round } => self.take_back(&round),
            Act::Withdraw(entry) => self.withdraw(entry),
        }
    }
}

/// Takes own envelopes into a space, the same way in which another's come in.
pub(crate) fn absorb_own(
    space: &mut Space,
    device: &alongside_log::identity::Device,
    sealed: Vec<Envelope>,
) -> bool {
    let incoming = sealed
        .into_iter()
        .map(|envelope| Incoming {
            number: None,
            envelope,
        })
        .collect();
    let opened = space.ledger.open(device, incoming);
    let mut facts = Vec::new();
    for outcome in &opened.outcomes {
        if let Outcome::Opened(verified) = outcome {
            facts.extend(space.fact(verified));
        }
    }
    let any = !facts.is_empty();
    space.feed.extend(facts);
    any
}

/// Makes a space with this person as its first member, in memory and in a batch.
pub(crate) fn begin_space<P: Platform>(
    open: &mut Open,
    platform: &P,
    id: log_ids::SpaceId,
    kind: SpaceKind,
    mut batch: Batch,
) -> Result<Batch, DispatchError> {
    let stamp = alongside_log::entry::Stamp {
        wall_ms: platform.now_ms(),
        counter: 0,
    };
    let (mut ledger, genesis) = Ledger::begin(id, kind, &open.author(), stamp, &mut PortRng(platform));
    let Some(envelope) = posted(&genesis) else {
        return Err(DispatchError::Storage(StoreError::Failed));
    };
    let opened = ledger.open(
        &open.device,
        vec![Incoming {
            number: None,
            envelope: genesis,
        }],
    );
    let mut space = Space::new(&ledger.keyring(), ledger, open.decode);
    let Some(Outcome::Opened(first)) = opened.outcomes.first() else {
        return Err(DispatchError::Storage(StoreError::Failed));
    };
    debug_assert!(matches!(
        (first.place(), first.content()),
        (Place::Chain { .. }, Content::Control(_))
    ));
    let entry = first.entry();
    let fact = space.fact(first);
    space.feed.extend(fact);
    open.spaces.insert(id, space);
    batch.tell(&open.outbox, Outgoing::OpenSpace { space: id });
    batch.tell(
        &open.outbox,
        Outgoing::Append {
            space: id,
            entry,
            envelope,
        },
    );
    Ok(batch)
}

/// What others who come in need said again, by this device.
pub(crate) fn restated(open: &Open, id: log_ids::SpaceId) -> Vec<Event> {
    let me = to_core_person(open.vault.contents.identity.public().id());
    open.spaces
        .get(&id)
        .map(|space| space.feed.state().restate(me))
        .unwrap_or_default()
}

/// Where what could not be accepted is kept.
pub(crate) fn aside(id: log_ids::SpaceId, envelope: log_ids::EnvelopeId, bytes: Vec<u8>) -> Write {
    let key = [id.as_bytes().as_slice(), envelope.as_bytes().as_slice()].concat();
    Write::Put(Table::Aside, key, bytes)
}
