//! Reading a tune from a MIDI file.

use super::{BARS_MAX, BYTES_MAX, MidiFileError, NOTES_MAX, TRACKS_MAX, Tune, TuneNote};
use crate::{Beats, Key, Note, Pitch, PitchClass, Scale, Tempo, TimeSignature, Velocity};
use midly::{Format, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};
use std::collections::{HashMap, VecDeque};

/// Beats a second in a file that counts in film frames, which know no tempo: 120 a minute.
const BEATS_PER_SECOND: f64 = 2.0;

/// Reads a tune. Formats 0 and 1 are read, and files timed in film frames (SMPTE), at 120 beats a minute.
///
/// Notes that never end do so at the end of their track. Notes of no length last one tick.
///
/// # Errors
/// Where the bytes are no MIDI file, are cut short, hold no notes or too many.
pub fn read(bytes: &[u8]) -> Result<Tune, MidiFileError> {
    if bytes.len() > BYTES_MAX {
        return Err(MidiFileError::TooLong(format!("{BYTES_MAX} bytes")));
    }
    let bytes = unwrapped(bytes)?;
    check_chunks(bytes)?;
    let smf = Smf::parse(bytes).map_err(|error| MidiFileError::NotMidi(error.to_string()))?;
    if smf.header.format == Format::Sequential {
        return Err(MidiFileError::SeparatePatterns);
    }
    let mut tune = Tune::default();
    let beats_per_tick = beats_per_tick(smf.header.timing);
    for (number, events) in smf.tracks.iter().enumerate() {
        TrackReader::new(&mut tune, number, beats_per_tick).read(events)?;
    }
    finish(tune)
}

fn finish(mut tune: Tune) -> Result<Tune, MidiFileError> {
    if tune.notes.is_empty() {
        return Err(MidiFileError::NoNotes);
    }
    tune.notes.sort_by(|a, b| {
        let by_onset = a.note.onset.0.total_cmp(&b.note.onset.0).then(a.note.pitch.cmp(&b.note.pitch));
        by_onset.then((a.track, a.channel).cmp(&(b.track, b.channel)))
    });
    tune.tempos.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    tune.metres.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    tune.length = Beats(tune.notes.iter().map(|note| note.note.end().0).fold(0.0, f64::max));
    tune.name = tune.track_names.first().cloned().unwrap_or_default();
    if tune.bars() > f64::from(BARS_MAX) {
        return Err(MidiFileError::TooLong(format!("{BARS_MAX} bars")));
    }
    Ok(tune)
}

/// The MIDI file inside a RIFF file; any other file as it is.
fn unwrapped(bytes: &[u8]) -> Result<&[u8], MidiFileError> {
    let Some(chunks) = bytes.strip_prefix(b"RIFF") else { return Ok(bytes) };
    let mut rest = chunks.get(4..).and_then(|form| form.strip_prefix(b"RMID")).unwrap_or_default();
    while let Some((head, body)) = rest.split_at_checked(8) {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let (chunk, after) = body.split_at_checked(length).unwrap_or((body, &[]));
        if head.starts_with(b"data") {
            return Ok(chunk);
        }
        // Chunks of an odd length are filled up by a byte.
        rest = after.get(length % 2..).unwrap_or_default();
    }
    Err(MidiFileError::NotMidi("it is a RIFF file without MIDI in it".into()))
}

/// Walks the chunks, since the parser takes what is there of a file that is cut short without a word.
fn check_chunks(bytes: &[u8]) -> Result<(), MidiFileError> {
    if !bytes.starts_with(b"MThd") {
        let what = if bytes.is_empty() { "it is empty" } else { "it does not begin with \"MThd\"" };
        return Err(MidiFileError::NotMidi(what.into()));
    }
    let (mut rest, mut tracks, mut promised) = (bytes, 0usize, None);
    while let Some((head, body)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let Some((chunk, after)) = body.split_at_checked(length) else {
            let missing = length - body.len();
            return Err(MidiFileError::Truncated(format!("{missing} bytes are missing at its end")));
        };
        // The parser reads every header, and goes by the first.
        if head.starts_with(b"MThd") {
            let tracks = promised_tracks(chunk)?;
            promised = promised.or(Some(tracks));
        }
        tracks += usize::from(head.starts_with(b"MTrk"));
        rest = after;
    }
    match promised {
        _ if tracks > TRACKS_MAX => Err(MidiFileError::TooLong(format!("{TRACKS_MAX} tracks"))),
        None => Err(MidiFileError::Truncated("its header is not complete".into())),
        Some(promised) if tracks < promised => {
            Err(MidiFileError::Truncated(format!("it should have {promised} tracks and has {tracks}")))
        }
        Some(_) => Ok(()),
    }
}

/// How many tracks the header chunk promises.
fn promised_tracks(header: &[u8]) -> Result<usize, MidiFileError> {
    let Some(&[_, _, high, low, division, _]) = header.first_chunk() else {
        return Err(MidiFileError::Truncated("its header is not complete".into()));
    };
    // The parser takes the negative of the frames a second, and −128 has none.
    if division == 0x80 {
        return Err(MidiFileError::NotMidi("it counts 128 film frames a second, which no film has".into()));
    }
    Ok(usize::from(u16::from_be_bytes([high, low])))
}

