//! Spaces: opening, tickets, members, leaving, appending, reading, removing.
//!
//! A space that is somebody else's and one that is not there are answered alike on every route. Opening is the one exception that cannot
//! be helped: the id is taken, as whoever knows all its 128 bits may learn.

use alongside_wire::envelope::Posted;
use alongside_wire::limits::{MAX_APPEND, MAX_BODY_BYTES, MAX_PAGE, MAX_PAGE_BYTES, MAX_PART_BYTES};
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::space::{self, AddMember, AskTicket, OpenSpace, Page, Remove};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;

use super::accounts::SMALL;
use super::extract::{Caller, Cbor, InPath, Reply, Speaker};
use super::refusal::Refusal;
use crate::app::{App, Shared};
use crate::bus::Topic;
use crate::id::{EnvelopeId, MemberKey, SpaceId};
use crate::quota::Room;
use crate::store::{Access, MemberAdded, Named, Removed, SpaceOpened, Store, Stretch};
use crate::ticket::{TICKET_S, Ticket};

/// What a member is granted; to all others it is as if there were no such space.
pub(super) fn granted<T>(access: Access<T>) -> Result<T, Refusal> {
    match access {
        Access::Granted(what) => Ok(what),
        Access::NotMember => Err(Code::TicketNeeded.into()),
    }
}

/// Refuses an envelope with a part that is too large.
pub(super) fn fits(posted: &Posted) -> Result<(), Refusal> {
    if posted.head.len() > MAX_PART_BYTES || posted.payload.len() > MAX_PART_BYTES {
        return Err(Code::TooLarge.into());
    }
    Ok(())
}

/// Refuses what an account has no room for.
pub(super) async fn has_room<S: Store>(app: &App<S>, caller: Caller, bytes: i64) -> Result<(), Refusal> {
    match app.quotas.room(&app.store, caller.account, bytes).await? {
        Room::Enough => Ok(()),
        Room::OverQuota => Err(Code::OverQuota.into()),
    }
}

pub(super) async fn open<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Cbor { message, .. }: Cbor<OpenSpace, SMALL>,
) -> Result<StatusCode, Refusal> {
    app.paced(app.rates.account_new.take(caller.account, 1.0))?;
    let parts: [&[u8]; 2] = [&message.space, &caller.session.0];
    if !proof::holds(&message.member, &message.signature, Purpose::OpenSpace, &parts) {
        return Err(Code::BadProof.into());
    }
    match app
        .store
        .open_space(SpaceId(message.space), MemberKey(message.member))
        .await?
    {
        SpaceOpened::Open => Ok(StatusCode::NO_CONTENT),
        SpaceOpened::OthersThere => Err(Code::SpaceExists.into()),
    }
}

pub(super) async fn ticket<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    InPath(space): InPath,
    Cbor { message, .. }: Cbor<AskTicket, SMALL>,
) -> Result<Reply<space::Ticket>, Refusal> {
    // The proof first: without it, whether somebody is a member is nobody's business.
    if !proof::holds(
        &message.member,
        &message.signature,
        Purpose::Ticket,
        &[&space.0, &caller.session.0],
    ) {
        return Err(Code::BadProof.into());
    }
    let member = MemberKey(message.member);
    if !app.store.is_member(space, member).await? {
        return Err(Code::NotFound.into());
    }
    let ticket = app
        .mac
        .ticket(Ticket { space, member }, caller.session, app.clock.now_ms());
    Ok(Reply(space::Ticket {
        ticket: ticket.into(),
        valid_s: TICKET_S,
    }))
}

pub(super) async fn add_member<S: Store>(
    State(app): State<Shared<S>>,
    speaker: Speaker,
    Cbor { message, .. }: Cbor<AddMember, SMALL>,
) -> Result<StatusCode, Refusal> {
    let newcomer = MemberKey(message.member);
    match granted(
        app.store
            .add_member(speaker.space, speaker.member, newcomer)
            .await?,
    )? {
        MemberAdded::Added => Ok(StatusCode::NO_CONTENT),
        MemberAdded::Full => Err(Code::MembersFull.into()),
    }
}

