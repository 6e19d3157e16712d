//! Why something did not happen, in words, each with a way on.

use alongside_core::{checkin, members, rhythm, root};
use alongside_replica::ports::StoreError;
use alongside_replica::{
    DispatchError, InviteError, LookError, MakeAccountError, NetError, RecoverError, SignInError,
    UnlockError, VaultChangeError, WordsError,
};

use crate::t;

/// The relay.
pub(crate) fn net(error: NetError) -> String {
    match error {
        NetError::Unreachable => t!("net-unreachable"),
        NetError::SlowDown { retry_after_s: None } => t!("net-slow-down"),
        NetError::SlowDown {
            retry_after_s: Some(seconds),
        } => t!("net-slow-down-minutes", minutes = seconds.div_ceil(60).max(1)),
        NetError::RelayFull => t!("net-relay-full"),
        NetError::OverQuota => t!("net-over-quota"),
        NetError::UpdateNeeded => t!("net-update-needed"),
        NetError::SessionEnded => t!("net-session-ended"),
        NetError::Unexpected => t!("net-unexpected"),
    }
}

/// This device.
pub(crate) fn store(error: StoreError) -> String {
    match error {
        StoreError::Full => t!("store-full"),
        StoreError::Denied => t!("store-denied"),
        StoreError::Gone => t!("store-gone"),
        StoreError::TooNew => t!("store-too-new"),
        StoreError::Failed => t!("store-trouble"),
    }
}

/// A wish.
pub(crate) fn dispatch(error: DispatchError) -> String {
    match error {
        DispatchError::Rejected(rejection) => rejected(&rejection),
        DispatchError::Locked => t!("dispatch-locked"),
        DispatchError::AnotherTab => t!("dispatch-another-tab"),
        DispatchError::NotMember => t!("dispatch-not-member"),
        DispatchError::Storage(error) => store(error),
    }
}

/// A rule of the domain.
pub(crate) fn rejected(rejection: &root::Rejection) -> String {
    match rejection {
        root::Rejection::Members(rejection) => match rejection {
            members::Rejection::AlreadyBegun => t!("members-already-begun"),
            members::Rejection::NameMissing => t!("members-name-missing"),
            members::Rejection::NameTooLong { chars, max } => {
                t!("text-too-long", chars = *chars, max = *max)
            }
            members::Rejection::WrongSide => t!("wrong-side"),
        },
        root::Rejection::Rhythm(rejection) => match rejection {
            rhythm::Rejection::NoDays => t!("rhythm-no-days"),
            rhythm::Rejection::InForceAlready => t!("rhythm-in-force-already"),
            rhythm::Rejection::ProposedAlready { .. } => t!("rhythm-proposed-already"),
            rhythm::Rejection::NoSuchProposal => t!("rhythm-no-such-proposal"),
            rhythm::Rejection::NotAgreed => t!("rhythm-not-agreed"),
        },
        root::Rejection::CheckIn(rejection) => match rejection {
            checkin::Rejection::NotToday { .. } => t!("checkin-not-today"),
            checkin::Rejection::OutOfRange { .. } => t!("checkin-out-of-range"),
            checkin::Rejection::TooLong { chars, max, .. }
            | checkin::Rejection::CareTooLong { chars, max } => {
                t!("text-too-long", chars = *chars, max = *max)
            }
            checkin::Rejection::NothingToSay => t!("checkin-nothing-to-say"),
            checkin::Rejection::NoOneElseYet => t!("checkin-no-one-else-yet"),
            checkin::Rejection::AlreadyRevealed { .. } => t!("checkin-already-revealed"),
            checkin::Rejection::WrongSide => t!("wrong-side"),
            checkin::Rejection::NoSuchCheckIn => t!("checkin-no-such"),
            checkin::Rejection::MyOwn => t!("checkin-my-own"),
            checkin::Rejection::CareMissing => t!("checkin-care-missing"),
            checkin::Rejection::NoCareGiven => t!("checkin-no-care-given"),
        },
    }
}

