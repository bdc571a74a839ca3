//! The demo's arguments.

use crate::clap_host::bundle_path;
use std::path::PathBuf;

/// What to play, what to ask for, and where to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The MIDI file that is played; none for the tune in the repository.
    pub input: Option<PathBuf>,
    /// The `mode` parameter.
    pub mode: Option<String>,
    /// The `bars` parameter.
    pub bars: Option<String>,
    /// The `seed` parameter.
    pub seed: Option<String>,
    /// The folder for what is written.
    pub out: PathBuf,
    /// The CLAP bundle.
    pub bundle: PathBuf,
}

/// Why the arguments make no sense.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OptionsError {
    /// An option that does not exist.
    #[error("The demo has no option {0}. It knows --input, --mode, --bars, --seed and --out.")]
    Unknown(String),
    /// An option at the end of the line.
    #[error("{0} needs a value behind it.")]
    NoValue(String),
    /// A number out of its range.
    #[error("{0} must be a whole number from {1} to {2}.")]
    Range(&'static str, u32, u32),
    /// A mode that does not exist.
    #[error("There is no mode {0}: choose continue, invent or groove.")]
    Mode(String),
}

impl Options {
    /// Reads the arguments behind the command's name.
    pub fn parse(arguments: &[String]) -> Result<Self, OptionsError> {
        let mut options = Self {
            input: None,
            mode: None,
            bars: None,
            seed: None,
            out: PathBuf::from("out"),
            bundle: bundle_path(),
        };
        let mut words = arguments.iter();
        while let Some(name) = words.next() {
            if !["--input", "--mode", "--bars", "--seed", "--out"].contains(&name.as_str()) {
                return Err(OptionsError::Unknown(name.clone()));
            }
            let value = words.next().ok_or_else(|| OptionsError::NoValue(name.clone()))?;
            match name.as_str() {
                "--input" => options.input = Some(value.into()),
                "--mode" => options.mode = Some(mode(value)?),
                "--bars" => options.bars = Some(number("--bars", value, 1, 16)?),
                "--seed" => options.seed = Some(number("--seed", value, 0, 65_535)?),
                _ => options.out = value.into(),
            }
        }
        Ok(options)
    }

    /// Parameters, by id, and their texts.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        let given = [("mode", &self.mode), ("bars", &self.bars), ("seed", &self.seed)];
        given.into_iter().filter_map(|(id, text)| Some((id, text.clone()?))).collect()
    }
}

fn mode(text: &str) -> Result<String, OptionsError> {
    let known = linnet_music::Mode::ALL.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(text));
    known.map(|mode| mode.name().to_owned()).ok_or_else(|| OptionsError::Mode(text.into()))
}

fn number(name: &'static str, text: &str, min: u32, max: u32) -> Result<String, OptionsError> {
    let number = text.parse::<u32>().ok().filter(|number| (min..=max).contains(number));
    number.map(|number| number.to_string()).ok_or(OptionsError::Range(name, min, max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, OptionsError> {
        Options::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_mistakes_are_named() {
        let options = parse("--seed 9 --mode invent --out there").unwrap();
        assert_eq!(options.settings(), [("mode", "Invent".to_owned()), ("seed", "9".to_owned())]);
        assert_eq!(options.out, PathBuf::from("there"));
        assert_eq!(parse("--bars 17"), Err(OptionsError::Range("--bars", 1, 16)));
        assert_eq!(parse("--mode dance"), Err(OptionsError::Mode("dance".into())));
        assert_eq!(parse("--seed"), Err(OptionsError::NoValue("--seed".into())));
        assert_eq!(parse("--colour red"), Err(OptionsError::Unknown("--colour".into())));
    }
}
