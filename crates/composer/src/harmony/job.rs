//! Runs on the composer thread. Draws rows of chords, eight in one batch, and judges them.

use super::batch::Batch;
use super::features::{Count, DEGREES, Degree, LENGTHS, Melody, START, Setting};
use super::features::{complexity, joined, valence};
use super::{HarmonyRequest, finish};
use crate::compose_error::{ComposeError, JobStep};
use crate::guidance::{Guided, Logits};
use crate::models::ChordModel;
use crate::phrase::wish::{WISHED_SHARE, style_weights};
use crate::rng::{Head, Noise};
use crate::sampling::{Draw, all_finite, log_probability};
use crate::tokens::TICKS_PER_QUARTER;
use linnet_music::{Beats, Chord, ChordQuality, ChordSpan, Controls, Note, PitchClass};
use std::sync::Arc;

/// Rows that are drawn at once.
const CANDIDATES: usize = crate::inference::BATCH_MAX;
const BARS_MAX: u32 = 16;
/// The degrees of the subdominant and the dominant, in semitones.
const SUBDOMINANT: u8 = 5;
const DOMINANT: u8 = 7;
/// What a root gains, in nats, in the last bar: the tonic, and the dominant.
const CADENCE: [(usize, f32); 2] = [(0, 1.6), (DOMINANT as usize, 1.0)];
/// Tells the noise of a row's character from that of its chords.
const CHARACTER: usize = 1 << 12;
/// Eleven quantiles, evenly spaced, of the rows of chords of people: valence in major and in minor keys, complexity.
const MAJOR: [f32; 11] = [0.11, 0.39, 0.49, 0.58, 0.64, 0.7, 0.75, 0.82, 0.87, 0.95, 1.0];
const MINOR: [f32; 11] = [-0.71, -0.59, -0.52, -0.47, -0.42, -0.37, -0.31, -0.25, -0.16, -0.07, 0.14];
const COMPLEXITY: [f32; 11] = [0.03, 0.06, 0.09, 0.12, 0.17, 0.22, 0.26, 0.31, 0.37, 0.44, 0.7];

/// One row of chords.
#[derive(Clone, Debug, PartialEq)]
pub struct ChordCandidate {
    /// The chords, which tile the bars.
    pub spans: Vec<ChordSpan>,
    /// What it was judged by.
    pub scores: ChordScores,
}

/// What a row was judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChordScores {
    /// The sum by which rows are sorted; greater is better.
    pub total: f32,
    /// Mean log-likelihood under the unsteered network, in nats an event, ≤ 0.
    pub log_likelihood: f32,
    /// See [`valence`].
    pub valence: f32,
    /// See [`complexity`].
    pub complexity: f32,
    /// How the row ends, in [0, 1]: on the tonic 1, on the dominant 0.8, on the subdominant 0.3.
    pub ending: f32,
    /// The share of the melody's time on tones of the chord; none where there is no melody.
    pub fits: Option<f32>,
}

#[derive(Clone, Default)]
struct Row {
    chords: Vec<Degree>,
    previous: [i64; 3],
    now: u32,
    log_likelihood: f32,
}

/// Rows in the making.
pub struct ChordJob {
    model: Arc<ChordModel>,
    request: HarmonyRequest,
    setting: Setting,
    draw: Draw,
    seed: u16,
    rows: Vec<Row>,
    events: usize,
    batch: Guided<Batch>,
}

impl ChordJob {
    /// A job for `request` under `controls`, of which seed, surprise, styles, mood and complexity are read. `melody`, in
    /// beats from the first bar, is harmonised where it is there.
    ///
    /// # Errors
    /// Where no bars, or more than 16, are asked for.
    pub fn new(
        model: &Arc<ChordModel>,
        request: &HarmonyRequest,
        controls: &Controls,
        melody: Option<&[Note]>,
    ) -> Result<Self, ComposeError> {
        if !(1..=BARS_MAX).contains(&request.bars) {
            return Err(ComposeError::Request("A row of chords has from 1 to 16 bars"));
        }
        let count = Count::new(request.metre);
        let moods = if request.key.scale.is_minor() { &MINOR } else { &MAJOR };
        let or_character = |knob: f32, quantiles: &[f32; 11], index: usize| {
            asked(knob, quantiles).or_else(|| character(controls.seed, quantiles, index))
        };
        let setting = Setting {
            mask: request.key.scale.mask(),
            count,
            bars: request.bars,
            style: style_weights(controls),
            valence: or_character(0.5 + 0.5 * controls.valence, moods, 0),
            complexity: or_character(controls.complexity, &COMPLEXITY, 1),
            melody: melody.map(|notes| heard(notes, request, &count)),
        };
        let batch = |styled| Batch::new(model.step.hidden(), CANDIDATES, styled);
        Ok(Self {
            batch: Guided::new(&setting.style, batch),
            model: Arc::clone(model),
            request: *request,
            setting,
            draw: Draw { temperature: 0.95 * Draw::of_surprise(controls.surprise).temperature },
            seed: controls.seed,
            rows: vec![Row { previous: START, ..Row::default() }; CANDIDATES],
            events: 0,
        })
    }

