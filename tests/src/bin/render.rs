//! `cargo xtask render [SCENE] [--out FILE]`: a named scene, rendered by the engine alone. Without a name: the list.

use linnet_tests::offline::{SCENES, Scene, render};
use linnet_tests::sound;
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
                println!("{:<14} {}", scene.name, scene.what);
            }
            Ok(())
        }
        [name] => write(name, &PathBuf::from(format!("out/{name}.wav"))),
        [name, option, path] if option == "--out" => write(name, Path::new(path)),
        _ => Err("render takes the name of a scene, and --out FILE.".into()),
    }
}

fn write(name: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    let names = || SCENES.map(|scene| scene.name).join(", ");
    let found: Option<&Scene> = SCENES.iter().find(|scene| scene.name == name);
    let scene = found.ok_or_else(|| format!("There is no scene {name}. Choose one of {}.", names()))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let rendered = render(scene, SAMPLE_RATE_HZ, BLOCK_FRAMES);
    sound::write(path, &rendered.audio, SAMPLE_RATE_HZ)?;
    let seconds = rendered.audio[0].len() as f64 / SAMPLE_RATE_HZ;
    println!(
        "{}: {} ({seconds:.1} s of {}), rendered in {:.2} s.",
        path.display(),
        scene.name,
        scene.what,
        rendered.seconds
    );
    Ok(())
}
