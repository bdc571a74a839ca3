//! Runs on the composer thread. One candidate in the making: draws its events from logits.

use super::line::Line;
use super::manner::Manner;
use super::outline::Outline;
use super::rules::{Progress, Rules};
use super::steering::Steering;
use super::window::Window;
use crate::attributes::{self, Running};
use crate::compose_error::ComposeError;
use crate::guidance::Logits;
use crate::rng::{Head, Noise};
use crate::sampling::{Draw, log_probability};
use crate::tokens::line::GridNote;
use crate::tokens::{
    BAR, DURATIONS, Event, PITCHES, POSITIONS, TICKS_PER_QUARTER, position_tick, token_midi,
};
use crate::vocabulary::Role;
use linnet_music::{Note, Velocity};

/// What all candidates of a job share.
pub(crate) struct Setting {
    pub(crate) window: Window,
    pub(crate) rules: Rules,
    pub(crate) steering: Steering,
    pub(crate) manner: Manner,
    /// What is drawn already; none where the part is free.
    pub(crate) outline: Option<Outline>,
    pub(crate) draw: Draw,
    pub(crate) seed: u16,
    /// Octaves by which the finished part is moved.
    pub(crate) octaves: i32,
}

/// One candidate.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// The context and what was drawn after it.
    pub(crate) line: Line,
    pub(crate) progress: Progress,
    /// The notes drawn.
    pub(crate) written: Running,
    /// How much the bars of a part whose repetition is watched repeat earlier ones so far, in [0, 1]; none before one
    /// after the first sounds.
    pub(crate) repetition: Option<f32>,
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
            line: Line::new(window.role.is_stacked()),
            progress: Progress::new(window),
            written: Running::default(),
            repetition: None,
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
        logits: Logits<'_>,
    ) -> Result<Option<u8>, ComposeError> {
        let Logits { told, guided: mut steered } = logits;
        let mut allowed = [false; POSITIONS + 1];
        let bar = self.line.notes_in(self.line.bar());
        setting.rules.positions(&setting.window, &self.progress, bar, &mut allowed);
        if let Some(outline) = &setting.outline {
            outline.positions(&setting.window, &self.progress, &allowed, &mut steered);
        }
        setting.steering.positions(&setting.window, self, &mut steered);
        let class = self.draw(setting, index, Head::Position, told, steered, &allowed)?;
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
        logits: Logits<'_>,
    ) -> Result<u8, ComposeError> {
        let Logits { told, guided: mut steered } = logits;
        let mut allowed = [false; PITCHES];
        setting.rules.pitches(&setting.window, &self.progress, self.position, &mut allowed);
        setting.steering.pitches(&setting.window, self, self.position, &mut steered);
        let onset = self.progress.tick(&setting.window, self.position);
        if let Some(outline) = &setting.outline {
            outline.pitches(&self.progress, onset, &mut steered);
        }
        self.pitch = self.draw(setting, index, Head::Pitch, told, steered, &allowed)? as u8;
        Ok(self.pitch)
    }

    /// Draws the duration of that note, and pushes it.
    pub(crate) fn draw_duration(
        &mut self,
        setting: &Setting,
        index: usize,
        logits: Logits<'_>,
    ) -> Result<(), ComposeError> {
        let Logits { told, guided: mut steered } = logits;
        let mut allowed = [false; DURATIONS.len()];
        setting.rules.durations(&setting.window, &self.progress, self.position, self.pitch, &mut allowed);
        if let Some(outline) = &setting.outline {
            outline.durations(self.progress.tick(&setting.window, self.position), &mut steered);
        }
        setting.steering.durations(&setting.window, self, self.position, &mut steered);
        let duration = self.draw(setting, index, Head::Duration, told, steered, &allowed)? as u8;
        self.push(setting, Event { position: self.position, pitch: self.pitch, duration });
        Ok(())
    }

    fn draw(
        &mut self,
        setting: &Setting,
        index: usize,
        head: Head,
        told: &[f32],
        mut steered: Vec<f32>,
        allowed: &[bool],
    ) -> Result<usize, ComposeError> {
        for (logit, allowed) in steered.iter_mut().zip(allowed) {
            if !allowed {
                *logit = f32::NEG_INFINITY;
            }
        }
        let place = index | setting.window.role.index() << 8;
        let mut noise = Noise::new(setting.seed, place, self.drawn, head);
        let temperature = setting.draw.temperature * setting.manner.temperature(head);
        let drawn = Draw { temperature }.class(&steered, &mut noise);
        let class = drawn.ok_or(ComposeError::NotFinite("phrase"))?;
        self.log_likelihood += log_probability(told, class);
        Ok(class)
    }

    fn push(&mut self, setting: &Setting, event: Event) {
        let window = &setting.window;
        if event.is_note() {
            let onset = self.progress.tick(window, event.position);
            let length = DURATIONS[usize::from(event.duration)];
            let midi = token_midi(event.pitch, window.tonic);
            self.written.push(GridNote { onset, length, midi }, &window.grid);
        }
        setting.rules.push(window, &mut self.progress, event);
        self.line.push(event);
        self.drawn += 1;
        if event.position == BAR && setting.steering.watches_repetition() {
            let bars = self.line.bar().saturating_sub(window.span.context);
            self.repetition = attributes::repetition_so_far(&self.as_drawn(window), &window.grid, bars);
        }
    }

    /// The notes drawn, in ticks from the target's start, sorted by onset and key.
    fn as_drawn(&self, window: &Window) -> Vec<GridNote> {
        let bar_ticks = window.grid.bar_ticks;
        let mut notes: Vec<GridNote> = Vec::new();
        for bar in window.span.context..window.bars() {
            let start = (bar - window.span.context) as u32 * bar_ticks;
            notes.extend(self.line.notes_in(bar).iter().map(|event| GridNote {
                onset: start + position_tick(event.position),
                length: DURATIONS[usize::from(event.duration)],
                midi: token_midi(event.pitch, window.tonic),
            }));
        }
        notes
    }

    /// The same where each key is let go before it is struck again, and a melody's end rings.
    pub(crate) fn grid_notes(&self, window: &Window) -> Vec<GridNote> {
        let end = window.span.target as u32 * window.grid.bar_ticks;
        let mut notes = self.as_drawn(window);
        cut_at_repeats(&mut notes);
        // A melody's last note rings for a quarter at least, where there is room.
        let rings = matches!(window.role, Role::Lead | Role::Counter) && window.span.future == 0;
        if let Some(last) = notes.last_mut().filter(|_| rings) {
            last.length = last.length.max(TICKS_PER_QUARTER).min(end - last.onset);
        }
        notes
    }

    /// The finished notes, in beats from the target's start.
    pub(crate) fn notes(&self, setting: &Setting) -> Vec<Note> {
        let moved = |note: GridNote| GridNote { midi: note.midi + 12 * setting.octaves, ..note };
        self.grid_notes(&setting.window)
            .into_iter()
            .map(|note| moved(note).to_note(Velocity::new(84)))
            .collect()
    }
}

/// No note sounds on when its key is struck again.
fn cut_at_repeats(notes: &mut [GridNote]) {
    for index in 0..notes.len() {
        let GridNote { onset, length, midi } = notes[index];
        let again = notes[index + 1..].iter().find(|other| other.midi == midi && other.onset > onset);
        if let Some(again) = again {
            notes[index].length = length.min(again.onset - onset);
        }
    }
}
