//! What whole-product tests share: a bundle, a tune played in, an idea asked for.

use crate::clap_host::{Bundle, HostFailure, Input, Instance, bundle_path};
use crate::notation;
use crate::player::Player;
use linnet_music::{Beats, Idea, Note, Part, Session, TimeSignature};

/// The instrument's CLAP id.
pub const INSTRUMENT: &str = "org.linnet-audio.linnet";
/// The note effect's CLAP id.
pub const NOTE_EFFECT: &str = "org.linnet-audio.linnet-notes";
/// Frames a second. At 120 beats per minute a beat is 24,000 frames.
pub const RATE_HZ: f64 = 48_000.0;
/// Frames in a block, which divides neither a beat nor a bar.
pub const BLOCK_FRAMES: usize = 500;
/// Four bars in D major.
pub const TUNE: &str = "f#4 f#4 g4 a4 | a4 g4 f#4 e4 | d4 d4 e4 f#4 | f#4:1.5 e4:0.5 e4:2";

/// An instance of the plug-in with this id.
pub fn open(id: &str) -> Result<Instance, HostFailure> {
    Bundle::load(&bundle_path())?.open(id, RATE_HZ, BLOCK_FRAMES)
}

/// Schedules a tune in [`notation`] on the first channel, from `start` on.
///
/// # Panics
/// Where the tune is not in the notation.
pub fn play_in(player: &mut Player, tune: &str, start: Beats) {
    let metre = player.transport.metre;
    let notes = notation::melody(tune, metre).unwrap_or_else(|error| panic!("{error}"));
    for note in notes {
        let pitch = note.pitch.midi();
        let (from, to) = (player.frame_at(start + note.onset), player.frame_at(start + note.end()));
        player.schedule(from, Input::NoteOn { channel: 0, pitch, velocity: f64::from(note.velocity.unit()) });
        player.schedule(to, Input::NoteOff { channel: 0, pitch });
    }
}

/// Presses `propose` now and waits for the answer; lets go of it again. Runs two blocks of one frame.
pub fn propose(player: &mut Player) -> Result<Session, HostFailure> {
    let known = crate::player::session(&player.instance.save_state()?)?.ideas().len();
    player.set("propose", "on")?;
    player.run_to_frame(player.now() + 1)?;
    let (session, _) = player.wait_for_idea(known)?;
    player.set("propose", "off")?;
    player.run_to_frame(player.now() + 1)?;
    Ok(session)
}

/// The MIDI channel that `part` leaves on, in [0, 15], where nothing was changed.
pub fn channel(part: Part) -> u8 {
    if part == Part::Drums { 9 } else { part.index() as u8 }
}

/// Every note-on that `idea`, looped from beat `start`, has before beat `end`, as (frame, channel, key), sorted; frames are
/// counted from beat 0 at `frames_per_beat`.
pub fn expected_onsets(idea: &Idea, start: Beats, end: Beats, frames_per_beat: f64) -> Vec<(u64, u8, u8)> {
    let mut onsets = Vec::new();
    let mut pass = start;
    while pass < end {
        for part in Part::ALL {
            let notes = idea.phrase(part).notes().iter().filter(|note| (pass + note.onset) < end);
            onsets.extend(notes.map(|note: &Note| {
                let frame = ((pass + note.onset).0 * frames_per_beat).round() as u64;
                (frame, channel(part), note.pitch.midi())
            }));
        }
        pass = pass + idea.length;
    }
    onsets.sort_unstable();
    onsets.dedup();
    onsets
}

/// Four quarters in a bar.
pub const COMMON: TimeSignature = TimeSignature::COMMON;
