//! The notes of a MIDI file as events for the voices.

use linnet_engine::{VoiceEvent, VoiceEventKind};
use linnet_music::Part;
use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
use std::error::Error;

/// A note of the file: when it sounds.
pub(crate) struct Note {
    /// In frames.
    pub(crate) on: usize,
    /// In frames.
    pub(crate) off: usize,
    pub(crate) key: u8,
}

/// All that the file plays.
pub(crate) struct Tune {
    pub(crate) events: Vec<VoiceEvent>,
    pub(crate) notes: Vec<Note>,
}

/// Reads a file. Every channel plays `part`; only notes are read.
pub(crate) fn read(bytes: &[u8], part: Part, rate_hz: u32) -> Result<Tune, Box<dyn Error>> {
    let file = Smf::parse(bytes)?;
    let Timing::Metrical(ticks) = file.header.timing else {
        return Err("The file counts frames of film.".into());
    };
    let mut all: Vec<(u32, TrackEventKind)> = Vec::new();
    for track in &file.tracks {
        let mut tick = 0;
        for event in track {
            tick += event.delta.as_int();
            all.push((tick, event.kind));
        }
    }
    all.sort_by_key(|(tick, _)| *tick);
    let (mut tune, mut held) = (Tune { events: Vec::new(), notes: Vec::new() }, [None; 128]);
    let (mut seconds, mut last, mut tempo_us) = (0.0, 0, 500_000.0);
    for (tick, kind) in all {
        seconds += f64::from(tick - last) / f64::from(ticks.as_int()) * tempo_us / 1e6;
        last = tick;
        let frame = (seconds * f64::from(rate_hz)).round() as u32;
        match kind {
            TrackEventKind::Meta(MetaMessage::Tempo(tempo)) => tempo_us = f64::from(tempo.as_int()),
            TrackEventKind::Midi { message: MidiMessage::NoteOn { key, vel }, .. } if vel > 0 => {
                let (key, note) = (key.as_int(), tune.notes.len() as u32);
                held[usize::from(key)] = Some(note);
                tune.notes.push(Note { on: frame as usize, off: frame as usize, key });
                let velocity = f32::from(vel.as_int()) / 127.0;
                tune.events.push(VoiceEvent {
                    frame,
                    part,
                    kind: VoiceEventKind::NoteOn { key, velocity, note },
                });
            }
            TrackEventKind::Midi {
                message: MidiMessage::NoteOff { key, .. } | MidiMessage::NoteOn { key, .. },
                ..
            } => {
                if let Some(note) = held[usize::from(key.as_int())].take() {
                    tune.notes[note as usize].off = frame as usize;
                    tune.events.push(VoiceEvent { frame, part, kind: VoiceEventKind::NoteOff { note } });
                }
            }
            _ => {}
        }
    }
    Ok(tune)
}
