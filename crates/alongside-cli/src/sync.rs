//! `alongside sync`.

use clap::Args;

use crate::device::{self, Device, Met};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::text;

/// Sends what waits and fetches what is new.
#[derive(Debug, Args)]
pub struct Sync {
    /// Stays in touch with the relay until Ctrl-C
    #[arg(long)]
    stay: bool,
    #[command(flatten)]
    device: Device,
}

impl Sync {
    pub(crate) async fn run(self, terminal: &mut Terminal) -> Result<(), Failure> {
        let here = device::unlock(&self.device, terminal).await?;
        let met = here.meet().await?;
        here.tell_troubles(terminal);
        let waiting = here.client.waiting_to_send();
        match met {
            Met::Yes if waiting == 0 => terminal.say(text::IN_STEP)?,
            Met::Yes | Met::NotTried => terminal.say(text::waits(waiting))?,
            Met::No(_) if self.stay => {}
            Met::No(error) => {
                if waiting > 0 {
                    terminal.note(text::waits(waiting));
                }
                return Err(error.into());
            }
        }
        if !self.stay {
            return Ok(());
        }
        terminal.say(text::STAYING)?;
        terminal.flush()?;
        tokio::select! {
            () = here.client.run() => {}
            told = tokio::signal::ctrl_c() => told.map_err(Failure::System)?,
        }
        here.tell_troubles(terminal);
        Ok(())
    }
}
