//! Runs on the composer thread. Finds the chords of what was heard, one a half bar or bar.
//!
//! Each segment's pitch classes, weighted by duration and metric place, are scored under every chord as a multinomial
//! over chord tones and others; the best row of chords is A. J. Viterbi's path ("Error Bounds for Convolutional Codes",
//! IEEE Trans. Inf. Theory 13, 1967) under a key prior and a cost of changing. It serves played chords (sevenths and all)
//! and the harmony that a single melody implies (triads, mostly of the key).

use linnet_music::{Beats, Chord, ChordQuality, ChordSpan, Key, Note, PitchClass, TimeSignature};

/// How the method is called in records.
pub const METHOD: &str = "chords by template matching and a Viterbi pass";
/// Notes at once, on average over the sounding time, from which on chords are taken to be played, not implied.
const POLYPHONY_MIN: f64 = 1.6;
/// What a segment's evidence weighs at most, in beats.
const EVIDENCE_MAX: f64 = 3.0;
/// How much more a note weighs that begins on a bar line, or where a segment begins.
const BAR_LINE_WEIGHT: f64 = 1.6;
const SEGMENT_WEIGHT: f64 = 1.25;
/// What a chord gains whose root is the segment's lowest note, where chords are played.
const BASS_BONUS: f64 = 1.0;
/// What a chord outside the key costs.
const FOREIGN_COST: f64 = 2.2;
/// The shortest segment, in beats: shorter halves are not split off.
const SEGMENT_BEATS_MIN: f64 = 1.5;

/// How much is taken to be played in chords.
#[derive(Clone, Copy, PartialEq)]
enum Texture {
    Melody,
    Chords,
}

impl Texture {
    fn of(notes: &[Note]) -> Self {
        let sounding = sounding_beats(notes);
        let total: f64 = notes.iter().map(|note| note.length.0).sum();
        if total > POLYPHONY_MIN * sounding { Self::Chords } else { Self::Melody }
    }

    /// The share of the sounding time that chord tones take.
    fn chord_tone_share(self) -> f64 {
        if self == Self::Chords { 0.92 } else { 0.75 }
    }

    /// What changing chord costs, in nats.
    fn change_cost(self) -> f64 {
        if self == Self::Chords { 0.6 } else { 1.1 }
    }

    fn qualities(self) -> &'static [ChordQuality] {
        match self {
            Self::Chords => &ChordQuality::ALL,
            Self::Melody => &[ChordQuality::Major, ChordQuality::Minor, ChordQuality::Diminished],
        }
    }
}

/// What sounds in one segment.
#[derive(Clone, Debug, Default)]
struct Segment {
    /// Weight of each pitch class, from C, summing to the evidence.
    weights: [f64; 12],
    bass: Option<PitchClass>,
    on_bar_line: bool,
}

/// The length of the segments that each get one chord: half a bar where that is even and long enough, else a bar.
pub fn segment_length(metre: TimeSignature) -> Beats {
    let bar = metre.bar().0;
    let halves = metre.numerator().is_multiple_of(2) && bar / 2.0 >= SEGMENT_BEATS_MIN;
    Beats(if halves { bar / 2.0 } else { bar })
}

/// The chords of `notes` over `length` from a bar line on: sorted, without gap or overlap, neighbours different. Empty
/// where nothing sounds.
pub fn find(notes: &[Note], length: Beats, metre: TimeSignature, key: Key) -> Vec<ChordSpan> {
    if notes.is_empty() || length.0 <= 0.0 {
        return Vec::new();
    }
    let texture = Texture::of(notes);
    let segment = segment_length(metre).0;
    let segments = segments(notes, length.0, segment, metre.bar().0);
    let labels: Vec<Chord> = (0..12)
        .flat_map(|root| {
            texture.qualities().iter().map(move |q| Chord { root: PitchClass::new(root), quality: *q })
        })
        .collect();
    let path = best_path(&segments, &labels, texture, key);
    join(&path, segment, length.0)
}

fn join(path: &[Chord], segment: f64, length: f64) -> Vec<ChordSpan> {
    let mut spans: Vec<ChordSpan> = Vec::new();
    for (number, chord) in path.iter().enumerate() {
        let onset = number as f64 * segment;
        let end = (onset + segment).min(length);
        match spans.last_mut() {
            Some(last) if last.chord == *chord => last.length = Beats(end - last.onset.0),
            _ => spans.push(ChordSpan { onset: Beats(onset), length: Beats(end - onset), chord: *chord }),
        }
    }
    spans
}

/// How long at least one note sounds.
fn sounding_beats(notes: &[Note]) -> f64 {
    let (mut total, mut until) = (0.0, f64::NEG_INFINITY);
    for note in notes {
        let from = note.onset.0.max(until);
        total += (note.end().0 - from).max(0.0);
        until = until.max(note.end().0);
    }
    total
}

fn segments(notes: &[Note], length: f64, segment: f64, bar: f64) -> Vec<Segment> {
    let count = ((length / segment) - 1e-6).ceil().max(1.0) as usize;
    let mut segments = vec![Segment::default(); count];
    let mut lowest = vec![u8::MAX; count];
    for note in notes {
        let first = (note.onset.0 / segment + 0.05).floor().max(0.0) as usize;
        for number in first..count {
            let from = number as f64 * segment;
            let sounds = note.end().0.min(from + segment) - note.onset.0.max(from);
            if sounds <= 0.0 {
                break;
            }
            let weight = sounds * metric_weight(note.onset.0, from, bar);
            segments[number].weights[usize::from(note.pitch.class().semitones())] += weight;
            if note.pitch.midi() < lowest[number] {
                lowest[number] = note.pitch.midi();
                segments[number].bass = Some(note.pitch.class());
            }
        }
    }
    for (number, this) in segments.iter_mut().enumerate() {
        this.on_bar_line = near_multiple(number as f64 * segment, bar);
        limit_evidence(&mut this.weights);
    }
    segments
}

