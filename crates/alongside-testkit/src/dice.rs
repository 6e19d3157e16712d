//! Chance from a seed: the same seed, the same world.

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

/// Chance from a seed.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha20Rng);

impl Dice {
    /// The dice of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    /// A number below this one; 0 below 1.
    pub fn below(&mut self, end: usize) -> usize {
        // The tiny bias of a remainder does not matter here.
        usize::try_from(self.0.next_u64() % (end.max(1) as u64)).unwrap_or(0)
    }

    /// True so many times in 256.
    pub fn happens(&mut self, in_256: u16) -> bool {
        self.0.next_u32() % 256 < u32::from(in_256)
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len());
        &of[at]
    }

    /// Another seed.
    pub fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Unpredictable bytes, as far as the seed is unknown.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}
