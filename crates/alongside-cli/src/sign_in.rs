//! `alongside sign-in`.

use std::path::PathBuf;

use alongside_replica::Standing;
use clap::Args;

use crate::device::{self, Device, Unlocked};
use crate::failure::Failure;
use crate::platform::Relay;
use crate::terminal::Terminal;
use crate::text;

/// Makes this machine one of a person's devices.
#[derive(Debug, Args)]
pub struct SignIn {
    /// Where the account is: https://relay.example
    #[arg(long, env = "ALONGSIDE_RELAY", value_name = "URL")]
    relay: String,
    /// Your handle there
    handle: String,
    /// Allows http:// to another machine: others on the way could see who talks to whom, and answer in the relay's place
    #[arg(long)]
    insecure: bool,
    /// A file whose first line is the account words; without it you are asked
    #[arg(long, env = "ALONGSIDE_WORDS_FILE", value_name = "FILE")]
    words_file: Option<PathBuf>,
    #[command(flatten)]
    device: Device,
}

impl SignIn {
    pub(crate) async fn run(self, terminal: &mut Terminal) -> Result<(), Failure> {
        let relay = Relay::parse(&self.relay, self.insecure)?;
        let client = device::load(&self.device).await?;
        if client.standing() != Standing::Nobody {
            let handle = client.handle().unwrap_or_default();
            return Err(Failure::SomebodyElse { handle });
        }
        let passphrase = device::passphrase(&self.device)?;
        let words = device::secret(self.words_file.as_deref(), text::ASK_WORDS)?;
        client.platform().use_relay(relay.clone())?;
        client.sign_in(&self.handle, &passphrase, &words).await?;
        let here = Unlocked::new(client, passphrase);
        here.meet_and_tell(terminal).await?;
        let handle = here.client.handle().unwrap_or_default();
        terminal.say(text::signed_in(
            &handle,
            &relay.to_string(),
            here.client.spaces().len(),
        ))
    }
}
