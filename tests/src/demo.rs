//! The demo: a tune is played into the real bundle, Linnet proposes, and what came out is written down.
//!
//! Modes that begin from ideas are given them first: each is asked for, and plays once, before the next.
//!
//! The host stands still while the composer thread works, so that the same tune, seed and settings give the same
//! MIDI file on any machine.

mod options;
mod plan;
mod report;

pub use options::{Options, OptionsError};
pub use plan::{Ask, Plan};
pub use report::Report;

use crate::clap_host::{Bundle, HostFailure, Input, Instance, Rendered};
use crate::player::{Player, Sounded, pair};
use crate::saved::State;
use crate::transport::Transport;
use linnet_music::midi_file::{self, Arrangement, DRUM_CHANNEL, MidiFileError, Track, Tune};
use linnet_music::{Beats, ChordSpan, Idea, Note, Part, Pitch, Tempo, TimeSignature, Velocity};
use std::path::PathBuf;
use std::time::Duration;

/// Frames a second.
pub const SAMPLE_RATE_HZ: f64 = 48_000.0;
/// Frames in a block.
const BLOCK_FRAMES: usize = 512;
/// Bars of the tune that are played at most.
pub const BARS_HEARD_MAX: u32 = 8;
/// How long before the bar line the host asks, in beats.
const ASK_AHEAD: f64 = 0.5;
/// What is heard after the idea has been stopped.
const TAIL_SECONDS: f64 = 3.0;
/// The plug-in.
const PLUGIN_ID: &str = "org.linnet-audio.linnet";

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The arguments.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// A file could not be read or written.
    #[error("{path} could not be used: {error}. Name another one.")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The tune.
    #[error("{path}: {error}")]
    Tune {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: MidiFileError,
    },
    /// Nothing to accompany.
    #[error(
        "This tune has drums alone, and Accompany goes with a melody or chords. Choose another tune, or --mode groove."
    )]
    DrumsAlone,
    /// A metre that Sketch does not know.
    #[error("Sketch draws in sixteenths, and a bar of {0} is no whole number of them. Choose another mode.")]
    NoSixteenths(TimeSignature),
    /// The plug-in or its bundle.
    #[error(transparent)]
    Host(#[from] HostFailure),
    /// The picture.
    #[error("The picture could not be drawn: {0}.")]
    Picture(String),
    /// The sound.
    #[error("The sound could not be written: {0}.")]
    Sound(#[from] hound::Error),
}

/// What is played into the plug-in.
#[derive(Clone, Debug)]
pub struct Heard {
    /// From the first bar that is played.
    pub notes: Vec<(u8, Note)>,
    /// Where the tune stops: a bar line.
    pub length: Beats,
    /// The tempo there.
    pub tempo: Tempo,
    /// The metre there.
    pub metre: TimeSignature,
    /// Whether nothing but the drum kit plays.
    pub drums_alone: bool,
}

impl Heard {
    /// Whole bars from the one of the first note on, up to a change of metre and to [`BARS_HEARD_MAX`]. Drums are left out
    /// where anything else plays.
    pub fn new(tune: &Tune) -> Self {
        let pitched = tune.notes.iter().any(|note| note.channel != DRUM_CHANNEL);
        let played = || tune.notes.iter().filter(move |note| !pitched || note.channel != DRUM_CHANNEL);
        let first = Beats(played().map(|note| note.note.onset.0).fold(f64::INFINITY, f64::min));
        let (metre_at, metre) = at(&tune.metres, first).unwrap_or((Beats(0.0), tune.metre()));
        let tempo = at(&tune.tempos, first).map_or(tune.tempo(), |(_, tempo)| tempo);
        let bar = metre.bar().0;
        let start = metre_at.0 + ((first - metre_at).0 / bar + 1e-9).floor() * bar;
        let change = tune.metres.iter().map(|(at, _)| at.0).find(|at| *at > first.0 + 1e-9);
        let end = change.unwrap_or(f64::INFINITY).min(tune.length.0) - start;
        let bars = (end / bar - 1e-6).ceil().clamp(1.0, f64::from(BARS_HEARD_MAX));
        let length = bars * bar;
        let notes = played()
            .filter(|note| (start..start + length - 1e-9).contains(&note.note.onset.0))
            .map(|note| {
                let onset = note.note.onset.0 - start;
                let until = note.note.length.0.min(length - onset);
                (note.channel, Note { onset: Beats(onset), length: Beats(until), ..note.note })
            })
            .collect();
        Self { notes, length: Beats(length), tempo, metre, drums_alone: !pitched }
    }
}

/// The last of `changes` at or before `position`.
fn at<T: Copy>(changes: &[(Beats, T)], position: Beats) -> Option<(Beats, T)> {
    changes.iter().rfind(|(at, _)| at.0 <= position.0 + 1e-9).copied()
}

/// An idea that was asked for.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The idea, as the plug-in's state tells it.
    pub idea: Idea,
    /// Where the host asked.
    pub asked_at: Beats,
    /// The bar line on which it is to start.
    pub starts_at: Beats,
    /// From the end of the block that asked until the idea was in the session.
    pub answered_in: Duration,
}

