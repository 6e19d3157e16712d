//! Why something did not happen, in words, each with a way on.

use alongside_core::{checkin, root};
use alongside_replica::ports::StoreError;
use alongside_replica::{DispatchError, NetError, SignInError, Trouble, UnlockError, WordsError};

use super::joined;
use crate::failure::{Failure, PickError};
use crate::platform::{BadRelay, NativeError, OpenError, ReachError};

/// Anything.
pub(crate) fn failure(failure: &Failure) -> String {
    match failure {
        Failure::NoHome(_) => {
            "This system names no home folder. Say where to keep the device: --home DIR".to_owned()
        }
        Failure::Native(error) => native(error),
        Failure::BadRelay(error) => bad_relay(error),
        Failure::Storage(error) => store(*error),
        Failure::Nobody => {
            "Nobody is signed in on this device. Begin with: alongside sign-in --relay URL HANDLE".to_owned()
        }
        Failure::SomebodyElse { handle } => {
            format!("{handle} is signed in on this device. Sign out first, or use another folder: --home DIR")
        }
        Failure::NoRelay => {
            "It is not known which relay this device belongs to. Sign out and in again.".to_owned()
        }
        Failure::Unlock(error) => unlock(*error),
        Failure::SignIn(error) => sign_in(error),
        Failure::Dispatch(error) => dispatch(error),
        Failure::Net(error) => net(*error),
        Failure::Unsent { count } => unsent(*count),
        Failure::NoTerminal => {
            "There is no terminal to ask on. Name a file that holds the passphrase (--passphrase-file, or \
             ALONGSIDE_PASSPHRASE_FILE), and to sign in one that holds the account words (--words-file)."
                .to_owned()
        }
        Failure::Unreadable { path, source } => format!("{} cannot be read: {source}", path.display()),
        Failure::EmptyFile { path } => format!("{} is empty.", path.display()),
        Failure::Unwritable { path, source } => format!("{} cannot be written: {source}", path.display()),
        Failure::NotEmpty { path } => {
            format!(
                "{} has something in it. Name a folder that is empty, or that is not there yet.",
                path.display()
            )
        }
        Failure::Pick(error) => pick(error),
        Failure::AlreadyRevealed => {
            "The answers are in, and yours stand as they are: alongside today".to_owned()
        }
        Failure::KeptWithoutUs => "A check-in with yourself is kept whole: --keep goes with --us.".to_owned(),
        Failure::InputEnded => "The input ended before the last question. Nothing was kept.".to_owned(),
        Failure::NoSums { path, line } => {
            format!(
                "Line {line} of {} is not a SHA-256 and a file name.",
                path.display()
            )
        }
        Failure::SumsEmpty { path } => format!("{} names no files to compare.", path.display()),
        Failure::Differs => "Do not type your passphrase on a page from there until you know why.".to_owned(),
        Failure::Terminal(source) => format!("The terminal failed: {source}"),
        Failure::System(source) => format!("The system failed: {source}"),
    }
}

fn native(error: &NativeError) -> String {
    match error {
        NativeError::Open(OpenError::Folder { path, source }) => {
            format!(
                "The folder {} cannot be used: {source}. Another one: --home DIR",
                path.display()
            )
        }
        NativeError::Open(OpenError::InUse { path }) => format!(
            "Another alongside is at work in {}. When it has ended, this one can begin.",
            path.display()
        ),
        NativeError::Open(OpenError::Store(error)) => store(*error),
        NativeError::Reach(error) => reach(error),
    }
}

fn reach(error: &ReachError) -> String {
    match error {
        ReachError::NoCertificates(_) => {
            "This system has no root certificates, so no server can be known. Most systems have them in a package called \
             ca-certificates."
                .to_owned()
        }
        ReachError::Storage(error) => store(*error),
    }
}

fn bad_relay(error: &BadRelay) -> String {
    match error {
        BadRelay::NotAnAddress { given } => {
            format!("{given:?} is no address of a relay. One looks like https://relay.example")
        }
        BadRelay::NotSecure { given } => format!(
            "{given} is not protected on the way: others could see who talks to whom, and answer in its place. Use https, or say \
             --insecure if you know the way."
        ),
    }
}

/// The relay.
pub(crate) fn net(error: NetError) -> String {
    match error {
        NetError::Unreachable => "The relay cannot be reached.".to_owned(),
        NetError::SlowDown { retry_after_s: None } => "The relay asks to wait a little.".to_owned(),
        NetError::SlowDown {
            retry_after_s: Some(seconds),
        } => format!("The relay asks to wait {seconds} seconds."),
        NetError::RelayFull => {
            "The relay has no room left. What was written stays on this device until it has; whoever runs it can make room."
                .to_owned()
        }
        NetError::OverQuota => {
            "This account has used the room that it has on the relay. What was written stays on this device.".to_owned()
        }
        NetError::UpdateNeeded => "This program and the relay are of versions that do not go together: one of them needs an update.".to_owned(),
        NetError::SessionEnded => {
            "This device was signed out from elsewhere. What it has can still be read and exported; to go on, sign out and in again."
                .to_owned()
        }
        NetError::Unexpected => "The relay answered something that it should not. Later it may be right again.".to_owned(),
    }
}

