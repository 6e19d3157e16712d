//! What can be asked of `cargo xtask`, and who does it.

use crate::project::Project;
use crate::web::WebProfile;
use anyhow::Result;
use clap::{Args, Parser};
use std::path::PathBuf;
use std::process::ExitCode;

/// The project's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
pub(crate) enum Chore {
    /// Build everything and serve it, on this machine, to browsers on it
    Run(Serve),
    /// The same, with people and months of made-up history in it
    Demo(Serve),
    /// Check the rules, run every test, and count them
    Test(Test),
    /// Measure, and write docs/benchmarks.md
    Bench(Bench),
    /// Take pictures of the pages, for judging them
    Screens {
        /// Where to put them
        dir: PathBuf,
        /// Only those whose name contains this
        only: Option<String>,
    },
    /// The release: one program with the web client in it, in target/dist
    Dist,
    /// Build the web client alone, in target/web-dist
    Web {
        /// Optimised for size and compressed, as in the release
        #[arg(long)]
        release: bool,
    },
    /// Check that no crate imports what its layer must not
    Layers,
    /// Check that ARCHITECTURE.md names what exists, and that every file says what it is for
    Codemap,
    /// Check licences, banned crates and sources against deny.toml
    Deny,
}

/// How to serve.
#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8320", value_name = "ADDR")]
    pub(crate) listen: String,
    /// Where the relay keeps what it stores
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Build as the release is built: slower to build, faster to run
    #[arg(long)]
    pub(crate) release: bool,
}

/// What to test.
#[derive(Args)]
pub(crate) struct Test {
    /// Leave out what needs a browser; the last lines then say what was not run
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Browser tests alone, against the release: one program with the web client in it
    #[arg(long, conflicts_with = "no_browser")]
    pub(crate) dist: bool,
    /// Only tests whose name contains this; the checks are left out then
    pub(crate) filter: Option<String>,
}

/// What to measure.
#[derive(Args)]
pub(crate) struct Bench {
    /// Leave out what needs a browser; the page then says so
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Fewer and shorter runs, for a look: shown, and not written into the page
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these: open, appends, change, rest, bundle, browser
    pub(crate) names: Vec<String>,
}

impl Chore {
    /// Does it. Only tests end without success and without an error: their report is what they have to say.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let project = Project::find()?;
        match self {
            Self::Test(what) => return crate::test::test(&project, &what),
            Self::Run(serve) => crate::run::run(&project, &serve),
            Self::Demo(serve) => crate::demo::demo(&project, &serve),
            Self::Bench(what) => crate::bench::bench(&project, &what),
            Self::Screens { dir, only } => crate::screens::screens(&project, &dir, only.as_deref()),
            Self::Dist => crate::dist::dist(&project).map(|_| ()),
            Self::Web { release } => {
                let profile = if release {
                    WebProfile::Release
                } else {
                    WebProfile::Dev
                };
                crate::web::build(&project, profile).map(|_| ())
            }
            Self::Layers => crate::layers::check(&project)?.report(),
            Self::Codemap => crate::codemap::check(&project)?.report(),
            Self::Deny => crate::deny::check(&project)?.report(),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}
