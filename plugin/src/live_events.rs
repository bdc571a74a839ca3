//! From the host's note events to the engine's live events.
//!
//! Runs on the audio thread. Allocates only in `new`.
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

use linnet_engine::{LiveEvent, LiveKind};
use nice_plug::midi::{Channel, Key, NoteEvent, VoiceID};

/// Events that a block holds at most.
const CAPACITY: usize = 8192;
/// Of these, the room that only the ends of notes may use.
const RESERVE: usize = 2048;
const CHANNELS: usize = 16;
const KEYS: usize = 128;
const ALL_NOTES_OFF: u8 = 123;
/// The id of a held note that came without one.
const NO_ID: i32 = -1;

/// The block's live events, and which keys the host holds: a note-off may name its note by id alone, or name none.
pub(crate) struct LiveEvents {
    events: Vec<LiveEvent>,
    held: [u128; CHANNELS],
    ids: Box<[[i32; KEYS]; CHANNELS]>,
    /// Whether an end of a note found no room in this block.
    is_overfull: bool,
}

/// Which notes an event means.
#[derive(Clone, Copy)]
struct Address {
    voice: VoiceID,
    channel: Channel,
    key: Key,
}

/// How a note ends.
#[derive(Clone, Copy)]
enum End {
    Off { velocity: f32 },
    Choke,
}

impl LiveEvents {
    /// Room for a block's events. Allocates.
    #[allow(clippy::disallowed_methods, reason = "made before the callback first runs")]
    pub(crate) fn new() -> Self {
        Self {
            events: Vec::with_capacity(CAPACITY),
            held: [0; CHANNELS],
            ids: Box::new([[NO_ID; KEYS]; CHANNELS]),
            is_overfull: false,
        }
    }

    /// The events of the block so far, sorted by frame.
    pub(crate) fn as_slice(&self) -> &[LiveEvent] {
        &self.events
    }

    /// Forgets which keys are held.
    pub(crate) fn reset(&mut self) {
        self.events.clear();
        self.held = [0; CHANNELS];
    }

    /// Takes the events of a new block.
    pub(crate) fn collect<S>(&mut self, mut next: impl FnMut() -> Option<NoteEvent<S>>) {
        self.events.clear();
        self.is_overfull = false;
        while let Some(event) = next() {
            self.take(&event);
        }
        if self.is_overfull {
            self.end_everything();
        }
    }

    fn take<S>(&mut self, event: &NoteEvent<S>) {
        match *event {
            NoteEvent::NoteOn { timing, voice_id, channel, key, velocity } => {
                self.note_on(timing, Address { voice: voice_id, channel, key }, velocity);
            }
            NoteEvent::NoteOff { timing, voice_id, channel, key, velocity } => {
                self.end(timing, Address { voice: voice_id, channel, key }, End::Off { velocity });
            }
            NoteEvent::Choke { timing, voice_id, channel, key } => {
                self.end(timing, Address { voice: voice_id, channel, key }, End::Choke);
            }
            NoteEvent::MidiCC { timing, channel, cc, value } if value.is_finite() => {
                let kind = LiveKind::Controller { number: cc & 127, value: value.clamp(0.0, 1.0) };
                self.push(timing, channel & 15, kind);
            }
            NoteEvent::MidiPitchBend { timing, channel, value } if value.is_finite() => {
                let kind = LiveKind::PitchBend { value: (value * 2.0 - 1.0).clamp(-1.0, 1.0) };
                self.push(timing, channel & 15, kind);
            }
            _ => {}
        }
    }

    fn note_on(&mut self, frame: u32, address: Address, velocity: f32) {
        let Some(pitch) = address.key.number().filter(|key| usize::from(*key) < KEYS) else { return };
        let channel = address.channel.number().unwrap_or(0) & 15;
        let velocity = if velocity.is_finite() { velocity.clamp(1.0 / 127.0, 1.0) } else { 0.5 };
        if self.push(frame, channel, LiveKind::NoteOn { pitch, velocity }) {
            self.held[usize::from(channel)] |= 1 << pitch;
            self.ids[usize::from(channel)][usize::from(pitch)] = address.voice.id().unwrap_or(NO_ID);
        }
    }

    /// Ends the note that `address` names, or every held one that it fits where it leaves the key or the channel open.
    fn end(&mut self, frame: u32, address: Address, end: End) {
        if let (Some(channel), Some(key)) = (address.channel.number(), address.key.number())
            && usize::from(key) < KEYS
        {
            self.end_note(frame, channel & 15, key, end);
            return;
        }
        for channel in (0..CHANNELS as u8).filter(|channel| fits(address.channel.number(), *channel)) {
            let mut left = self.held[usize::from(channel)];
            while left != 0 {
                let key = left.trailing_zeros() as u8;
                left &= left - 1;
                let id = self.ids[usize::from(channel)][usize::from(key)];
                if fits(address.key.number(), key) && fits(address.voice.id(), id) {
                    self.end_note(frame, channel, key, end);
                }
            }
        }
    }

    fn end_note(&mut self, frame: u32, channel: u8, pitch: u8, end: End) {
        self.held[usize::from(channel)] &= !(1 << pitch);
        let kind = match end {
            End::Off { velocity } if velocity.is_finite() => {
                LiveKind::NoteOff { pitch, velocity: velocity.clamp(0.0, 1.0) }
            }
            End::Off { .. } => LiveKind::NoteOff { pitch, velocity: 0.0 },
            End::Choke => LiveKind::Choke { pitch },
        };
        self.push(frame, channel, kind);
    }

