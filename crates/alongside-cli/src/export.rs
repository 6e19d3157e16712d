//! `alongside export`: everything that one can read, as JSON for programs and as Markdown for people.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use alongside_core::checkin::{self, DayShown, MAX_HISTORY_DAYS};
use alongside_core::rhythm;
use alongside_core::{members, root};
use alongside_replica::Client;
use alongside_replica::ports::Platform as _;
use clap::Args;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::device::Device;
use crate::failure::Failure;
use crate::names::{self, Us, called, hex};
use crate::platform::Native;
use crate::terminal::Terminal;
use crate::{device, history, json, text};

/// Nothing was said before it: a Monday, so that no week lies in two parts.
const FIRST: Date = date(1969, 12, 29);
/// A clock that is off may have dated something in a year to come.
const LAST: Date = date(2199, 12, 31);
/// Whole weeks.
const PART_DAYS: i32 = MAX_HISTORY_DAYS / 7 * 7;

/// Writes everything that a person can read into a folder.
///
/// One .jsonl file for Me and one for each Us, one JSON object a line, and everything once more as Markdown. The files are not
/// encrypted. Of what was changed later the last form is written.
#[derive(Debug, Args)]
pub struct Export {
    /// A folder that is empty, or not there yet
    dir: PathBuf,
    #[command(flatten)]
    device: Device,
}

impl Export {
    pub(crate) async fn run(self, terminal: &mut Terminal) -> Result<(), Failure> {
        is_free(&self.dir)?;
        let here = device::unlock(&self.device, terminal).await?;
        here.meet_and_tell(terminal).await?;
        let client = &here.client;
        make_folder(&self.dir)?;

        let now_ms = client.platform().now_ms();
        let handle = client.handle().unwrap_or_default();
        let mut markdown = format!("# {}\n", text::export_title(&handle));
        let today = names::view_me(client, |_, context| context.today)?;
        let _ = write!(markdown, "\n{}\n", text::export_made(&text::day(today)));
        let (mut files, mut check_ins) = (1, 0);

        let mut records = vec![head(client, now_ms, None)];
        let (name, days) = names::view_me(client, |me, context| {
            let name = members::my_default_name(me, context.me).cloned();
            let part = |from, to| checkin::private_history(me, context.me, from, to).days;
            (name, every_day(part))
        })?;
        let _ = write!(markdown, "\n## {}\n", text::EXPORT_ME);
        if let Some(name) = &name {
            let _ = write!(markdown, "\n{}: {}\n", text::EXPORT_NAME, plain(name));
        }
        records.push(json!({ "record": "me", "name": name }));
        records.extend(days.iter().map(json::day));
        describe(&mut markdown, &days, None);
        check_ins += days.len();
        write_new(&self.dir.join("me.jsonl"), &lines(&records))?;
        files += 1;

        for us in names::all(client)? {
            let (records, days) = of_us(client, &us, now_ms)?;
            describe_us(&mut markdown, client, &us, &days)?;
            check_ins += days.len();
            let name = format!("us-{}.jsonl", hex(us.id.as_bytes()));
            write_new(&self.dir.join(name), &lines(&records))?;
            files += 1;
        }
        write_new(&self.dir.join("alongside.md"), &markdown)?;
        terminal.say(text::exported(&self.dir, files, check_ins))?;
        terminal.note(text::NOT_ENCRYPTED);
        Ok(())
    }
}

/// What every file begins with.
fn head(client: &Client<Native>, now_ms: i64, us: Option<&Us>) -> Value {
    json!({
        "record": "export",
        "format": json::FORMAT,
        "made_ms": now_ms,
        "handle": client.handle(),
        "person": client.me().map(json::person),
        "side": if us.is_some() { "us" } else { "me" },
        "us": us.map(|us| hex(us.id.as_bytes())),
    })
}

fn of_us(client: &Client<Native>, us: &Us, now_ms: i64) -> Result<(Vec<Value>, Vec<DayShown>), Failure> {
    let mut records = vec![head(client, now_ms, Some(us))];
    let days = names::view_us(client, us.id, |me, state, context| {
        let first_name = members::frame(state).map(|frame| frame.name.as_str());
        records.push(json::us(us, first_name, members::label(me, context.me, us.id)));
        records.extend(us.members.iter().map(json::member));
        records.push(json::rhythm(&rhythm::view(state, context.me)));
        every_day(|from, to| of_part(me, state, context, from, to))
    })?;
    records.extend(days.iter().map(json::day));
    Ok((records, days))
}

fn of_part(
    me: &root::State,
    us: &root::State,
    context: &root::Context,
    from: Date,
    to: Date,
) -> Vec<DayShown> {
    checkin::history(me, us, context, from, to).days
}