fn beats_per_tick(timing: Timing) -> f64 {
    match timing {
        Timing::Metrical(ticks) => 1.0 / f64::from(ticks.as_int().max(1)),
        Timing::Timecode(fps, subframes) => {
            BEATS_PER_SECOND / (f64::from(fps.as_f32()) * f64::from(subframes.max(1)))
        }
    }
}

/// Where a sounding note began, and how hard.
type Begun = VecDeque<(u64, Velocity)>;

/// Reads one track into a tune.
struct TrackReader<'a> {
    tune: &'a mut Tune,
    track: u16,
    beats_per_tick: f64,
    now: u64,
    /// Notes that sound, by channel and key; the one that began first ends first.
    sounding: HashMap<(u8, u8), Begun>,
    name: String,
}

impl<'a> TrackReader<'a> {
    fn new(tune: &'a mut Tune, number: usize, beats_per_tick: f64) -> Self {
        let track = u16::try_from(number).unwrap_or(u16::MAX);
        Self { tune, track, beats_per_tick, now: 0, sounding: HashMap::new(), name: String::new() }
    }

    fn read(mut self, events: &[TrackEvent]) -> Result<(), MidiFileError> {
        for event in events {
            self.now += u64::from(event.delta.as_int());
            match event.kind {
                TrackEventKind::Midi { channel, message } => self.read_message(channel.as_int(), message)?,
                TrackEventKind::Meta(meta) => self.read_meta(meta),
                _ => {}
            }
        }
        let ended =
            matches!(events.last().map(|e| e.kind), Some(TrackEventKind::Meta(MetaMessage::EndOfTrack)));
        if !ended {
            let number = usize::from(self.track) + 1;
            self.tune.warnings.push(format!("Track {number} has no end mark: notes may be missing."));
        }
        self.end_all()?;
        self.tune.track_names.push(self.name);
        Ok(())
    }

    fn read_message(&mut self, channel: u8, message: MidiMessage) -> Result<(), MidiFileError> {
        match message {
            MidiMessage::NoteOn { key, vel } if vel.as_int() > 0 => {
                let begun = self.sounding.entry((channel, key.as_int())).or_default();
                begun.push_back((self.now, Velocity::new(i32::from(vel.as_int()))));
                Ok(())
            }
            MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
                let begun = self.sounding.get_mut(&(channel, key.as_int()));
                match begun.and_then(VecDeque::pop_front) {
                    Some((onset, velocity)) => self.add(channel, key.as_int(), onset, velocity),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn read_meta(&mut self, meta: MetaMessage) {
        let at = self.beats(self.now);
        match meta {
            MetaMessage::TrackName(name) if self.name.is_empty() => {
                String::from_utf8_lossy(name).trim().clone_into(&mut self.name);
            }
            MetaMessage::Tempo(micros) if micros.as_int() > 0 => {
                self.tune.tempos.push((at, Tempo::new(60e6 / f64::from(micros.as_int()))));
            }
            MetaMessage::TimeSignature(numerator, power, _, _) if power < 6 => {
                let metre = TimeSignature::new(i32::from(numerator), 1 << power);
                self.tune.metres.extend(metre.map(|metre| (at, metre)));
            }
            MetaMessage::KeySignature(fifths, minor) if fifths.unsigned_abs() <= 7 => {
                self.tune.key = self.tune.key.or(Some(key_of(fifths, minor)));
            }
            _ => {}
        }
    }

    fn end_all(&mut self) -> Result<(), MidiFileError> {
        for ((channel, key), begun) in std::mem::take(&mut self.sounding) {
            for (onset, velocity) in begun {
                self.add(channel, key, onset, velocity)?;
            }
        }
        Ok(())
    }

    /// Adds a note that ends now.
    fn add(&mut self, channel: u8, key: u8, onset: u64, velocity: Velocity) -> Result<(), MidiFileError> {
        if self.tune.notes.len() >= NOTES_MAX {
            return Err(MidiFileError::TooLong(format!("{NOTES_MAX} notes")));
        }
        let note = Note {
            onset: self.beats(onset),
            length: self.beats((self.now - onset).max(1)),
            pitch: Pitch::new(i32::from(key)),
            velocity,
        };
        self.tune.notes.push(TuneNote { track: self.track, channel, note });
        Ok(())
    }

    fn beats(&self, ticks: u64) -> Beats {
        Beats(ticks as f64 * self.beats_per_tick)
    }
}

fn key_of(fifths: i8, minor: bool) -> Key {
    let major_tonic = i32::from(fifths) * 7;
    if minor {
        Key { tonic: PitchClass::new(major_tonic + 9), scale: Scale::Minor }
    } else {
        Key { tonic: PitchClass::new(major_tonic), scale: Scale::Major }
    }
}