/// Typed words that are none.
pub(crate) fn words(error: &WordsError) -> String {
    match error {
        WordsError::Count { found } => t!("words-count", found = *found),
        WordsError::Unknown { position, word } => {
            t!("words-unknown", position = *position, word = word.clone())
        }
        WordsError::Checksum => t!("words-checksum"),
    }
}

/// Which field a reason belongs to, where it belongs to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The handle.
    Handle,
    /// The passphrase.
    Passphrase,
    /// The account words.
    AccountWords,
    /// The recovery words.
    RecoveryWords,
    /// None of them.
    Form,
}

/// Making an account.
pub(crate) fn make_account(error: MakeAccountError) -> (Place, String) {
    match error {
        MakeAccountError::BadHandle => (Place::Handle, t!("handle-bad")),
        MakeAccountError::Taken => (Place::Handle, t!("handle-taken")),
        MakeAccountError::AccountsClosed => (Place::Form, t!("accounts-closed")),
        MakeAccountError::Net(error) => (Place::Form, net(error)),
        MakeAccountError::Storage(error) => (Place::Form, store(error)),
    }
}

/// Signing in.
pub(crate) fn sign_in(error: SignInError) -> (Place, String) {
    match error {
        SignInError::AccountWords(error) => (Place::AccountWords, words(&error)),
        SignInError::AccountWordsWrong => (Place::AccountWords, t!("account-words-wrong")),
        SignInError::WrongCredentials => (Place::Passphrase, t!("wrong-credentials")),
        SignInError::Net(error) => (Place::Form, net(error)),
        SignInError::Storage(error) => (Place::Form, store(error)),
    }
}

/// Recovering.
pub(crate) fn recover(error: RecoverError) -> (Place, String) {
    match error {
        RecoverError::AccountWords(error) => (Place::AccountWords, words(&error)),
        RecoverError::RecoveryWords(error) => (Place::RecoveryWords, words(&error)),
        // The relay does not tell whether there is such an account: that is nobody's concern.
        RecoverError::AccountWordsWrong => (Place::AccountWords, t!("recover-account-words-wrong")),
        RecoverError::RecoveryWordsWrong => (Place::RecoveryWords, t!("recovery-words-wrong")),
        RecoverError::NoRecovery => (Place::Handle, t!("no-recovery")),
        RecoverError::Net(error) => (Place::Form, net(error)),
        RecoverError::Storage(error) => (Place::Form, store(error)),
    }
}

/// Unlocking.
pub(crate) fn unlock(error: UnlockError) -> (Place, String) {
    match error {
        UnlockError::WrongPassphrase => (Place::Passphrase, t!("passphrase-wrong")),
        UnlockError::Nobody => (Place::Form, t!("store-gone")),
        UnlockError::Storage(error) => (Place::Form, store(error)),
    }
}

/// Changing the vault.
pub(crate) fn vault(error: VaultChangeError) -> (Place, String) {
    match error {
        VaultChangeError::Locked => (Place::Form, t!("dispatch-locked")),
        VaultChangeError::WrongPassphrase => (Place::Passphrase, t!("passphrase-wrong")),
        VaultChangeError::Net(error) => (Place::Form, net(error)),
        VaultChangeError::Storage(error) => (Place::Form, store(error)),
    }
}

/// Inviting.
pub(crate) fn invite(error: InviteError) -> String {
    match error {
        InviteError::Dispatch(error) => dispatch(error),
        InviteError::Full => t!("invite-full"),
        InviteError::NobodyThere => t!("invite-nobody-there"),
        InviteError::Net(error) => net(error),
    }
}

/// Following an invitation.
pub(crate) fn look(error: LookError) -> String {
    match error {
        LookError::NotALink => t!("look-not-a-link"),
        LookError::Over => t!("look-over"),
        LookError::Used => t!("look-used"),
        LookError::Own => t!("look-own"),
        LookError::Dispatch(error) => dispatch(error),
        LookError::Net(error) => net(error),
    }
}
