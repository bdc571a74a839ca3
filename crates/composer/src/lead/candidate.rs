//! Runs on the composer thread. One line in the making: draws its events from logits.

use super::ComposeError;
use crate::constraint::{Progress, Rules};
use crate::rng::{Head, Noise};
use crate::sampling::{Draw, log_probability};
use crate::steering::Steering;
use crate::tokens::features::Window;
use crate::tokens::line::{GridNote, Line};
use crate::tokens::{
    BAR, DURATIONS, Event, PITCHES, POSITIONS, TICKS_PER_QUARTER, position_tick, token_midi,
};
use linnet_music::{Note, Velocity};

/// What all candidates of a job share.
pub(crate) struct Setting {
    pub(crate) window: Window,
    pub(crate) rules: Rules,
    pub(crate) steering: Steering,
    pub(crate) draw: Draw,
    pub(crate) seed: u16,
    /// Octaves by which the finished line is moved.
    pub(crate) octaves: i32,
}

/// One line.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// The context and what was drawn after it.
    pub(crate) line: Line,
    progress: Progress,
    /// Events drawn.
    drawn: usize,
    /// The sum of their log-likelihoods under the network as it is, unsteered, in nats.
    log_likelihood: f32,
    position: u8,
    pitch: u8,
}

impl Candidate {
    /// Before its first event.
    pub(crate) fn new(window: &Window) -> Self {
        Self {
            line: Line::default(),
            progress: Progress::new(window),
            drawn: 0,
            log_likelihood: 0.0,
            position: BAR,
            pitch: 0,
        }
    }

    /// The mean log-likelihood of its notes and bar lines, in nats a note, ≤ 0.
    pub(crate) fn log_likelihood_per_note(&self) -> f32 {
        self.log_likelihood / self.progress.notes().max(1) as f32
    }

    /// Draws the position of the next event. A bar line is pushed at once; for a note the position comes back.
    pub(crate) fn draw_position(
        &mut self,
        setting: &Setting,
        index: usize,
        logits: &[f32],
    ) -> Result<Option<u8>, ComposeError> {
        let mut steered = logits.to_vec();
        let mut allowed = [false; POSITIONS + 1];
        let bar = self.line.notes_in(self.line.bar());
        setting.rules.positions(&setting.window, &self.progress, bar, &mut allowed);
        setting.steering.positions(&setting.window, &self.progress, &mut steered);
        let class = self.draw(setting, index, Head::Position, logits, steered, &allowed)?;
        self.position = class as u8;
        if self.position != BAR {
            return Ok(Some(self.position));
        }
        self.push(setting, Event::BAR);
        Ok(None)
    }

    /// Draws the pitch of the note whose position was drawn.
    pub(crate) fn draw_pitch(
        &mut self,
        setting: &Setting,
        index: usize,
        logits: &[f32],
    ) -> Result<u8, ComposeError> {
        let mut steered = logits.to_vec();
        let mut allowed = [false; PITCHES];
        setting.rules.pitches(&setting.window, &self.progress, self.position, &mut allowed);
        setting.steering.pitches(&setting.window, &self.progress, self.position, &mut steered);
        self.pitch = self.draw(setting, index, Head::Pitch, logits, steered, &allowed)? as u8;
        Ok(self.pitch)
    }

    /// Draws the duration of that note, and pushes it.
    pub(crate) fn draw_duration(
        &mut self,
        setting: &Setting,
        index: usize,
        logits: &[f32],
    ) -> Result<(), ComposeError> {
        let mut steered = logits.to_vec();
        let mut allowed = [false; DURATIONS.len()];
        setting.rules.durations(&setting.window, &self.progress, self.position, self.pitch, &mut allowed);
        setting.steering.durations(&setting.window, &self.progress, &mut steered);
        let duration = self.draw(setting, index, Head::Duration, logits, steered, &allowed)? as u8;
        self.push(setting, Event { position: self.position, pitch: self.pitch, duration });
        Ok(())
    }

    fn draw(
        &mut self,
        setting: &Setting,
        index: usize,
        head: Head,
        logits: &[f32],
        mut steered: Vec<f32>,
        allowed: &[bool],
    ) -> Result<usize, ComposeError> {
        for (logit, allowed) in steered.iter_mut().zip(allowed) {
            if !allowed {
                *logit = f32::NEG_INFINITY;
            }
        }
        let mut noise = Noise::new(setting.seed, index, self.drawn, head);
        let drawn = setting.draw.class(&steered, &mut noise);
        let class = drawn.ok_or(ComposeError::NotFinite("lead"))?;
        self.log_likelihood += log_probability(logits, class);
        Ok(class)
    }

    fn push(&mut self, setting: &Setting, event: Event) {
        setting.rules.push(&setting.window, &mut self.progress, event);
        self.line.push(event);
        self.drawn += 1;
    }

    /// The notes drawn, in ticks from the line's start, where the network wrote them.
    pub(crate) fn grid_notes(&self, window: &Window) -> Vec<GridNote> {
        let bar_ticks = window.grid.bar_ticks;
        let end = (window.bars - window.context_bars) as u32 * bar_ticks;
        let mut notes: Vec<GridNote> = Vec::new();
        for bar in window.context_bars..window.bars {
            let start = (bar - window.context_bars) as u32 * bar_ticks;
            notes.extend(self.line.notes_in(bar).iter().map(|event| GridNote {
                onset: start + position_tick(event.position),
                length: DURATIONS[usize::from(event.duration)],
                midi: token_midi(event.pitch, window.tonic),
            }));
        }
        // The last note rings for a quarter at least, where there is room.
        if let Some(last) = notes.last_mut() {
            last.length = last.length.max(TICKS_PER_QUARTER).min(end - last.onset);
        }
        notes
    }

    /// The finished notes, in beats from the line's start.
    pub(crate) fn notes(&self, setting: &Setting) -> Vec<Note> {
        let moved = |note: GridNote| GridNote { midi: note.midi + 12 * setting.octaves, ..note };
        self.grid_notes(&setting.window)
            .into_iter()
            .map(|note| moved(note).to_note(Velocity::new(84)))
            .collect()
    }
}