pub(super) async fn leave<S: Store>(
    State(app): State<Shared<S>>,
    speaker: Speaker,
) -> Result<StatusCode, Refusal> {
    granted(app.store.leave(speaker.space, speaker.member).await?)?;
    // Whether or not a round was revealed by it: streams of this member are to end, too.
    app.bus.publish(Topic::Space(speaker.space));
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn append<S: Store>(
    State(app): State<Shared<S>>,
    speaker: Speaker,
    Cbor { message, bytes }: Cbor<space::Append, MAX_BODY_BYTES>,
) -> Result<Reply<space::Appended>, Refusal> {
    app.pace_account(speaker.caller.account, bytes)?;
    if message.envelopes.is_empty() {
        return Err(Code::Malformed.into());
    }
    if message.envelopes.len() > MAX_APPEND {
        return Err(Code::TooLarge.into());
    }
    message.envelopes.iter().try_for_each(fits)?;
    let envelopes: Vec<Named> = message.envelopes.into_iter().map(Named::new).collect();
    has_room(&app, speaker.caller, envelopes.iter().map(Named::bytes).sum()).await?;
    let appended = granted(app.store.append(speaker.space, speaker.member, envelopes).await?)?;
    if appended.grew_bytes > 0 {
        app.quotas.count(speaker.caller.account, appended.grew_bytes);
        app.bus.publish(Topic::Space(speaker.space));
    }
    Ok(Reply(space::Appended {
        numbers: appended.numbers,
        head: appended.head,
    }))
}

/// Which stretch a query asks for. What it does not name begins at the beginning; what is no number is refused.
fn stretch_of(query: Option<&str>) -> Result<Stretch, Refusal> {
    let mut stretch = Stretch {
        after: 0,
        removed_after: 0,
        limit: MAX_PAGE,
        bytes: MAX_PAGE_BYTES,
    };
    for pair in query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let number = || value.parse::<u64>().map_err(|_| Refusal::from(Code::Malformed));
        match name {
            "after" => stretch.after = number()?,
            "removed_after" => stretch.removed_after = number()?,
            "limit" => {
                let limit = u32::try_from(number()?).unwrap_or(u32::MAX);
                if limit == 0 {
                    return Err(Code::Malformed.into());
                }
                stretch.limit = limit.min(MAX_PAGE);
            }
            // A later client may say more than this relay knows.
            _ => {}
        }
    }
    Ok(stretch)
}

pub(super) async fn read<S: Store>(
    State(app): State<Shared<S>>,
    speaker: Speaker,
    RawQuery(query): RawQuery,
) -> Result<Reply<Page>, Refusal> {
    let stretch = stretch_of(query.as_deref())?;
    Ok(Reply(granted(
        app.store.read(speaker.space, speaker.member, stretch).await?,
    )?))
}

pub(super) async fn remove<S: Store>(
    State(app): State<Shared<S>>,
    speaker: Speaker,
    Cbor { message, .. }: Cbor<Remove, { 64 * 1024 }>,
) -> Result<StatusCode, Refusal> {
    if message.envelopes.len() > MAX_APPEND {
        return Err(Code::TooLarge.into());
    }
    let envelopes = message.envelopes.iter().map(|name| EnvelopeId(name.0)).collect();
    match granted(app.store.remove(speaker.space, speaker.member, envelopes).await?)? {
        Removed::Gone { freed_bytes } => {
            app.quotas.count(speaker.caller.account, -freed_bytes);
            app.bus.publish(Topic::Space(speaker.space));
            Ok(StatusCode::NO_CONTENT)
        }
        Removed::NotTheirs => Err(Code::NotFound.into()),
    }
}
