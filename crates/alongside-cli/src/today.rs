//! `alongside today`.

use alongside_core::checkin;
use alongside_replica::Client;

use crate::device;
use crate::device::Device;
use crate::failure::Failure;
use crate::names::{self, Us};
use crate::platform::Native;
use crate::show;
use crate::terminal::Terminal;
use crate::text;

/// Shows what is mine today, and what was revealed.
pub(crate) async fn run(device: &Device, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = device::unlock(device, terminal).await?;
    here.meet_and_tell(terminal).await?;
    let (day, mine) = names::view_me(&here.client, |me, context| {
        (context.today, checkin::today(me, None, context).mine)
    })?;
    terminal.say(text::day(day))?;
    for us in names::all(&here.client)?.iter().filter(|us| !us.left) {
        terminal.say("")?;
        one(&here.client, us, terminal)?;
    }
    terminal.say("")?;
    terminal.say(text::ME)?;
    match mine {
        Some(note) => {
            terminal.say(format!("  {}", text::NOTED_IN_ME))?;
            lines(terminal, show::answers(&note.answers, None))
        }
        None => terminal.say(format!("  {}", text::NOT_NOTED_IN_ME)),
    }
}

/// Today in one Us.
pub(crate) fn one(client: &Client<Native>, us: &Us, terminal: &mut Terminal) -> Result<(), Failure> {
    let today = names::view_us(client, us.id, |me, state, context| {
        checkin::today(me, Some(state), context)
    })?;
    terminal.say(format!("{}: {}", us.name, text::you_and(&us.others())))?;
    terminal.say(format!("  {}", text::how_it_stands(&today, us.others().len())))?;
    let shown = today.revealed.as_deref().unwrap_or_default();
    lines(terminal, show::revealed(us, shown))?;
    let Some(note) = &today.mine else {
        return Ok(());
    };
    if shown.is_empty() {
        return lines(terminal, show::answers(&note.answers, Some(&note.shared)));
    }
    let kept = show::kept(&note.answers, &note.shared);
    if !kept.is_empty() {
        terminal.say(format!("  {}", text::KEPT_FROM_IT))?;
        lines(terminal, show::indented(show::answers(&kept, None)))?;
    }
    Ok(())
}

fn lines(terminal: &mut Terminal, lines: Vec<String>) -> Result<(), Failure> {
    show::indented(lines)
        .into_iter()
        .try_for_each(|line| terminal.say(line))
}
