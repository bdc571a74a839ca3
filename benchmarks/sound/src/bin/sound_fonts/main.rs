//! Compares Linnet's sampler with FluidSynth on the same notes, and with what an SFZ file must sound like.
//!
//! `cargo run --release --bin sound_fonts -- [--keep DIR] [--only NAME] [--all] [FONT.sf2 …]`
//!
//! Without fonts it takes the two that Debian packages. `--keep` says where MIDI files and renders stay; `--all` compares
//! every preset of bank 0, and `--only` just the patches whose name begins like that. It fails where something could not be run, and not where the two differ.

mod compare;
mod estimate;
mod fluidsynth;
mod linnet;
mod report;
mod sfz;
mod tune;

use compare::{Difference, Reference, compare};
use estimate::Stereo;
use fluidsynth::FluidSynth;
use hound::{SampleFormat, WavSpec, WavWriter};
use linnet_library::instrument_file;
use report::Row;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use tune::{PATCHES, Patch, RATE_HZ, length_ms};

/// The fonts that Debian has, and their packages.
const FONTS: [(&str, &str); 2] = [
    ("/usr/share/sounds/sf2/TimGM6mb.sf2", "timgm6mb-soundfont"),
    ("/usr/share/sounds/sf2/FluidR3_GM.sf2", "fluid-soundfont-gm"),
];
/// At which FluidSynth renders once more: its envelopes move in steps of 64 frames, which are then half as long.
const AGAIN_RATE_HZ: u32 = 96_000;
/// Nobody asks the loading to stop.
static GO_ON: AtomicBool = AtomicBool::new(false);

/// What is asked for.
struct Arguments {
    keep: Option<PathBuf>,
    only: String,
    all: bool,
    fonts: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let faults = match arguments(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(faults) => faults,
        Err(fault) => vec![fault],
    };
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { keep: None, only: String::new(), all: false, fonts: Vec::new() };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value."));
        match word.as_str() {
            "--keep" => arguments.keep = Some(value()?.into()),
            "--only" => arguments.only = value()?,
            "--all" => arguments.all = true,
            _ if word.starts_with('-') => {
                return Err("This knows --keep DIR, --only NAME, --all and SoundFonts.".into());
            }
            _ => arguments.fonts.push(word.into()),
        }
    }
    if arguments.fonts.is_empty() {
        arguments.fonts = FONTS.map(|(path, _)| path.into()).into();
    }
    Ok(arguments)
}

/// What could not be run.
fn run(arguments: &Arguments) -> Result<Vec<String>, String> {
    let own = std::env::temp_dir().join(format!("linnet-sound-fonts-{}", std::process::id()));
    let folder = arguments.keep.as_ref().unwrap_or(&own);
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let faults = run_in(folder, arguments);
    if arguments.keep.is_none() {
        // What stays behind lies where temporary files may.
        let _ = std::fs::remove_dir_all(&own);
    }
    Ok(faults)
}

fn run_in(folder: &Path, arguments: &Arguments) -> Vec<String> {
    let mut faults = Vec::new();
    match FluidSynth::new(folder) {
        Ok(fluidsynth) => {
            println!("FluidSynth {}", fluidsynth.version);
            for font in &arguments.fonts {
                let fault = compare_font(&fluidsynth, font, folder, arguments, &mut faults);
                faults.extend(fault.err());
            }
        }
        Err(fault) => faults.push(fault),
    }
    match compare_sfz(folder) {
        Ok(row) => println!("\n### SFZ\n\n{}", report::table(&[row])),
        Err(fault) => faults.push(fault),
    }
    faults
}

