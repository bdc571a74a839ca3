//! A list of checks that all run, each with its name and its time, and one count at the end.

use crate::command::{Failure, run_and_read};
use std::process::Command;
use std::time::Instant;

/// How many checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Checks that passed.
    pub(crate) passed: u64,
    /// Checks that failed.
    pub(crate) failed: u64,
}

/// The steps so far.
#[derive(Default)]
pub(crate) struct Steps {
    total: Count,
    failures: Vec<(String, Failure)>,
    omitted: Vec<String>,
}

impl Steps {
    /// Runs a step that counts as one check, and says how it went.
    pub(crate) fn check(&mut self, name: &str, work: impl FnOnce() -> Result<(), Failure>) -> bool {
        self.step(name, || match work() {
            Ok(()) => (Count { passed: 1, failed: 0 }, None),
            Err(failure) => (Count { passed: 0, failed: 1 }, Some(failure)),
        })
    }

    /// Runs a program that reports its own tests, and counts them.
    pub(crate) fn tests(&mut self, name: &str, command: &mut Command) -> bool {
        self.step(name, || match run_and_read(command) {
            Ok(text) => match count(&text) {
                Count { passed: 0, failed: 0 } => {
                    (Count { passed: 0, failed: 1 }, Some("It reported no test at all.".into()))
                }
                counted => (counted, None),
            },
            Err((failure, text)) => {
                let counted = count(&text);
                (Count { failed: counted.failed.max(1), ..counted }, Some(failure))
            }
        })
    }

    fn step(&mut self, name: &str, work: impl FnOnce() -> (Count, Option<Failure>)) -> bool {
        println!("\n── {name}");
        let start = Instant::now();
        let (count, failure) = work();
        let seconds = start.elapsed().as_secs_f64();
        self.total.passed += count.passed;
        self.total.failed += count.failed;
        match failure {
            None => {
                println!("── {name}: passed ({}), {seconds:.1} s", count.passed);
                true
            }
            Some(failure) => {
                println!("── {name}: FAILED, {seconds:.1} s: {failure}");
                self.failures.push((name.into(), failure));
                false
            }
        }
    }

    /// Notes a step that cannot run because an earlier one failed.
    pub(crate) fn skip(&mut self, name: &str, because: &str) {
        println!("\n── {name}: FAILED, not run: {because}");
        self.total.failed += 1;
        self.failures.push((name.into(), format!("not run: {because}")));
    }

    /// Notes a step that this computer has not the means for. It counts neither way.
    pub(crate) fn omit(&mut self, name: &str, because: &str) {
        println!("\n── {name}: not run: {because}");
        self.omitted.push(format!("{name}: {because}"));
    }

    /// Prints the summary; its last line reads "N passed, N failed".
    pub(crate) fn finish(self) -> Result<(), Failure> {
        println!();
        for omitted in &self.omitted {
            println!("NOT RUN {omitted}");
        }
        for (name, failure) in &self.failures {
            println!("FAILED {name}: {failure}");
        }
        println!("{} passed, {} failed", self.total.passed, self.total.failed);
        if self.failures.is_empty() { Ok(()) } else { Err(String::new()) }
    }
}

/// Sums the results in the output of `cargo test`, nextest, pytest, or of our own scripts.
fn count(text: &str) -> Count {
    let mut sum = Count::default();
    for line in text.lines().map(without_colours) {
        let is_result = line.starts_with("test result:")
            || line.trim_start().starts_with("Summary [")
            || line.contains(" passed, ") && line.trim_end().ends_with(" failed")
            || is_of_pytest(&line);
        if is_result {
            sum.passed += number_before(&line, " passed");
            sum.failed += number_before(&line, " failed") + number_before(&line, " timed out");
        }
    }
    sum
}

/// A line such as "1 failed, 4 passed, 2 warnings in 0.31s", or "4 passed in 92.73s (0:01:32)" from a minute on.
fn is_of_pytest(line: &str) -> bool {
    let Some((counts, time)) = line.trim_matches([' ', '=']).rsplit_once(" in ") else { return false };
    let counted = counts.split(", ").all(|count| count.starts_with(|c: char| c.is_ascii_digit()));
    let seconds = time.split(" (").next().and_then(|time| time.strip_suffix('s'));
    let is_time = seconds.is_some_and(|seconds| seconds.parse::<f64>().is_ok());
    counted && is_time && (counts.contains(" passed") || counts.contains(" failed"))
}

fn number_before(line: &str, word: &str) -> u64 {
    let Some(end) = line.find(word) else { return 0 };
    let digits = line[..end].rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for letter in line.chars() {
        match letter {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            other if !inside => plain.push(other),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_every_runner_are_counted() {
        let text = "test result: ok. 7 passed; 1 failed; 0 ignored; 0 measured\n\
                    \u{1b}[32m     Summary\u{1b}[0m [   0.2s] 12 tests run: 10 passed, 2 failed, 0 skipped\n\
                    3 passed, 0 failed\n\
                    1 failed, 4 passed, 2 warnings in 0.31s\n\
                    ======= 5 passed, 28 subtests passed in 92.73s (0:01:32) =======\n\
                    nothing passed here, and nothing failed here";
        assert_eq!(count(text), Count { passed: 29, failed: 4 });
    }
}