    /// Adds an event; one that comes too early for its place counts as simultaneous with the one before.
    fn push(&mut self, frame: u32, channel: u8, kind: LiveKind) -> bool {
        let is_end = matches!(kind, LiveKind::NoteOff { .. } | LiveKind::Choke { .. });
        let room = CAPACITY - CHANNELS - if is_end { 0 } else { RESERVE };
        if self.events.len() >= room {
            self.is_overfull |= is_end;
            return false;
        }
        let frame = self.events.last().map_or(frame, |last| last.frame.max(frame));
        self.events.push(LiveEvent { frame, channel, kind });
        true
    }

    /// More ends than a block can hold: all notes end, so that none hangs.
    fn end_everything(&mut self) {
        let frame = self.events.last().map_or(0, |last| last.frame);
        let kind = LiveKind::Controller { number: ALL_NOTES_OFF, value: 1.0 };
        for channel in 0..CHANNELS as u8 {
            self.events.push(LiveEvent { frame, channel, kind });
        }
        self.held = [0; CHANNELS];
    }
}

/// Whether `value` is what an address that may leave it open asks for.
fn fits<T: PartialEq + Copy>(asked: Option<T>, value: T) -> bool {
    asked.is_none_or(|asked| asked == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(timing: u32, id: i32, channel: u8, key: u8) -> NoteEvent<()> {
        NoteEvent::NoteOn {
            timing,
            voice_id: VoiceID::ID(id),
            channel: Channel::Number(channel),
            key: Key::Number(key),
            velocity: 0.8,
        }
    }

    fn off(timing: u32, voice_id: VoiceID, channel: Channel, key: Key) -> NoteEvent<()> {
        NoteEvent::NoteOff { timing, voice_id, channel, key, velocity: 0.0 }
    }

    fn ends(live: &LiveEvents) -> Vec<(u32, u8, u8)> {
        let end = |event: &LiveEvent| match event.kind {
            LiveKind::NoteOff { pitch, .. } => Some((event.frame, event.channel, pitch)),
            _ => None,
        };
        live.as_slice().iter().filter_map(end).collect()
    }

    fn collected(live: &mut LiveEvents, events: Vec<NoteEvent<()>>) {
        let mut events = events.into_iter();
        live.collect(|| events.next());
    }

    #[test]
    fn a_note_off_without_key_ends_the_note_with_its_id() {
        let mut live = LiveEvents::new();
        collected(&mut live, vec![on(0, 7, 0, 60), on(0, 8, 0, 64)]);
        collected(&mut live, vec![off(5, VoiceID::ID(8), Channel::Wildcard, Key::Wildcard)]);
        assert_eq!(ends(&live), [(5, 0, 64)]);
    }

    #[test]
    fn a_note_off_for_everything_ends_every_held_note_once() {
        let mut live = LiveEvents::new();
        collected(&mut live, vec![on(0, 7, 0, 60), on(0, 8, 3, 64), on(1, 9, 3, 127)]);
        let all = || off(2, VoiceID::Wildcard, Channel::Wildcard, Key::Wildcard);
        collected(&mut live, vec![all(), all()]);
        assert_eq!(ends(&live), [(2, 0, 60), (2, 3, 64), (2, 3, 127)]);
    }

    #[test]
    fn a_named_note_off_passes_even_when_its_note_on_was_never_seen() {
        let mut live = LiveEvents::new();
        collected(&mut live, vec![off(3, VoiceID::Wildcard, Channel::Number(2), Key::Number(50))]);
        assert_eq!(ends(&live), [(3, 2, 50)]);
    }

    #[test]
    fn events_that_go_back_in_time_are_moved_up() {
        let mut live = LiveEvents::new();
        collected(&mut live, vec![on(9, 1, 0, 60), on(4, 2, 0, 61)]);
        assert!(live.as_slice().is_sorted_by_key(|event| event.frame));
        assert_eq!(live.as_slice().len(), 2);
    }

    #[test]
    fn a_flood_of_notes_still_lets_every_note_off_through() {
        let mut live = LiveEvents::new();
        let flood = (0..20_000).map(|n| on(0, n, (n % 16) as u8, (n / 16 % 128) as u8));
        let off = off(1, VoiceID::Wildcard, Channel::Wildcard, Key::Wildcard);
        collected(&mut live, flood.chain([off]).collect());
        assert_eq!(live.held, [0; CHANNELS]);
        let (mut sounding, mut over) = (std::collections::HashSet::new(), 0);
        for event in live.as_slice() {
            match event.kind {
                LiveKind::NoteOn { pitch, .. } => {
                    sounding.insert((event.channel, pitch));
                }
                LiveKind::NoteOff { pitch, .. } => {
                    sounding.remove(&(event.channel, pitch));
                    over += 1;
                }
                LiveKind::Controller { number: ALL_NOTES_OFF, .. } => {
                    sounding.retain(|(channel, _)| *channel != event.channel);
                }
                _ => {}
            }
        }
        assert!(sounding.is_empty() && over > 0);
        assert!(live.as_slice().len() <= CAPACITY);
    }
}
