//! `demo.json`: what happened, in numbers.

use super::{Answer, SAMPLE_RATE_HZ, Take};
use linnet_music::{Idea, Mode, Part};
use serde::Serialize;
use std::collections::BTreeMap;

/// What happened, in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The tune's title or file.
    pub tune: String,
    /// Milliseconds from the host's asking until the idea was handed over, as the host saw it.
    pub proposal_ms: f64,
    /// Milliseconds that a player would have waited at most for the idea to start in time.
    pub time_to_bar_line_ms: f64,
    /// The inference engine.
    pub engine: String,
    /// Each model's name, version and sha256.
    pub models: Vec<Model>,
    /// The seed.
    pub seed: u16,
    /// How it was proposed.
    pub mode: String,
    /// The key that was found.
    pub key: String,
    /// By which method the key and the chords were found.
    pub harmony_method: String,
    /// The chords of the idea.
    pub chords: Vec<String>,
    /// Beats per minute.
    pub tempo_bpm: f64,
    /// The metre.
    pub metre: String,
    /// Bars that were played in.
    pub bars_heard: u32,
    /// Notes that were played in.
    pub notes_played: usize,
    /// Notes that the composer heard.
    pub notes_heard: usize,
    /// Notes of the idea by part, as they left the plug-in.
    pub notes_proposed: BTreeMap<&'static str, usize>,
    /// Share of the pitched notes that belong to the key, in [0, 1]; chords may borrow from outside.
    pub in_key_share: f64,
    /// The same of the lead alone.
    pub lead_in_key_share: f64,
    /// The ideas that it began from, in the order in which they played.
    pub began_from: Vec<Ground>,
    /// The bars of every part that Fill left alone, counted from the idea's first as 1.
    pub locked_bars: Vec<u32>,
    /// How far it is from the ideas that it was made of, in [0, 1].
    pub distances: BTreeMap<String, f64>,
    /// What is worth knowing about the tune.
    pub remarks: Vec<String>,
    /// The bar in which the idea started, counted from 1; none where no note came out.
    pub started_in_bar: Option<u32>,
    /// How far from that bar line its first note began, in beats.
    pub first_note_after_bar_line_beats: Option<f64>,
    /// The bar line that it was to start on, counted from 1.
    pub expected_bar: u32,
    /// The highest sample of the run.
    pub peak_dbfs: f64,
    /// The mean of all samples while the idea played.
    pub rms_dbfs: f64,
    /// Notes of the longest run that the lead shares with a training piece.
    pub longest_shared_run_notes: u32,
    /// That piece.
    pub longest_shared_run_piece: String,
}

/// An idea that another began from.
#[derive(Clone, Debug, Serialize)]
pub struct Ground {
    /// Its number in the history.
    pub number: u32,
    /// How it was proposed.
    pub mode: String,
    /// With which seed.
    pub seed: u16,
    /// Its key.
    pub key: String,
    /// The bar in which it started, counted from 1.
    pub started_in_bar: u32,
    /// Its bars.
    pub bars: u32,
}

/// A model that took part.
#[derive(Clone, Debug, Serialize)]
pub struct Model {
    /// Its name and version.
    pub name: String,
    /// The hash of its file.
    pub sha256: String,
}

impl Report {
    /// The report on `take`.
    pub fn new(tune: &str, take: &Take) -> Self {
        let (answer, heard) = (&take.answer, &take.heard);
        let idea = &answer.idea;
        let bar = heard.metre.bar().0;
        // A frame is less than a thousandth of a beat.
        let starts = take.first_note_at.map(|at| ((at.0 + 1e-3) / bar).floor());
        let beat_ms = 60_000.0 / heard.tempo.bpm();
        Self {
            tune: tune.into(),
            proposal_ms: rounded(answer.answered_in.as_secs_f64() * 1e3),
            time_to_bar_line_ms: rounded((answer.starts_at - answer.asked_at).0 * beat_ms),
            engine: idea.provenance.engine.clone(),
            models: idea.provenance.models.iter().map(|line| Model::new(line)).collect(),
            seed: idea.controls.seed,
            mode: idea.controls.mode.name().into(),
            key: idea.key.to_string(),
            harmony_method: idea.provenance.harmony_method.clone(),
            chords: idea.harmony.iter().map(|span| span.chord.symbol_in(idea.key)).collect(),
            tempo_bpm: rounded(heard.tempo.bpm()),
            metre: heard.metre.to_string(),
            bars_heard: (heard.length.0 / bar).round() as u32,
            notes_played: heard.notes.len(),
            notes_heard: idea.provenance.heard.len(),
            notes_proposed: Part::ALL.map(|part| (part.id(), take.proposed(part).len())).into(),
            in_key_share: in_key_share(take, &[Part::Lead, Part::Chords, Part::Bass]),
            lead_in_key_share: in_key_share(take, &[Part::Lead]),
            started_in_bar: starts.map(|bars| bars as u32 + 1),
            first_note_after_bar_line_beats: take
                .first_note_at
                .zip(starts)
                .map(|(at, bars)| rounded(at.0 - bars * bar) + 0.0),
            began_from: take.groundwork.iter().map(|answer| Ground::new(answer, bar)).collect(),
            locked_bars: (0..idea.bars())
                .filter(|bar| take.plan.locked_bars >> bar & 1 == 1)
                .map(|bar| bar + 1)
                .collect(),
            distances: distances(idea),
            remarks: remarks(take),
            expected_bar: (answer.starts_at.0 / bar).round() as u32 + 1,
            peak_dbfs: decibels(peak(take)),
            rms_dbfs: decibels(rms(take)),
            longest_shared_run_notes: idea.provenance.longest_shared_run.notes,
            longest_shared_run_piece: idea.provenance.longest_shared_run.piece.clone(),
        }
    }

