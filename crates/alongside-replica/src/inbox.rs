//! What came from the relay: kept as it came, in rows of one or more envelopes, and opened from there.

use alongside_log::identity::Device;
use alongside_log::ids::{EntryId, EnvelopeId, SpaceId};
use alongside_log::ledger::{Alarm, Content, Happened, HeldWhy, Incoming, Outcome, Refusal};
use alongside_log::seal::envelope::{Envelope, SealedPayload};
use alongside_wire::envelope::{Kept, Numbered, payload_hash};
use alongside_wire::space::Page;

use crate::checkpoint;
use crate::ports::{Platform, Store, StoreError, Table, Write};
use crate::space::Space;

/// The key of an inbox row: the space, and the number of its first envelope.
fn key(space: SpaceId, first: u64) -> Vec<u8> {
    [space.as_bytes().as_slice(), &first.to_be_bytes()].concat()
}

/// Rows read at a time when a space is opened.
const ROWS_AT_A_TIME: usize = 2048;
/// A space with more rows than this is packed into few when it is opened.
const MANY_ROWS: usize = 256;
/// Envelopes in a packed row.
const PACKED: usize = 256;

fn incoming(numbered: &Numbered) -> Incoming {
    let payload = match &numbered.payload {
        Kept::Here(bytes) => SealedPayload::Here(bytes.to_vec()),
        Kept::Removed(hash) => SealedPayload::Removed(*hash),
    };
    Incoming {
        number: Some(numbered.number),
        envelope: Envelope {
            head: numbered.head.to_vec(),
            payload,
        },
    }
}

/// What taking envelopes in came to.
#[derive(Debug, Default)]
pub(crate) struct TakenIn {
    /// The state may have changed.
    pub(crate) changed: bool,
    /// Own entries that came back with their numbers.
    pub(crate) acknowledged: Vec<EntryId>,
    /// Epochs, members or devices changed: the keyring may have to follow.
    pub(crate) roster: bool,
    /// Somebody new came in.
    pub(crate) admitted: bool,
    /// What could not be accepted, with its number.
    pub(crate) refused: Vec<(EnvelopeId, Option<u64>)>,
    /// Some of it is of a later version.
    pub(crate) too_new: bool,
    pub(crate) alarms: Vec<Alarm>,
    /// Something waits for a key that this device has not got.
    pub(crate) wants_key: bool,
}

/// Opens envelopes and folds what they say.
pub(crate) fn take_in(space: &mut Space, device: &Device, batch: Vec<Incoming>) -> TakenIn {
    let opened = space.ledger.open(device, batch);
    let mut taken = TakenIn {
        alarms: opened.alarms,
        ..TakenIn::default()
    };
    let mut facts = Vec::with_capacity(opened.outcomes.len());
    for outcome in opened.outcomes {
        match outcome {
            Outcome::Opened(verified) => {
                if let Content::Control(happened) = verified.content() {
                    taken.roster = true;
                    taken.admitted |= matches!(happened, Happened::Admitted(_));
                }
                if verified.number().is_some() {
                    // A late answer to a round stands in the outbox and was not opened here before.
                    taken.acknowledged.push(verified.entry());
                }
                facts.extend(space.fact(&verified));
            }
            Outcome::Known {
                number,
                entry,
                envelope: _,
            } => {
                if let Some(number) = number {
                    space.numbered(entry, number);
                    taken.acknowledged.push(entry);
                }
            }
            Outcome::Held { envelope: _, why } => match why {
                HeldWhy::Parents => {}
                HeldWhy::Epoch => taken.wants_key = true,
            },
            Outcome::Hidden { number: _ } => {}
            // Written on another device before it knew that its person had left, or that it was revoked: nothing is amiss.
            Outcome::Refused {
                why: Refusal::Closed, ..
            } => {}
            Outcome::Refused {
                envelope,
                number,
                why,
            } => {
                taken.too_new |= why.is_too_new();
                taken.refused.push((envelope, number));
            }
        }
    }
    taken.wants_key |= taken.roster && space.ledger.lacks_key();
    space.refused.extend(&taken.refused);
    space.too_new |= taken.too_new;
    taken.changed = !facts.is_empty();
    space.feed.extend(facts);
    taken
}

