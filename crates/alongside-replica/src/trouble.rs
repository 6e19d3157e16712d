//! What a person should know about and can do something about: each has its own words in the catalogue.

use alongside_core::id::SpaceId;

/// Something that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Entries came in altered, forged or broken, and were put aside as they came.
    Altered {
        /// Where.
        space: SpaceId,
        /// How many so far.
        count: usize,
    },
    /// Two members were shown two different pasts by the relay.
    TwoPasts {
        /// Where.
        space: SpaceId,
    },
    /// The relay has less than it had: it was set back to an older state.
    RolledBack {
        /// Where.
        space: SpaceId,
    },
    /// Something is referred to that the relay does not hand out.
    Withheld {
        /// Where.
        space: SpaceId,
    },
    /// This device's clock and the relay's are far apart.
    ClockOff {
        /// How far this device's is ahead, in seconds; negative when it is behind.
        by_s: i64,
    },
    /// This version is too old for what comes in, or for the relay.
    UpdateNeeded,
    /// The relay has no room left. What was written stays on this device until it has.
    RelayFull,
    /// This account has used the room that it has. What was written stays on this device.
    OverQuota,
    /// Signed out from elsewhere, or the session ran out: the passphrase opens a new one.
    SessionEnded,
}

impl Trouble {
    /// Whether two are about the same thing, so that the later takes the earlier's place.
    pub(crate) fn same_thing(&self, other: &Self) -> bool {
        core::mem::discriminant(self) == core::mem::discriminant(other) && self.space() == other.space()
    }

    fn space(&self) -> Option<SpaceId> {
        match self {
            Self::Altered { space, .. }
            | Self::TwoPasts { space }
            | Self::RolledBack { space }
            | Self::Withheld { space } => Some(*space),
            Self::ClockOff { .. }
            | Self::UpdateNeeded
            | Self::RelayFull
            | Self::OverQuota
            | Self::SessionEnded => None,
        }
    }
}
