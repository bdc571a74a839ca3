//! SoundFont 2 files: their presets, and one of them as an instrument.
//!
//! Never runs on the audio thread. "SoundFont Technical Specification 2.04" (E-mu Systems, 2006). The reader is Linnet's
//! own: the crates that there are read all of a file's samples at once, into room that the file's own sizes ask for, and
//! in 16 bits. Here only what the chosen preset plays is read, 24 bits where there are, and no size is believed.

mod generators;
mod tables;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use crate::fault::{Fault, Loaded, SAMPLE_BYTES_MAX, ZONES_MAX};
use crate::file_error::{Act, in_words};
use crate::instrument_file::go_on;
use crate::riff::{self, Chunk};
use generators::{Generators, INSTRUMENT, Pair, SAMPLE};
use linnet_engine::sampler::{Instrument, Sample, Zone};
use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::sync::atomic::AtomicBool;
use tables::{Owner, SampleHead, Tables, Zones};

/// A preset of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Preset {
    /// In [0, 128]; 128 is drums.
    pub bank: u16,
    /// In [0, 127].
    pub program: u16,
    /// As the file has it.
    pub name: String,
}

/// A SoundFont that is open.
pub struct SoundFont<R> {
    file: R,
    /// How it is called in faults.
    name: String,
    tables: Tables,
    /// The samples in 16 bits.
    pool: Option<Chunk>,
    /// Eight bits more of each.
    pool_24: Option<Chunk>,
}

impl<R: Read + Seek> SoundFont<R> {
    /// Reads the tables of `file`, which faults call `name`.
    ///
    /// # Errors
    /// Where it is no SoundFont 2, broken, or cut off.
    pub fn open(mut file: R, name: &str) -> Result<Self, Fault> {
        let broken = |why: &str| Fault::Broken { file: name.to_owned(), why: why.to_owned() };
        let unreadable = |error: std::io::Error| Fault::Unreadable {
            file: name.to_owned(),
            why: in_words(&error, Act::Read),
        };
        let chunks = riff::file_chunks(&mut file, *b"sfbk").map_err(unreadable)?;
        let chunks = chunks.ok_or_else(|| broken("it is not a SoundFont"))?;
        let mut parts = Vec::new();
        for list in chunks.iter().filter(|chunk| chunk.name == *b"LIST" && chunk.length >= 4) {
            parts.extend(riff::chunks(&mut file, list.start + 4, list.end()).map_err(unreadable)?);
        }
        let part = |name: &[u8; 4]| parts.iter().find(|chunk| chunk.name == *name).copied();
        let version = part(b"ifil").map(|chunk| chunk.read(&mut file, 4)).transpose().map_err(unreadable)?;
        let is_third = version.is_some_and(|version| version.first().is_some_and(|major| *major >= 3));
        let tables = Tables::read(&mut file, &parts).map_err(unreadable)?;
        if is_third || tables.samples.iter().any(SampleHead::is_compressed) {
            return Err(compressed(name));
        }
        if tables.presets.is_empty() {
            return Err(broken("it has no presets; it may be cut off"));
        }
        let (pool, pool_24) = (part(b"smpl"), part(b"sm24"));
        Ok(Self { file, name: name.to_owned(), tables, pool, pool_24 })
    }

    /// The presets, by bank and program.
    pub fn presets(&self) -> Vec<Preset> {
        let preset =
            |owner: &Owner| Preset { bank: owner.bank, program: owner.program, name: owner.name.clone() };
        let mut presets: Vec<Preset> = self.tables.presets.iter().map(preset).collect();
        presets.sort();
        presets
    }

    /// The preset `program` of `bank` as an instrument.
    ///
    /// # Errors
    /// Where there is no such preset, a sample of it is missing, or it needs more than 1 GiB; and soon after
    /// `stop` is set.
    pub fn load(&mut self, bank: u16, program: u16, stop: &AtomicBool) -> Result<Loaded, Fault> {
        let tables = std::mem::take(&mut self.tables);
        let loaded = self.load_from(&tables, (bank, program), stop);
        self.tables = tables;
        loaded
    }

    fn load_from(
        &mut self,
        tables: &Tables,
        (bank, program): (u16, u16),
        stop: &AtomicBool,
    ) -> Result<Loaded, Fault> {
        let is_it = |owner: &&Owner| owner.bank == bank && owner.program == program;
        let preset = tables.presets.iter().find(is_it);
        let preset = preset.ok_or_else(|| Fault::NoPreset { file: self.name.clone(), bank, program })?;
        let mut load = Load {
            font: self,
            tables,
            stop,
            samples: Vec::new(),
            places: BTreeMap::new(),
            zones: Vec::new(),
            visited: 0,
            bytes: 0,
            modulators: 0,
        };
        load.preset(preset)?;
        let Load { samples, zones, modulators, .. } = load;
        if zones.is_empty() {
            let why = format!("its preset “{}” plays no sample", preset.name);
            return Err(Fault::Broken { file: self.name.clone(), why });
        }
        let remark = match modulators {
            0 => None,
            1 => Some("One modulator of the file is not used.".to_owned()),
            more => Some(format!("{more} modulators of the file are not used.")),
        };
        let instrument = Instrument::new(samples, &zones);
        Ok(Loaded { instrument, name: preset.name.clone(), remarks: remark.into_iter().collect() })
    }

