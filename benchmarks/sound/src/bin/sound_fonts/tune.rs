//! What is played: a patch, its keys at two velocities one after the other, and the same as a MIDI file.

use linnet_library::sound_font::Preset;
use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};
use std::borrow::Cow;

/// Of all renders, in Hz.
pub const RATE_HZ: u32 = 48_000;
/// Before the first note, in ms.
const LEAD_IN_MS: u32 = 500;
/// How long a key is down, in ms.
pub const HELD_MS: u32 = 1500;
/// From one note-on to the next, in ms; the releases lie in between.
pub const NOTE_MS: u32 = 2500;
/// MIDI velocities, in [1, 127].
pub const VELOCITIES: [u8; 2] = [50, 110];
/// The channel of the drum kit, counted from 0.
const DRUM_CHANNEL: u8 = 9;
/// The bank of the drum kit.
pub const DRUM_BANK: u16 = 128;

/// A patch of General MIDI.
#[derive(Clone, Debug)]
pub struct Patch {
    /// 0, or [`DRUM_BANK`].
    pub bank: u16,
    /// Counted from 0, in [0, 127].
    pub program: u8,
    /// As General MIDI calls it, or the font.
    pub name: Cow<'static, str>,
    /// MIDI keys, in [0, 127].
    pub keys: [u8; 4],
}

const fn patch(program: u8, name: &'static str, keys: [u8; 4]) -> Patch {
    Patch { bank: 0, program, name: Cow::Borrowed(name), keys }
}

/// What is compared: each way of making a sound, over the keys that its instrument has.
pub static PATCHES: [Patch; 15] = [
    patch(0, "Acoustic Grand Piano", [36, 52, 64, 79]),
    patch(4, "Electric Piano 1", [40, 55, 64, 76]),
    patch(6, "Harpsichord", [43, 55, 67, 76]),
    patch(11, "Vibraphone", [53, 60, 69, 79]),
    patch(19, "Church Organ", [36, 48, 60, 76]),
    patch(24, "Acoustic Guitar (nylon)", [40, 52, 64, 74]),
    patch(33, "Electric Bass (finger)", [28, 36, 43, 52]),
    patch(40, "Violin", [57, 67, 76, 88]),
    patch(48, "String Ensemble 1", [40, 55, 67, 79]),
    patch(52, "Choir Aahs", [48, 57, 64, 74]),
    patch(56, "Trumpet", [55, 62, 70, 79]),
    patch(66, "Tenor Sax", [46, 53, 60, 69]),
    patch(73, "Flute", [62, 69, 77, 88]),
    patch(80, "Lead 1 (square)", [48, 60, 72, 84]),
    Patch { bank: DRUM_BANK, program: 0, name: Cow::Borrowed("Standard Drum Kit"), keys: [36, 38, 42, 49] },
];

/// Keys of patches that are not in [`PATCHES`].
const COMMON_KEYS: [u8; 4] = [43, 55, 67, 79];
/// The first program of General MIDI's percussion and effects, which have no pitch; all behind it have none either.
const FIRST_UNPITCHED: u8 = 112;

/// Those of `presets` that lie in bank 0, with the keys of [`PATCHES`] where they are there.
pub fn all(presets: &[Preset]) -> Vec<Patch> {
    let of_bank = presets.iter().filter(|preset| preset.bank == 0);
    let patch = |preset: &Preset| {
        let program = u8::try_from(preset.program).ok().filter(|program| *program <= 127)?;
        let known = PATCHES.iter().find(|patch| (patch.bank, patch.program) == (0, program));
        let keys = known.map_or(COMMON_KEYS, |patch| patch.keys);
        Some(Patch { bank: 0, program, name: Cow::Owned(preset.name.clone()), keys })
    };
    of_bank.filter_map(patch).collect()
}

impl Patch {
    /// Whether its keys have a pitch.
    pub fn is_pitched(&self) -> bool {
        self.bank != DRUM_BANK && self.program < FIRST_UNPITCHED
    }

