//! What a browser loads to run the whole client, as it goes over the network.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::Run;
use crate::result::{Budget, Measurement, Report, today};

const BUDGET_KIB: f64 = 700.0;

pub(crate) fn measure(run: &Run) -> Result<Report> {
    let files = files_below(&run.web)?;
    let ends = |path: &Path, ending: &str| path.extension().is_some_and(|e| e == ending);
    let wasm = kib(&files, |path| ends(path, "wasm"))?;
    let script = kib(&files, |path| ends(path, "js"))?;
    let style = kib(&files, |path| ends(path, "css"))?;
    let fonts = kib(&files, |path| ends(path, "woff2"))?;
    let code = kib(&files, |path| {
        !ends(path, "woff2") && !path.to_string_lossy().contains("icon")
    })?;
    ensure!(wasm > 0.0, "there is no WASM in {}", run.web.display());
    let raw: u64 = files
        .iter()
        .filter(|path| ends(path, "wasm"))
        .map(|path| size(path))
        .sum();
    Ok(Report {
        order: 50,
        title: "The web client, over the network".to_owned(),
        day: today(),
        quick: false,
        about: "The release build, as the relay hands it out: each file's brotli form where there is one.".to_owned(),
        measurements: vec![
            Measurement::new("everything that it needs to run", "KiB", &[code])
                .beside("its WASM before compression", &[raw as f64 / 1024.0])
                .budget(Budget::AtMost(BUDGET_KIB))
                .how("All features, scripts, styles and texts; without icons, and without fonts, of which a page loads those whose characters it shows."),
            Measurement::new("WASM", "KiB", &[wasm]),
            Measurement::new("scripts", "KiB", &[script]),
            Measurement::new("styles", "KiB", &[style]),
            Measurement::new("fonts", "KiB", &[fonts]),
        ],
        missing: Vec::new(),
    })
}

/// The sizes of these files, compressed where they are.
fn kib(files: &[PathBuf], picked: impl Fn(&Path) -> bool) -> Result<f64> {
    let mut bytes = 0;
    for path in files.iter().filter(|path| picked(path)) {
        let compressed = PathBuf::from(format!("{}.br", path.display()));
        bytes += size(if compressed.is_file() { &compressed } else { path });
    }
    Ok(bytes as f64 / 1024.0)
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |data| data.len())
}

/// Every file but the compressed forms of others.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if !path
                .extension()
                .is_some_and(|ending| ending == "br" || ending == "gz")
            {
                files.push(path);
            }
        }
    }
    Ok(files)
}