/// How much a note tells that begins at `onset`, in the segment that begins at `from`.
fn metric_weight(onset: f64, from: f64, bar: f64) -> f64 {
    if (onset - from).abs() > 0.12 {
        1.0
    } else if near_multiple(from, bar) {
        BAR_LINE_WEIGHT
    } else {
        SEGMENT_WEIGHT
    }
}

fn near_multiple(position: f64, of: f64) -> bool {
    let rest = position.rem_euclid(of);
    rest < 1e-6 || of - rest < 1e-6
}

fn limit_evidence(weights: &mut [f64; 12]) {
    let total: f64 = weights.iter().sum();
    if total > EVIDENCE_MAX {
        *weights = weights.map(|weight| weight * EVIDENCE_MAX / total);
    }
}

/// The log-likelihood of a segment under `chord`.
fn emission(segment: &Segment, chord: Chord, texture: Texture) -> f64 {
    let tones = chord.quality.intervals().len() as f64;
    let inside = (texture.chord_tone_share() / tones).ln();
    let outside = ((1.0 - texture.chord_tone_share()) / (12.0 - tones)).ln();
    let mask = chord.mask();
    let tones: f64 = (0..12)
        .map(|class| segment.weights[class] * if mask & (1 << class) != 0 { inside } else { outside })
        .sum();
    let root_in_bass = texture == Texture::Chords && segment.bass == Some(chord.root);
    tones + if root_in_bass { BASS_BONUS } else { 0.0 }
}

/// The log prior of `chord` in `key`, up to a constant.
fn prior(chord: Chord, key: Key) -> f64 {
    let scale = diatonic_mask(key);
    let degree = chord.root.above(key.tonic);
    let relative = Chord { root: PitchClass::new(i32::from(degree)), quality: chord.quality };
    let minor = key.scale.is_minor();
    let leading_dominant =
        minor && degree == 7 && matches!(chord.quality, ChordQuality::Major | ChordQuality::Dominant7);
    let foreign = !leading_dominant && relative.mask() & !scale != 0;
    let by_degree = match degree {
        0 => 0.0,
        5 | 7 => -0.15,
        2 | 9 => -0.4,
        8 | 10 if minor => -0.35,
        3 if minor => -0.4,
        4 => -0.7,
        _ => -0.9,
    };
    let by_quality = match chord.quality {
        ChordQuality::Major | ChordQuality::Minor => 0.0,
        ChordQuality::Dominant7 | ChordQuality::Minor7 | ChordQuality::Major7 => -0.5,
        ChordQuality::Diminished | ChordQuality::HalfDiminished7 => -0.7,
        ChordQuality::Sixth | ChordQuality::Suspended4 | ChordQuality::Suspended2 => -1.1,
        ChordQuality::Augmented | ChordQuality::Diminished7 => -1.4,
    };
    by_degree + by_quality - if foreign { FOREIGN_COST } else { 0.0 }
}

/// The seven-note scale whose triads count as of the key: for pentatonic, blues and chromatic the plain one of its kind.
fn diatonic_mask(key: Key) -> u16 {
    use linnet_music::Scale;
    match key.scale {
        Scale::MajorPentatonic | Scale::Chromatic => Scale::Major.mask(),
        Scale::MinorPentatonic | Scale::Blues => Scale::Minor.mask(),
        scale => scale.mask(),
    }
}

/// The log-likelihood of going from one chord to another: fifths and fourths are cheaper, and changes at bar lines.
fn transition(from: Chord, to: Chord, at_bar_line: bool, texture: Texture) -> f64 {
    if from == to {
        return 0.0;
    }
    let fifth = matches!(to.root.above(from.root), 5 | 7);
    let cost = texture.change_cost() * if fifth { 0.8 } else { 1.0 };
    -cost * if at_bar_line { 0.5 } else { 1.0 }
}

fn best_path(segments: &[Segment], labels: &[Chord], texture: Texture, key: Key) -> Vec<Chord> {
    let priors: Vec<f64> = labels.iter().map(|chord| prior(*chord, key)).collect();
    let local = |segment: &Segment, label: usize| emission(segment, labels[label], texture) + priors[label];
    let mut scores: Vec<f64> = (0..labels.len()).map(|label| local(&segments[0], label)).collect();
    let mut back: Vec<Vec<usize>> = Vec::with_capacity(segments.len());
    for segment in &segments[1..] {
        let step = |to: usize| {
            let through = |from: usize| {
                scores[from] + transition(labels[from], labels[to], segment.on_bar_line, texture)
            };
            let from = argmax(labels.len(), through);
            (from, through(from) + local(segment, to))
        };
        let (pointers, next): (Vec<usize>, Vec<f64>) = (0..labels.len()).map(step).unzip();
        back.push(pointers);
        scores = next;
    }
    let mut label = argmax(labels.len(), |label| scores[label]);
    let mut path = vec![labels[label]];
    for pointers in back.iter().rev() {
        label = pointers[label];
        path.push(labels[label]);
    }
    path.reverse();
    path
}

/// The first of the indices with the highest score.
fn argmax(count: usize, score: impl Fn(usize) -> f64) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for index in 0..count {
        let score = score(index);
        if score > best.1 {
            best = (index, score);
        }
    }
    best.0
}

#[cfg(test)]
mod tests;
