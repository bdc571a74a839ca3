//! How each mode is asked for a window: with what was heard, with which ideas, and with which knobs.

use super::band::Ask;
use super::baseline::Known;
use super::voice::Voice;
use super::window::{BARS, Window, spread};
use linnet_composer::vocabulary::Role;
use linnet_music::midi_file::DRUM_CHANNEL;
use linnet_music::{Beats, Controls, Mode, Note, Part};

/// Bars before the hole of Fill, and after it.
pub const AROUND: usize = 2;
/// Bars that must be there to be continued.
const BEFORE_MIN: usize = 4;
/// Notes alike.
const NOTES_MIN: usize = 8;

/// What the four parts play, with chords.
pub const BAND: [(Voice, Part); 4] = [
    (Voice::Pitched(Role::Lead), Part::Lead),
    (Voice::Pitched(Role::Chords), Part::Chords),
    (Voice::Pitched(Role::Bass), Part::Bass),
    (Voice::Drums, Part::Drums),
];

/// Which parts are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// The pitched ones that people wrote in the window.
    Pitched,
    /// The drums.
    Drums,
}

/// A window, and another that a mode may need.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What is asked for.
    pub window: Window<'a>,
    /// Morph's other idea, or the melody that drums go with.
    pub other: Option<Window<'a>>,
    /// Which parts.
    pub parts: Parts,
}

impl Context<'_> {
    /// The request of `mode`; none where the window does not fit it.
    pub fn ask(&self, mode: Mode, seed: u16) -> Option<Asked> {
        ask(mode, self.parts, &self.window, self.other.as_ref(), seed)
    }
}

/// What a mode is asked for a window.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request.
    pub ask: Ask,
    /// What it writes, with the parts of the idea.
    pub voices: Vec<(Voice, Part)>,
}

/// What a baseline is told in `mode`.
pub fn known(mode: Mode) -> Known {
    match mode {
        Mode::Continue => Known::Before,
        Mode::Fill => Known::Around(AROUND),
        _ => Known::Nothing,
    }
}

/// The bars that Fill leaves alone.
pub fn locked_bars() -> u16 {
    (0..BARS).filter(|bar| !(AROUND..BARS - AROUND).contains(bar)).fold(0, |bits, bar| bits | 1 << bar)
}

/// Whether `mode` needs another window for these `parts`: Morph's other idea, or the melody that drums go with.
fn needs_other(mode: Mode, parts: Parts) -> bool {
    mode == Mode::Morph || (parts == Parts::Drums && matches!(mode, Mode::Accompany | Mode::Groove))
}

fn ask(mode: Mode, parts: Parts, window: &Window, other: Option<&Window>, seed: u16) -> Option<Asked> {
    let voices = voices(mode, parts, window);
    let mut on = [false; 4];
    for (_, part) in &voices {
        on[part.index()] = true;
    }
    let controls = Controls {
        mode,
        bars: BARS as u8,
        seed,
        style_a: window.score.style,
        chords_role: window.chords_role(),
        on,
        // What is composed is judged, not how it is played.
        humanise: 0.0,
        ..Controls::default()
    };
    let mut ask = Ask { metre: window.score.metre, tempo: window.tempo(), controls, ..Ask::default() };
    let fits = match mode {
        Mode::Continue => hear_before(&mut ask, parts, window),
        Mode::Invent | Mode::Sketch => free(&mut ask, parts, window),
        Mode::Fill => {
            ask.ideas = vec![window.idea(1)];
            ask.controls.locked_bars = [locked_bars(); 4];
            true
        }
        Mode::Vary => {
            ask.ideas = vec![window.idea(1)];
            true
        }
        Mode::Morph => {
            ask.ideas = vec![window.idea(1), other?.idea(2)];
            ask.controls.morph_with = Some(ask.ideas[1].id);
            true
        }
        Mode::Accompany | Mode::Groove => hear_melody(&mut ask, other.unwrap_or(window)),
    };
    (fits && !voices.is_empty()).then_some(Asked { ask, voices })
}

/// What `mode` writes of `parts` for `window`.
pub fn voices(mode: Mode, parts: Parts, window: &Window) -> Vec<(Voice, Part)> {
    if parts == Parts::Drums {
        return vec![(Voice::Drums, Part::Drums)];
    }
    let human = window.human_roles();
    let pitched = [Part::Lead, Part::Chords, Part::Bass].into_iter();
    let roles = pitched.filter_map(|part| Some((window.role(part)?, part)));
    let written = roles.filter(|(role, _)| match mode {
        Mode::Groove => false,
        Mode::Accompany => *role != Role::Lead,
        _ => true,
    });
    written
        .filter(|(role, _)| human.contains(role))
        .map(|(role, part)| (Voice::Pitched(role), part))
        .collect()
}

/// From nothing but the key: the tonic is told, and the scale is the one that Linnet takes where none is, so that it need not
/// be locked.
fn free(ask: &mut Ask, parts: Parts, window: &Window) -> bool {
    ask.controls.key = Some(window.score.key.tonic);
    parts == Parts::Drums || window.score.key.scale == linnet_music::Scale::Major
}

fn hear_before(ask: &mut Ask, parts: Parts, window: &Window) -> bool {
    let bars = window.bars_before();
    let from = window.start - bars;
    let notes = match parts {
        Parts::Pitched => window.notes(Role::Lead, from, bars),
        Parts::Drums => window.drum_notes(from, bars),
    };
    let channel = if parts == Parts::Drums { DRUM_CHANNEL } else { 0 };
    hear(ask, &notes, channel, bars);
    bars >= BEFORE_MIN && notes.len() >= NOTES_MIN
}

fn hear_melody(ask: &mut Ask, window: &Window) -> bool {
    let notes = window.notes(Role::Lead, window.start, BARS);
    hear(ask, &notes, 0, BARS);
    window.score.metre == ask.metre && notes.len() >= NOTES_MIN
}

fn hear(ask: &mut Ask, notes: &[Note], channel: u8, bars: usize) {
    let end = bars as f64 * ask.metre.bar().0;
    let within = |note: &Note| Note { length: Beats(note.length.0.min(end - note.onset.0)), ..*note };
    ask.heard = notes.iter().map(|note| (channel, within(note))).collect();
    ask.heard_bars = bars;
}

/// Windows of `parts` that `mode` can be asked for, `count` at most, evenly spread, each with the other that it may need:
/// of `windows` themselves, or of the `melodies` that drums go with.
pub fn contexts<'a>(
    mode: Mode,
    parts: Parts,
    windows: &[Window<'a>],
    melodies: &[Window<'a>],
    count: usize,
) -> Vec<Context<'a>> {
    let others = if parts == Parts::Pitched { windows } else { melodies };
    let others = if mode == Mode::Morph { windows } else { others };
    let fitting: Vec<Context> = windows
        .iter()
        .enumerate()
        .filter_map(|(index, window)| {
            let other = needs_other(mode, parts).then(|| other(window, others, index)).flatten();
            let context = Context { window: *window, other, parts };
            ask(mode, parts, window, other.as_ref(), 0).map(|_| context)
        })
        .collect();
    spread(&fitting, count)
}

/// The first window of another piece in the same metre, from place `index` on and round.
fn other<'a>(window: &Window, among: &[Window<'a>], index: usize) -> Option<Window<'a>> {
    let from = (index + 1) % among.len().max(1);
    let fits = |other: &&Window| {
        other.score.metre == window.score.metre && other.score.family != window.score.family
    };
    among[from..].iter().chain(&among[..from]).find(fits).copied()
}
