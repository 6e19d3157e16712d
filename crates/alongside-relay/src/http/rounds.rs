//! Rounds: answers that are revealed together. Nothing here, nor anything that it sets in motion, tells whether others have answered,
//! until all have.

use alongside_wire::limits::MAX_PART_BYTES;
use alongside_wire::problem::Code;
use alongside_wire::space::{self, Deposited, OwnDeposit};
use axum::extract::State;
use axum::http::StatusCode;

use super::accounts::SMALL;
use super::extract::{Cbor, Reply, Round, Speaker};
use super::refusal::Refusal;
use super::spaces::{fits, granted, has_room};
use crate::app::Shared;
use crate::bus::Topic;
use crate::store::{Deposit, Named, Store, TakenBack};

pub(super) async fn put<S: Store>(
    State(app): State<Shared<S>>,
    speaker: Speaker,
    Round(round): Round,
    Cbor { message, bytes }: Cbor<space::Deposit, { 2 * MAX_PART_BYTES + SMALL }>,
) -> Result<Reply<Deposited>, Refusal> {
    app.pace_account(speaker.caller.account, bytes)?;
    fits(&message.envelope)?;
    let envelope = Named::new(message.envelope);
    has_room(&app, speaker.caller, envelope.bytes()).await?;
    match granted(
        app.store
            .deposit(speaker.space, speaker.member, round, envelope)
            .await?,
    )? {
        Deposit::Taken { grew_bytes, revealed } => {
            app.quotas.count(speaker.caller.account, grew_bytes);
            if revealed {
                app.bus.publish(Topic::Space(speaker.space));
            }
            Ok(Reply(Deposited {}))
        }
        Deposit::RoundOver => Err(Code::RoundOver.into()),
    }
}

pub(super) async fn get<S: Store>(
    State(app): State<Shared<S>>,
    speaker: Speaker,
    Round(round): Round,
) -> Result<Reply<OwnDeposit>, Refusal> {
    let envelope = granted(
        app.store
            .own_deposit(speaker.space, speaker.member, round)
            .await?,
    )?;
    Ok(Reply(OwnDeposit { envelope }))
}

pub(super) async fn delete<S: Store>(
    State(app): State<Shared<S>>,
    speaker: Speaker,
    Round(round): Round,
) -> Result<StatusCode, Refusal> {
    match granted(app.store.take_back(speaker.space, speaker.member, round).await?)? {
        TakenBack::Out { freed_bytes } => {
            app.quotas.count(speaker.caller.account, -freed_bytes);
            Ok(StatusCode::NO_CONTENT)
        }
        TakenBack::RoundOver => Err(Code::RoundOver.into()),
    }
}