/// This device.
fn store(error: StoreError) -> String {
    match error {
        StoreError::Full => "There is no room left on this disk. Nothing was changed.".to_owned(),
        StoreError::Denied => "The system lets nothing be written there. Another folder: --home DIR".to_owned(),
        StoreError::Gone => "What this device had is gone. Sign in again: the relay has what was sent.".to_owned(),
        StoreError::TooNew => "A newer version of this program has been here. Use that one.".to_owned(),
        StoreError::Failed => {
            "What this device keeps cannot be read. Try once more; if that does not help, sign out with --force and in again."
                .to_owned()
        }
    }
}

fn unlock(error: UnlockError) -> String {
    match error {
        UnlockError::WrongPassphrase => {
            "This is not the passphrase. If it was changed on another device, the old one still opens \
             this one."
                .to_owned()
        }
        UnlockError::Nobody => failure(&Failure::Nobody),
        UnlockError::Storage(error) => store(error),
    }
}

fn sign_in(error: &SignInError) -> String {
    match error {
        SignInError::AccountWords(error) => words(error),
        SignInError::AccountWordsWrong => {
            "These are account words, but not those of this account. Look for the sheet with this handle on it.".to_owned()
        }
        SignInError::WrongCredentials => {
            "Handle and passphrase do not go together here. A forgotten passphrase is replaced in the web client, with the recovery \
             words."
                .to_owned()
        }
        SignInError::Net(error) => net(*error),
        SignInError::Storage(error) => store(*error),
    }
}

fn words(error: &WordsError) -> String {
    match error {
        WordsError::Count { found } => format!("There are twelve account words, and these are {found}."),
        WordsError::Unknown { position, word } => {
            format!("Word {position}, {word:?}, is not one of the list. Look at it once more on the sheet.")
        }
        WordsError::Checksum => {
            "Each word is one of the list, but together they are nobody's: two may have changed places."
                .to_owned()
        }
    }
}

fn dispatch(error: &DispatchError) -> String {
    match error {
        DispatchError::Rejected(rejection) => rejected(rejection),
        DispatchError::Locked => "This device is locked.".to_owned(),
        DispatchError::AnotherTab => "Another program writes for this device just now.".to_owned(),
        DispatchError::NotMember => {
            "You have left there: what was can be read, and nothing added.".to_owned()
        }
        DispatchError::Storage(error) => store(*error),
    }
}

fn rejected(rejection: &root::Rejection) -> String {
    let root::Rejection::CheckIn(rejection) = rejection else {
        // Names and rhythms are nothing that a command here changes.
        return rejection.to_string();
    };
    match rejection {
        checkin::Rejection::NotToday { .. } => {
            "The day has changed meanwhile. Check in once more, for today.".to_owned()
        }
        checkin::Rejection::OutOfRange { .. } => "Scores go from 0 to 10.".to_owned(),
        checkin::Rejection::TooLong { chars, max, field } => format!(
            "{}: {chars} characters, and {max} fit.",
            super::questions::label(*field)
        ),
        checkin::Rejection::NothingToSay => "Nothing was answered, so nothing was kept.".to_owned(),
        checkin::Rejection::NoOneElseYet => "Nobody else has joined yet.".to_owned(),
        checkin::Rejection::AlreadyRevealed { .. } => failure(&Failure::AlreadyRevealed),
        checkin::Rejection::CareTooLong { chars, max } => format!("{chars} characters, and {max} fit."),
        checkin::Rejection::WrongSide
        | checkin::Rejection::NoSuchCheckIn
        | checkin::Rejection::MyOwn
        | checkin::Rejection::CareMissing
        | checkin::Rejection::NoCareGiven => rejection.to_string(),
    }
}

fn unsent(count: usize) -> String {
    let what = match count {
        1 => "One thing that was written here has".to_owned(),
        _ => format!("{count} things that were written here have"),
    };
    format!(
        "{what} not reached the relay, and would be lost. Sign out when it can be reached, or say --force to lose it."
    )
}

fn pick(error: &PickError) -> String {
    match error {
        PickError::None => super::NO_US.to_owned(),
        PickError::Unknown { given, names } => {
            format!("There is no Us called {given:?}. There is {}.", joined(names))
        }
        PickError::Several { given, names } => format!(
            "{given:?} can be {}. The letters and digits behind a name, in alongside spaces, say which.",
            joined(names)
        ),
        PickError::Left { name } => format!("You have left {name}: what was can be read, and nothing added."),
    }
}

/// Something that a person should know about.
pub(crate) fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Altered { count, .. } => format!(
            "{count} of what came in was altered on the way and was put aside. Nothing of yours is lost. Either the relay is faulty, or \
             somebody meddles with it: ask whoever runs it."
        ),
        Trouble::TwoPasts { .. } => "The relay has shown two of you two different pasts. Compare what you see in person, and think about \
             another relay."
            .to_owned(),
        Trouble::RolledBack { .. } => "The relay has less than it had: it was set back to an older state. This device still has the rest; \
             export it."
            .to_owned(),
        Trouble::Withheld { .. } => "Something is missing of what came in: the relay does not hand it out. It may come later.".to_owned(),
        Trouble::ClockOff { by_s } => {
            let minutes = by_s.unsigned_abs().div_ceil(60);
            let way = if *by_s > 0 { "ahead of" } else { "behind" };
            format!("This device's clock is {minutes} minutes {way} the relay's. Nothing is lost by it; days may be named wrongly.")
        }
        Trouble::UpdateNeeded => net(NetError::UpdateNeeded),
        Trouble::RelayFull => net(NetError::RelayFull),
        Trouble::OverQuota => net(NetError::OverQuota),
        Trouble::SessionEnded => net(NetError::SessionEnded),
    }
}