    /// Computes one chord of all rows.
    ///
    /// # Errors
    /// Where a network fails or answers with something that is not a number.
    pub fn advance(&mut self) -> Result<JobStep<ChordCandidate>, ComposeError> {
        let model = Arc::clone(&self.model);
        model.step.on_its_thread(|| self.compute_step())
    }

    fn compute_step(&mut self) -> Result<JobStep<ChordCandidate>, ComposeError> {
        let model = Arc::clone(&self.model);
        for batch in self.batch.each() {
            for (index, row) in self.rows.iter().enumerate() {
                batch.write(index, &self.setting, row.now);
            }
        }
        let previous: Vec<i64> = self.rows.iter().flat_map(|row| row.previous).collect();
        let mut event = [vec![0i64; CANDIDATES], vec![0; CANDIDATES], vec![0; CANDIDATES]];
        for head in 0..event.len() {
            let compute = |batch: &mut Batch| match head {
                0 => batch.roots(&model, &previous),
                1 => batch.qualities(&model, &event[0]),
                _ => batch.lengths(&model, &event[0], &event[1]),
            };
            self.batch.each().try_for_each(compute)?;
            let Logits { told, guided } = self.batch.logits(Batch::logits);
            let told = told.to_vec();
            for row in 0..CANDIDATES {
                event[head][row] = self.draw_class(row, head, &event, &told, &guided)? as i64;
            }
        }
        let [roots, qualities, lengths] = event;
        for (row, ((root, quality), length)) in roots.into_iter().zip(qualities).zip(lengths).enumerate() {
            self.push(row, [root, quality, length]);
        }
        self.events += 1;
        let all = self.setting.beats();
        let slowest = self.rows.iter().map(|row| row.now).min().unwrap_or(all);
        if slowest >= all {
            return Ok(JobStep::Done(self.finish()));
        }
        Ok(JobStep::Continue { progress: slowest as f32 / all as f32 })
    }

    /// Draws the root, the quality or the length (`head` 0, 1 or 2) of the next chord of row `row`.
    fn draw_class(
        &mut self,
        row: usize,
        head: usize,
        event: &[Vec<i64>; 3],
        told: &[f32],
        guided: &[f32],
    ) -> Result<usize, ComposeError> {
        let width = [DEGREES, ChordQuality::ALL.len(), LENGTHS.len()][head];
        let of_row = row * width..(row + 1) * width;
        let (told, guided) = (&told[of_row.clone()], &guided[of_row]);
        if !all_finite(told) || !all_finite(guided) {
            return Err(ComposeError::NotFinite("chords"));
        }
        let left = self.setting.beats() - self.rows[row].now;
        if left == 0 {
            return Ok(0);
        }
        let root = event[0][row] as u8;
        let mut steered = guided.to_vec();
        match head {
            0 => self.steer_roots(left, &mut steered),
            1 => mask(&mut steered, |class| self.is_allowed(root, ChordQuality::ALL[class])),
            _ => mask(&mut steered, |class| LENGTHS[class] <= left),
        }
        let heads = [Head::Root, Head::Quality, Head::Length];
        let mut noise = Noise::new(self.seed, row, self.events, heads[head]);
        let class = self.draw.class(&steered, &mut noise).ok_or(ComposeError::NotFinite("chords"))?;
        self.rows[row].log_likelihood += log_probability(told, class);
        Ok(class)
    }

    /// Keeps roots to the scale where they must be, and leads the last bar home.
    fn steer_roots(&self, left: u32, logits: &mut [f32]) {
        if left <= self.setting.count.bar_beats {
            for (root, gain) in CADENCE {
                logits[root] += gain;
            }
        }
        let any = |root: u8| ChordQuality::ALL.into_iter().any(|quality| self.is_allowed(root, quality));
        mask(logits, |root| any(root as u8));
    }

    fn is_allowed(&self, root: u8, quality: ChordQuality) -> bool {
        let chord = Degree { root, quality, beats: 1 };
        !self.request.in_scale || chord.mask() & !self.setting.mask == 0
    }