    /// The frames of `head`.
    fn read(&mut self, head: &SampleHead) -> Result<Sample, Fault> {
        let sample_fault = |why: &str| Fault::Sample {
            file: self.name.clone(),
            sample: format!("“{}”", head.name),
            why: why.to_owned(),
        };
        let cut_off = || sample_fault("it lies behind the end of the file, which may be cut off");
        let frames = u64::from(head.end.saturating_sub(head.start));
        if head.is_in_rom() {
            return Err(sample_fault("it lies in the memory of a sound card, not in the file"));
        }
        let slice = |pool: Chunk, width: u64| {
            let end = u64::from(head.end) * width;
            let start = pool.start + u64::from(head.start) * width;
            (end <= pool.length).then_some(Chunk { start, length: frames * width, ..pool })
        };
        let coarse = self.pool.and_then(|pool| slice(pool, 2)).ok_or_else(cut_off)?;
        let fine = self.pool_24.and_then(|pool| slice(pool, 1));
        let bytes =
            coarse.read(&mut self.file, u64::MAX).map_err(|error| sample_fault(&error.to_string()))?;
        let low = fine.map(|fine| fine.read(&mut self.file, u64::MAX)).transpose();
        let low = low.map_err(|error| sample_fault(&error.to_string()))?.unwrap_or_default();
        let high = bytes.chunks_exact(2).map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]])));
        let low = low.into_iter().map(i32::from).chain(std::iter::repeat(0));
        let left = high.zip(low).map(|(high, low)| (high * 256 + low) as f32 / 8_388_608.0).collect();
        Ok(Sample { left, right: None, sample_rate_hz: head.sample_rate_hz as f32 })
    }
}

fn compressed(name: &str) -> Fault {
    Fault::Unsupported {
        file: name.to_owned(),
        what: "a SoundFont 3, whose samples are compressed,",
        remedy: "Convert it to SoundFont 2, for example with Polyphone.",
    }
}

/// A preset that is being loaded.
struct Load<'a, R> {
    font: &'a mut SoundFont<R>,
    tables: &'a Tables,
    stop: &'a AtomicBool,
    samples: Vec<Sample>,
    /// By number in the file: the place in [`Self::samples`].
    places: BTreeMap<usize, usize>,
    zones: Vec<Zone>,
    /// Zones that were looked at, whether they play a sample or not.
    visited: usize,
    bytes: u64,
    modulators: usize,
}

impl<R: Read + Seek> Load<'_, R> {
    fn preset(&mut self, preset: &Owner) -> Result<(), Fault> {
        let tables = self.tables;
        self.visit(preset)?;
        for (bag, generators) in zones_of(&tables.preset_zones, preset, INSTRUMENT) {
            self.modulators += tables.preset_zones.modulators(bag);
            let number = generators.number(INSTRUMENT);
            if let Some(instrument) = number.and_then(|number| tables.instruments.get(number)) {
                self.instrument(instrument, &generators)?;
            }
        }
        Ok(())
    }

    fn instrument(&mut self, owner: &Owner, preset: &Generators) -> Result<(), Fault> {
        let tables = self.tables;
        self.visit(owner)?;
        for (bag, instrument) in zones_of(&tables.instrument_zones, owner, SAMPLE) {
            self.modulators += tables.instrument_zones.modulators(bag);
            let Some(number) = instrument.number(SAMPLE) else { continue };
            let Some(head) = tables.samples.get(number) else { continue };
            go_on(self.stop, &self.font.name)?;
            let pair = Pair { instrument: &instrument, preset };
            if let Some(zone) = pair.zone(head) {
                let sample = self.sample(number, head)?;
                self.zones.push(Zone { sample, ..zone });
            }
        }
        Ok(())
    }

    /// Counts the zones of `owner` before they are looked at.
    fn visit(&mut self, owner: &Owner) -> Result<(), Fault> {
        go_on(self.stop, &self.font.name)?;
        self.visited += owner.bags.len();
        if self.visited > ZONES_MAX {
            let why = format!("a preset of it has more than {ZONES_MAX} zones");
            return Err(Fault::TooLarge { file: self.font.name.clone(), why });
        }
        Ok(())
    }

    /// The place of a sample, which is read once.
    fn sample(&mut self, number: usize, head: &SampleHead) -> Result<usize, Fault> {
        if let Some(place) = self.places.get(&number) {
            return Ok(*place);
        }
        self.bytes += u64::from(head.end.saturating_sub(head.start)) * 4;
        if self.bytes > SAMPLE_BYTES_MAX {
            let why = "a preset of it needs more than 1 GiB of samples".to_owned();
            return Err(Fault::TooLarge { file: self.font.name.clone(), why });
        }
        self.samples.push(self.font.read(head)?);
        self.places.insert(number, self.samples.len() - 1);
        Ok(self.samples.len() - 1)
    }
}

/// The zones of `owner` that end with `last`, each over the global one, which is the first where that does not.
fn zones_of<'a>(
    zones: &'a Zones,
    owner: &Owner,
    last: u16,
) -> impl Iterator<Item = (usize, Generators)> + 'a {
    let first = owner.bags.start;
    let has = move |bag: usize| zones.generators(bag).iter().any(|(operator, _)| *operator == last);
    let global = if owner.bags.is_empty() || has(first) {
        Generators::none()
    } else {
        Generators::none().with(zones.generators(first))
    };
    owner.bags.clone().filter(move |bag| has(*bag)).map(move |bag| (bag, global.with(zones.generators(bag))))
}
