//! `cargo xtask render [SCENE] [--out FILE]`: a named scene, rendered by the engine alone, and its picture beside it. Without
//! a name: the list. `--bless [SCENE…]` writes the golden records anew: of all scenes, where none is named.

use linnet_tests::golden::{self, RATES_HZ, Record, measure};
use linnet_tests::offline::{SCENES, Scene, render, render_script};
use linnet_tests::{portrait, sound};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const SAMPLE_RATE_HZ: f64 = 48_000.0;
const BLOCK_FRAMES: usize = 512;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    match arguments {
        [] => {
            for scene in &SCENES {
                println!("{:<18} {}", scene.name, scene.what);
            }
            Ok(())
        }
        [option] if option == "--bless" => SCENES.iter().try_for_each(bless),
        [option, names @ ..] if option == "--bless" => names.iter().try_for_each(|name| bless(found(name)?)),
        [name] => write(found(name)?, &PathBuf::from(format!("out/{name}.wav"))),
        [name, option, path] if option == "--out" => write(found(name)?, Path::new(path)),
        _ => Err("render takes the name of a scene and --out FILE, or --bless and names.".into()),
    }
}

fn found(name: &str) -> Result<&'static Scene, String> {
    let names = || SCENES.map(|scene| scene.name).join(", ");
    let scene = SCENES.iter().find(|scene| scene.name == name);
    scene.ok_or_else(|| format!("There is no scene {name}. Choose one of {}.", names()))
}

fn write(scene: &Scene, path: &Path) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let script = (scene.script)();
    let rendered = render_script(&script, SAMPLE_RATE_HZ, &[BLOCK_FRAMES]);
    sound::write(path, &rendered.audio, SAMPLE_RATE_HZ)?;
    let picture = path.with_extension("png");
    std::fs::write(&picture, portrait::draw(scene, &script, &rendered.audio, SAMPLE_RATE_HZ)?)?;
    let seconds = rendered.audio[0].len() as f64 / SAMPLE_RATE_HZ;
    println!(
        "{} and {}: {} ({seconds:.1} s of {}), rendered in {:.2} s.",
        path.display(),
        picture.display(),
        scene.name,
        scene.what,
        rendered.seconds
    );
    Ok(())
}

/// Writes the record of `scene`, and says whether it was another one.
fn bless(scene: &Scene) -> Result<(), Box<dyn Error>> {
    let take = |rate_hz: u32| measure(&render(scene, f64::from(rate_hz), BLOCK_FRAMES).audio, rate_hz);
    let text = Record { takes: RATES_HZ.map(take).into() }.to_text(scene);
    let file = golden::file(scene.name);
    std::fs::create_dir_all(golden::folder())?;
    let is_same = std::fs::read_to_string(&file).is_ok_and(|before| before == text);
    if !is_same {
        std::fs::write(&file, &text)?;
    }
    println!("{:<18} {} bytes, {}", scene.name, text.len(), if is_same { "as before" } else { "new" });
    Ok(())
}
