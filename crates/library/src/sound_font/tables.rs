//! The tables of a SoundFont: presets, instruments, their zones, and the samples' headers.
//!
//! Never runs on the audio thread. "SoundFont Technical Specification 2.04" (E-mu Systems, 2006), section 7.

use crate::riff::Chunk;
use std::io::{self, Read, Seek};
use std::ops::Range;

/// The largest table, in bytes.
const TABLE_BYTES_MAX: u64 = 1 << 26;

/// A preset, or an instrument: its name and its zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) name: String,
    /// Of presets only.
    pub(super) program: u16,
    /// Of presets only.
    pub(super) bank: u16,
    pub(super) bags: Range<usize>,
}

/// A sample's header. Places are frames of the file's one pool of samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SampleHead {
    pub(super) name: String,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) loop_start: u32,
    pub(super) loop_end: u32,
    pub(super) sample_rate_hz: u32,
    pub(super) root_key: u8,
    pub(super) correction_cents: i8,
    pub(super) kind: u16,
}

impl SampleHead {
    /// Whether it is compressed, which only SF3 files have.
    pub(super) fn is_compressed(&self) -> bool {
        self.kind & 0x10 != 0
    }

    /// Whether it lies in the memory of a sound card.
    pub(super) fn is_in_rom(&self) -> bool {
        self.kind & 0x8000 != 0
    }
}

/// Zones and their generators: of presets, or of instruments.
#[derive(Clone, Debug, Default)]
pub(super) struct Zones {
    /// By zone: where its generators and its modulators begin.
    bags: Vec<[usize; 2]>,
    /// Operator and amount.
    generators: Vec<(u16, i16)>,
}

impl Zones {
    /// The generators of zone `bag`.
    pub(super) fn generators(&self, bag: usize) -> &[(u16, i16)] {
        self.between(bag, 0).and_then(|range| self.generators.get(range)).unwrap_or_default()
    }

    /// How many modulators zone `bag` has.
    pub(super) fn modulators(&self, bag: usize) -> usize {
        self.between(bag, 1).map_or(0, |range| range.len())
    }

    fn between(&self, bag: usize, column: usize) -> Option<Range<usize>> {
        Some(self.bags.get(bag)?[column]..self.bags.get(bag + 1)?[column])
    }
}

/// All tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) presets: Vec<Owner>,
    pub(super) preset_zones: Zones,
    pub(super) instruments: Vec<Owner>,
    pub(super) instrument_zones: Zones,
    pub(super) samples: Vec<SampleHead>,
}

impl Tables {
    /// Reads them from the chunks of the list `pdta`.
    pub(super) fn read(file: &mut (impl Read + Seek), chunks: &[Chunk]) -> io::Result<Self> {
        let mut table = |name: &[u8; 4]| {
            let chunk = chunks.iter().find(|chunk| chunk.name == *name);
            chunk.map_or_else(|| Ok(Vec::new()), |chunk| chunk.read(file, TABLE_BYTES_MAX))
        };
        let preset_zones = Zones { bags: bags(&table(b"pbag")?), generators: generators(&table(b"pgen")?) };
        let instrument_zones =
            Zones { bags: bags(&table(b"ibag")?), generators: generators(&table(b"igen")?) };
        Ok(Self {
            presets: owners(&table(b"phdr")?, 38, 24),
            preset_zones,
            instruments: owners(&table(b"inst")?, 22, 20),
            instrument_zones,
            samples: table(b"shdr")?.chunks_exact(46).map(sample_head).collect(),
        })
    }
}

fn u16_at(record: &[u8], place: usize) -> u16 {
    u16::from_le_bytes([record[place], record[place + 1]])
}

fn u32_at(record: &[u8], place: usize) -> u32 {
    u32::from_le_bytes([record[place], record[place + 1], record[place + 2], record[place + 3]])
}

/// The name at the beginning of `record`, without what is no letter.
fn name(record: &[u8]) -> String {
    let bytes = record[..20].split(|byte| *byte == 0).next().unwrap_or_default();
    let text: String =
        bytes.iter().map(|byte| char::from(*byte)).filter(|letter| !letter.is_control()).collect();
    text.trim().to_owned()
}

/// Records of `size` bytes, whose zones begin with the number at `place`; the last one only ends the one before.
fn owners(table: &[u8], size: usize, place: usize) -> Vec<Owner> {
    let records: Vec<&[u8]> = table.chunks_exact(size).collect();
    let owner = |pair: &[&[u8]]| {
        let (record, next) = (pair[0], pair[1]);
        let is_preset = size == 38;
        Owner {
            name: name(record),
            program: if is_preset { u16_at(record, 20) } else { 0 },
            bank: if is_preset { u16_at(record, 22) } else { 0 },
            bags: usize::from(u16_at(record, place))..usize::from(u16_at(next, place)),
        }
    };
    records.windows(2).map(owner).collect()
}

fn bags(table: &[u8]) -> Vec<[usize; 2]> {
    table.chunks_exact(4).map(|bag| [0, 2].map(|place| usize::from(u16_at(bag, place)))).collect()
}

fn generators(table: &[u8]) -> Vec<(u16, i16)> {
    table.chunks_exact(4).map(|record| (u16_at(record, 0), u16_at(record, 2) as i16)).collect()
}

fn sample_head(record: &[u8]) -> SampleHead {
    SampleHead {
        name: name(record),
        start: u32_at(record, 20),
        end: u32_at(record, 24),
        loop_start: u32_at(record, 28),
        loop_end: u32_at(record, 32),
        sample_rate_hz: u32_at(record, 36),
        root_key: record[40],
        correction_cents: record[41] as i8,
        kind: u16_at(record, 44),
    }
}
