//! The terminal: what is said, noted beside it, and asked.

use std::fmt;
use std::io::{self, BufRead, Write};

use zeroize::Zeroizing;

use crate::failure::Failure;

/// Where a command reads and writes.
pub(crate) struct Terminal {
    input: Box<dyn BufRead>,
    output: Box<dyn Write>,
    notes: Box<dyn Write>,
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal").finish_non_exhaustive()
    }
}

impl Terminal {
    /// The standard streams.
    pub(crate) fn standard() -> Self {
        Self::of(io::stdin().lock(), io::stdout(), io::stderr())
    }

    pub(crate) fn of(
        input: impl BufRead + 'static,
        output: impl Write + 'static,
        notes: impl Write + 'static,
    ) -> Self {
        Self {
            input: Box::new(input),
            output: Box::new(output),
            notes: Box::new(notes),
        }
    }

    /// A line of the answer.
    pub(crate) fn say(&mut self, line: impl AsRef<str>) -> Result<(), Failure> {
        writeln!(self.output, "{}", line.as_ref()).map_err(Failure::Terminal)
    }

    /// A line beside the answer.
    pub(crate) fn note(&mut self, line: impl AsRef<str>) {
        // Whoever closed it does not want to know.
        let _closed = writeln!(self.notes, "{}", line.as_ref());
    }

    /// A question, and the line that was typed.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, Failure> {
        write!(self.output, "{question}")
            .and_then(|()| self.output.flush())
            .map_err(Failure::Terminal)?;
        let mut line = String::new();
        let read = self.input.read_line(&mut line).map_err(Failure::Terminal)?;
        if read == 0 {
            return Err(Failure::InputEnded);
        }
        Ok(line.trim().to_owned())
    }

    /// A question whose answer does not show. It goes to the terminal itself, whatever the standard streams are.
    pub(crate) fn ask_secret(question: &str) -> Result<Zeroizing<String>, Failure> {
        rpassword::prompt_password(question)
            .map(Zeroizing::new)
            .map_err(|_| Failure::NoTerminal)
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.output.flush().map_err(Failure::Terminal)
    }
}
