//! Test vectors: `docs/vectors/*.json`, made from fixed seeds and compared here. `UPDATE_VECTORS=1` writes them anew, which is only right while
//! a format is not out yet. The golden files in `docs/vectors/golden/` are never written anew.

mod golden;
mod objects;

use std::fmt::Write;
use std::path::PathBuf;

/// Where they lie.
fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/vectors")).join(name)
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks_exact(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A file of vectors, in the order in which they are put in.
#[derive(Default)]
struct Vectors(Vec<(String, String)>);

impl Vectors {
    fn text(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    fn bytes(&mut self, name: &str, value: impl AsRef<[u8]>) -> &mut Self {
        self.text(name, hex(value))
    }

    fn json(&self) -> String {
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| {
                let (name, value) = (serde_json::json!(name), serde_json::json!(value));
                format!("  {name}: {value}")
            })
            .collect();
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }

    /// Compares with the file of this name.
    fn check(&self, name: &str) {
        let path = path(name);
        if std::env::var_os("UPDATE_VECTORS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, self.json()).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(there, self.json(), "{name} is not what is made from its seeds");
    }
}
