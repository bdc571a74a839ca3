//! Writes the seeds of the fuzz targets for sounds into `fuzz/corpus`: small files of our own, good ones and odd ones.

#![allow(clippy::unwrap_used, reason = "a seed that cannot be written ends the program")]

#[allow(dead_code, unreachable_pub, reason = "the tests of the reader use all of it")]
#[path = "../src/sound_font/fixture.rs"]
mod fixture;

use fixture::{Font, SampleRow};
use hound::{SampleFormat, WavSpec, WavWriter};
use linnet_library::preset::Preset;
use std::fs;
use std::io::Cursor;
use std::path::Path;

fn main() {
    wav_files();
    sound_fonts();
    sfz_files();
    presets();
}

fn write(target: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

fn sine(frame: usize) -> f32 {
    0.8 * (frame as f32 * 0.1).sin()
}

/// A WAV file of `frames` frames of a sine, every second channel the other way round.
fn wav(channels: u16, sample_rate: u32, bits_per_sample: u16, frames: usize) -> Vec<u8> {
    let sample_format = if bits_per_sample == 32 { SampleFormat::Float } else { SampleFormat::Int };
    let mut bytes = Cursor::new(Vec::new());
    let spec = WavSpec { channels, sample_rate, bits_per_sample, sample_format };
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    let full = f32::from(1_u16 << (bits_per_sample.min(16) - 1)) - 1.0;
    for (frame, channel) in (0..frames).flat_map(|frame| (0..channels).map(move |channel| (frame, channel))) {
        let value = if channel % 2 == 0 { sine(frame) } else { -sine(frame) };
        if bits_per_sample == 32 {
            writer.write_sample(value).unwrap();
        } else {
            writer.write_sample((value * full) as i32).unwrap();
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

/// The same with the loop and the key of a sampler.
fn looped() -> Vec<u8> {
    let mut bytes = wav(1, 44_100, 16, 300);
    let chunk = [0_u32, 0, 0, 57, 0, 0, 0, 1, 0, 0, 0, 63, 251, 0, 0];
    bytes.extend(b"smpl");
    bytes.extend((4 * chunk.len() as u32).to_le_bytes());
    bytes.extend(chunk.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

fn wav_files() {
    write("wav", "mono", wav(1, 44_100, 16, 200));
    write("wav", "eight_bits", wav(2, 8000, 8, 200));
    write("wav", "24_bits", wav(2, 48_000, 24, 100));
    write("wav", "stereo_float", wav(2, 96_000, 32, 100));
    write("wav", "five_channels", wav(5, 44_100, 16, 20));
    write("wav", "looped", looped());
    let whole = looped();
    write("wav", "cut_off", &whole[..300]);
    let mut endless = wav(1, 44_100, 32, 50);
    let data = endless.len() - 200;
    endless[data..data + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    endless[data + 4..data + 8].copy_from_slice(&f32::INFINITY.to_le_bytes());
    write("wav", "no_numbers", endless);
}

/// The sine of the tests, short enough for many tries a second.
fn small() -> Font {
    let mut font = Font::sine();
    font.pool.truncate(346);
    font.samples[0].places = [0, 300, 100, 200];
    font
}

fn sound_fonts() {
    write("sound_font", "sine", small().bytes());
    let mut font = small();
    font.samples.push(SampleRow { places: [0, 200, 0, 0], rate: 22_050, root: 255, correction: -5, kind: 4 });
    // Key and velocity ranges, envelopes, filters, triangles, tuning, exclusive classes.
    let all = vec![(43, 0x4024), (44, 0x7f20), (17, -250), (48, 60), (33, -7973), (34, -4000), (35, -5000)];
    let more = vec![(36, 1200), (37, 200), (38, 600), (39, 50), (40, -50), (8, 7000), (9, 120), (11, 2400)];
    let slow =
        vec![(10, 300), (13, 30), (21, -3000), (22, -700), (23, 0), (24, -200), (5, 20), (6, -30), (7, 100)];
    let place = vec![
        (0, 3),
        (1, -3),
        (2, 1),
        (3, -1),
        (4, 0),
        (45, 0),
        (54, 3),
        (57, 2),
        (58, 61),
        (56, 50),
        (53, 0),
    ];
    let zone = [all, more, slow, place].concat();
    font.instruments =
        vec![vec![vec![(48, 30)], zone, vec![(53, 1), (46, 64), (12, 1)]], vec![vec![(54, 1), (53, 0)]]];
    font.presets = vec![
        (0, 0, vec![vec![(51, 2)], vec![(43, 0x7f30), (41, 0)], vec![(52, -20), (41, 1)]]),
        (128, 5, vec![vec![(41, 1)]]),
    ];
    font.modulators = 2;
    write("sound_font", "many_generators", font.bytes());
    font.instruments[0][1].push((53, 99));
    font.presets[0].2[1] = vec![(41, 77)];
    write("sound_font", "missing_parts", font.bytes());
    let third = Font { major: 3, ..small() };
    write("sound_font", "third_version", third.bytes());
    let mut rom = small();
    rom.samples[0].kind = 0x8001;
    rom.samples[0].places = [u32::MAX - 5, u32::MAX, 5, 1];
    write("sound_font", "elsewhere", rom.bytes());
    let whole = small().bytes();
    write("sound_font", "cut_off", &whole[..whole.len() / 2]);
}

fn sfz_files() {
    write(
        "sfz",
        "headers",
        "<control> default_path= note_offset=-12 octave_offset=1\n<global> volume=-6 pan=50 // remark\n<group>lokey=c4 \
         hikey=e4\n<region> sample=a.wav pitch_keycenter=c4 <region> sample=b.wav hikey=d#4 tune=20 /* a=1 */ <region> \
         sample=c.wav lovel=20 hivel=100 seq_position=2",
    );
    write(
        "sfz",
        "opcodes",
        "<region> sample=a.wav key=57 offset=5 end=189 loop_mode=loop_sustain loop_start=20 loop_end=150 \
         ampeg_attack=0.001 ampeg_decay=2 ampeg_sustain=50 ampeg_release=0.7 cutoff=800 resonance=3 amp_veltrack=70 \
         group=2 off_by=3 transpose=-12 pitch_keytrack=50 fileg_depth=1200 fileg_attack=0.2 fileg_sustain=25 \
         amplitude=50 trigger=first",
    );
    write(
        "sfz",
        "defines",
        "#define $K 60\n#define $KEY $K\n#include \"x.sfz\"\n<region> key=$K sample=$KEY.wav\n<region> sample=b.wav key=$K",
    );
    write(
        "sfz",
        "odd_numbers",
        "<region> sample=a.wav volume=1e39 pan=nan tune=-1e30 offset=4294967295 end=-1 key=-1 cutoff=inf\n<region>sample=a.wav lokey=200 hikey=-300 end=99999999999",
    );
    let own =
        b"<region> sample=d.wav loop_mode=one_shot\n\0".iter().copied().chain(looped()).collect::<Vec<_>>();
    write("sfz", "own_sample", own);
}

fn presets() {
    for number in [2, 12, 40, 50] {
        let preset = Preset::factory(number).unwrap();
        write("preset", &format!("number_{number}"), preset.to_toml());
    }
    let text = Preset::factory(12).unwrap().to_toml();
    write("preset", "newer", text.replacen("[filter]", "[filter]\nwarmth = 3", 1));
    write("preset", "no_number", text.replacen("glide_s = 0.0", "glide_s = nan", 1));
    write("preset", "other_version", "linnet_preset = 9");
}
