//! Runs on the composer thread. How notes are played: the groove model hears which steps of a part sound, and says how
//! hard each is struck and how early or late it comes.
//!
//! A pitched part is shown to it alone, as one class of a drum kit; see `models/TOKENS.md`.

use crate::compose_error::ComposeError;
use crate::inference::Tensor;
use crate::models::GrooveModel;
use crate::models::signatures::GROOVE_STEPS_MAX;
use crate::sampling::all_finite;
use crate::tokens::drum::{
    CLASSES, DrumGrid, PLACE_FEATURES, class, class_of, place_features, write_hits, write_wishes,
};
use crate::vocabulary::Role;
use linnet_music::{Note, STYLES, Tempo, TimeSignature};
use std::sync::Arc;

/// Values that describe a step of the groove model.
pub const GROOVE_FEATURES: usize = PLACE_FEATURES + STYLES + 6 + CLASSES + 1;

/// What a part is asked for; none leaves it to the model.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GrooveWishes {
    /// The mean velocity of the hits, in [0, 1].
    pub energy: Option<f32>,
    /// The mean shift, in steps, of the hits on the odd steps of a beat.
    pub swing: Option<f32>,
    /// The same on the even steps.
    pub lateness: Option<f32>,
    /// The mean velocity, in [0, 1], of the hits of each class, 0 where it has none. `f32[9]`.
    pub touch: Option<[f32; CLASSES]>,
}

/// The circumstances that a part is played under.
#[derive(Clone, Debug, PartialEq)]
pub struct Feel {
    /// How its bars are divided.
    pub grid: DrumGrid,
    /// Beats of the grid per minute, > 0.
    pub beats_per_minute: f32,
    /// Weights of the styles, their sum 1; all 0 leaves it to the model. `f32[20]`.
    pub style: [f32; STYLES],
    /// What is asked for.
    pub wishes: GrooveWishes,
}

impl Feel {
    /// The feel of `notes` in `metre`: in thirds of a beat where most of them lie there.
    pub fn new(metre: TimeSignature, tempo: Tempo, notes: &[Note], style: [f32; STYLES]) -> Self {
        let grid = DrumGrid::new(metre, in_thirds(notes));
        let beats_per_minute = (tempo.bpm() * 24.0 / f64::from(grid.beat_ticks)) as f32;
        Self { grid, beats_per_minute, style, wishes: GrooveWishes::default() }
    }

    /// Writes the features of step `step`. `f32[53]`.
    pub fn features(&self, step: usize, out: &mut [f32]) {
        out.fill(0.0);
        place_features(&self.grid, self.beats_per_minute, step, &mut out[..PLACE_FEATURES]);
        out[PLACE_FEATURES..PLACE_FEATURES + STYLES].copy_from_slice(&self.style);
        let wishes = [self.wishes.energy, self.wishes.swing, self.wishes.lateness];
        let (told, touch) = out[PLACE_FEATURES + STYLES..].split_at_mut(2 * wishes.len());
        write_wishes(&wishes, told);
        if let Some(wanted) = &self.wishes.touch {
            touch[..CLASSES].copy_from_slice(wanted);
            touch[CLASSES] = 1.0;
        }
    }

    /// The mean shifts of hits, given with their steps, on the odd and on the even steps of a beat; 0 without such.
    pub fn swing_and_lateness(&self, hits: &[(usize, f32)]) -> (f32, f32) {
        let is_odd = |step: usize| {
            let inside = step as u32 % self.grid.bar_steps % self.grid.beat_steps;
            !inside.is_multiple_of(2)
        };
        let mean = |odd: bool| {
            let shifts: Vec<f32> =
                hits.iter().filter(|(step, _)| is_odd(*step) == odd).map(|(_, shift)| *shift).collect();
            shifts.iter().sum::<f32>() / shifts.len().max(1) as f32
        };
        (if self.grid.beat_steps == 4 { mean(true) } else { 0.0 }, mean(false))
    }

    /// The mean shifts, in steps, of what was played live.
    pub fn of_played(&self, notes: &[Note]) -> (f32, f32) {
        let hits: Vec<(usize, f32)> = notes
            .iter()
            .filter(|note| note.onset.0.is_finite() && note.onset.0 >= 0.0)
            .map(|note| self.grid.nearest_step(note.onset.0))
            .map(|(step, shift)| (step, shift as f32))
            .collect();
        self.swing_and_lateness(&hits)
    }
}

/// The class as which a note enters: by its key in the drums, by the role in a pitched part.
pub fn class_in(role: Option<Role>, note: &Note) -> usize {
    match role {
        None => class_of(note.pitch.midi()).unwrap_or(class::SNARE),
        Some(Role::Lead) => class::SNARE,
        Some(Role::Counter) => class::RIDE,
        Some(Role::Chords) => class::CLOSED_HAT,
        Some(Role::Bass) => class::KICK,
    }
}

