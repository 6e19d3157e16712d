//! Where a device is kept unless one says otherwise.

use std::path::PathBuf;

/// The system names no folder in which a person's programs keep things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system names no home folder")]
pub struct NoHome;

/// `$XDG_DATA_HOME/alongside`; without that variable `~/.local/share/alongside`, and on Windows `%LOCALAPPDATA%\alongside`.
///
/// # Errors
/// [`NoHome`].
pub fn home() -> Result<PathBuf, NoHome> {
    let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    // The specification has a relative path ignored.
    let data = named("XDG_DATA_HOME").filter(|path| path.is_absolute());
    let local = || named("LOCALAPPDATA").filter(|path| cfg!(windows) && path.is_absolute());
    let below_home = || std::env::home_dir().map(|home| home.join(".local").join("share"));
    data.or_else(local)
        .or_else(below_home)
        .map(|data| data.join("alongside"))
        .ok_or(NoHome)
}
