//! The live notes of the reference: each lasts from key to key, or as long as the pedal says.

use super::Expected;

/// The source of what is played in the editor; sources below are MIDI channels.
const EDITOR: u8 = 16;

/// What a player does, or a user in the editor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Played {
    /// Channel and key.
    On(u8, u8),
    /// Channel and key.
    Off(u8, u8),
    /// Channel and key.
    Choke(u8, u8),
    /// Channel, and whether the sustain pedal goes down.
    Pedal(u8, bool),
    /// Channel: all notes off.
    AllOff(u8),
    /// Key.
    EditorOn(u8),
    /// Key.
    EditorOff(u8),
    Panic,
}

impl Played {
    pub(crate) fn is_editors(self) -> bool {
        matches!(self, Self::EditorOn(_) | Self::EditorOff(_) | Self::Panic)
    }
}

struct Note {
    source: u8,
    key: u8,
    /// Where it sounds at the receiver.
    channel: Option<u8>,
}

#[derive(Default)]
pub(super) struct Live {
    notes: Vec<Note>,
    audible: bool,
    channel: Option<u8>,
}

impl Live {
    pub(super) fn forget(&mut self) {
        self.notes.clear();
    }

    pub(super) fn follow(&mut self, audible: bool, channel: Option<u8>, out: &mut Expected) {
        if !audible || channel != self.channel {
            self.end(0, |_| true, out);
        }
        (self.audible, self.channel) = (audible, channel);
    }

    pub(super) fn play(&mut self, frame: u32, played: Played, out: &mut Expected) {
        match played {
            Played::On(channel, key) => self.press(frame, channel, key, out),
            Played::EditorOn(key) => self.press(frame, EDITOR, key, out),
            // The receiver has the pedal itself, so that the key goes up there at once.
            Played::Off(source, key) | Played::Choke(source, key) => {
                self.end(frame, |note| (note.source, note.key) == (source, key), out);
            }
            Played::EditorOff(key) => self.end(frame, |note| (note.source, note.key) == (EDITOR, key), out),
            Played::Pedal(..) => {}
            Played::AllOff(source) => self.end(frame, |note| note.source == source, out),
            Played::Panic => self.end(frame, |_| true, out),
        }
    }

    fn press(&mut self, frame: u32, source: u8, key: u8, out: &mut Expected) {
        self.end(frame, |note| (note.source, note.key) == (source, key), out);
        if self.audible {
            let channel = self.channel.or((source < EDITOR).then_some(source));
            out.begin(frame, channel, key);
            self.notes.push(Note { source, key, channel });
        }
    }

    fn end(&mut self, frame: u32, which: impl Fn(&Note) -> bool, out: &mut Expected) {
        self.notes.retain(|note| {
            let ends = which(note);
            if ends {
                out.end(frame, note.channel, note.key);
            }
            !ends
        });
    }
}
