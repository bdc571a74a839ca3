//! Runs on the composer thread. Draws textures: drums, bass and comping, two bars at a time.
//!
//! After H.-W. Dong and Y.-H. Yang, "Convolutional Generative Adversarial Networks with Binary Neurons for Polyphonic
//! Music Generation" (ISMIR 2018). The first two bars are drawn from 32 noises; the critic and the rules pick eight of
//! them, and each of these is carried on over the harmony to the bars asked for, in the form A A′ A B: the noise stays
//! for A, moves a little for A′, and further for B. The best whole is played.

pub mod columns;
pub mod critic;
pub mod roll;
pub mod rules;

use crate::compose_error::{ComposeError, JobStep};
use crate::inference::Tensor;
use crate::models::GanModel;
use crate::phrase::window::{CHORD_VALUES, chord_vector};
use crate::phrase::wish::bounds;
use crate::rng::{Head, Noise};
use crate::sampling::all_finite;
use crate::tokens::drum::{CLASSES, GENERAL_MIDI_OUT};
use crate::tokens::{TICKS_PER_QUARTER, token_midi};
use crate::vocabulary::Role;
use columns::Columns;
use critic::Circumstances;
use linnet_music::{Beats, Chord, ChordSpan, Controls, Key, Note, Pitch, STYLES, TimeSignature, Velocity};
use roll::{BASS_FIRST, COLUMNS, COMP_FIRST, Roll, Strike};
use rules::{TextureScores, Wish};
use std::sync::Arc;

/// Values of the generator's noise.
pub const NOISE: usize = 64;
/// Parts of a texture: drums, bass and comping.
pub const PARTS: usize = 3;
/// Places of the parts.
pub const DRUMS: usize = 0;
/// See [`DRUMS`].
pub const BASS: usize = 1;
/// See [`DRUMS`].
pub const COMP: usize = 2;
/// Values of the chords of two bars.
pub const CHORD_ROLL: usize = CHORD_VALUES * COLUMNS;
/// Textures that are drawn at once, and carried on.
pub const CANDIDATES: usize = crate::inference::BATCH_MAX;
/// Batches of first bars.
const ROUNDS: usize = 4;
/// How far the noise moves at each place of the form A A′ A B, against its own length.
const FORM: [f32; 4] = [0.0, 0.3, 0.0, 0.7];
/// Velocity of notes before they are performed.
const PLAIN: i32 = 80;

/// Everything that determines a texture.
#[derive(Clone, Debug, PartialEq)]
pub struct TextureRequest {
    /// The key.
    pub key: Key,
    /// The metre.
    pub metre: TimeSignature,
    /// Bars to write, in [1, 16].
    pub bars: u8,
    /// The harmony from the first bar line.
    pub chords: Vec<ChordSpan>,
    /// The parts to draw.
    pub wanted: [bool; PARTS],
    /// Parts that stay, in beats from the first bar line: the critic hears them, too.
    pub known: [Vec<Note>; PARTS],
    /// Whether eighths are the first and the last third of a beat.
    pub swung: bool,
    /// Weights of the styles, their sum 1 or 0.
    pub style: [f32; STYLES],
    /// Quantiles of the style, in [0, 1].
    pub density: f32,
    /// The knobs: seed, surprise, complexity, repetition and scale are read.
    pub controls: Controls,
}

/// One texture; the parts that were not wanted are empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Texture {
    /// The notes of drums, bass and comping, in beats from the first bar line, sorted by onset.
    pub notes: [Vec<Note>; PARTS],
    /// What it was judged by.
    pub scores: TextureScores,
}

/// Windows of two bars so far, and what they were judged by.
#[derive(Clone, Debug)]
struct Draft {
    candidate: usize,
    rolls: Vec<Roll>,
    scores: Vec<TextureScores>,
}

/// A texture in the making.
pub struct TextureJob {
    model: Arc<GanModel>,
    request: TextureRequest,
    columns: Columns,
    windows: usize,
    round: usize,
    drafts: Vec<Draft>,
}

