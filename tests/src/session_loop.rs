//! A stretch of music that goes round, as blocks: an idea, live chords and moving parameters, with or without asking for
//! more ideas. Two stretches that differ in the asking alone sound the same, so that their cost can be compared.

use crate::clap_host::{HostFailure, Input, Instance, Prepared, Timed, parameter_id, prepare_block};
use crate::player::Player;
use crate::scene::{COMMON, TUNE, play_in, propose};
use crate::transport::Transport;
use linnet_music::{Beats, Tempo};

/// Blocks from one chord to the next.
const CHORD_BLOCKS: usize = 30;
/// Where the music goes round, in beats: the line on which an idea could take over, every fourth bar, lies outside.
const LOOP: (Beats, Beats) = (Beats(17.0), Beats(25.0));

/// Has an idea play, and everything that is asked for from now on wait for a line that never comes.
pub fn begin(instance: &mut Instance) -> Result<(), HostFailure> {
    let mut player = Player::new(instance, Transport::running(Tempo::new(120.0), COMMON));
    player.set("seed", "5")?;
    player.set("bars", "2")?;
    play_in(&mut player, TUNE, Beats(0.0));
    player.run_to(Beats(15.5))?;
    propose(&mut player)?;
    player.run_to(Beats(16.9))?;
    player.set("quantise", "4 bars")?;
    player.set("bars", "4")?;
    player.run_to(Beats(17.0))
}

/// `count` blocks of `frames` in the loop. Every so many of them, as `ask_blocks` says, asks for an idea.
pub fn blocks(instance: &Instance, count: usize, frames: usize, ask_blocks: Option<usize>) -> Vec<Prepared> {
    let mut transport =
        Transport { position: LOOP.0, looped: Some(LOOP), ..Transport::running(Tempo::new(120.0), COMMON) };
    (0..count)
        .map(|number| {
            let block = prepare_block(frames, transport, &events(number, ask_blocks));
            transport.advance(frames, instance.sample_rate_hz());
            block
        })
        .collect()
}

fn events(number: usize, ask_blocks: Option<usize>) -> Vec<Timed<Input>> {
    let mut events = vec![set("eq3_gain_db", (number % 64) as f64 / 64.0)];
    let chord = [57_u8, 60, 64, 69].map(|pitch| pitch + (number / CHORD_BLOCKS % 5) as u8);
    let played = |event| Timed { frame: 7, event };
    if number % CHORD_BLOCKS == 3 {
        events.extend(chord.map(|pitch| played(Input::NoteOn { channel: 0, pitch, velocity: 0.7 })));
    }
    if number % CHORD_BLOCKS == CHORD_BLOCKS - 3 {
        events.extend(chord.map(|pitch| played(Input::NoteOff { channel: 0, pitch })));
    }
    match ask_blocks.map(|blocks| number % blocks) {
        Some(0) => events.insert(0, set("propose", 1.0)),
        Some(1) => events.insert(0, set("propose", 0.0)),
        _ => {}
    }
    events
}

fn set(id: &str, value: f64) -> Timed<Input> {
    Timed { frame: 0, event: Input::Parameter { id: parameter_id(id), value } }
}
