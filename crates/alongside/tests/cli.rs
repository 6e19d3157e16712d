//! The command line against a real relay: two people, and a second device of one of them.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

use std::cell::Cell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::rc::Rc;
use std::time::Duration;

use alongside_cli::platform::{Native, Relay as Address};
use alongside_cli::{Client, Kind};
use alongside_relay::{Config, Relay, Web};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::task::LocalSet;
use tokio::time::{sleep, timeout};

const PASSPHRASE: &str = "four words that nobody else says";

/// A folder with everyone's devices, and a relay.
struct World {
    folder: tempfile::TempDir,
    relay: String,
}

/// What a command did.
struct Done {
    code: i32,
    out: String,
    notes: String,
}

impl Done {
    fn well(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.notes);
        self.out
    }

    fn ends_with(self, code: i32, note: &str) {
        assert_eq!(self.code, code, "{}{}", self.out, self.notes);
        assert!(self.notes.contains(note), "{:?} is not in {:?}", note, self.notes);
    }
}

impl World {
    fn new(relay: &Relay) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("passphrase"), format!("{PASSPHRASE}\n")).unwrap();
        Self {
            relay: relay.url(),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A device that is held in this process.
    async fn device(&self, name: &str) -> Client<Native> {
        let native = Native::open(&self.path(name)).unwrap();
        native
            .use_relay(Address::parse(&self.relay, false).unwrap())
            .unwrap();
        Client::load(native).await.unwrap()
    }

    /// A command on a device.
    fn command(&self, device: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alongside"));
        command
            .args(arguments)
            .env("ALONGSIDE_HOME", self.path(device))
            .env("ALONGSIDE_PASSPHRASE_FILE", self.path("passphrase"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    async fn run(&self, device: &str, arguments: &[&str]) -> Done {
        let mut command = self.command(device, arguments);
        done(
            tokio::task::spawn_blocking(move || command.output().unwrap())
                .await
                .unwrap(),
        )
    }

    async fn answer(&self, device: &str, arguments: &[&str], typed: &str) -> Done {
        let mut command = self.command(device, arguments);
        let typed = typed.to_owned();
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
            child.wait_with_output().unwrap()
        });
        done(output.await.unwrap())
    }

    fn lines(&self, file: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(file).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

fn done(output: Output) -> Done {
    Done {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        notes: String::from_utf8(output.stderr).unwrap(),
    }
}

fn has(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "{wanted:?} is not in:\n{text}");
}

fn has_not(text: &str, unwanted: &str) {
    assert!(!text.contains(unwanted), "{unwanted:?} is in:\n{text}");
}

/// Two people with an Us. Answers the account words of the first.
async fn two_people(world: &World) -> String {
    let (ada, ben) = (world.device("ada-1").await, world.device("ben").await);
    let words = ada.make_account("ada", PASSPHRASE, "Ada").await.unwrap();
    ben.make_account("ben", PASSPHRASE, "Ben").await.unwrap();
    let us = ada.start_us(Kind::Partner, "The two of us").await.unwrap();
    ada.step().await.unwrap();
    let invitation = ada.invite(us).await.unwrap();
    ben.claim(&invitation.fragment, "Ben").await.unwrap();
    ada.step().await.unwrap();
    ada.admit(invitation.id).await.unwrap();
    ada.step().await.unwrap();
    ben.step().await.unwrap();
    ada.step().await.unwrap();
    words.join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_goes_the_whole_way_on_the_command_line() {
    let relay = Relay::start(Config::default()).await.unwrap();
    let world = World::new(&relay);
    // Futures of a device stay on their thread.
    let words = LocalSet::new().run_until(two_people(&world)).await;
    std::fs::write(world.path("words"), &words).unwrap();
    std::fs::write(world.path("not-the-words"), words.replace(' ', "  ") + " more").unwrap();

    // A second device, with the words.
    let words_file = world.path("words");
    let wrong_file = world.path("not-the-words");
    let sign_in = |file: &Path| {
        let file = file.to_str().unwrap().to_owned();
        [
            "sign-in".to_owned(),
            "--relay".to_owned(),
            world.relay.clone(),
            "ada".to_owned(),
            "--words-file".to_owned(),
            file,
        ]
    };
    let sign_in_with = async |file: &Path| {
        let arguments = sign_in(file);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        world.run("ada-2", &arguments).await
    };
    world
        .run("ada-2", &["today"])
        .await
        .ends_with(1, "Nobody is signed in");
    sign_in_with(&wrong_file).await.ends_with(4, "these are 13");
    has(&sign_in_with(&words_file).await.well(), "Signed in as ada");
    sign_in_with(&words_file)
        .await
        .ends_with(1, "ada is signed in on this device");
    has(
        &world.run("ada-2", &["words"]).await.well(),
        words.split(' ').nth(11).unwrap(),
    );

    // Who reads it is said before it is written; nothing crosses without a yes.
    let us = ["check-in", "--us", "the two of us"];
    let typed = "7\n3\n\n\n\n\n\n\n\n\ncanary for Ben alone\n3\n";
    let refused = world.answer("ada-2", &us, &format!("{typed}n\n")).await.well();
    has(&refused, "You and Ben will see this at the same moment.");
    has(&refused, "Nothing was kept.");
    let put_in = world.answer("ada-2", &us, &format!("{typed}y\n")).await.well();
    has(&put_in, "Mood: 7");
    has(&put_in, "A note (only you): canary for Ben alone");
    has(&put_in, "You will both see this when both are in.");

    // Nothing tells Ben before he has answered; then he sees what was shared, and no more.
    let before = world.run("ben", &["today"]).await.well();
    has(&before, "The two of us: you and Ada");
    has(&before, "A check-in is open today.");
    has_not(&before, "Mood");
    let checked = world
        .run(
            "ben",
            &[
                "check-in",
                "--us",
                "The two of us",
                "--mood",
                "4",
                "--gave",
                "yes",
                "--gave-kinds",
                "listening",
            ],
        )
        .await
        .well();
    has(&checked, "Both are in.");
    has(&checked, "Mood: 7");
    has_not(&checked, "canary");

    // The first device of Ada sees the same, and what she kept.
    let today = world.run("ada-1", &["today"]).await.well();
    has(&today, "Gave support: yes (listening)");
    has(&today, "canary for Ben alone");
    world
        .run("ada-1", &["check-in", "--us", "The two of us", "--mood", "1"])
        .await
        .ends_with(1, "yours stand as they are");
    has(
        &world.run("ada-1", &["spaces"]).await.well(),
        "The two of us, partners",
    );

    // The history, for people and for programs.
    let read = world
        .run("ada-2", &["history", "--us", "The two of us"])
        .await
        .well();
    has(&read, "Ben");
    let json = world
        .run("ada-2", &["history", "--us", "The two of us", "--json"])
        .await
        .well();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["days"][0]["mine"]["answers"]["mood"], 7);

    exports(&world).await;
    goes_on_without_the_relay(&world, relay).await;
}

/// The export has everything of both sides.
async fn exports(world: &World) {
    world
        .run("ada-1", &["check-in", "--note", "canary in Me"])
        .await
        .well();
    let folder = world.path("export");
    let said = world.run("ada-2", &["export", folder.to_str().unwrap()]).await;
    has(&said.notes, "These files are not encrypted");
    has(&said.well(), "3 files");
    let me = world.lines(&folder.join("me.jsonl"));
    let of = |records: &[Value], kind: &str| -> Vec<Value> {
        records
            .iter()
            .filter(|record| record["record"] == kind)
            .cloned()
            .collect()
    };
    assert_eq!(me[0]["side"], "me");
    assert_eq!(of(&me, "check-in")[0]["mine"]["answers"]["note"], "canary in Me");
    let us = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("us-"))
        .unwrap();
    let us = world.lines(&us);
    assert_eq!(of(&us, "us")[0]["name"], "The two of us");
    let mut names: Vec<Value> = of(&us, "member")
        .iter()
        .map(|member| member["name"].clone())
        .collect();
    names.sort_by_key(Value::to_string);
    assert_eq!(names, ["Ada", "Ben"]);
    let check_in = &of(&us, "check-in")[0];
    assert_eq!(check_in["mine"]["answers"]["note"], "canary for Ben alone");
    assert_eq!(check_in["revealed"].as_array().unwrap().len(), 2);
    let markdown = std::fs::read_to_string(folder.join("alongside.md")).unwrap();
    for wanted in [
        "canary in Me",
        "canary for Ben alone",
        "## The two of us (partners)",
        "Gave support",
    ] {
        has(&markdown, wanted);
    }
    world
        .run("ada-2", &["export", folder.to_str().unwrap()])
        .await
        .ends_with(1, "has something in it");
}

/// With the relay gone everything is still readable, what is written waits, and is not lost by signing out.
async fn goes_on_without_the_relay(world: &World, relay: Relay) {
    relay.stop().await;
    let today = world.run("ada-1", &["today"]).await;
    has(&today.notes, "The relay cannot be reached.");
    has(&today.well(), "Both are in.");
    let kept = world.run("ada-1", &["check-in", "--mood", "5"]).await;
    has(&kept.notes, "kept on this device and goes out");
    has(&kept.well(), "Kept in Me.");
    world
        .run("ada-1", &["sync"])
        .await
        .ends_with(3, "The relay cannot be reached.");
    world
        .run("ada-1", &["sign-out"])
        .await
        .ends_with(1, "would be lost");
    let out = world.run("ada-1", &["sign-out", "--force"]).await.well();
    has(&out, "Nothing of ada is left on this device.");
    world
        .run("ada-1", &["today"])
        .await
        .ends_with(1, "Nobody is signed in");
    std::fs::write(world.path("passphrase"), "another\n").unwrap();
    world
        .run("ada-2", &["today", "--offline"])
        .await
        .ends_with(4, "This is not the passphrase.");
}

/// Waits until it is so.
async fn until(so: impl Fn() -> bool) {
    let waiting = async {
        while !so() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_stays_in_touch_hears_of_a_reveal_at_once() {
    let relay = Relay::start(Config::default()).await.unwrap();
    let world = World::new(&relay);
    let watching = async {
        two_people(&world).await;
        let shared = ["check-in", "--us", "The two of us", "--mood", "8"];
        world.run("ada-1", &shared).await.well();

        let ada = world.device("ada-1").await;
        ada.unlock(PASSPHRASE).await.unwrap();
        let heard = Rc::new(Cell::new(false));
        let listener = Rc::clone(&heard);
        ada.on_change(move |change| {
            listener.set(listener.get() || format!("{change:?}").starts_with("Space("));
        });
        let device = ada.clone();
        let staying = tokio::task::spawn_local(async move { device.run().await });
        until(|| format!("{:?}", ada.connection()) == "Connected").await;
        heard.set(false);

        let shared = ["check-in", "--us", "The two of us", "--mood", "4"];
        world.run("ben", &shared).await.well();
        until(|| heard.get()).await;
        staying.abort();
    };
    LocalSet::new().run_until(watching).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hands_out_something_else_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let web = folder.path().join("web");
    std::fs::create_dir_all(web.join("assets")).unwrap();
    let files = [
        ("index.html", "<title>A</title>"),
        ("sw.js", "// a"),
        ("assets/a-1.js", "1"),
    ];
    let mut sums = String::new();
    for (path, content) in files {
        std::fs::write(web.join(path), content).unwrap();
        let hash = Sha256::digest(content);
        sums.extend(hash.iter().map(|byte| format!("{byte:02x}")));
        sums.push_str(&format!("  {path}\n"));
    }
    let sums_file = folder.path().join("WEB-SHA256SUMS");
    std::fs::write(&sums_file, sums).unwrap();
    let config = Config {
        web: Web::Folder(web.clone()),
        ..Config::default()
    };
    let relay = Relay::start(config).await.unwrap();
    let world = World::new(&relay);
    let url = world.relay.clone();
    let arguments = ["verify", &url, "--sums", sums_file.to_str().unwrap()];

    has(&world.run("none", &arguments).await.well(), "All 3 files");

    std::fs::write(web.join("index.html"), "<title>B</title>").unwrap();
    std::fs::remove_file(web.join("assets/a-1.js")).unwrap();
    let found = world.run("none", &arguments).await;
    has(&found.out, "differs   index.html");
    has(&found.out, "missing   assets/a-1.js");
    found.ends_with(5, "Do not type your passphrase");

    relay.stop().await;
    world
        .run("none", &arguments)
        .await
        .ends_with(3, "cannot be reached");
}
