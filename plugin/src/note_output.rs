//! From the engine's MIDI out to the host.
//!
//! Runs on the audio thread; never allocates. Only notes, controllers and pitch bend leave: note expression stops
//! the engine of at least one host.
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

use linnet_engine::{OutEvent, OutKind};
use nice_plug::midi::{Channel, Key, NoteEvent, VoiceID};

const CHANNELS: usize = 16;

/// What has left for the host, so that every note-on gets its note-off, even where the host's queue was full.
#[derive(Default)]
pub(crate) struct NoteOutput {
    sounding: [u128; CHANNELS],
    /// Note-offs that the host had no room for.
    owed: [u128; CHANNELS],
}

impl NoteOutput {
    /// Sends the note-offs that earlier blocks owe. `send` says whether the host took the event.
    pub(crate) fn settle(&mut self, send: &mut impl FnMut(NoteEvent<()>) -> bool) {
        for channel in 0..CHANNELS {
            let owed = std::mem::take(&mut self.owed[channel]);
            self.end(0, channel, owed, send);
        }
    }

    /// Sends `events`, which begin at `offset` frames.
    pub(crate) fn send(&mut self, events: &[OutEvent], send: &mut impl FnMut(NoteEvent<()>) -> bool) {
        for event in events {
            self.send_one(event, send);
        }
    }

    /// Ends every note that still sounds.
    pub(crate) fn end_all(&mut self, send: &mut impl FnMut(NoteEvent<()>) -> bool) {
        for channel in 0..CHANNELS {
            let sounding = self.sounding[channel];
            self.end(0, channel, sounding, send);
        }
    }

    fn end(
        &mut self,
        frame: u32,
        channel: usize,
        mut keys: u128,
        send: &mut impl FnMut(NoteEvent<()>) -> bool,
    ) {
        while keys != 0 {
            let pitch = keys.trailing_zeros() as u8;
            keys &= keys - 1;
            self.send_one(
                &OutEvent { frame, channel: channel as u8, kind: OutKind::NoteOff { pitch } },
                send,
            );
        }
    }

    fn send_one(&mut self, event: &OutEvent, send: &mut impl FnMut(NoteEvent<()>) -> bool) {
        let (timing, channel) = (event.frame, event.channel & 15);
        let (voice_id, to) = (VoiceID::Wildcard, Channel::Number(channel));
        let place = usize::from(channel);
        match event.kind {
            OutKind::NoteOn { pitch, velocity } => {
                let key = Key::Number(pitch & 127);
                if send(NoteEvent::NoteOn { timing, voice_id, channel: to, key, velocity }) {
                    self.sounding[place] |= 1 << (pitch & 127);
                }
            }
            OutKind::NoteOff { pitch } => {
                let (key, bit) = (Key::Number(pitch & 127), 1 << (pitch & 127));
                self.sounding[place] &= !bit;
                if !send(NoteEvent::NoteOff { timing, voice_id, channel: to, key, velocity: 0.0 }) {
                    self.owed[place] |= bit;
                }
            }
            OutKind::Controller { number, value } => {
                send(NoteEvent::MidiCC { timing, channel, cc: number, value });
            }
            OutKind::PitchBend { value } => {
                send(NoteEvent::MidiPitchBend { timing, channel, value: f32::midpoint(value, 1.0) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(frame: u32, channel: u8, kind: OutKind) -> OutEvent {
        OutEvent { frame, channel, kind }
    }

    #[test]
    fn a_note_off_that_the_host_refuses_is_sent_with_the_next_block() {
        let mut output = NoteOutput::default();
        let mut sent = Vec::new();
        output.send(&[event(3, 9, OutKind::NoteOn { pitch: 36, velocity: 1.0 })], &mut |_| true);
        output.send(&[event(5, 9, OutKind::NoteOff { pitch: 36 })], &mut |_| false);
        output.settle(&mut |event| {
            sent.push(event);
            true
        });
        let off = NoteEvent::NoteOff {
            timing: 0,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Number(9),
            key: Key::Number(36),
            velocity: 0.0,
        };
        assert_eq!(sent, [off]);
        output.settle(&mut |_| panic!("it was owed once"));
    }

    #[test]
    fn ending_all_ends_what_sounds_and_nothing_else() {
        let mut output = NoteOutput::default();
        let on = |channel, pitch| event(0, channel, OutKind::NoteOn { pitch, velocity: 0.5 });
        output.send(&[on(0, 60), on(0, 64), on(1, 40)], &mut |_| true);
        output.send(&[event(1, 0, OutKind::NoteOff { pitch: 60 })], &mut |_| true);
        let mut ended = Vec::new();
        output.end_all(&mut |event| {
            if let NoteEvent::NoteOff { channel, key, .. } = event {
                ended.push((channel.number(), key.number()));
            }
            true
        });
        assert_eq!(ended, [(Some(0), Some(64)), (Some(1), Some(40))]);
    }

    #[test]
    fn pitch_bend_leaves_between_nought_and_one() {
        let mut output = NoteOutput::default();
        for (value, expect) in [(-1.0, 0.0), (0.0, 0.5), (1.0, 1.0)] {
            output.send(&[event(0, 0, OutKind::PitchBend { value })], &mut |event| {
                let NoteEvent::MidiPitchBend { value, .. } = event else { panic!("{event:?}") };
                assert_eq!(value, expect);
                true
            });
        }
    }
}
