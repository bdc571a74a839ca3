//! SFZ files: a text that names WAV files and says which keys play them.
//!
//! Never runs on the audio thread. The reader is Linnet's own: of the crates for SFZ none has been kept since 2022, and
//! what is needed of the format is small. Opcodes that are not used are counted and named.

mod region;
mod text;

#[cfg(test)]
mod tests;

use crate::fault::{Fault, Loaded, SAMPLE_BYTES_MAX, ZONES_MAX};
use crate::instrument_file::{go_on, name, open, opened, unreadable};
use crate::wav::{self, Wav};
use linnet_engine::sampler::{Instrument, Zone};
use region::Opcodes;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use text::Section;

/// The longest SFZ file, in bytes.
const TEXT_BYTES_MAX: u64 = 1 << 24;
/// Unused opcodes that are named.
const NAMED_MAX: usize = 6;

/// The instrument in the SFZ file at `path`.
///
/// # Errors
/// Where it cannot be read, has no region that a key plays, or a sample of it is missing or too large; and soon
/// after `stop` is set.
pub fn load(path: &Path, stop: &AtomicBool) -> Result<Loaded, Fault> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(TEXT_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(path, &error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let title = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let mut files = |relative: &str| read_sample(&folder.join(relative), relative);
    let loaded = build(&String::from_utf8_lossy(&bytes), &name(path), &mut files, stop)?;
    Ok(Loaded { name: title, ..loaded })
}

/// The instrument that `text` describes, called `name` in faults, where `files` has the bytes of the samples by their paths:
/// what comes from elsewhere than a folder.
///
/// # Errors
/// As [`load`].
pub fn from_text(
    text: &str,
    name: &str,
    files: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    stop: &AtomicBool,
) -> Result<Loaded, Fault> {
    let mut read = |path: &str| {
        let bytes = files(path).ok_or_else(|| "there is no such file".to_owned())?;
        wav::read(Cursor::new(bytes), SAMPLE_BYTES_MAX)
    };
    build(text, name, &mut read, stop)
}

/// What can be wrong with a sample: why.
type SampleRead = Result<Wav, String>;

fn read_sample(path: &Path, relative: &str) -> SampleRead {
    let extension =
        path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    match extension.as_str() {
        "flac" | "ogg" | "mp3" | "aif" | "aiff" => {
            return Err(format!("{} files are not supported; convert it to WAV", extension.to_uppercase()));
        }
        _ if relative.starts_with('*') => return Err("built-in waves are not supported".to_owned()),
        _ => {}
    }
    wav::read(opened(path)?, SAMPLE_BYTES_MAX)
}

/// The instrument that `text` describes; `files` reads a sample by its path from the file's folder on.
fn build(
    text: &str,
    file: &str,
    files: &mut dyn FnMut(&str) -> SampleRead,
    stop: &AtomicBool,
) -> Result<Loaded, Fault> {
    let too_large = |why| Fault::TooLarge { file: file.to_owned(), why };
    let (sections, includes) = text::sections(text).map_err(too_large)?;
    let mut build =
        Build { file, files, samples: Vec::new(), places: BTreeMap::new(), zones: Vec::new(), bytes: 0 };
    let mut levels = Levels::default();
    let (mut unused, mut left_out) = (BTreeMap::new(), 0);
    for section in &sections {
        go_on(stop, file)?;
        count_unused(section, &mut unused);
        let Some(opcodes) = levels.enter(section) else { continue };
        if region::is_struck(&opcodes) {
            build.region(&opcodes)?;
        } else {
            left_out += 1;
        }
    }
    let Build { samples, zones, .. } = build;
    if zones.is_empty() {
        return Err(Fault::Broken {
            file: file.to_owned(),
            why: "it has no region that a key plays".to_owned(),
        });
    }
    let samples = samples.into_iter().map(|wav| wav.sample).collect();
    let remarks = remarks(&unused, left_out, includes);
    Ok(Loaded { instrument: Instrument::new(samples, &zones), name: String::new(), remarks })
}

fn count_unused(section: &Section, unused: &mut BTreeMap<String, usize>) {
    for (opcode, _) in section.opcodes.iter().filter(|(opcode, _)| !region::is_known(opcode)) {
        *unused.entry(opcode.chars().take(40).collect()).or_default() += 1;
    }
}

fn remarks(unused: &BTreeMap<String, usize>, left_out: usize, includes: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    if !unused.is_empty() {
        let mut named: Vec<(&String, &usize)> = unused.iter().collect();
        named.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let all: usize = unused.values().sum();
        let words: Vec<String> =
            named.iter().take(NAMED_MAX).map(|(name, count)| format!("{name} ({count})")).collect();
        let more = if named.len() > NAMED_MAX { ", and others" } else { "" };
        remarks.push(format!("{all} opcodes are not used: {}{more}.", words.join(", ")));
    }
    if left_out > 0 {
        remarks.push(format!(
            "{left_out} regions that take turns, or wait for a release or a switch, are left out."
        ));
    }
    if includes {
        remarks.push("Files that it includes are not read.".to_owned());
    }
    remarks
}

/// The opcodes of the headers that a region is under.
#[derive(Default)]
struct Levels {
    control: Opcodes,
    global: Opcodes,
    master: Opcodes,
    group: Opcodes,
}

impl Levels {
    /// Takes a section; where it is a region, all opcodes that it has.
    fn enter(&mut self, section: &Section) -> Option<Opcodes> {
        let own = || section.opcodes.iter().cloned();
        match section.header.as_str() {
            "control" => self.control.extend(own()),
            "global" => {
                self.global = own().collect();
                (self.master, self.group) = (Opcodes::new(), Opcodes::new());
            }
            "master" => {
                self.master = own().collect();
                self.group = Opcodes::new();
            }
            "group" => self.group = own().collect(),
            "region" => {
                let mut all = self.control.clone();
                for level in [&self.global, &self.master, &self.group] {
                    all.extend(level.iter().map(|(name, value)| (name.clone(), value.clone())));
                }
                all.extend(own());
                return Some(all);
            }
            _ => {}
        }
        None
    }
}

/// An instrument that is being built.
struct Build<'a> {
    file: &'a str,
    files: &'a mut dyn FnMut(&str) -> SampleRead,
    samples: Vec<Wav>,
    /// By path: the place in [`Self::samples`].
    places: BTreeMap<String, usize>,
    zones: Vec<Zone>,
    bytes: u64,
}

