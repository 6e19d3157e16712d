//! `alongside spaces`.

use alongside_core::rhythm;

use crate::device::Device;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{device, names, text};

/// Lists each Us.
pub(crate) async fn run(device: &Device, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = device::unlock(device, terminal).await?;
    here.meet_and_tell(terminal).await?;
    let all = names::all(&here.client)?;
    if all.is_empty() {
        return terminal.say(text::NO_US);
    }
    for us in all {
        let kind = us.kind.map(|kind| format!(", {}", text::kind(kind)));
        terminal.say(format!(
            "{}{}  ({})",
            us.name,
            kind.unwrap_or_default(),
            us.short_id()
        ))?;
        if us.left {
            terminal.say(format!("  {}", text::YOU_LEFT))?;
            continue;
        }
        terminal.say(format!("  {}", text::you_and(&us.others())))?;
        let rhythm = names::view_us(&here.client, us.id, |_, us, _| rhythm::in_force(us))?;
        terminal.say(format!("  {}", text::rhythm(rhythm)))?;
    }
    Ok(())
}
