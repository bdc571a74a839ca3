//! A whole life of one instance in a host: a state loaded, notes played, a reset, the editor opened where `DISPLAY` says
//! where, a state saved, and the end. It prints what it saw as JSON, and nothing else.
//!
//! `tests/faults.rs` runs it on a bundle that panics on purpose, to show that the host lives.

use linnet_music::Tempo;
use linnet_tests::clap_host::{HostFailure, Input, Instance};
use linnet_tests::player::{Player, pair, session};
use linnet_tests::scene::{COMMON, INSTRUMENT, open};
use linnet_tests::screen::Frame;
use linnet_tests::transport::Transport;
use serde_json::{Value, json};
use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

/// A session of one kept idea: a note that lasts from its first beat to its last.
const SESSION: &str = r#"{"version":1,"current":1,"ideas":[{"id":1,"parent":null,"kept":true,"length":16.0,
    "metre":{"numerator":4,"denominator":4},"key":{"tonic":0,"scale":"major"},"harmony":[],
    "phrases":[[{"onset":0.0,"length":15.5,"pitch":64,"velocity":90}],[],[],[]],"controls":{},"started_at":0.0}]}"#;
/// Between the first blocks: in all of them together the composer's thread loads its models, hands the loaded idea over,
/// and the keeper's looks for the first time.
const HANDOVER: Duration = Duration::from_millis(75);
/// How long the editor is open.
const OPEN: Duration = Duration::from_millis(600);

fn main() -> Result<(), Box<dyn Error>> {
    let mut instance = open(INSTRUMENT)?;
    let empty = instance.save_state()?;
    instance.load_state(&with_session(&empty)?)?;
    for _ in 0..20 {
        instance.process(500, None, &[])?;
        sleep(HANDOVER);
    }
    let (notes, hanging, peak) = play(&mut instance)?;
    let editor = std::env::var_os("DISPLAY").is_some().then(|| look(&mut instance)).transpose()?.is_some();
    let saved = instance.save_state()?;
    let ideas = session(&saved).map_or(0, |session| session.ideas().len());
    let text = String::from_utf8_lossy(&saved).into_owned();
    let is_there = text.contains(r#"\"pitch\":64"#);
    drop(instance);
    println!(
        "{}",
        json!({"notes": notes, "hanging": hanging, "peak": peak, "editor": editor, "ideas": ideas, "is_there": is_there})
    );
    Ok(())
}

/// `empty` with [`SESSION`] in it.
fn with_session(empty: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut state: Value = serde_json::from_slice(empty.get(8..).unwrap_or_default())?;
    state["fields"]["session"] = json!(SESSION);
    let text = serde_json::to_vec(&state)?;
    Ok([(text.len() as u64).to_le_bytes().as_slice(), &text].concat())
}

/// Plays a key for three seconds while the idea plays, with a reset between. How many notes came out, how many of them
/// hang, and the highest sample of the last half second in which the key was down.
fn play(instance: &mut Instance) -> Result<(usize, usize, f32), HostFailure> {
    let mut player = Player::new(instance, Transport::running(Tempo::new(120.0), COMMON));
    player.schedule(2_000, Input::NoteOn { channel: 0, pitch: 50, velocity: 0.8 });
    player.run_for(1.0)?;
    player.instance.reset();
    player.schedule(player.now() + 10, Input::NoteOn { channel: 0, pitch: 53, velocity: 0.8 });
    player.run_for(2.0)?;
    let last = player.recording.audio[0].len().saturating_sub(24_000);
    let peak = player.recording.audio[0][last..].iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    for pitch in [50, 53] {
        player.schedule(player.now(), Input::NoteOff { channel: 0, pitch });
    }
    player.transport.playing = false;
    player.run_for(0.5)?;
    let (notes, _) = pair(&player.recording.events);
    Ok((notes.len(), notes.iter().filter(|note| note.to.is_none()).count(), peak))
}

/// Opens the editor and closes it again. A plug-in without one is no failure here.
fn look(instance: &mut Instance) -> Result<(), HostFailure> {
    let Ok((width, height)) = instance.open_editor() else { return Ok(()) };
    let frame = Frame::open(width as u16, height as u16)?;
    instance.embed_editor(frame.window())?;
    sleep(OPEN);
    instance.answer_requests();
    instance.process(500, None, &[])?;
    instance.close_editor();
    Ok(())
}