impl Build<'_> {
    fn region(&mut self, opcodes: &Opcodes) -> Result<(), Fault> {
        let Some(sample) = opcodes.get("sample") else { return Ok(()) };
        let before = opcodes.get("default_path").map_or("", String::as_str);
        let path = format!("{before}{sample}").replace('\\', "/");
        let place = self.sample(&path)?;
        if let Some(zone) = region::zone(opcodes, &self.samples[place]) {
            self.zones.push(Zone { sample: place, ..zone });
        }
        if self.zones.len() > ZONES_MAX {
            let why = format!("it has more than {ZONES_MAX} regions");
            return Err(Fault::TooLarge { file: self.file.to_owned(), why });
        }
        Ok(())
    }

    /// The place of a sample, which is read once.
    fn sample(&mut self, path: &str) -> Result<usize, Fault> {
        if let Some(place) = self.places.get(path) {
            return Ok(*place);
        }
        let wav = (self.files)(path).map_err(|why| Fault::Sample {
            file: self.file.to_owned(),
            sample: path.to_owned(),
            why,
        })?;
        let channels = 1 + u64::from(wav.sample.right.is_some());
        self.bytes += wav.sample.left.len() as u64 * channels * 4;
        if self.bytes > SAMPLE_BYTES_MAX {
            let why = "its samples need more than 1 GiB".to_owned();
            return Err(Fault::TooLarge { file: self.file.to_owned(), why });
        }
        self.samples.push(wav);
        self.places.insert(path.to_owned(), self.samples.len() - 1);
        Ok(self.samples.len() - 1)
    }
}
