//! What it was measured on.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The machine, as far as it tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
    lines: Vec<(&'static str, String)>,
}

impl Machine {
    /// This one; the disk is that of a folder.
    pub(crate) fn this(folder: &Path) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let processor =
            after(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
        let memory = after(&read("/proc/meminfo"), "MemTotal")
            .and_then(|line| line.strip_suffix(" kB")?.parse::<f64>().ok())
            .map_or_else(String::new, |kib| format!("{:.0} GiB", kib / 1024.0 / 1024.0));
        let kernel = read("/proc/sys/kernel/osrelease");
        let lines = vec![
            ("Processor", format!("{cores} cores of {processor}")),
            ("Memory", memory),
            ("Disk", disk(folder).unwrap_or_default()),
            ("System", format!("{} {}", std::env::consts::OS, kernel.trim())),
            ("Compiler", said("rustc", &["--version"])),
        ];
        Self { lines }
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::from("| Machine | |\n|---|---|\n");
        for (name, value) in self.lines.iter().filter(|(_, value)| !value.is_empty()) {
            // Writing to a String does not fail.
            let _ = writeln!(text, "| {name} | {value} |");
        }
        text
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn after(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn said(program: &str, arguments: &[&str]) -> String {
    Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default()
}

/// The file system that a folder lies on, and what kind of disk is below it.
fn disk(folder: &Path) -> Option<String> {
    let folder = fs::canonicalize(folder).ok()?;
    let mounts = read("/proc/self/mounts");
    let mount = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?, words.next()?))
        })
        .filter(|(_, at, _)| folder.starts_with(at))
        .max_by_key(|(_, at, _)| at.len())?;
    let device = Path::new(mount.0).file_name()?.to_str()?.to_owned();
    let kind = match read(&format!("/sys/block/{device}/queue/rotational")).trim() {
        "0" => ", not rotating",
        "1" => ", rotating",
        _ => "",
    };
    let virtual_disk = if device.starts_with("vd") {
        "virtual disk, "
    } else {
        ""
    };
    Some(format!("{virtual_disk}{} on {device}{kind}", mount.2))
}
