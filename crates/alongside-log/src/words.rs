//! 128 random bits as twelve words of the BIP-39 English list, with its checksum: account words and recovery words.

use core::fmt;

use bip39::{Language, Mnemonic};
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// How many words there are.
pub const COUNT: usize = 12;

/// 128 secret bits that a person writes down as words.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct Words(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("Words").finish_non_exhaustive()
    }
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Not twelve.
    #[error("there are {found} words; twelve are needed")]
    Count {
        /// How many there are.
        found: usize,
    },
    /// One is not of the list.
    #[error("word {position} is not one of the list")]
    Unknown {
        /// 1 to 12.
        position: usize,
        /// As typed, in lower case.
        word: String,
    },
    /// They do not go together.
    #[error("the words do not go together")]
    Checksum,
}

impl Words {
    /// New ones.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRngCore) -> Self {
        let mut bits = [0; 16];
        rng.fill_bytes(&mut bits);
        Self(bits)
    }

    /// The words of these bits.
    #[must_use]
    pub fn from_entropy(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub fn entropy(&self) -> &[u8; 16] {
        &self.0
    }

    /// The twelve words.
    #[must_use]
    pub fn phrase(&self) -> Vec<&'static str> {
        Mnemonic::from_entropy(&self.0)
            .map(|mnemonic| mnemonic.words().collect())
            .unwrap_or_default()
    }

    /// Reads words as people type them: in any case, with any space, commas or numbers between them.
    ///
    /// # Errors
    /// [`WordsError`].
    pub fn parse(typed: &str) -> Result<Self, WordsError> {
        let words: Zeroizing<Vec<String>> = Zeroizing::new(
            typed
                .split(|letter: char| !letter.is_alphabetic())
                .filter(|word| !word.is_empty())
                .map(str::to_lowercase)
                .collect(),
        );
        if words.len() != COUNT {
            return Err(WordsError::Count { found: words.len() });
        }
        for (at, word) in words.iter().enumerate() {
            if Language::English.find_word(word).is_none() {
                return Err(WordsError::Unknown {
                    position: at + 1,
                    word: word.clone(),
                });
            }
        }
        let phrase = Zeroizing::new(words.join(" "));
        let mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &phrase).map_err(|_| WordsError::Checksum)?;
        let (bits, length) = mnemonic.to_entropy_array();
        let bits = Zeroizing::new(bits);
        bits.get(..length)
            .and_then(|bits| bits.try_into().ok())
            .map(Self)
            .ok_or(WordsError::Checksum)
    }
}

/// The words of the list that begin so, in alphabetical order.
pub fn starting_with(prefix: &str) -> impl Iterator<Item = &'static str> {
    let prefix = prefix.to_lowercase();
    Language::English
        .word_list()
        .iter()
        .copied()
        .filter(move |word| word.starts_with(&prefix))
}

/// The word of the list with this number, 0 to 2047.
pub(crate) fn numbered(number: usize) -> &'static str {
    Language::English.word_list()[number % 2048]
}

#[cfg(test)]
mod tests;
