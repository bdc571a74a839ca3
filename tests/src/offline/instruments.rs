//! Instruments of the user's for scenes, made here: an SFZ with its WAV file, and a SoundFont.

use hound::{SampleFormat, WavSpec, WavWriter};
use linnet_engine::sampler::{Instrument, PartInstrument};
use linnet_library::sfz;
use linnet_library::sound_font::SoundFont;
use linnet_music::Part;
use std::f32::consts::TAU;
use std::io::Cursor;
use std::sync::atomic::AtomicBool;

#[allow(dead_code, unreachable_pub, reason = "the tests of the reader use all of it")]
#[path = "../../../crates/library/src/sound_font/fixture.rs"]
mod fixture;

/// Two layers by velocity, a loop, a filter that closes, and a stroke that is not looped.
const TEXT: &str = "
<global> ampeg_release=0.3 cutoff=5000 fileg_depth=2400 fileg_decay=0.8 fileg_sustain=10
<group> sample=tone.wav pitch_keycenter=57 loop_mode=loop_continuous loop_start=4410 loop_end=17639
<region> hivel=90 volume=-3 pan=-30 <region> lovel=91 pan=30 tune=4
<group> <region> sample=tone.wav lokey=70 hikey=90 pitch_keycenter=69 ampeg_decay=0.4 ampeg_sustain=0 volume=-12";

/// The levels of the tone's partials.
pub const PARTIALS: [f32; 4] = [0.4, 0.15, 0.05, 0.1];

/// A lead whose tone has these partials, and chords.
pub(super) fn made(partials: [f32; 4]) -> Vec<PartInstrument> {
    let lead =
        tones(partials).map(|instrument| PartInstrument { part: Part::Lead, instrument: Some(instrument) });
    let chords = font().map(|instrument| PartInstrument { part: Part::Chords, instrument: Some(instrument) });
    lead.into_iter().chain(chords).collect()
}

fn tones(partials: [f32; 4]) -> Option<Instrument> {
    let wave = |frame: usize| -> f32 {
        let angle = frame as f32 / 44_100.0 * TAU * 220.0;
        (1_u8..).zip(partials).map(|(number, level)| level * (f32::from(number) * angle).sin()).sum()
    };
    let bytes = wav(22_050, wave)?;
    let mut files = |path: &str| (path == "tone.wav").then(|| bytes.clone());
    Some(sfz::from_text(TEXT, "tones.sfz", &mut files, &AtomicBool::new(false)).ok()?.instrument)
}

/// The bytes of a WAV file.
fn wav(frames: usize, wave: impl Fn(usize) -> f32) -> Option<Vec<u8>> {
    let spec =
        WavSpec { channels: 1, sample_rate: 44_100, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec).ok()?;
    for frame in 0..frames {
        writer.write_sample((wave(frame) * 32_767.0) as i16).ok()?;
    }
    writer.finalize().ok()?;
    Some(bytes.into_inner())
}

/// The sine of the reader's tests, with an envelope, a filter and a slow triangle.
fn font() -> Option<Instrument> {
    let mut font = fixture::Font::sine();
    let generators =
        [(34, -4000), (38, -1000), (8, 9500), (9, 60), (22, -400), (13, 40), (48, 120), (17, 200)];
    font.instruments[0][0].splice(0..0, generators);
    let mut opened = SoundFont::open(Cursor::new(font.bytes()), "sine.sf2").ok()?;
    Some(opened.load(0, 0, &AtomicBool::new(false)).ok()?.instrument)
}