impl TextureJob {
    /// A job for `request`.
    ///
    /// # Errors
    /// Where no bars, or more than 16, are asked for, or the metre does not fit.
    pub fn new(model: &Arc<GanModel>, request: &TextureRequest) -> Result<Self, ComposeError> {
        if !(1..=16).contains(&request.bars) {
            return Err(ComposeError::Request("A texture has from 1 to 16 bars"));
        }
        let Some(columns) = Columns::new(request.metre, request.swung) else {
            return Err(ComposeError::Request(
                "Sketch draws in sixteenths, and a bar of this metre is no whole number of them",
            ));
        };
        Ok(Self {
            model: Arc::clone(model),
            windows: (usize::from(request.bars) * columns.splits).div_ceil(2),
            request: request.clone(),
            columns,
            round: 0,
            drafts: Vec::new(),
        })
    }

    /// Computes two bars of eight candidates.
    ///
    /// # Errors
    /// Where a network fails or answers with something that is not a number.
    pub fn advance(&mut self) -> Result<JobStep<Texture>, ComposeError> {
        let model = Arc::clone(&self.model);
        model.generator.on_its_thread(|| self.compute_step())
    }

    fn compute_step(&mut self) -> Result<JobStep<Texture>, ComposeError> {
        let window = (self.round + 1).saturating_sub(ROUNDS);
        if self.round < ROUNDS {
            let fresh = self.round * CANDIDATES..(self.round + 1) * CANDIDATES;
            self.drafts.extend(fresh.map(|candidate| Draft {
                candidate,
                rolls: Vec::new(),
                scores: Vec::new(),
            }));
        }
        let from = self.drafts.len() - CANDIDATES;
        self.draw(window, from)?;
        self.round += 1;
        if self.round == ROUNDS {
            self.drafts.sort_by(|a, b| b.scores[0].total.total_cmp(&a.scores[0].total));
            self.drafts.truncate(CANDIDATES);
        }
        let rounds = ROUNDS + self.windows - 1;
        if self.round >= rounds {
            return Ok(JobStep::Done(self.finish()));
        }
        Ok(JobStep::Continue { progress: self.round as f32 / rounds as f32 })
    }

    /// Draws `window` of the drafts from `from` on.
    fn draw(&mut self, window: usize, from: usize) -> Result<(), ComposeError> {
        let of = self.circumstances(window);
        let wanted = self.request.wanted.map(|wanted| f32::from(u8::from(wanted)));
        let noise: Vec<f32> =
            self.drafts[from..].iter().flat_map(|draft| self.noise(draft.candidate, window)).collect();
        let drawn = Circumstances { presence: wanted, ..of.clone() };
        let [style, chord, grid, presence] = drawn.inputs(CANDIDATES);
        let density: Vec<f32> = wanted.map(|wanted| wanted * self.request.density).repeat(CANDIDATES);
        let mut outputs: [Vec<f32>; 5] = Default::default();
        let inputs = [&noise, &style, &chord, &grid, &density, &presence].map(|values| Tensor::F32(values));
        self.model.generator.run(CANDIDATES, &inputs, &mut outputs)?;
        if !outputs.iter().all(|values| all_finite(values)) {
            return Err(ComposeError::NotFinite(self.model.generator.name()));
        }
        let rolls: Vec<Roll> = (0..CANDIDATES)
            .map(|item| Roll::of_probabilities(&outputs, item, &self.columns))
            .map(|mut roll| {
                roll.fill_thin(&self.columns, &of.chord);
                self.add_known(&mut roll, window);
                roll
            })
            .collect();
        let critics = critic::scores(&self.model, &rolls, &of)?;
        let wish = self.wish();
        for ((draft, roll), critic) in self.drafts[from..].iter_mut().zip(rolls).zip(critics) {
            draft.scores.push(TextureScores::new(&roll, &self.columns, &of.chord, critic, &wish));
            draft.rolls.push(roll);
        }
        Ok(())
    }

    fn wish(&self) -> Wish {
        Wish {
            wanted: self.request.wanted,
            density: 2.0 * self.request.density - 1.0,
            complexity: 2.0 * self.request.controls.complexity.clamp(0.0, 1.0) - 1.0,
        }
    }

    /// The noise of a candidate at `window`, by its place in the form. The repetition knob stretches or takes away the
    /// moves; surprise makes the noise itself greater.
    fn noise(&self, candidate: usize, window: usize) -> Vec<f32> {
        let controls = &self.request.controls;
        let place = window % FORM.len();
        let moved = FORM[place] * 2.0 * (1.0 - controls.repetition.clamp(0.0, 1.0));
        let size = (0.6 + 0.8 * controls.surprise.clamp(0.0, 1.0)) / (1.0 + moved * moved).sqrt();
        let mut own = Noise::new(controls.seed, candidate, 0, Head::Texture);
        let mut other = Noise::new(controls.seed, candidate, 1 + place, Head::Texture);
        (0..NOISE).map(|_| size * (own.bell() + moved * other.bell())).collect()
    }