/// What sounds in each step of a part of `steps` steps.
pub fn hits(notes: &[Note], role: Option<Role>, grid: &DrumGrid, steps: usize) -> Vec<u16> {
    let mut hits = vec![0; steps];
    for note in notes {
        if let Some(step) = hits.get_mut(step_of(note, grid)) {
            *step |= 1 << class_in(role, note);
        }
    }
    hits
}

fn step_of(note: &Note, grid: &DrumGrid) -> usize {
    grid.nearest_step(note.onset.0.max(0.0)).0
}

/// How every step of a part is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Touch {
    grid: DrumGrid,
    /// `f32[steps, 9]` each: velocities in [0, 1], and shifts in steps in [−0.5, 0.5].
    velocity: Vec<f32>,
    shift: Vec<f32>,
}

impl Touch {
    /// How the steps that sound in `hits` are played under `feel`.
    ///
    /// # Errors
    /// Where the network fails or answers with something that is not a number.
    pub fn new(model: &Arc<GrooveModel>, hits: &[u16], feel: &Feel) -> Result<Self, ComposeError> {
        model.groove.on_its_thread(|| {
            let mut touch = Self { grid: feel.grid, velocity: Vec::new(), shift: Vec::new() };
            // Longer parts are played in pieces of whole bars, or of what the network takes where one bar is longer.
            let bar = feel.grid.bar_steps as usize;
            let most = (GROOVE_STEPS_MAX / bar * bar).max(GROOVE_STEPS_MAX.min(bar));
            for (piece, hits) in hits.chunks(most).enumerate() {
                touch.add(model, hits, piece * most, feel)?;
            }
            Ok(touch)
        })
    }

    fn add(
        &mut self,
        model: &GrooveModel,
        hits: &[u16],
        begin: usize,
        feel: &Feel,
    ) -> Result<(), ComposeError> {
        let mut sounds = vec![0.0; hits.len() * CLASSES];
        let mut features = vec![0.0; hits.len() * GROOVE_FEATURES];
        let rows = sounds.chunks_exact_mut(CLASSES).zip(features.chunks_exact_mut(GROOVE_FEATURES));
        for (step, (sounds, features)) in rows.enumerate() {
            write_hits(hits[step], sounds);
            feel.features(begin + step, features);
        }
        let mut outputs = [Vec::new(), Vec::new()];
        let inputs = [Tensor::F32(&sounds), Tensor::F32(&features)];
        model.groove.run(hits.len(), &inputs, &mut outputs)?;
        if !outputs.iter().all(|values| all_finite(values)) {
            return Err(ComposeError::NotFinite(model.groove.name()));
        }
        let [velocity, shift] = outputs;
        self.velocity.extend(velocity.into_iter().map(|value| value.clamp(0.0, 1.0)));
        self.shift.extend(shift.into_iter().map(|value| value.clamp(-0.5, 0.5)));
        Ok(())
    }

    /// A touch whose velocity and shift are the same for all classes of a step, for tests.
    #[cfg(test)]
    pub(crate) fn scripted(metre: TimeSignature, steps: usize, of: impl Fn(usize) -> (f32, f32)) -> Self {
        let grid = DrumGrid::new(metre, false);
        let all = |pick: &dyn Fn((f32, f32)) -> f32| {
            (0..steps * CLASSES).map(|place| pick(of(place / CLASSES))).collect()
        };
        Self { grid, velocity: all(&|touch| touch.0), shift: all(&|touch| touch.1) }
    }

    /// The velocity in [0, 1] of `note`, and by how many quarters it is late; none past the end.
    pub fn of(&self, note: &Note, role: Option<Role>) -> Option<(f32, f64)> {
        let place = step_of(note, &self.grid) * CLASSES + class_in(role, note);
        let shift = f64::from(*self.shift.get(place)?) * self.grid.step_beats();
        Some((*self.velocity.get(place)?, shift))
    }
}

/// Whether the onsets of `notes` lie nearer to thirds of a beat than to quarters of one.
pub fn in_thirds(notes: &[Note]) -> bool {
    let inside: Vec<f64> = notes
        .iter()
        .map(|note| note.onset.0 - note.onset.0.floor())
        .filter(|inside| (0.12..0.88).contains(inside))
        .collect();
    let error =
        |parts: f64| inside.iter().map(|at| (at * parts - (at * parts).round()).abs()).sum::<f64>() / parts;
    inside.len() >= 4 && error(3.0) < 0.8 * error(4.0)
}

#[cfg(test)]
mod tests;