/// What happened.
#[derive(Clone, Debug)]
pub struct Take {
    /// What was played.
    pub heard: Heard,
    /// What came out.
    pub recording: Rendered,
    /// What was asked for.
    pub plan: Plan,
    /// The ideas that the last one began from, in the order in which they played.
    pub groundwork: Vec<Answer>,
    /// The idea that the demo is about.
    pub answer: Answer,
    /// Where its first note began, in beats, as MIDI out tells it; none where it has no note.
    pub first_note_at: Option<Beats>,
    /// Everything that left the plug-in after the tune, in beats from the tune's start, by part.
    pub sounded: [Vec<Note>; 4],
}

/// Plays `heard` into the bundle and lets Linnet propose.
pub fn perform(options: &Options, heard: Heard) -> Result<Take, DemoError> {
    let plan = Plan::new(options, &heard)?;
    let bundle = Bundle::load(&options.bundle)?;
    let mut instance = bundle.open(PLUGIN_ID, SAMPLE_RATE_HZ, BLOCK_FRAMES)?;
    mark(&mut instance, &plan)?;
    let mut player = Player::new(&mut instance, Transport::running(heard.tempo, heard.metre));
    // The seeds are those of the plan.
    player.set("seed_lock", "on")?;
    for (id, text) in options.settings() {
        player.set(&id, &text)?;
    }
    for (channel, note) in &heard.notes {
        let (channel, pitch) = (*channel, note.pitch.midi());
        let velocity = f64::from(note.velocity.unit());
        player.schedule(player.frame_at(note.onset), Input::NoteOn { channel, pitch, velocity });
        player.schedule(player.frame_at(note.end()), Input::NoteOff { channel, pitch });
    }
    let mut groundwork = Vec::new();
    let mut at = heard.length;
    let (last, before) = plan.asks.split_last().ok_or(HostFailure::Refused("nothing was asked for"))?;
    for ask in before {
        let answer = ask_for(&mut player, *ask, at, groundwork.len())?;
        at = at + answer.idea.length;
        groundwork.push(answer);
    }
    let answer = ask_for(&mut player, *last, at, groundwork.len())?;
    let started = player.now();
    player.run_to(at + answer.idea.length)?;
    player.transport.playing = false;
    player.run_for(TAIL_SECONDS)?;
    let after_tune = heard.length.to_samples(heard.tempo, SAMPLE_RATE_HZ).round() as u64;
    let recording = player.recording;
    let (mut notes, _) = pair(&recording.events);
    notes.retain(|note| note.from >= after_tune);
    let beats = |frame: u64| Beats::from_samples(frame as f64, heard.tempo, SAMPLE_RATE_HZ);
    let first_note_at = notes.iter().map(|note| note.from).find(|from| *from >= started).map(beats);
    let sounded = by_part(&notes, &recording, beats);
    Ok(Take { heard, recording, plan, groundwork, answer, first_note_at, sounded })
}