    /// The report in sentences.
    pub fn sentences(&self) -> String {
        let parts: Vec<String> =
            self.notes_proposed.iter().map(|(part, notes)| format!("{notes} {part}")).collect();
        let started = match self.started_in_bar {
            Some(bar) => format!("It started in bar {bar}"),
            None => "No note of it came out".into(),
        };
        let originality = if self.longest_shared_run_piece.is_empty() {
            "The lead shares no run with a training piece that the index can see.".into()
        } else {
            format!(
                "The lead shares {} notes in a row with a training piece ({}).",
                self.longest_shared_run_notes, self.longest_shared_run_piece
            )
        };
        format!(
            "Played {} of {} ({}, {}, {:.0} beats per minute).\n\
             Linnet heard {} in {} ({}).\n{}\
             It answered in {:.0} ms on {}, {}; seed {}, mode {}.\n\
             Chords: {}. Notes: {}. In key: {:.1} % (lead {:.1} %).\n\
             {started}. Peak {:.1} dBFS, RMS {:.1} dBFS.\n{originality}",
            counted(self.bars_heard as usize, "bar"),
            self.tune,
            counted(self.notes_played, "note"),
            self.metre,
            self.tempo_bpm,
            counted(self.notes_heard, "note"),
            self.key,
            self.harmony_method,
            self.origin(),
            self.proposal_ms,
            self.engine,
            in_time(self.time_to_bar_line_ms - self.proposal_ms),
            self.seed,
            self.mode,
            if self.chords.is_empty() { "none".to_owned() } else { self.chords.join(" ") },
            parts.join(", "),
            self.in_key_share * 100.0,
            self.lead_in_key_share * 100.0,
            self.peak_dbfs,
            self.rms_dbfs,
        )
    }
}

impl Report {
    /// What it began from, in sentences, a line each.
    fn origin(&self) -> String {
        let mut lines = self.remarks.clone();
        for of in &self.began_from {
            let last = of.started_in_bar + of.bars - 1;
            lines.push(format!(
                "Idea {} came first ({}, {}, seed {}, bars {} to {last}).",
                of.number, of.mode, of.key, of.seed, of.started_in_bar
            ));
        }
        if !self.locked_bars.is_empty() {
            let bars: Vec<String> = self.locked_bars.iter().map(u32::to_string).collect();
            lines.push(format!("Locked in every part of it: bars {}.", bars.join(" and ")));
        }
        lines.extend(self.distances.iter().map(|(name, value)| format!("{name}: {value:.2}.")));
        lines.push(String::new());
        lines.join("\n")
    }
}

/// Whether an answer with `left_ms` to the bar line came in time. The demo stands still until it is there; a host goes on.
fn in_time(left_ms: f64) -> String {
    if left_ms >= 0.0 {
        format!("with {left_ms:.0} ms left to the bar line")
    } else {
        format!(
            "{:.0} ms after the bar line, for which the demo waited (in a host it starts a bar later)",
            -left_ms
        )
    }
}

impl Ground {
    fn new(answer: &Answer, bar: f64) -> Self {
        let idea = &answer.idea;
        Self {
            number: idea.id.0,
            mode: idea.controls.mode.name().into(),
            seed: idea.controls.seed,
            key: idea.key.to_string(),
            started_in_bar: (answer.starts_at.0 / bar).round() as u32 + 1,
            bars: idea.bars(),
        }
    }
}

fn distances(idea: &Idea) -> BTreeMap<String, f64> {
    let figures = idea.figures.iter().filter(|figure| figure.name.starts_with("Distance"));
    figures.map(|figure| (figure.name.clone(), rounded(f64::from(figure.value)))).collect()
}

fn remarks(take: &Take) -> Vec<String> {
    let mut remarks = Vec::new();
    if take.heard.drums_alone {
        remarks.push("The tune has drums alone, so key and chords are Linnet's own.".to_owned());
    }
    if take.answer.idea.controls.mode == Mode::Morph {
        let place = f64::from(take.answer.idea.controls.morph) * 100.0;
        let other = take.plan.morph_with.unwrap_or_default();
        remarks.push(format!("It lies at {place:.0} % of the way to idea {other}."));
    }
    remarks
}

impl Model {
    /// Reads "name version sha256".
    fn new(line: &str) -> Self {
        let (name, sha256) = line.rsplit_once(' ').unwrap_or((line, ""));
        Self { name: name.into(), sha256: sha256.into() }
    }
}

fn in_key_share(take: &Take, parts: &[Part]) -> f64 {
    let notes = || parts.iter().flat_map(|part| take.proposed(*part));
    let inside = notes().filter(|note| take.answer.idea.key.contains(note.pitch)).count();
    rounded(inside as f64 / notes().count().max(1) as f64)
}

fn peak(take: &Take) -> f64 {
    let samples = take.recording.audio.iter().flatten();
    samples.fold(0.0_f64, |peak, sample| peak.max(f64::from(sample.abs())))
}

fn rms(take: &Take) -> f64 {
    let frames = |beats: linnet_music::Beats| beats.to_samples(take.heard.tempo, SAMPLE_RATE_HZ) as usize;
    let (from, to) = (frames(take.answer.starts_at), frames(take.end()));
    let samples = take.recording.audio.iter().flat_map(|channel| channel.get(from..to).unwrap_or_default());
    let (sum, count) =
        samples.fold((0.0, 0_usize), |(sum, count), sample| (sum + f64::from(sample * sample), count + 1));
    (sum / count.max(1) as f64).sqrt()
}

/// Silence is −200 dB, since JSON knows no infinity.
fn decibels(linear: f64) -> f64 {
    rounded(20.0 * linear.max(1e-10).log10())
}

fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

/// "1 bar", "2 bars".
fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
