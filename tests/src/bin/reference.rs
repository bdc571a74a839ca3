//! Plays a row of notes into the CLAP bundle and writes what it gives, as 32-bit samples, to the file named: what the
//! VST3 bundle is compared with in `tests/vst3/hosts.py`.

use linnet_tests::clap_host::Input;
use linnet_tests::player::Player;
use linnet_tests::scene::{INSTRUMENT, RATE_HZ, open};
use linnet_tests::transport::Transport;
use std::error::Error;

/// Key, start and end in seconds. The same rows stand in `hosts.py`.
const NOTES: [(u8, f64, f64); 4] = [(60, 0.0, 0.5), (64, 0.5, 1.0), (67, 1.0, 2.0), (48, 1.0, 2.0)];
const SECONDS: f64 = 4.0;
const VELOCITY: f64 = 100.0 / 127.0;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("Name the file to write.")?;
    let mut instance = open(INSTRUMENT)?;
    let stopped = Transport {
        playing: false,
        ..Transport::running(linnet_music::Tempo::default(), linnet_tests::scene::COMMON)
    };
    let mut player = Player::new(&mut instance, stopped);
    for (pitch, from, to) in NOTES {
        let frame = |seconds: f64| (seconds * RATE_HZ) as u64;
        player.schedule(frame(from), Input::NoteOn { channel: 0, pitch, velocity: VELOCITY });
        player.schedule(frame(to), Input::NoteOff { channel: 0, pitch });
    }
    player.run_for(SECONDS)?;
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ as u32,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    let [left, right] = &player.recording.audio;
    for (left, right) in left.iter().zip(right) {
        writer.write_sample(*left)?;
        writer.write_sample(*right)?;
    }
    writer.finalize()?;
    Ok(())
}
