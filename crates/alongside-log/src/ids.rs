//! Names of things: hashes, or random where said. No name converts into another.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] [u8; $len]);

        impl $name {
            /// The name with exactly these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes of the name.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "("))?;
                for byte in &self.0[..4] {
                    write!(f, "{byte:02x}")?;
                }
                f.write_str("…)")
            }
        }
    };
}

id!(
    /// A person: the hash of their identity's public keys.
    PersonId, 32
);
id!(
    /// A device: the hash of its public keys.
    DeviceId, 32
);
id!(
    /// An entry or a statement: the hash of its header as received.
    EntryId, 32
);
id!(
    /// An epoch: the hash of its space, number and key.
    EpochId, 32
);
id!(
    /// An envelope: the hash of its two parts' hashes.
    EnvelopeId, 32
);
id!(
    /// A round: the hash of its name under the space's naming secret.
    RoundId, 32
);
id!(
    /// A space: 16 random bytes.
    SpaceId, 16
);
id!(
    /// An invitation: derived from its key.
    InvitationId, 16
);