/// Every day and week, the earliest first. A history has an end to its length, so it is asked for part by part.
fn every_day(part: impl Fn(Date, Date) -> Vec<DayShown>) -> Vec<DayShown> {
    let mut days = Vec::new();
    let mut from = FIRST;
    while from <= LAST {
        let next = from.saturating_add(PART_DAYS.days());
        let mut found = part(from, next.saturating_sub(1.day()));
        found.reverse();
        days.extend(found);
        from = next;
    }
    days
}

fn describe_us(
    markdown: &mut String,
    client: &Client<Native>,
    us: &Us,
    days: &[DayShown],
) -> Result<(), Failure> {
    let kind = us.kind.map(|kind| format!(" ({})", text::kind(kind)));
    let _ = write!(markdown, "\n## {}{}\n", plain(&us.name), kind.unwrap_or_default());
    if us.left {
        let _ = write!(markdown, "\n{}\n", text::YOU_LEFT);
    }
    let people: Vec<String> = us
        .members
        .iter()
        .map(|member| {
            let you = if member.me {
                format!(" ({})", text::YOU.to_lowercase())
            } else {
                String::new()
            };
            let left = if member.here {
                String::new()
            } else {
                format!(" ({})", text::EXPORT_LEFT)
            };
            format!("{}{you}{left}", plain(&called(member)))
        })
        .collect();
    let rhythm = names::view_us(client, us.id, |_, state, _| rhythm::in_force(state))?;
    let _ = write!(
        markdown,
        "\n{}: {}\n",
        text::EXPORT_MEMBERS,
        text::joined(&people)
    );
    let _ = write!(markdown, "\n{}: {}\n", text::EXPORT_RHYTHM, text::rhythm(rhythm));
    describe(markdown, days, Some(us));
    Ok(())
}

fn describe(markdown: &mut String, days: &[DayShown], us: Option<&Us>) {
    if days.is_empty() {
        let _ = write!(markdown, "\n{}\n", text::EXPORT_EMPTY);
    }
    for day in days {
        let mut lines = history::read(day, us).into_iter();
        let _ = write!(markdown, "\n### {}\n\n", lines.next().unwrap_or_default());
        // As it stands, whatever signs are in it: four spaces make it a block that no sign changes.
        for line in lines {
            let _ = writeln!(markdown, "    {}", line.strip_prefix("  ").unwrap_or(&line));
        }
    }
}

/// A name on a line of its own, where a sign could otherwise begin something.
fn plain(name: &str) -> String {
    let sign = |c: char| {
        matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!'
        )
    };
    name.chars().fold(String::new(), |mut text, c| {
        if sign(c) {
            text.push('\\');
        }
        text.push(c);
        text
    })
}

fn lines(records: &[Value]) -> String {
    records.iter().fold(String::new(), |mut text, record| {
        let _ = writeln!(text, "{record}");
        text
    })
}

fn is_free(folder: &Path) -> Result<(), Failure> {
    match fs::read_dir(folder) {
        Ok(mut inside) => match inside.next() {
            None => Ok(()),
            Some(_) => Err(Failure::NotEmpty {
                path: folder.to_owned(),
            }),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Failure::Unwritable {
            path: folder.to_owned(),
            source,
        }),
    }
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| Failure::Unwritable {
        path: folder.to_owned(),
        source,
    })
}

/// A new file, for its owner's eyes alone.
fn write_new(path: &Path, content: &str) -> Result<(), Failure> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| {
            file.write_all(content.as_bytes())?;
            file.sync_all()
        })
        .map_err(|source| Failure::Unwritable {
            path: path.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn the_parts_of_a_history_leave_no_day_out_and_cut_no_week() {
        let parts = RefCell::new(Vec::new());
        every_day(|from, to| {
            parts.borrow_mut().push((from, to));
            Vec::new()
        });
        let parts = parts.into_inner();
        assert_eq!(parts[0].0, FIRST);
        assert!(parts.last().unwrap().1 >= LAST);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].1.tomorrow().unwrap(), pair[1].0);
        }
        for (from, to) in parts {
            assert_eq!(from.weekday(), jiff::civil::Weekday::Monday);
            assert!((to - from).get_days() < MAX_HISTORY_DAYS);
        }
    }

    #[test]
    fn nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        is_free(folder.path()).unwrap();
        is_free(&folder.path().join("none")).unwrap();
        let file = folder.path().join("a");
        write_new(&file, "a").unwrap();
        assert!(matches!(is_free(folder.path()), Err(Failure::NotEmpty { .. })));
        assert!(matches!(write_new(&file, "b"), Err(Failure::Unwritable { .. })));
        assert_eq!(fs::read_to_string(file).unwrap(), "a");
    }

    #[test]
    fn a_name_begins_nothing_in_markdown() {
        assert_eq!(plain("# *Sam* <b>"), "\\# \\*Sam\\* \\<b\\>");
    }
}
