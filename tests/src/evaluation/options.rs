//! The arguments of `cargo xtask eval`.

use linnet_music::Mode;
use std::path::PathBuf;

/// What can be measured, in the order of the scorecard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// See `sections::likelihood`.
    Likelihood,
    /// See `sections::overlap`.
    Overlap,
    /// See `sections::controls`.
    Controls,
    /// See `sections::styles`.
    Styles,
    /// See `sections::engines`.
    Engines,
    /// See `sections::promises`.
    Promises,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Likelihood, Self::Overlap, Self::Controls, Self::Styles, Self::Engines, Self::Promises];

    /// What it is called.
    pub fn name(self) -> &'static str {
        ["likelihood", "overlap", "controls", "styles", "engines", "promises"][self as usize]
    }
}

/// What `--help` prints.
pub const HELP: &str = "\
cargo xtask eval: measures the plug-in's composing against held-out music

  --contexts N        windows that each mode is asked for (12): 160 give 400 phrases a mode
                      and take hours of one processor
  --only NAME         one part of the scorecard: likelihood, overlap, controls, styles, engines
                      or promises; may be given several times
  --mode NAME         one mode of the plug-in alone
  --reference FOLDER  MIDI files in place of the held-out pieces that people wrote: tracks are
                      told apart by name, else by register, channel 10 is the drums; a folder
                      named after a style gives that style
  --pieces FILE       held-out pieces in the format of models/corpus/heldout_parts.json.gz
  --models FOLDER     models in place of the built-in ones
  --threads N         threads (as many as there are processors)
  --out FOLDER        where eval.md, eval.json and eval.png go (out)

LINNET_ONNXRUNTIME names the libonnxruntime that the built-in engine is compared with.
";

/// Windows unless told otherwise.
const CONTEXTS: usize = 12;

/// What to measure, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Windows that each mode is asked for, ≥ 1.
    pub contexts: usize,
    /// The parts of the scorecard.
    pub parts: Vec<Part>,
    /// One mode alone.
    pub mode: Option<Mode>,
    /// A folder of MIDI files.
    pub reference: Option<PathBuf>,
    /// A file of held-out pieces.
    pub pieces: Option<PathBuf>,
    /// A folder of models.
    pub models: Option<PathBuf>,
    /// Threads, ≥ 1.
    pub threads: usize,
    /// Where files go.
    pub out: PathBuf,
}

impl Options {
    /// Reads the arguments behind the command's name; none where help is asked for.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub fn parse(arguments: &[String]) -> Result<Option<Self>, String> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut options = Self {
            contexts: CONTEXTS,
            parts: Vec::new(),
            mode: None,
            reference: None,
            pieces: None,
            models: None,
            threads,
            out: "out".into(),
        };
        let mut words = arguments.iter();
        while let Some(name) = words.next() {
            if matches!(name.as_str(), "--help" | "-h" | "help") {
                return Ok(None);
            }
            if !HELP.contains(&format!("  {name} ")) || !name.starts_with("--") {
                return Err(format!("eval has no option {name}.\n\n{HELP}"));
            }
            let value = words.next().ok_or_else(|| format!("{name} needs a value behind it."))?;
            match name.as_str() {
                "--contexts" => options.contexts = number(name, value)?,
                "--threads" => options.threads = number(name, value)?,
                "--only" => options.parts.push(part(value)?),
                "--mode" => options.mode = Some(mode(value)?),
                "--reference" => options.reference = Some(value.into()),
                "--pieces" => options.pieces = Some(value.into()),
                "--models" => options.models = Some(value.into()),
                _ => options.out = value.into(),
            }
        }
        if options.parts.is_empty() {
            options.parts = Part::ALL.to_vec();
        }
        Ok(Some(options))
    }

    /// Whether `part` is to be measured.
    pub fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

fn number(name: &str, text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=100_000).contains(number));
    number.ok_or_else(|| format!("{name} takes a whole number from 1 to 100000, and not {text}."))
}

fn part(text: &str) -> Result<Part, String> {
    let names = Part::ALL.map(Part::name).join(", ");
    let found = Part::ALL.into_iter().find(|part| part.name() == text);
    found.ok_or_else(|| format!("--only takes one of {names}, and not {text}."))
}

fn mode(text: &str) -> Result<Mode, String> {
    let names = Mode::ALL.map(Mode::name).join(", ");
    let found = Mode::ALL.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("There is no mode {text}: choose one of {names}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<Options>, String> {
        Options::parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_read_and_wrong_ones_refused_in_words() {
        let options = parse("--contexts 7 --only overlap --only styles --mode fill").unwrap().unwrap();
        assert_eq!((options.contexts, options.mode), (7, Some(Mode::Fill)));
        assert_eq!(options.parts, [Part::Overlap, Part::Styles]);
        assert_eq!(parse("").unwrap().unwrap().parts, Part::ALL);
        assert_eq!(parse("--help").unwrap(), None);
        let words = |text: &str| parse(text).unwrap_err();
        assert!(words("--contexts 0").contains("whole number"));
        assert!(words("--only beauty").contains("likelihood, overlap"));
        assert!(words("--mode loud").contains("Accompany"));
        assert!(words("--out").contains("needs a value"));
        assert!(words("--tune x").contains("no option --tune"));
    }
}