    fn circumstances(&self, window: usize) -> Circumstances {
        let known = |part: usize| !self.request.known[part].is_empty();
        let plays = |part: usize| f32::from(u8::from(self.request.wanted[part] || known(part)));
        Circumstances {
            columns: self.columns,
            style: self.request.style,
            chord: chord_roll(&self.columns, window, self.request.key, &self.request.chords),
            presence: std::array::from_fn(plays),
        }
    }

    /// Puts the parts that stay in the places of those that were not wanted.
    fn add_known(&self, roll: &mut Roll, window: usize) {
        let known = &self.request.known;
        let stays = |part: usize| !self.request.wanted[part] && !known[part].is_empty();
        if !(0..PARTS).any(stays) {
            return;
        }
        let heard = roll_of(&self.columns, window, self.request.key, known);
        if stays(DRUMS) {
            roll.drums = heard.drums;
        }
        if stays(BASS) {
            (roll.bass, roll.bass_hold) = (heard.bass, heard.bass_hold);
        }
        if stays(COMP) {
            (roll.comp, roll.comp_hold) = (heard.comp, heard.comp_hold);
        }
    }

    /// What `notes` of drums, bass and comping, in beats from the first bar line, are judged by in the place of a texture.
    ///
    /// # Errors
    /// Where a network fails or answers with something that is not a number.
    pub fn judge(&self, notes: &[Vec<Note>; PARTS]) -> Result<TextureScores, ComposeError> {
        let mut scores = Vec::with_capacity(self.windows);
        for window in 0..self.windows {
            let of = self.circumstances(window);
            let mut roll = roll_of(&self.columns, window, self.request.key, notes);
            self.add_known(&mut roll, window);
            let critics = critic::scores(&self.model, std::slice::from_ref(&roll), &of)?;
            let critic = critics.first().copied().unwrap_or_default();
            scores.push(TextureScores::new(&roll, &self.columns, &of.chord, critic, &self.wish()));
        }
        Ok(TextureScores::mean(&scores))
    }

    fn finish(&self) -> Vec<Texture> {
        let mut textures: Vec<Texture> = self
            .drafts
            .iter()
            .map(|draft| Texture {
                notes: self.notes(&draft.rolls),
                scores: TextureScores::mean(&draft.scores),
            })
            .collect();
        textures.sort_by(|a, b| b.scores.total.total_cmp(&a.scores.total));
        textures
    }

    fn notes(&self, rolls: &[Roll]) -> [Vec<Note>; PARTS] {
        let mut notes: [Vec<Note>; PARTS] = Default::default();
        let length = f64::from(self.request.bars) * self.request.metre.bar().0;
        for (window, roll) in rolls.iter().enumerate() {
            if self.request.wanted[DRUMS] {
                self.add_drums(roll, window, &mut notes[DRUMS]);
            }
            if self.request.wanted[BASS] {
                let strikes = roll.bass_notes(&self.columns);
                self.add_pitched(&strikes, window, (Role::Bass, BASS_FIRST), &mut notes[BASS]);
            }
            if self.request.wanted[COMP] {
                let strikes = roll.comp_strikes(&self.columns);
                self.add_pitched(&strikes, window, (Role::Chords, COMP_FIRST), &mut notes[COMP]);
            }
        }
        for part in &mut notes {
            part.retain(|note| note.onset.0 < length - 1e-6);
            for note in part.iter_mut() {
                note.length = Beats(note.length.0.min(length - note.onset.0));
            }
        }
        notes
    }

    /// Beats from the idea's start to the end or beginning of column `at` of `window`.
    fn beats(&self, window: usize, at: usize) -> f64 {
        let ticks = 2 * window as u32 * self.columns.bar_ticks() + self.columns.tick(at);
        f64::from(ticks) / f64::from(TICKS_PER_QUARTER)
    }

