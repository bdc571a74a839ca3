//! Runs on the main thread. How the tests went: for people and, as JSON, for programs.

use super::finding::{Finding, Verdict};
use serde::Serialize;
use std::fmt::{self, Display};
use std::path::Path;

/// How a test went, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(tag = "outcome", content = "why", rename_all = "lowercase")]
pub enum Outcome {
    /// All is well.
    Passed,
    /// The plug-in breaks the contract.
    Failed(String),
    /// It keeps the contract, and a host would be better off otherwise.
    Warning(String),
    /// It does not offer what the test is about.
    Skipped(String),
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Ok(()) => Self::Passed,
            Err(Finding::Failed(why)) => Self::Failed(why),
            Err(Finding::Warning(why)) => Self::Warning(why),
            Err(Finding::Skipped(why)) => Self::Skipped(why),
        }
    }
}

/// One test of one plug-in.
#[derive(Clone, Debug, Serialize)]
pub struct Tested {
    /// The test's name.
    pub test: String,
    /// The plug-in's id; none where the test is about the file.
    pub plugin: Option<String>,
    /// How it went.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl Display for Tested {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plugin = self.plugin.as_deref().unwrap_or("the file");
        let (word, why) = match &self.outcome {
            Outcome::Passed => ("passed", String::new()),
            Outcome::Failed(why) => ("FAILED", format!(": {why}")),
            Outcome::Warning(why) => ("warning", format!(": {why}")),
            Outcome::Skipped(why) => ("skipped", format!(": {why}")),
        };
        write!(to, "{word:7}  {plugin}  {} ({:.1} s){why}", self.test, self.seconds)
    }
}

/// All tests of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The file.
    pub file: String,
    /// In the order in which they ran.
    pub tests: Vec<Tested>,
}

impl Report {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.display().to_string(), tests: Vec::new() }
    }

    /// How many tests failed.
    pub fn failures(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_)))
    }

    /// How many tests warn.
    pub fn warnings(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Warning(_)))
    }

    fn count(&self, is_it: impl Fn(&Outcome) -> bool) -> usize {
        self.tests.iter().filter(|test| is_it(&test.outcome)).count()
    }
}

impl Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passed = self.count(|outcome| *outcome == Outcome::Passed);
        let skipped = self.count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        write!(
            to,
            "{} skipped, {} warnings; {passed} passed, {} failed",
            skipped,
            self.warnings(),
            self.failures()
        )
    }
}
