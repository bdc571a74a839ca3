//! A SoundFont of one sawtooth, made in memory, so that the peers that play SoundFonts need no file.
//!
//! SoundFont Technical Specification 2.04, Creative Technology, 2006.

use std::f64::consts::TAU;

/// Of the sample, in Hz.
const SAMPLE_RATE_HZ: u32 = 48_000;
/// Frames of one cycle: about A4.
const CYCLE: u32 = 109;
/// Cycles in the loop, and before it.
const CYCLES: u32 = 16;
/// Silence behind the sample, as the specification asks for.
const PADDING: u32 = 46;
/// Harmonics of the sawtooth.
const HARMONICS: u32 = 40;
/// The key at which the sample sounds as it is.
const ROOT_KEY: u8 = 69;

/// Generators of the specification.
const FILTER_CUTOFF: u16 = 8;
const FILTER_Q: u16 = 9;
const INSTRUMENT: u16 = 41;
const SAMPLE_ID: u16 = 53;
const SAMPLE_MODES: u16 = 54;

/// The file. A low-pass at about 3 kHz is in, since Linnet's voices have one too; the sample is looped, and held for ever.
pub fn sawtooth() -> Vec<u8> {
    let samples: Vec<u8> = (0..2 * CYCLES * CYCLE)
        .map(sample)
        .chain((0..PADDING).map(|_| 0))
        .flat_map(i16::to_le_bytes)
        .collect();
    let info = [
        chunk(*b"ifil", [2_u16, 4].into_iter().flat_map(u16::to_le_bytes).collect()),
        chunk(*b"isng", text("EMU8000", 8)),
        chunk(*b"INAM", text("Sawtooth", 10)),
    ];
    let parameters = [
        chunk(*b"phdr", [preset("Saw", 0), preset("EOP", 1)].concat()),
        chunk(*b"pbag", [bag(0), bag(1)].concat()),
        chunk(*b"pmod", vec![0; 10]),
        chunk(*b"pgen", [generator(INSTRUMENT, 0), generator(0, 0)].concat()),
        chunk(*b"inst", [instrument("Saw", 0), instrument("EOI", 1)].concat()),
        chunk(*b"ibag", [bag(0), bag(4)].concat()),
        chunk(*b"imod", vec![0; 10]),
        chunk(*b"igen", generators()),
        chunk(*b"shdr", [header("Saw"), text("EOS", 46)].concat()),
    ];
    let lists = [
        list(*b"INFO", info.concat()),
        list(*b"sdta", chunk(*b"smpl", samples)),
        list(*b"pdta", parameters.concat()),
    ];
    chunk(*b"RIFF", [b"sfbk".to_vec(), lists.concat()].concat())
}

fn sample(frame: u32) -> i16 {
    let cycle = f64::from(frame % CYCLE) / f64::from(CYCLE);
    let sum: f64 = (1..=HARMONICS).map(|k| (TAU * f64::from(k) * cycle).sin() / f64::from(k)).sum();
    (sum * 12_000.0) as i16
}

fn generators() -> Vec<u8> {
    let cutoff_cents = 1200.0 * (3000.0_f64 / 8.176).log2();
    [
        generator(FILTER_CUTOFF, cutoff_cents as u16),
        generator(FILTER_Q, 30),
        generator(SAMPLE_MODES, 1),
        generator(SAMPLE_ID, 0),
        generator(0, 0),
    ]
    .concat()
}

fn chunk(id: [u8; 4], mut content: Vec<u8>) -> Vec<u8> {
    let size = content.len() as u32;
    if size % 2 == 1 {
        content.push(0);
    }
    [id.to_vec(), size.to_le_bytes().to_vec(), content].concat()
}

fn list(id: [u8; 4], content: Vec<u8>) -> Vec<u8> {
    chunk(*b"LIST", [id.to_vec(), content].concat())
}

/// `text` in a field of `length` bytes.
fn text(text: &str, length: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(length, 0);
    bytes
}

fn bag(first_generator: u16) -> Vec<u8> {
    [first_generator.to_le_bytes(), [0; 2]].concat()
}

fn generator(kind: u16, amount: u16) -> Vec<u8> {
    [kind.to_le_bytes(), amount.to_le_bytes()].concat()
}

fn preset(name: &str, first_bag: u16) -> Vec<u8> {
    [text(name, 20), vec![0; 4], first_bag.to_le_bytes().to_vec(), vec![0; 12]].concat()
}

fn instrument(name: &str, first_bag: u16) -> Vec<u8> {
    [text(name, 20), first_bag.to_le_bytes().to_vec()].concat()
}

fn header(name: &str) -> Vec<u8> {
    let end = 2 * CYCLES * CYCLE;
    let places = [0, end, CYCLES * CYCLE, end, SAMPLE_RATE_HZ].into_iter().flat_map(u32::to_le_bytes);
    [text(name, 20), places.collect(), vec![ROOT_KEY, 0], [0_u16, 1].map(u16::to_le_bytes).concat()].concat()
}