/// A page from the relay, cut to what is new here and has no gaps: the answer to an append can have some, where others came in
/// between. None when it does not begin where this device's knowledge ends.
pub(crate) fn fresh(space: &Space, page: &Page) -> Option<Vec<Numbered>> {
    let number = space.ledger.number();
    let mut newer = page
        .entries
        .iter()
        .filter(|entry| entry.number > number)
        .peekable();
    let anything = newer.peek().is_some();
    let fresh: Vec<Numbered> = newer
        .zip(number + 1..)
        .take_while(|(entry, next)| entry.number == *next)
        .map(|(entry, _)| entry.clone())
        .collect();
    (!anything || !fresh.is_empty()).then_some(fresh)
}

/// The row in which these envelopes are to lie.
pub(crate) fn put(space: SpaceId, entries: &[Numbered]) -> Option<(u64, Write)> {
    let first = entries.first()?.number;
    Some((
        first,
        Write::Put(
            Table::Inbox,
            key(space, first),
            alongside_wire::encode(&entries.to_vec()),
        ),
    ))
}

/// Envelopes ready to be opened.
pub(crate) fn to_open(entries: &[Numbered]) -> Vec<Incoming> {
    entries.iter().map(incoming).collect()
}

/// Remembers the last removal that was taken in.
pub(crate) fn put_removed(space: SpaceId, serial: u64) -> Write {
    Write::Put(Table::Meta, removed_key(space), serial.to_be_bytes().to_vec())
}

fn removed_key(space: SpaceId) -> Vec<u8> {
    [b"removed/".as_slice(), space.as_bytes()].concat()
}

/// The last removal that was taken in.
pub(crate) async fn removed<P: Platform>(platform: &P, id: SpaceId) -> Result<u64, StoreError> {
    read_count(platform, &removed_key(id)).await
}

fn rewritten_key(space: SpaceId) -> Vec<u8> {
    [b"rewritten/".as_slice(), space.as_bytes()].concat()
}

/// How often rows that were there have been written anew. A checkpoint from before that holds for them no more.
pub(crate) async fn rewritten<P: Platform>(platform: &P, id: SpaceId) -> Result<u64, StoreError> {
    read_count(platform, &rewritten_key(id)).await
}

/// What is committed together with rows that are written anew.
async fn rewriting<P: Platform>(platform: &P, id: SpaceId) -> Result<[Write; 2], StoreError> {
    let times = rewritten(platform, id).await?.wrapping_add(1);
    let count = Write::Put(Table::Meta, rewritten_key(id), times.to_be_bytes().to_vec());
    Ok([count, checkpoint::delete(id)])
}

async fn read_count<P: Platform>(platform: &P, key: &[u8]) -> Result<u64, StoreError> {
    let count = platform.store().get(Table::Meta, key).await?;
    Ok(count
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u64::from_be_bytes))
}

/// Number and name of the last envelope in the row that begins with `first`.
pub(crate) async fn last_of<P: Platform>(
    platform: &P,
    id: SpaceId,
    first: u64,
) -> Result<Option<(u64, EnvelopeId)>, StoreError> {
    let value = platform.store().get(Table::Inbox, &key(id, first)).await?;
    let entries = value.and_then(|value| alongside_wire::decode::<Vec<Numbered>>(&value).ok());
    let last = entries.as_ref().and_then(|entries| entries.last());
    Ok(last.map(|last| (last.number, incoming(last).envelope.id())))
}

