//! The demo's arguments.

use crate::clap_host::bundle_path;
use linnet_music::{Mode, Style};
use std::path::PathBuf;

/// Every option.
const NAMES: [&str; 7] = ["--input", "--mode", "--style", "--bars", "--seed", "--set", "--out"];

/// Controls that have an option of their own.
const NAMED: [(&str, &str); 4] =
    [("mode", "--mode"), ("style_a", "--style"), ("bars", "--bars"), ("seed", "--seed")];

/// What to play, what to ask for, and where to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The MIDI file that is played; none for the tune in the repository.
    pub input: Option<PathBuf>,
    /// How to propose.
    pub mode: Option<Mode>,
    /// How many bars, in [1, 16].
    pub bars: Option<u8>,
    /// The seed.
    pub seed: Option<u16>,
    /// The `style_a` parameter.
    pub style: Option<String>,
    /// Further parameters: ids, and what they are set to, as the host would type it.
    pub set: Vec<(String, String)>,
    /// The folder for what is written.
    pub out: PathBuf,
    /// The CLAP bundle.
    pub bundle: PathBuf,
}

/// Why the arguments make no sense.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OptionsError {
    /// An option that does not exist.
    #[error(
        "The demo has no option {0}. It knows --input, --mode, --style, --bars, --seed, --set and --out."
    )]
    Unknown(String),
    /// An option at the end of the line.
    #[error("{0} needs a value behind it.")]
    NoValue(String),
    /// A number out of its range.
    #[error("{0} must be a whole number from {1} to {2}.")]
    Range(&'static str, u32, u32),
    /// A mode that does not exist.
    #[error("There is no mode {0}: choose {modes}.", modes = names(Mode::ALL.map(Mode::name)))]
    Mode(String),
    /// A style that does not exist.
    #[error("There is no style {0}: choose {styles}.", styles = names(Style::ALL.map(Style::name)))]
    Style(String),
    /// A setting without a parameter or a value.
    #[error("--set takes control=value, such as density=80, and not {0}.")]
    Set(String),
}

impl Options {
    /// Reads the arguments behind the command's name.
    pub fn parse(arguments: &[String]) -> Result<Self, OptionsError> {
        let mut options = Self {
            input: None,
            mode: None,
            bars: None,
            seed: None,
            style: None,
            set: Vec::new(),
            out: PathBuf::from("out"),
            bundle: bundle_path(),
        };
        let mut words = arguments.iter();
        while let Some(name) = words.next() {
            if !NAMES.contains(&name.as_str()) {
                return Err(OptionsError::Unknown(name.clone()));
            }
            let value = words.next().ok_or_else(|| OptionsError::NoValue(name.clone()))?;
            options.take(name, value)?;
        }
        Ok(options)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), OptionsError> {
        match name {
            "--input" => self.input = Some(value.into()),
            "--mode" => self.mode = Some(mode(value)?),
            "--style" => self.style = Some(style(value)?),
            "--bars" => self.bars = Some(number("--bars", value, 1, 16)? as u8),
            "--seed" => self.seed = Some(number("--seed", value, 0, 65_535)? as u16),
            "--set" => {
                let (id, value) = setting(value)?;
                match NAMED.into_iter().find(|(of, _)| *of == id) {
                    Some((_, option)) => self.take(option, &value)?,
                    None => self.set.push((id, value)),
                }
            }
            _ => self.out = value.into(),
        }
        Ok(())
    }

    /// Parameters, by id, and their texts, that stay the same from one ask to the next.
    pub(super) fn settings(&self) -> Vec<(String, String)> {
        let given = [("style_a", self.style.clone()), ("bars", self.bars.map(|bars| bars.to_string()))];
        let given = given.into_iter().filter_map(|(id, text)| Some((id.to_owned(), text?)));
        given.chain(self.set.iter().cloned()).collect()
    }
}

/// Names in a row, in small letters.
fn names<const N: usize>(names: [&str; N]) -> String {
    names.map(str::to_lowercase).join(", ")
}

fn style(text: &str) -> Result<String, OptionsError> {
    let known = Style::ALL.into_iter().find(|style| style.name().eq_ignore_ascii_case(text));
    known.map(|style| style.name().to_owned()).ok_or_else(|| OptionsError::Style(text.into()))
}

fn setting(text: &str) -> Result<(String, String), OptionsError> {
    let pair = text.split_once('=').filter(|(id, value)| !id.is_empty() && !value.is_empty());
    let (id, value) = pair.ok_or_else(|| OptionsError::Set(text.into()))?;
    Ok((id.to_owned(), value.to_owned()))
}

fn mode(text: &str) -> Result<Mode, OptionsError> {
    let known = Mode::ALL.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(text));
    known.ok_or_else(|| OptionsError::Mode(text.into()))
}

fn number(name: &'static str, text: &str, min: u32, max: u32) -> Result<u32, OptionsError> {
    let number = text.parse::<u32>().ok().filter(|number| (min..=max).contains(number));
    number.ok_or(OptionsError::Range(name, min, max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, OptionsError> {
        Options::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_mistakes_are_named() {
        let options = parse("--seed 9 --mode invent --style hip-hop --set density=80 --out there").unwrap();
        let wanted = [("style_a", "Hip-hop"), ("density", "80")];
        assert_eq!(options.settings(), wanted.map(|(id, text)| (id.to_owned(), text.to_owned())));
        assert_eq!((options.mode, options.seed, options.bars), (Some(Mode::Invent), Some(9), None));
        let set = parse("--set mode=vary --set bars=5").unwrap();
        assert_eq!((set.mode, set.bars, set.set.len()), (Some(Mode::Vary), Some(5), 0));
        assert_eq!(parse("--set density"), Err(OptionsError::Set("density".into())));
        assert!(parse("--style polka").unwrap_err().to_string().contains("bossa nova"));
        assert_eq!(options.out, PathBuf::from("there"));
        assert_eq!(parse("--bars 17"), Err(OptionsError::Range("--bars", 1, 16)));
        assert_eq!(parse("--mode dance"), Err(OptionsError::Mode("dance".into())));
        assert_eq!(parse("--seed"), Err(OptionsError::NoValue("--seed".into())));
        assert_eq!(parse("--colour red"), Err(OptionsError::Unknown("--colour".into())));
    }
}
