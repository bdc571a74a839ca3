//! Writes the corpus of saved states of this version, from the bundle that `LINNET_CLAP` names: for each, `NAME.state`
//! with the bytes that a host would save, and `NAME.json` with what they must load as, for ever.
//!
//! The first argument is the folder; `tests/states/VERSION` without one. The seeds are fixed: the same build writes the
//! same states again.

use linnet_music::{Beats, Session, Tempo};
use linnet_tests::clap_host::{HostFailure, Input, Instance, parameter_id};
use linnet_tests::player::{Player, session};
use linnet_tests::saved::{self, State};
use linnet_tests::scene::{COMMON, INSTRUMENT, NOTE_EFFECT, TUNE, open, play_in, propose};
use linnet_tests::transport::Transport;
use serde_json::json;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let default = saved::corpus().join(env!("CARGO_PKG_VERSION"));
    let folder = std::env::args().nth(1).map_or(default, PathBuf::from);
    fs::create_dir_all(&folder)?;
    let empty = open(INSTRUMENT)?.save_state()?;
    write(&folder, "empty", INSTRUMENT, &empty)?;
    let one = with_ideas(INSTRUMENT, &["11"])?;
    write(&folder, "one-idea", INSTRUMENT, &one)?;
    let many = with_ideas(INSTRUMENT, &["21", "22", "23", "24"])?;
    write(&folder, "many-ideas-two-kept", INSTRUMENT, &resaved(INSTRUMENT, &kept(&many)?)?)?;
    write(&folder, "no-parameter-at-its-default", INSTRUMENT, &moved(INSTRUMENT)?)?;
    write(&folder, "notes", NOTE_EFFECT, &with_ideas(NOTE_EFFECT, &["31", "32"])?)?;
    write(&folder, "notes-no-parameter-at-its-default", NOTE_EFFECT, &moved(NOTE_EFFECT)?)?;
    let preferences = json!({"version": 1, "width": 1280.0, "height": 800.0, "zoom": 1.5, "light": true,
        "reduce_motion": true});
    let mut state = State::read(&empty)?;
    state.fields.insert("editor".to_owned(), preferences.to_string());
    write(&folder, "preferences", INSTRUMENT, &resaved(INSTRUMENT, &state.to_bytes()?)?)?;
    let marks = json!({"locked_bars": [1, 0, 6, 32768], "morph_with": 2});
    let mut state = State::read(&many)?;
    state.fields.insert("marks".to_owned(), marks.to_string());
    write(&folder, "locked-bars", INSTRUMENT, &resaved(INSTRUMENT, &state.to_bytes()?)?)?;
    Ok(())
}

fn write(folder: &Path, name: &str, id: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    fs::write(folder.join(format!("{name}.state")), bytes)?;
    let expected = saved::contents(id, &State::read(bytes)?)?;
    fs::write(folder.join(format!("{name}.json")), format!("{expected:#}\n"))?;
    println!("{} ({} bytes)", folder.join(name).display(), bytes.len());
    Ok(())
}

/// A tune played, and one proposal a seed, of one or two bars.
fn with_ideas(id: &str, seeds: &[&str]) -> Result<Vec<u8>, HostFailure> {
    let mut instance = open(id)?;
    let mut player = Player::new(&mut instance, Transport::running(Tempo::new(120.0), COMMON));
    play_in(&mut player, TUNE, Beats(0.0));
    player.run_to(Beats(15.5))?;
    for (i, seed) in seeds.iter().enumerate() {
        player.set("seed", seed)?;
        player.set("bars", if i % 2 == 0 { "1" } else { "2" })?;
        propose(&mut player)?;
        player.run_to(Beats(16.5 + 4.0 * i as f64))?;
    }
    player.instance.save_state()
}

/// The same with every second idea kept, and the first current.
fn kept(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut ideas: Session = session(bytes)?;
    let numbers: Vec<_> = ideas.ideas().iter().map(|idea| idea.id).collect();
    for id in numbers.iter().step_by(2) {
        ideas.idea_mut(*id).ok_or("an idea is gone")?.kept = true;
    }
    ideas.set_current(numbers.first().copied());
    let mut state = State::read(bytes)?;
    state.fields.insert("session".to_owned(), ideas.to_json());
    Ok(state.to_bytes()?)
}

/// A state with every parameter somewhere else than at its default.
fn moved(id: &str) -> Result<Vec<u8>, HostFailure> {
    let mut instance = open(id)?;
    let inputs: Vec<_> = instance
        .parameters()
        .into_iter()
        // It asks for an idea, which would come or not: it is set in a loaded state, where it does nothing.
        .filter(|parameter| parameter.id != parameter_id("propose"))
        .map(|parameter| {
            // Far enough to turn a switch over: up from the default, or down where that leads too far.
            let way = (parameter.max - parameter.min) * 0.625;
            let (up, down) = (parameter.default + way, parameter.default - way);
            let value = if up <= parameter.max { up } else { down.max(parameter.min) };
            Input::Parameter { id: parameter.id, value }
        })
        .collect();
    settle(&mut instance, inputs)?;
    let mut state = State::read(&instance.save_state()?)?;
    state.params.insert("propose".to_owned(), json!({"bool": true}));
    resaved(id, &state.to_bytes()?)
}

fn settle(instance: &mut Instance, inputs: Vec<Input>) -> Result<(), HostFailure> {
    let transport = Transport { playing: false, ..Transport::running(Tempo::new(120.0), COMMON) };
    let mut player = Player::new(instance, transport);
    for input in inputs {
        player.schedule(0, input);
    }
    player.run_for(0.1)
}

/// What the plug-in itself makes of a state.
fn resaved(id: &str, bytes: &[u8]) -> Result<Vec<u8>, HostFailure> {
    let mut instance = open(id)?;
    instance.load_state(bytes)?;
    instance.save_state()
}