/// Marks what Fill leaves alone and where Morph goes, as the editor does: in the state, since no parameter says it.
fn mark(instance: &mut Instance, plan: &Plan) -> Result<(), HostFailure> {
    if plan.locked_bars == 0 && plan.morph_with.is_none() {
        return Ok(());
    }
    let mut state = State::read(&instance.save_state()?)?;
    let locked_bars = [plan.locked_bars; 4];
    let marks = serde_json::json!({ "locked_bars": locked_bars, "morph_with": plan.morph_with });
    state.fields.insert("marks".to_owned(), marks.to_string());
    instance.load_state(&state.to_bytes()?)
}

/// Asks half a beat before `starts_at`, where `known` ideas are there already, and plays up to that bar line.
fn ask_for(player: &mut Player<'_>, ask: Ask, starts_at: Beats, known: usize) -> Result<Answer, HostFailure> {
    player.set("mode", ask.mode.name())?;
    player.set("seed", &ask.seed.to_string())?;
    let asked_at = Beats((starts_at.0 - ASK_AHEAD).max(0.0));
    player.run_to(asked_at)?;
    player.set("propose", "on")?;
    player.run_to_frame(player.now() + 1)?;
    let (session, answered_in) = player.wait_for_idea(known)?;
    player.set("propose", "off")?;
    player.run_to(starts_at)?;
    let idea =
        session.current().cloned().ok_or(HostFailure::Refused("the idea it made is not in its state"))?;
    Ok(Answer { idea, asked_at, starts_at, answered_in })
}

/// The notes on each part's channel: 1 to 3, and 10 for drums.
fn by_part(sounded: &[Sounded], recording: &Rendered, beats: impl Fn(u64) -> Beats) -> [Vec<Note>; 4] {
    let end = recording.audio[0].len() as u64;
    Part::ALL.map(|part| {
        let channel = if part == Part::Drums { DRUM_CHANNEL } else { part.index() as u8 };
        let notes = sounded.iter().filter(|note| note.channel == channel);
        notes
            .map(|note| Note {
                onset: beats(note.from),
                length: beats(note.to.unwrap_or(end)) - beats(note.from),
                pitch: Pitch::new(i32::from(note.pitch)),
                velocity: Velocity::from_unit(note.velocity as f32),
            })
            .collect()
    })
}

impl Take {
    /// What left the plug-in from the idea's start on, in beats from the tune's start.
    pub fn proposed(&self, part: Part) -> Vec<Note> {
        // A frame is less than a thousandth of a beat.
        let begin = self.answer.starts_at.0 - 1e-3;
        self.sounded[part.index()].iter().filter(|note| note.onset.0 >= begin).copied().collect()
    }

    /// The chords of all ideas, from the start of the tune.
    pub fn chords(&self) -> Vec<ChordSpan> {
        let answers = self.groundwork.iter().chain([&self.answer]);
        let shifted = |answer: &Answer| {
            let at = answer.starts_at;
            answer
                .idea
                .harmony
                .iter()
                .map(|span| ChordSpan { onset: span.onset + at, ..*span })
                .collect::<Vec<_>>()
        };
        answers.flat_map(shifted).collect()
    }

    /// Where the last idea ends.
    pub fn end(&self) -> Beats {
        self.answer.starts_at + self.answer.idea.length
    }

    /// The MIDI file: what was heard, and what left the plug-in.
    pub fn midi(&self) -> Vec<u8> {
        let heard: Vec<Note> = self.heard.notes.iter().map(|(_, note)| *note).collect();
        let mut tracks = vec![Track { name: "Heard", channel: 4, notes: &heard }];
        for part in Part::ALL {
            let channel = if part == Part::Drums { DRUM_CHANNEL } else { part.index() as u8 };
            tracks.push(Track { name: part.name(), channel, notes: &self.sounded[part.index()] });
        }
        midi_file::write_arrangement(&Arrangement {
            title: "Linnet demo",
            tempo: self.heard.tempo,
            metre: self.heard.metre,
            key: Some(self.answer.idea.key),
            chords: &self.chords(),
            record: &midi_file::record(&self.answer.idea),
            tracks: &tracks,
            length: self.end(),
        })
    }
}
