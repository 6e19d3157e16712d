//! Compression, remembered by content: a file that did not change is not compressed again.

use super::hex;
use anyhow::{Context as _, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A folder of compressed files, named by what they were made from.
pub(super) struct Cache {
    dir: PathBuf,
    used: BTreeSet<String>,
}

/// A file's two compressed forms.
pub(super) struct Compressed {
    pub(super) brotli: Vec<u8>,
    pub(super) gzip: Vec<u8>,
}

impl Cache {
    pub(super) fn open(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        Ok(Self {
            dir: dir.to_path_buf(),
            used: BTreeSet::new(),
        })
    }

    pub(super) fn compress(&mut self, bytes: &[u8]) -> Result<Compressed> {
        let hash = hex(&Sha256::digest(bytes));
        let brotli = self.remembered(format!("{hash}.br"), || brotli_of(bytes))?;
        let gzip = self.remembered(format!("{hash}.gz"), || gzip_of(bytes))?;
        Ok(Compressed { brotli, gzip })
    }

    fn remembered(&mut self, name: String, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        let path = self.dir.join(&name);
        self.used.insert(name);
        if let Ok(bytes) = fs::read(&path) {
            return Ok(bytes);
        }
        let bytes = make()?;
        // Written whole or not at all: half a file would be taken for one.
        let partial = path.with_extension("partial");
        fs::write(&partial, &bytes)?;
        fs::rename(&partial, &path).with_context(|| format!("writing {}", path.display()))?;
        Ok(bytes)
    }

    /// Forgets what this build did not need.
    pub(super) fn prune(self) -> Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if !entry
                .file_name()
                .to_str()
                .is_some_and(|name| self.used.contains(name))
            {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn brotli_of(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let params = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &params)?;
    Ok(compressed)
}

fn gzip_of(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