    fn add_drums(&self, roll: &Roll, window: usize, notes: &mut Vec<Note>) {
        for at in 0..self.columns.count() {
            for class in (0..CLASSES).filter(|class| roll.drums[at] >> class & 1 == 1) {
                notes.push(Note {
                    onset: Beats(self.beats(window, at)),
                    length: Beats(self.beats(window, at + 1) - self.beats(window, at)),
                    pitch: Pitch::new(i32::from(GENERAL_MIDI_OUT[class])),
                    velocity: Velocity::new(PLAIN),
                });
            }
        }
    }

    fn add_pitched(
        &self,
        strikes: &[Strike],
        window: usize,
        (role, first): (Role, i32),
        notes: &mut Vec<Note>,
    ) {
        for strike in strikes {
            let (onset, end) = (self.beats(window, strike.at), self.beats(window, strike.at + strike.length));
            let chord = chord_at(&self.request.chords, onset);
            let rows = (0..u64::BITS).filter(|row| strike.rows >> row & 1 == 1);
            let mut keys: Vec<i32> = rows.map(|row| self.key(row as i32 + first, role, chord)).collect();
            keys.sort_unstable();
            keys.dedup();
            notes.extend(keys.into_iter().map(|key| Note {
                onset: Beats(onset),
                length: Beats(end - onset),
                pitch: Pitch::new(key),
                velocity: Velocity::new(PLAIN),
            }));
        }
    }

    /// The MIDI key of a pitch token: in the scale where the user set it, and by octaves where `role` plays.
    fn key(&self, token: i32, role: Role, chord: Option<Chord>) -> i32 {
        let mut key = token_midi(token.clamp(0, 63) as u8, self.request.key.tonic);
        if self.request.controls.scale.is_some() {
            key = in_scale(key, self.request.key, chord);
        }
        let bounds = bounds(role, &self.request.controls);
        while key < bounds.lowest {
            key += 12;
        }
        while key > bounds.highest {
            key -= 12;
        }
        key
    }
}

/// The key of the scale nearest to `midi`; of two as near a tone of the chord, or else the lower.
fn in_scale(midi: i32, key: Key, chord: Option<Chord>) -> i32 {
    let tone = |midi: i32| chord.is_some_and(|chord| chord.contains(Pitch::new(midi)));
    let near = (midi - 6..=midi + 6).filter(|near| key.contains(Pitch::new(*near)));
    near.min_by_key(|near| ((near - midi).abs(), !tone(*near))).unwrap_or(midi)
}

fn chord_at(chords: &[ChordSpan], beats: f64) -> Option<Chord> {
    let inside =
        |span: &&ChordSpan| span.onset.0 <= beats + 1e-6 && beats + 1e-6 < span.onset.0 + span.length.0;
    chords.iter().find(inside).map(|span| span.chord)
}

/// Pitch classes and root of the chord at each column of `window`, relative to the tonic: `f32[24, 48]`.
pub fn chord_roll(columns: &Columns, window: usize, key: Key, chords: &[ChordSpan]) -> Vec<f32> {
    let mut roll = vec![0.0; CHORD_ROLL];
    let begin = window * columns.count();
    for at in 0..columns.count() {
        // Columns are sixteenths, swung or not.
        let beats = (begin + at) as f64 / 4.0;
        let Some(chord) = chord_at(chords, beats) else { continue };
        for (row, value) in chord_vector(chord, key.tonic).into_iter().enumerate() {
            roll[row * COLUMNS + columns.column(at)] = value;
        }
    }
    roll
}

/// The roll of `parts` (drums, bass, comping), in beats from the first bar line, at `window`.
pub fn roll_of(columns: &Columns, window: usize, key: Key, parts: &[Vec<Note>; PARTS]) -> Roll {
    let begin = f64::from(2 * window as u32 * columns.bar_ticks()) / f64::from(TICKS_PER_QUARTER);
    let here = |part: usize| -> Vec<Note> {
        let moved = parts[part].iter().map(|note| Note { onset: Beats(note.onset.0 - begin), ..*note });
        moved.filter(|note| columns.nearest(note.onset.0).is_some()).collect()
    };
    let mut roll = Roll::EMPTY;
    roll.set_drums(&here(DRUMS), columns);
    roll.set_bass(&here(BASS), columns, key.tonic);
    roll.set_comp(&here(COMP), columns, key.tonic);
    roll
}

#[cfg(test)]
mod tests;