/// Prints how `font` is played; faults of single patches go to `faults`.
fn compare_font(
    fluidsynth: &FluidSynth,
    font: &Path,
    folder: &Path,
    arguments: &Arguments,
    faults: &mut Vec<String>,
) -> Result<(), String> {
    let presets =
        instrument_file::presets(font).map_err(|fault| missing(font, font.exists(), &fault.to_string()))?;
    let digest = instrument_file::digest(font, &GO_ON).map_err(|fault| fault.to_string())?;
    let name = font.file_name().unwrap_or_default().to_string_lossy().into_owned();
    println!("\n### {name}\n\nSHA-256 {digest}\n");
    let mut rows = Vec::new();
    let patches = if arguments.all { tune::all(&presets) } else { PATCHES.to_vec() };
    for patch in patches.iter().filter(|patch| patch.name.starts_with(&arguments.only)) {
        let has = |(bank, program)| (bank, program) == (patch.bank, u16::from(patch.program));
        if !presets.iter().any(|preset| has((preset.bank, preset.program))) {
            println!("It has no {}.\n", patch.name);
            continue;
        }
        match compare_patch(fluidsynth, font, folder, patch) {
            Ok(difference) => rows.push(Row { name: patch.name.to_string(), difference }),
            Err(fault) => faults.push(format!("{name}, {}: {fault}", patch.name)),
        }
    }
    if rows.is_empty() && faults.is_empty() {
        return Err(format!("{name} has none of the patches that were asked for."));
    }
    println!("{}", report::table(&rows));
    println!("{}", report::circumstances(&rows));
    Ok(())
}

/// What to do about a font that cannot be read; `is_there` says whether the file is.
fn missing(font: &Path, is_there: bool, fault: &str) -> String {
    let known = FONTS.iter().find(|(path, _)| font == Path::new(path) && !is_there);
    let Some((path, package)) = known else { return fault.to_owned() };
    format!("There is no {path}; it is in the package {package} of Debian and Ubuntu: apt install {package}")
}

fn compare_patch(
    fluidsynth: &FluidSynth,
    font: &Path,
    folder: &Path,
    patch: &Patch,
) -> Result<Difference, String> {
    let title = font.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{title}-{:03}-{:03}", patch.bank, patch.program);
    let (notes, length_ms) = (patch.notes(), length_ms(patch.keys.len()));
    let midi = patch.midi_file().map_err(|error| format!("the MIDI file is not written: {error}"))?;
    let render = |rate_hz| fluidsynth.render(font, &midi, &name, rate_hz);
    let reference =
        Reference { audio: render(RATE_HZ)?, again: Some((render(AGAIN_RATE_HZ)?, AGAIN_RATE_HZ)) };
    let loaded = instrument_file::load(font, patch.bank, u16::from(patch.program), &GO_ON);
    let loaded = loaded.map_err(|fault| fault.to_string())?;
    let ours = linnet::render(loaded.instrument, &notes, length_ms)?;
    write(&folder.join(format!("{name}-linnet.wav")), &ours)?;
    Ok(compare(&ours, &reference, &notes, length_ms, patch.is_pitched()))
}

fn compare_sfz(folder: &Path) -> Result<Row, String> {
    let file = sfz::write_files(folder)?;
    let loaded = instrument_file::load(&file, 0, 0, &GO_ON).map_err(|fault| fault.to_string())?;
    let (notes, length_ms) = (tune::notes(&sfz::KEYS), length_ms(sfz::KEYS.len()));
    let ours = linnet::render(loaded.instrument, &notes, length_ms)?;
    write(&folder.join("tone-linnet.wav"), &ours)?;
    let reference = Reference { audio: sfz::reference(&notes, length_ms), again: None };
    let difference = compare(&ours, &reference, &notes, length_ms, true);
    Ok(Row { name: "a looped tone".to_owned(), difference })
}

fn write(path: &Path, [left, right]: &Stereo) -> Result<(), String> {
    let spec = WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let written = WavWriter::create(path, spec).and_then(|mut writer| {
        for value in left.iter().zip(right).flat_map(|(left, right)| [*left, *right]) {
            writer.write_sample(value)?;
        }
        writer.finalize()
    });
    written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_its_package() {
        for (path, package) in FONTS {
            let said = missing(Path::new(path), false, "It cannot be read.");
            assert!(said.contains(path) && said.ends_with(&format!("apt install {package}")), "{said}");
            assert_eq!(missing(Path::new(path), true, "It is broken."), "It is broken.");
        }
        assert_eq!(missing(Path::new("nowhere.sf2"), false, "It cannot be read."), "It cannot be read.");
    }

    #[test]
    fn the_sfz_file_sounds_as_it_must() {
        let folder = std::env::temp_dir().join(format!("linnet-sfz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let row = compare_sfz(&folder).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let Difference { pitch, told, level, least_level, .. } = row.difference;
        assert!(pitch.is_some_and(|pitch| pitch.cents.abs() < 0.2), "{pitch:?}");
        assert!(told == [8, 8] && level > 0.999 && least_level.level > 0.999, "{level} {least_level:?}");
    }
}