/// Opens what lies in the store of a space, behind what was opened of it before.
pub(crate) async fn load<P: Platform>(
    platform: &P,
    id: SpaceId,
    space: &mut Space,
    device: &Device,
    leading: bool,
) -> Result<TakenIn, StoreError> {
    space.removed = removed(platform, id).await?;
    let mut all = TakenIn {
        refused: space.refused.clone(),
        ..TakenIn::default()
    };
    // After a checkpoint there are rows; behind the last of them it goes on.
    let mut from = match space.rows.last_key_value() {
        Some(_) => key(id, space.ledger.number().saturating_add(1)),
        None => Vec::new(),
    };
    let mut packing: Vec<Numbered> = Vec::new();
    let mut small_rows = 0;
    loop {
        let rows = platform
            .store()
            .scan(Table::Inbox, id.as_bytes(), &from, ROWS_AT_A_TIME)
            .await?;
        let Some((last, _)) = rows.last() else { break };
        from = [last.as_slice(), &[0]].concat();
        let more = rows.len() == ROWS_AT_A_TIME;
        let mut batch = Vec::new();
        for (row, value) in &rows {
            let Some(first) = row
                .get(16..)
                .and_then(|bytes| bytes.try_into().ok())
                .map(u64::from_be_bytes)
            else {
                continue;
            };
            // A row that does not read was cut short by a failing disk: the relay has it still.
            let Ok(entries) = alongside_wire::decode::<Vec<Numbered>>(value) else {
                break;
            };
            if entries.first().is_none_or(|entry| entry.number != first) {
                break;
            }
            space.rows.insert(first, ());
            small_rows += usize::from(entries.len() < PACKED / 4);
            batch.extend(to_open(&entries));
            packing.extend(entries);
        }
        let taken = take_in(space, device, batch);
        all.changed |= taken.changed;
        all.roster |= taken.roster;
        all.too_new |= taken.too_new;
        all.refused.extend(taken.refused);
        all.alarms.extend(taken.alarms);
        all.acknowledged.extend(taken.acknowledged);
        if !more {
            break;
        }
    }
    // The rows of a tab that only follows are another's, who knows where they lie.
    if leading && small_rows > MANY_ROWS {
        // For speed alone: a device that is full opens without.
        let _ = pack(platform, id, space, &packing).await;
    }
    Ok(all)
}

/// Packs the rows of a space into few, so that it opens quickly the next time.
async fn pack<P: Platform>(
    platform: &P,
    id: SpaceId,
    space: &mut Space,
    entries: &[Numbered],
) -> Result<(), StoreError> {
    let Some(from) = entries.first().map(|entry| entry.number) else {
        return Ok(());
    };
    let mut writes: Vec<Write> = space
        .rows
        .range(from..)
        .map(|(first, ())| Write::Delete(Table::Inbox, key(id, *first)))
        .collect();
    writes.extend(rewriting(platform, id).await?);
    let mut rows = Vec::new();
    for chunk in entries.chunks(PACKED) {
        if let Some((first, write)) = put(id, chunk) {
            rows.push(first);
            writes.push(write);
        }
    }
    platform.store().commit(writes).await?;
    space.rows.split_off(&from);
    space.rows.extend(rows.into_iter().map(|first| (first, ())));
    // There is no checkpoint any more.
    space.checkpointed = 0;
    Ok(())
}

/// The envelope that the row beginning with `first` holds under this number.
pub(crate) async fn kept<P: Platform>(
    platform: &P,
    id: SpaceId,
    first: u64,
    number: u64,
) -> Result<Option<Numbered>, StoreError> {
    let value = platform.store().get(Table::Inbox, &key(id, first)).await?;
    let entries = value.and_then(|value| alongside_wire::decode::<Vec<Numbered>>(&value).ok());
    Ok(entries.into_iter().flatten().find(|entry| entry.number == number))
}

/// Whether the row that begins with `first` holds this envelope under this number.
pub(crate) async fn holds<P: Platform>(
    platform: &P,
    id: SpaceId,
    first: u64,
    number: u64,
    head: &[u8],
) -> Result<bool, StoreError> {
    let kept = kept(platform, id, first, number).await?;
    Ok(kept.is_some_and(|entry| entry.head.as_slice() == head))
}

/// The row that begins with `first`, with the payload of one of its envelopes removed.
pub(crate) async fn without_payload<P: Platform>(
    platform: &P,
    id: SpaceId,
    first: u64,
    number: u64,
) -> Result<Vec<Write>, StoreError> {
    let Some(value) = platform.store().get(Table::Inbox, &key(id, first)).await? else {
        return Ok(Vec::new());
    };
    let Ok(mut entries) = alongside_wire::decode::<Vec<Numbered>>(&value) else {
        return Ok(Vec::new());
    };
    for entry in &mut entries {
        if entry.number == number
            && let Kept::Here(bytes) = &entry.payload
        {
            entry.payload = Kept::Removed(payload_hash(bytes));
        }
    }
    let row = Write::Put(Table::Inbox, key(id, first), alongside_wire::encode(&entries));
    // The words shall not stay in a checkpoint either.
    Ok(rewriting(platform, id).await?.into_iter().chain([row]).collect())
}
