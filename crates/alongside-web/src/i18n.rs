//! All words of the client: from one Fluent file per language, with plurals, and with numbers and dates as the browser
//! writes them in that language.
//!
//! A second language is one file in `locales/` and one line in [`LANGUAGES`]. What is missing in it is said in English.

use std::cell::{Cell, RefCell};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language that the client speaks.
pub(crate) struct Language {
    /// BCP 47.
    pub(crate) tag: &'static str,
    /// In the language itself.
    pub(crate) name: &'static str,
    /// Whether it is written from right to left.
    pub(crate) rtl: bool,
    source: &'static str,
}

/// The first one is what is said where another has no words yet.
pub(crate) const LANGUAGES: &[Language] = &[Language {
    tag: "en",
    name: "English",
    rtl: false,
    source: include_str!("../locales/en.ftl"),
}];

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    static BUNDLES: RefCell<Vec<Bundle>> = const { RefCell::new(Vec::new()) };
    static SPOKEN: Cell<usize> = const { Cell::new(0) };
}

/// Chooses the language: the given tag where it is known, else the closest that the browser prefers.
pub(crate) fn choose(chosen: Option<&str>, preferred: &[String]) -> &'static Language {
    let find = |tag: &str| {
        let primary = tag.split('-').next().unwrap_or(tag);
        LANGUAGES
            .iter()
            .position(|language| language.tag == tag)
            .or_else(|| LANGUAGES.iter().position(|language| language.tag == primary))
    };
    let index = chosen
        .and_then(find)
        .or_else(|| preferred.iter().find_map(|tag| find(tag)))
        .unwrap_or(0);
    SPOKEN.set(index);
    let mut order = vec![&LANGUAGES[index]];
    if index != 0 {
        order.push(&LANGUAGES[0]);
    }
    BUNDLES.with_borrow_mut(|bundles| *bundles = order.into_iter().map(bundle).collect());
    &LANGUAGES[index]
}

/// The language spoken now.
pub(crate) fn spoken() -> &'static Language {
    &LANGUAGES[SPOKEN.get()]
}

fn bundle(language: &Language) -> Bundle {
    let locale: LanguageIdentifier = language.tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![locale]);
    // Isolated where it matters only (see `isolated`), so that what is copied or searched has no invisible letters.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => crate::dates::number(number.value),
        FluentValue::String(_) | FluentValue::Custom(_) | FluentValue::None | FluentValue::Error => None,
    }));
    let resource = FluentResource::try_new(language.source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The words of a key. Use [`t!`](crate::t), whose keys are tested.
pub(crate) fn words(key: &str, arguments: &FluentArgs<'_>) -> String {
    if BUNDLES.with_borrow(Vec::is_empty) {
        choose(None, &[]);
    }
    BUNDLES.with_borrow(|bundles| {
        for bundle in bundles {
            if let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) {
                let mut slips = Vec::new();
                return bundle
                    .format_pattern(pattern, Some(arguments), &mut slips)
                    .into_owned();
            }
        }
        key.to_owned()
    })
}

/// What can stand in a sentence.
pub(crate) trait Argument {
    /// As Fluent takes it.
    fn into_value(self) -> FluentValue<'static>;
}

impl Argument for String {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::from(isolated(self))
    }
}

impl Argument for &str {
    fn into_value(self) -> FluentValue<'static> {
        self.to_owned().into_value()
    }
}

impl Argument for usize {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::from(self)
    }
}

impl Argument for u8 {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::from(self)
    }
}

impl Argument for u32 {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::from(self)
    }
}

/// Words that run against the direction of the sentence around them are set apart, or they would reorder it.
fn isolated(words: String) -> String {
    let against = |c: char| {
        let right_to_left =
            matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
        if spoken().rtl {
            c.is_alphabetic() && !right_to_left
        } else {
            right_to_left
        }
    };
    if words.chars().any(against) {
        format!("\u{2068}{words}\u{2069}")
    } else {
        words
    }
}

/// Names in a row, as the language joins them: "Ada and Sam".
pub(crate) fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            let first = first
                .iter()
                .cloned()
                .reduce(|before, name| crate::t!("list-comma", before = before, name = name))
                .unwrap_or_default();
            crate::t!("list-and", before = first, name = last.clone())
        }
    }
}

