//! What people write: how long it may be, and the form in which it is kept.
//!
//! [`Limit::clean`] is for words on their way in, and says by how much they are too long. [`Limit::allows`] is for words that
//! come out of the log: it asks nothing that a later Unicode version could answer differently, or two devices would
//! fold differently.

use unicode_normalization::UnicodeNormalization;

/// A name, of a person or of an Us.
pub const NAME: Limit = Limit {
    max_chars: 40,
    breaks: Breaks::None,
};
/// What somebody needs, or is thankful for.
pub const NEED: Limit = Limit {
    max_chars: 300,
    breaks: Breaks::Kept,
};
/// A note.
pub const NOTE: Limit = Limit {
    max_chars: 2_000,
    breaks: Breaks::Kept,
};
/// A sentence of care.
pub const CARE: Limit = Limit {
    max_chars: 280,
    breaks: Breaks::Kept,
};

/// Whether line breaks are part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// One line: every run of white space is one space.
    None,
    /// Line breaks stay.
    Kept,
}

/// What a text of one kind may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many Unicode scalar values fit, after cleaning.
    pub max_chars: usize,
    /// Whether it may have several lines.
    pub breaks: Breaks,
}

/// A text that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{chars} characters; at most {max} fit")]
pub struct TooLong {
    /// How many there are.
    pub chars: usize,
    /// How many fit.
    pub max: usize,
}

impl Limit {
    /// The text as it is kept: trimmed, in NFC, without control and text-direction characters; `None` when nothing
    /// visible is left.
    ///
    /// # Errors
    /// [`TooLong`], with both counts.
    pub fn clean(self, raw: &str) -> Result<Option<String>, TooLong> {
        let plain = raw
            .replace("\r\n", "\n")
            .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n")
            .replace('\t', " ");
        let allowed = plain.chars().filter(|c| *c == '\n' || !is_unwanted(*c));
        let normal: String = allowed.nfc().collect();
        let text = match self.breaks {
            Breaks::None => normal.split_whitespace().collect::<Vec<_>>().join(" "),
            Breaks::Kept => normal.trim().to_owned(),
        };
        if !has_ink(&text) {
            return Ok(None);
        }
        let chars = text.chars().count();
        if chars > self.max_chars {
            return Err(TooLong {
                chars,
                max: self.max_chars,
            });
        }
        Ok(Some(text))
    }

    /// Whether a text that somebody else's device wrote can be taken in: not empty, not too long, and nothing in it that could
    /// disturb what is shown around it.
    #[must_use]
    pub fn allows(self, text: &str) -> bool {
        let unwanted = |c: char| is_unwanted(c) && !(c == '\n' && self.breaks == Breaks::Kept);
        has_ink(text) && text.chars().nth(self.max_chars).is_none() && !text.chars().any(unwanted)
    }
}

/// Control characters, and those that turn the direction of what follows: a name must not reorder the sentence it stands in.
fn is_unwanted(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether there is anything to see. A name of zero-width spaces is no name.
fn has_ink(text: &str) -> bool {
    let invisible = |c: char| {
        c.is_whitespace()
            || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{feff}')
    };
    !text.chars().all(invisible)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_trimmed_and_composed() {
        assert_eq!(
            NAME.clean("  Zoe\u{308}\t K. "),
            Ok(Some("Zo\u{eb} K.".to_owned()))
        );
        assert_eq!(NOTE.clean(" a\r\nb \n"), Ok(Some("a\nb".to_owned())));
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(NAME.clean("Ada\nLovelace"), Ok(Some("Ada Lovelace".to_owned())));
        assert!(!NAME.allows("Ada\nLovelace"));
        assert!(NOTE.allows("Ada\nLovelace"));
    }

    #[test]
    fn what_cannot_be_seen_is_nothing() {
        assert_eq!(NAME.clean(" \u{200b}\u{feff} \u{1}"), Ok(None));
        assert!(!NAME.allows("\u{200b}"));
        assert!(!NAME.allows(""));
    }

    #[test]
    fn a_name_cannot_turn_the_text_around_it() {
        assert_eq!(NAME.clean("evil\u{202e}name"), Ok(Some("evilname".to_owned())));
        assert!(!NAME.allows("evil\u{202e}name"));
    }

    #[test]
    fn too_long_says_by_how_much() {
        let forty = "ä".repeat(40);
        assert_eq!(NAME.clean(&forty), Ok(Some(forty.clone())));
        assert_eq!(NAME.clean(&"ä".repeat(43)), Err(TooLong { chars: 43, max: 40 }));
        assert!(NAME.allows(&forty));
        assert!(!NAME.allows(&"ä".repeat(41)));
    }

    proptest! {
        #[test]
        fn what_was_cleaned_is_allowed_and_stays_as_it_is(raw in any::<String>()) {
            for limit in [NAME, NEED, NOTE, CARE] {
                if let Ok(Some(text)) = limit.clean(&raw) {
                    prop_assert!(limit.allows(&text));
                    prop_assert_eq!(limit.clean(&text), Ok(Some(text.clone())));
                }
            }
        }
    }
}