    /// The notes, each key at each velocity.
    pub fn notes(&self) -> Vec<Note> {
        notes(&self.keys)
    }

    /// The notes as a MIDI file. A tick is a millisecond.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn midi_file(&self) -> std::io::Result<Vec<u8>> {
        let channel = if self.bank == DRUM_BANK { DRUM_CHANNEL } else { 0 };
        let midi = |message| TrackEventKind::Midi { channel: u4::new(channel), message };
        let program = MidiMessage::ProgramChange { program: u7::new(self.program) };
        let mut track = vec![
            event(0, TrackEventKind::Meta(MetaMessage::Tempo(u24::new(1_000_000)))),
            event(0, midi(program)),
        ];
        let mut last_ms = 0;
        for note in self.notes() {
            let (key, vel) = (u7::new(note.key), u7::new(note.velocity));
            track.push(event(note.on_ms - last_ms, midi(MidiMessage::NoteOn { key, vel })));
            track.push(event(HELD_MS, midi(MidiMessage::NoteOff { key, vel: u7::new(64) })));
            last_ms = note.on_ms + HELD_MS;
        }
        let rest_ms = length_ms(self.keys.len()) - last_ms;
        track.push(event(rest_ms, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
        let header = Header { format: Format::SingleTrack, timing: Timing::Metrical(u15::new(1000)) };
        let mut bytes = Vec::new();
        Smf { header, tracks: vec![track] }.write_std(&mut bytes)?;
        Ok(bytes)
    }
}

fn event(delta: u32, kind: TrackEventKind<'static>) -> TrackEvent<'static> {
    TrackEvent { delta: u28::new(delta), kind }
}

/// A note of [`HELD_MS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// MIDI key, in [0, 127].
    pub key: u8,
    /// In [1, 127].
    pub velocity: u8,
    /// When it begins, in ms.
    pub on_ms: u32,
}

impl Note {
    /// When it begins, in frames.
    pub fn on(&self) -> usize {
        frames(self.on_ms)
    }

    /// When it ends, in frames.
    pub fn off(&self) -> usize {
        frames(self.on_ms + HELD_MS)
    }
}

/// Each key at each velocity, one after the other.
pub fn notes(keys: &[u8]) -> Vec<Note> {
    let each = keys.iter().flat_map(|key| VELOCITIES.map(|velocity| (*key, velocity)));
    let note = |(index, (key, velocity))| Note { key, velocity, on_ms: LEAD_IN_MS + NOTE_MS * index };
    (0..).zip(each).map(note).collect()
}

/// How long the notes of so many keys last with the silence at both ends, in ms.
pub fn length_ms(keys: usize) -> u32 {
    LEAD_IN_MS + NOTE_MS * (keys * VELOCITIES.len()) as u32
}

/// Frames of so many ms.
pub fn frames(ms: u32) -> usize {
    (ms * (RATE_HZ / 1000)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_midi_file_has_the_notes_that_linnet_plays() {
        for patch in &PATCHES {
            let bytes = patch.midi_file().unwrap();
            let tune = linnet_music::midi_file::read(&bytes).unwrap();
            // A beat is a second.
            let ms = |beats: linnet_music::Beats| (beats.0 * 1000.0).round() as u32;
            let read = tune.notes.iter().map(|note| note.note);
            let read: Vec<(Note, u32)> = read
                .map(|note| {
                    let (key, velocity) = (note.pitch.midi(), note.velocity.midi());
                    (Note { key, velocity, on_ms: ms(note.onset) }, ms(note.length))
                })
                .collect();
            let expect: Vec<(Note, u32)> = patch.notes().into_iter().map(|note| (note, HELD_MS)).collect();
            assert_eq!(read, expect, "{}", patch.name);
            let channel = tune.notes[0].channel;
            assert_eq!(channel == linnet_music::midi_file::DRUM_CHANNEL, patch.bank == DRUM_BANK);
        }
    }
}
