//! `alongside words`.

use alongside_replica::DispatchError;

use crate::device;
use crate::device::Device;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::text;

/// So many stand on one line.
const A_LINE: usize = 3;

/// Shows the account words, to whoever knows the passphrase.
pub(crate) async fn run(device: &Device, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = device::unlock(device, terminal).await?;
    let words = here
        .client
        .account_words()
        .ok_or(Failure::Dispatch(DispatchError::Locked))?;
    terminal.note(text::THE_WORDS);
    let numbered: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(at, word)| format!("{:>2} {word:<10}", at + 1))
        .collect();
    for line in numbered.chunks(A_LINE) {
        terminal.say(line.join("  ").trim_end())?;
    }
    Ok(())
}
