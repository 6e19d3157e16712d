//! What a hash, a signature or a key is for. A new use shall have a new purpose: nothing made for one can stand in for another.

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A frozen purpose.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Purpose { $($(#[$doc])* $name,)* }

        impl Purpose {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its frozen name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => concat!("alongside/1/", $text),)* }
            }
        }
    };
}

purposes! {
    /// Names a person: hash.
    Person = "person";
    /// Names a device: hash.
    Device = "device";
    /// An identity certifies a device: signature.
    DeviceCert = "device-cert";
    /// Names an entry of a chain: hash. Signs it: signature.
    Entry = "entry";
    /// Names a statement of a round: hash. Signs it: signature.
    Statement = "statement";
    /// Binds a payload to its header: hash.
    Payload = "payload";
    /// Names an epoch: hash.
    Epoch = "epoch";
    /// Names who an epoch was sealed to: hash.
    Roster = "roster";
    /// Seals an epoch's key to a device: HPKE.
    EpochSeal = "epoch-seal";
    /// The chain over what the relay has numbered: hash.
    Running = "running";
    /// Names a round: hash.
    Round = "round";
    /// The keys of one message: key derivation.
    Message = "message";
    /// What a box commits to its key by: key derivation.
    Commitment = "commitment";
    /// A person's key for one space: key derivation.
    Member = "member";
    /// An inviter's key for one invitation: key derivation.
    Inviter = "inviter";
    /// Names an invitation: hash.
    Invitation = "invitation";
    /// An invitation's signing key: key derivation.
    InvitationKey = "invitation-key";
    /// What an invitation says: key derivation and sealing.
    InvitationBlob = "invitation-blob";
    /// What a claim says: key derivation and sealing.
    InvitationClaim = "invitation-claim";
    /// The words that two people compare: hash.
    Compare = "compare";
    /// What a newcomer is given: signature and HPKE.
    Welcome = "welcome";
    /// The vault's contents: sealing.
    Vault = "vault";
    /// The vault's key under passphrase and account words: key derivation and sealing.
    VaultPassphrase = "vault-wrap/passphrase";
    /// The vault's key under account and recovery words: key derivation and sealing.
    VaultRecovery = "vault-wrap/recovery";
    /// Tells account words from others: key derivation.
    AccountCheck = "account-check";
    /// The key of the account words, for recovering: key derivation.
    AccountKey = "account-key";
    /// The key of account and recovery words, for recovering: key derivation.
    RecoveryKey = "recovery-key";
    /// What lies on one device: sealing.
    Local = "local";
    /// The device's key under the passphrase: sealing.
    Lock = "lock";
}

#[cfg(test)]
mod tests;
