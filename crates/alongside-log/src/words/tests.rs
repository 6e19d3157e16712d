//! Tests of words.

use proptest::prelude::*;

use super::*;
use crate::testing::rng;

const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

#[test]
fn words_are_read_as_people_type_them() {
    let words = Words::from_entropy([0x7f; 16]);
    assert_eq!(words.phrase().join(" "), PHRASE);
    for typed in [
        PHRASE.to_owned(),
        PHRASE.to_uppercase(),
        format!("  {}\n", PHRASE.replace(' ', ",\t ")),
        (1..)
            .zip(PHRASE.split(' '))
            .map(|(at, word)| format!("{at}. {word} "))
            .collect(),
    ] {
        assert_eq!(Words::parse(&typed), Ok(words.clone()), "{typed}");
    }
}

#[test]
fn whatever_is_wrong_is_called_by_its_name() {
    assert_eq!(Words::parse(""), Err(WordsError::Count { found: 0 }));
    assert_eq!(
        Words::parse(&format!("{PHRASE} legal")),
        Err(WordsError::Count { found: 13 })
    );
    assert_eq!(
        Words::parse(&PHRASE.replace("sausage", "Sausge")),
        Err(WordsError::Unknown {
            position: 6,
            word: "sausge".to_owned()
        })
    );
    assert_eq!(
        Words::parse(&PHRASE.replace("yellow", "year")),
        Err(WordsError::Checksum)
    );
}

#[test]
fn words_that_begin_so_come_in_the_order_of_the_alphabet() {
    assert_eq!(starting_with("Sau").collect::<Vec<_>>(), ["sauce", "sausage"]);
    assert_eq!(starting_with("").count(), 2048);
    assert_eq!(starting_with("xq").count(), 0);
}

proptest! {
    #[test]
    fn every_bit_comes_back(bits in any::<[u8; 16]>()) {
        let words = Words::from_entropy(bits);
        prop_assert_eq!(words.phrase().len(), COUNT);
        let read = Words::parse(&words.phrase().join(" "));
        prop_assert_eq!(read.as_ref().map(Words::entropy), Ok(&bits));
    }

    #[test]
    fn a_word_in_anothers_place_is_noticed_or_makes_other_bits(bits in any::<[u8; 16]>(), at in 0..COUNT, word in 0..2048_usize) {
        let words = Words::from_entropy(bits);
        let mut phrase = words.phrase();
        prop_assume!(phrase[at] != numbered(word));
        phrase[at] = numbered(word);
        match Words::parse(&phrase.join(" ")) {
            Err(why) => prop_assert_eq!(why, WordsError::Checksum),
            Ok(other) => prop_assert_ne!(other, words),
        }
    }

    #[test]
    fn nothing_typed_makes_it_panic(typed in ".{0,200}") {
        prop_assert!(Words::parse(&typed).is_err());
    }
}

#[test]
fn no_secret_is_shown() {
    let words = Words::make(&mut rng(1));
    insta::assert_snapshot!(format!("{words:?}"), @"Words { .. }");
}