    fn push(&mut self, row: usize, event: [i64; 3]) {
        let left = self.setting.beats() - self.rows[row].now;
        if left == 0 {
            return;
        }
        let [root, quality, length] = event;
        let beats = LENGTHS[length as usize].min(left);
        let row = &mut self.rows[row];
        row.chords.push(Degree { root: root as u8, quality: ChordQuality::ALL[quality as usize], beats });
        row.previous = event;
        row.now += beats;
    }

    fn finish(&self) -> Vec<ChordCandidate> {
        let judged = |row: &Row| ChordCandidate { spans: self.spans(&row.chords), scores: self.scores(row) };
        let mut rows: Vec<ChordCandidate> = self.rows.iter().map(judged).collect();
        rows.sort_by(|a, b| b.scores.total.total_cmp(&a.scores.total));
        rows
    }

    fn scores(&self, row: &Row) -> ChordScores {
        let chords = joined(&row.chords);
        let setting = &self.setting;
        let mut scores = ChordScores {
            total: 0.0,
            log_likelihood: row.log_likelihood / row.chords.len().max(1) as f32,
            valence: valence(&chords, setting.mask),
            complexity: complexity(&chords, setting.mask, setting.count.bar_beats),
            ending: match chords.last().map(|chord| chord.root) {
                Some(0) => 1.0,
                Some(DOMINANT) => 0.8,
                Some(SUBDOMINANT) => 0.3,
                _ => 0.0,
            },
            fits: setting.melody.as_ref().and_then(|melody| melody.fits(&chords, &setting.count)),
        };
        let apart = |wish: Option<f32>, is: f32| wish.map_or(0.0, |wish| (wish - is).abs());
        let stands_still = chords.len() < 2 && setting.bars > 1;
        scores.total = 0.4 * scores.log_likelihood.max(-8.0)
            - 3.0 * apart(setting.valence, scores.valence)
            - 4.0 * apart(setting.complexity, scores.complexity)
            + 2.5 * scores.ending
            + 2.5 * scores.fits.unwrap_or(0.0)
            - if stands_still { 6.0 } else { 0.0 };
        scores
    }

    fn spans(&self, chords: &[Degree]) -> Vec<ChordSpan> {
        let beat = self.setting.count.beat();
        let mut now = 0.0;
        let spans = chords.iter().map(|chord| {
            let (onset, length) = (Beats(now), Beats(f64::from(chord.beats) * beat));
            now += length.0;
            let root = i32::from(self.request.key.tonic.semitones()) + i32::from(chord.root);
            let chord = Chord { root: PitchClass::new(root), quality: chord.quality };
            ChordSpan { onset, length, chord }
        });
        let spans = spans.collect();
        finish(&self.request, spans)
    }
}

/// Shuts out the classes that are not allowed, unless that would be all of them.
fn mask(logits: &mut [f32], is_allowed: impl Fn(usize) -> bool) {
    if !(0..logits.len()).any(&is_allowed) {
        return;
    }
    for (class, logit) in logits.iter_mut().enumerate() {
        if !is_allowed(class) {
            *logit = f32::NEG_INFINITY;
        }
    }
}

/// The value that has the share `knob` of music below it; none in the middle.
fn asked(knob: f32, quantiles: &[f32; 11]) -> Option<f32> {
    let knob = if knob.is_finite() { knob.clamp(0.0, 1.0) } else { 0.5 };
    if (knob - 0.5).abs() < 1e-3 {
        return None;
    }
    Some(quantile(knob, quantiles))
}

/// What the row is like where nothing is asked: half of all rows are as some row of people's music is. Without, each
/// is the likeliest of its candidates, and all are plain.
fn character(seed: u16, quantiles: &[f32; 11], index: usize) -> Option<f32> {
    let mut noise = Noise::new(seed, CHARACTER, index, Head::Character);
    let (is_wished, share) = (noise.uniform() < WISHED_SHARE, noise.uniform());
    is_wished.then(|| quantile(share, quantiles))
}

/// The value that has `share`, in [0, 1], of music below it.
fn quantile(share: f32, quantiles: &[f32; 11]) -> f32 {
    let place = share * 10.0;
    let below = (place as usize).min(9);
    quantiles[below] + (place - below as f32) * (quantiles[below + 1] - quantiles[below])
}

/// The melody as the model hears it.
fn heard(notes: &[Note], request: &HarmonyRequest, count: &Count) -> Melody {
    let tick = |beats: f64| (beats.max(0.0) * f64::from(TICKS_PER_QUARTER)).round() as u32;
    let notes = notes.iter().map(|note| {
        let class = (i32::from(note.pitch.midi()) - i32::from(request.key.tonic.semitones())).rem_euclid(12);
        let onset = tick(note.onset.0);
        (onset, tick(note.end().0).saturating_sub(onset), class as usize)
    });
    Melody::new(notes, request.bars * count.bar_ticks)
}