/// The words of a key in `locales/`: `t!("key")`, `t!("key", name = value, …)`. The key is always written out, so that a
/// test can find it.
#[macro_export]
macro_rules! t {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        #[allow(unused_mut, reason = "a key without arguments sets none")]
        let mut arguments = ::fluent_bundle::FluentArgs::new();
        $(arguments.set(stringify!($name), $crate::i18n::Argument::into_value($value));)*
        $crate::i18n::words($key, &arguments)
    }};
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).expect("the sources are here") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                found.extend(sources(&path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
        found
    }

    /// Every `t!("key", …)` in the sources, with the names of its arguments.
    fn used() -> BTreeMap<String, BTreeSet<String>> {
        let marker = concat!("t!", "(");
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let text = fs::read_to_string(&path).expect("readable");
            for (at, _) in text.match_indices(marker) {
                let before = text[..at].chars().next_back();
                let rest = text[at + marker.len()..].trim_start();
                let comment = text[..at]
                    .rsplit('\n')
                    .next()
                    .is_some_and(|line| line.trim_start().starts_with("//"));
                if comment
                    || before.is_some_and(|c| c.is_alphanumeric() || c == '_')
                    || !rest.starts_with('"')
                {
                    continue;
                }
                let key: String = rest[1..].chars().take_while(|c| *c != '"').collect();
                let names = keys.entry(key.clone()).or_default();
                // Arguments stand before the parenthesis that closes the macro.
                let mut depth = 1;
                let mut quoted = false;
                let end = rest
                    .char_indices()
                    .find(|(_, c)| {
                        match c {
                            '"' => quoted = !quoted,
                            '(' | '[' | '{' if !quoted => depth += 1,
                            ')' | ']' | '}' if !quoted => depth -= 1,
                            _ => {}
                        }
                        depth == 0
                    })
                    .map_or(rest.len(), |(at, _)| at);
                let arguments = &rest[..end];
                for (at, _) in arguments.match_indices(" = ") {
                    let name: String = arguments[..at]
                        .chars()
                        .rev()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    names.insert(name.chars().rev().collect());
                }
            }
        }
        keys
    }

    /// Every message of a file, with the variables that it uses.
    fn written(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = None;
        for line in source.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let key = line.split(" =").next().unwrap_or_default().to_owned();
                assert!(
                    keys.insert(key.clone(), BTreeSet::new()).is_none(),
                    "{key} is there twice"
                );
                current = Some(key);
            } else if line.starts_with('#') {
                current = None;
            }
            if let Some(names) = current.as_ref().and_then(|key| keys.get_mut(key)) {
                for (at, _) in line.match_indices('$') {
                    let name = line[at + 1..]
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    names.insert(name);
                }
            }
        }
        keys
    }

    #[test]
    fn every_key_exists_in_the_first_language_and_is_used() {
        let used = used();
        let written = written(LANGUAGES[0].source);
        let missing: Vec<_> = used.keys().filter(|key| !written.contains_key(*key)).collect();
        let idle: Vec<_> = written.keys().filter(|key| !used.contains_key(*key)).collect();
        assert!(missing.is_empty(), "not in the catalogue: {missing:#?}");
        assert!(idle.is_empty(), "in the catalogue and not used: {idle:#?}");
    }

    #[test]
    fn every_variable_of_a_message_is_given_to_it() {
        let used = used();
        for (key, variables) in written(LANGUAGES[0].source) {
            let given = used.get(&key).cloned().unwrap_or_default();
            let lacking: Vec<_> = variables.difference(&given).collect();
            assert!(lacking.is_empty(), "{key} lacks {lacking:?}");
        }
    }

    #[test]
    fn every_language_is_sound_and_has_no_key_of_its_own() {
        let first = written(LANGUAGES[0].source);
        for language in LANGUAGES {
            let parsed = FluentResource::try_new(language.source.to_owned());
            assert!(parsed.is_ok(), "{}: {:?}", language.tag, parsed.err());
            let own: Vec<_> = written(language.source)
                .into_keys()
                .filter(|key| !first.contains_key(key))
                .collect();
            assert!(own.is_empty(), "{}: {own:?}", language.tag);
        }
    }

    #[test]
    fn no_words_reproach_or_cheer() {
        let source = LANGUAGES[0].source.to_lowercase();
        for unwanted in [
            "!",
            "don't forget",
            "oops",
            "simply",
            "hasn't",
            "missed",
            "failed",
            "error",
        ] {
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                assert!(!line.contains(unwanted), "“{unwanted}” in: {line}");
            }
        }
    }

    #[test]
    fn a_name_against_the_direction_of_the_sentence_is_set_apart() {
        assert_eq!(isolated("Sam".to_owned()), "Sam");
        assert_eq!(isolated("שרה".to_owned()), "\u{2068}שרה\u{2069}");
    }

    #[test]
    fn names_are_joined_as_one_says_them() {
        let names = |list: &[&str]| joined(&list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["Ada"]), "Ada");
        assert_eq!(names(&["Ada", "Sam"]), "Ada and Sam");
        assert_eq!(names(&["Ada", "Sam", "Kim"]), "Ada, Sam and Kim");
    }
}
