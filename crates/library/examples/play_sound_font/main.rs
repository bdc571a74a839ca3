//! Plays a MIDI file with one preset of a SoundFont, or with an SFZ file, and compares it with another player's rendering.
//!
//! `cargo run --release -p linnet-library --example play_sound_font -- FONT BANK:PROGRAM TUNE.mid OUT.wav [REFERENCE.wav]`
//!
//! All channels play the one preset. With a reference, rendered from the same file by another player without reverb and
//! chorus, it prints how far pitch and level lie apart. Bank 128 is drums.

mod compare;
mod tune;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use linnet_engine::sampler::PartInstrument;
use linnet_engine::synth::Voices;
use linnet_engine::synth::bank::OWN_INSTRUMENT;
use linnet_engine::{Settings, VoiceEvent};
use linnet_handover::delivery;
use linnet_library::instrument_file;
use linnet_music::Part;
use std::error::Error;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const RATE_HZ: u32 = 48_000;
/// Frames that are rendered in one go.
const BLOCK: usize = 512;
/// Seconds behind the last event.
const TAIL_S: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [font, preset, midi, out, reference @ ..] = words.as_slice() else {
        return Err("Usage: play_sound_font FONT BANK:PROGRAM TUNE.mid OUT.wav [REFERENCE.wav]".into());
    };
    let (bank, program) = preset.split_once(':').ok_or("The preset is BANK:PROGRAM, such as 0:40.")?;
    let begin = Instant::now();
    let (bank, program) = (bank.parse()?, program.parse()?);
    let loaded = instrument_file::load(Path::new(font), bank, program, &AtomicBool::new(false))?;
    let mb = loaded.instrument.bytes() as f64 / 1e6;
    println!(
        "{}: {} zones, {mb:.1} MB, read in {:.0} ms",
        loaded.name,
        loaded.instrument.zones().len(),
        ms(begin)
    );
    loaded.remarks.iter().for_each(|remark| println!("{remark}"));
    let part = if bank == 128 { Part::Drums } else { Part::Lead };
    let notes = tune::read(&std::fs::read(midi)?, part, RATE_HZ)?;
    let (mut sender, receiver) = delivery::queue(1);
    let mut voices = Voices::new();
    voices.take_instruments_from(receiver);
    voices.prepare(f64::from(RATE_HZ));
    let delivered = PartInstrument { part, instrument: Some(loaded.instrument) };
    sender.send(Box::new(delivered)).map_err(|_| "The engine takes no instrument.")?;
    let begin = Instant::now();
    let audio = render(&mut voices, &notes.events);
    let seconds = audio[0].len() as f64 / f64::from(RATE_HZ);
    println!("{seconds:.1} s in {:.0} ms: {:.2} % of real time", ms(begin), ms(begin) / seconds / 10.0);
    write(Path::new(out), &audio)?;
    if let [reference] = reference {
        compare::print(&audio, &read(Path::new(reference))?, &notes);
    }
    Ok(())
}

fn ms(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1000.0
}

fn render(voices: &mut Voices, events: &[VoiceEvent]) -> [Vec<f32>; 2] {
    let last = events.last().map_or(0, |event| event.frame as usize);
    let blocks = (last + TAIL_S * RATE_HZ as usize).div_ceil(BLOCK);
    let mut audio = [vec![0.0; blocks * BLOCK], vec![0.0; blocks * BLOCK]];
    voices.receive_instruments();
    for block in 0..blocks {
        let (start, end) = (block * BLOCK, (block + 1) * BLOCK);
        let inside = events.iter().filter(|event| (start..end).contains(&(event.frame as usize)));
        let inside: Vec<VoiceEvent> =
            inside.map(|event| VoiceEvent { frame: event.frame - start as u32, ..*event }).collect();
        let mut sends = [[[0.0; BLOCK]; 2]; 2];
        let [left, right] = audio.each_mut().map(|channel| &mut channel[start..end]);
        let sends = sends.each_mut().map(|send| send.each_mut().map(|channel| &mut channel[..]));
        voices.render(&inside, &settings(), [left, right], sends);
    }
    audio
}

fn settings() -> Settings {
    Settings::dry([OWN_INSTRUMENT; 4])
}

fn write(path: &Path, audio: &[Vec<f32>; 2]) -> Result<(), hound::Error> {
    let spec = WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let mut writer = WavWriter::create(path, spec)?;
    for (left, right) in audio[0].iter().zip(&audio[1]) {
        writer.write_sample(*left)?;
        writer.write_sample(*right)?;
    }
    writer.finalize()
}

fn read(path: &Path) -> Result<[Vec<f32>; 2], Box<dyn Error>> {
    let mut reader = WavReader::open(path)?;
    let spec = reader.spec();
    if spec.channels != 2 || spec.sample_rate != RATE_HZ {
        return Err(format!("The reference must be stereo at {RATE_HZ} Hz.").into());
    }
    let all: Vec<f32> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
        SampleFormat::Int => {
            let unit = 1.0 / (1_u64 << (spec.bits_per_sample - 1)) as f32;
            reader
                .samples::<i32>()
                .map(|value| value.map(|value| value as f32 * unit))
                .collect::<Result<_, _>>()?
        }
    };
    Ok([0, 1].map(|channel| all.iter().skip(channel).step_by(2).copied().collect()))
}
