//! `alongside sign-out`.

use alongside_replica::Standing;
use clap::Args;

use crate::device::{self, Device, Met};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::text;

/// Takes everything of a person off this device.
#[derive(Debug, Args)]
pub struct SignOut {
    /// Asks for no passphrase, tells the relay nothing, and loses what has not reached it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    device: Device,
}

impl SignOut {
    pub(crate) async fn run(self, terminal: &mut Terminal) -> Result<(), Failure> {
        if self.force {
            let client = device::load(&self.device).await?;
            if client.standing() == Standing::Nobody {
                return Err(Failure::Nobody);
            }
            let handle = client.handle().unwrap_or_default();
            client.sign_out().await?;
            client.platform().forget()?;
            return terminal.say(text::erased(&handle));
        }
        let here = device::unlock(&self.device, terminal).await?;
        let met = here.meet().await?;
        let count = here.client.waiting_to_send();
        if count > 0 {
            return Err(Failure::Unsent { count });
        }
        let handle = here.client.handle().unwrap_or_default();
        here.client.sign_out().await?;
        here.client.platform().forget()?;
        terminal.say(match met {
            Met::Yes => text::signed_out(&handle),
            Met::NotTried | Met::No(_) => text::erased(&handle),
        })
    }
}
