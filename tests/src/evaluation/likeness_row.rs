//! From proposals to figures: overlap, and means beside people's.

use super::music::{Music, mean_distance};
use super::overlap::overlaps;
use super::proposals::{Judged, Proposal};
use super::statistics::{mean, mean_known, median, quantile};
use super::voice::Voice;
use super::window::{Window, spread};
use linnet_music::{Part, Style};
use serde::Serialize;
use std::collections::BTreeMap;

/// Phrases on either side below which nothing is compared.
const PHRASES_MIN: usize = 12;
/// People's phrases whose distances are the measure of diversity.
const DIVERSE_MAX: usize = 60;

/// A phrase of the half that proposals are compared with.
pub struct Word {
    voice: Voice,
    style: Option<Style>,
    features: Vec<f64>,
    /// Whether its key is major, or it has none.
    pub is_major_or_drums: bool,
}

impl Word {
    /// The parts of a window.
    pub fn of_window(window: &Window, voices: &[(Voice, Part)]) -> Vec<Self> {
        let word = |(voice, _): &(Voice, Part)| {
            Some(Self {
                voice: *voice,
                style: window.score.style,
                features: Music::of_window(window, *voice).features()?,
                is_major_or_drums: *voice == Voice::Drums
                    || window.score.key.scale == linnet_music::Scale::Major,
            })
        };
        voices.iter().filter_map(word).collect()
    }
}

/// A mean beside people's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Beside {
    /// Linnet's.
    pub ours: f64,
    /// People's.
    pub people: f64,
    /// How far apart they may be.
    pub bound: f64,
}

impl Beside {
    /// Whether they are near enough.
    pub fn is_within(&self) -> bool {
        (self.ours - self.people).abs() <= self.bound
    }
}

/// The figures of a part.
#[derive(Serialize)]
pub struct Row {
    /// The part.
    pub part: Voice,
    /// How many phrases were made.
    pub phrases: usize,
    /// Mean overlap with one half of people's phrases: Linnet's, the other half's, Markov's, and chance's.
    pub overlap: f64,
    /// See `overlap`.
    pub ceiling: f64,
    /// See `overlap`.
    pub markov: f64,
    /// See `overlap`.
    pub random: f64,
    /// The two features that overlap least for their ceiling, and how much.
    pub weakest: [(&'static str, f64); 2],
    /// In scale, chord tones, pitch-class entropy, groove consistency and bar likeness, as far as the part has them.
    pub beside: [Option<Beside>; 5],
    /// The longest run shared with the training set in notes: median, 95th percentile, greatest; NaN for drums.
    pub run: [f64; 3],
    /// The same of people's.
    pub people_run: [f64; 3],
    /// Mean distance among the ideas shown for a request, over that among people's phrases.
    pub shown: f64,
    /// The same between the ideas of two seeds.
    pub seeds: f64,
    /// Each feature: its name, overlap, ceiling, Linnet's mean and people's.
    pub features: Vec<(&'static str, [f64; 4])>,
}

/// The figures of a style.
#[derive(Serialize)]
pub struct StyleRow {
    /// The style.
    pub style: String,
    /// Phrases of all parts that are counted.
    pub phrases: usize,
    /// Mean overlap over the parts, and the ceiling.
    pub overlap: f64,
    /// See `overlap`.
    pub ceiling: f64,
}

/// Rows of features, ours and people's in the same windows, where both have any.
struct Features {
    ours: Vec<Vec<f64>>,
    ceiling: Vec<Vec<f64>>,
}

fn features(judged: &[&Judged]) -> Features {
    let (ours, ceiling) =
        judged.iter().filter_map(|one| Some((one.ours.features()?, one.people.features()?))).unzip();
    Features { ours, ceiling }
}

fn slices(rows: &[Vec<f64>]) -> Vec<&[f64]> {
    rows.iter().map(Vec::as_slice).collect()
}

/// The figures of every part that has enough phrases.
pub fn rows(proposals: &[Proposal], reference: &[Word]) -> Vec<Row> {
    let of = |voice: Voice| -> Option<Row> {
        let judged: Vec<&Judged> =
            proposals.iter().flat_map(|proposal| &proposal.judged).filter(|one| one.voice == voice).collect();
        let theirs: Vec<&[f64]> = reference
            .iter()
            .filter(|word| word.voice == voice)
            .map(|word| word.features.as_slice())
            .collect();
        let enough = judged.len() >= PHRASES_MIN && theirs.len() >= PHRASES_MIN;
        enough.then(|| row(voice, &judged, &theirs))
    };
    Voice::ALL.into_iter().filter_map(of).collect()
}

fn row(voice: Voice, judged: &[&Judged], theirs: &[&[f64]]) -> Row {
    let Features { ours, ceiling } = features(judged);
    let found = overlaps(&slices(&ours), theirs);
    let best = overlaps(&slices(&ceiling), theirs);
    let of = |music: &dyn Fn(&Judged) -> Option<Vec<f64>>| -> f64 {
        let rows: Vec<Vec<f64>> = judged.iter().filter_map(|one| music(one)).collect();
        if rows.len() < PHRASES_MIN { f64::NAN } else { mean(&overlaps(&slices(&rows), theirs)) }
    };
    let column =
        |rows: &[Vec<f64>], feature: usize| mean(&rows.iter().map(|row| row[feature]).collect::<Vec<_>>());
    let names = voice.features();
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|a, b| (found[*a] / best[*a]).total_cmp(&(found[*b] / best[*b])));
    let weak = |place: usize| (names[order[place]], found[order[place]]);
    let people: Vec<&Music> = judged.iter().map(|one| &one.people).collect();
    let people: Vec<Music> = spread(&people, DIVERSE_MAX).into_iter().cloned().collect();
    let apart = mean_distance(&people);
    let of_all = |value: &dyn Fn(&Judged) -> f64| -> Vec<f64> {
        judged.iter().map(|one| value(one)).filter(|value| value.is_finite()).collect()
    };
    let run = |notes: Vec<f64>| [median(&notes), quantile(&notes, 0.95), quantile(&notes, 1.0)];
    Row {
        part: voice,
        phrases: ours.len(),
        overlap: mean(&found),
        ceiling: mean(&best),
        markov: of(&|one| one.markov.as_ref()?.features()),
        random: of(&|one| one.random.features()),
        weakest: [weak(0), weak(1)],
        beside: beside(voice, judged, |feature| [column(&ours, feature), column(&ceiling, feature)]),
        run: run(of_all(&|one| one.run[0])),
        people_run: run(of_all(&|one| one.run[1])),
        shown: mean(&of_all(&|one| one.apart[0])) / apart,
        seeds: mean(&of_all(&|one| one.apart[1])) / apart,
        features: (0..names.len())
            .map(|i| (names[i], [found[i], best[i], column(&ours, i), column(&ceiling, i)]))
            .collect(),
    }
}

fn beside(voice: Voice, judged: &[&Judged], means: impl Fn(usize) -> [f64; 2]) -> [Option<Beside>; 5] {
    let of = |name: &str, bound: f64| {
        voice.feature(name).map(|feature| {
            let [ours, people] = means(feature);
            Beside { ours, people, bound }
        })
    };
    let tones =
        |which: usize| mean_known(&judged.iter().map(|one| one.chord_tones[which]).collect::<Vec<_>>());
    let chord_tones = Beside { ours: tones(0), people: tones(1), bound: 0.05 };
    [
        of("in scale", 0.01),
        (voice != Voice::Drums).then_some(chord_tones),
        of("pitch-class entropy", 0.15),
        of("groove consistency", 0.02),
        of("bar likeness", 0.04),
    ]
}

/// The figures of every style that has enough phrases.
pub fn style_rows(proposals: &[Proposal], reference: &[Word]) -> Vec<StyleRow> {
    let mut cells: BTreeMap<(Option<usize>, usize), Vec<&Judged>> = BTreeMap::new();
    for one in proposals.iter().flat_map(|proposal| &proposal.judged) {
        let style = one.style.map(Style::index);
        cells.entry((style, one.voice.index())).or_default().push(one);
    }
    let mut by_style: BTreeMap<Option<usize>, Vec<(usize, f64, f64)>> = BTreeMap::new();
    for ((style, voice), judged) in cells {
        let theirs: Vec<&[f64]> = reference
            .iter()
            .filter(|word| (word.style.map(Style::index), word.voice.index()) == (style, voice))
            .map(|word| word.features.as_slice())
            .collect();
        let Features { ours, ceiling } = features(&judged);
        if ours.len() >= PHRASES_MIN && theirs.len() >= PHRASES_MIN {
            let found = mean(&overlaps(&slices(&ours), &theirs));
            let best = mean(&overlaps(&slices(&ceiling), &theirs));
            by_style.entry(style).or_default().push((ours.len(), found, best));
        }
    }
    let row = |(style, cells): (Option<usize>, Vec<(usize, f64, f64)>)| StyleRow {
        style: style.map_or("not named".into(), |style| Style::ALL[style].name().to_owned()),
        phrases: cells.iter().map(|cell| cell.0).sum(),
        overlap: mean(&cells.iter().map(|cell| cell.1).collect::<Vec<_>>()),
        ceiling: mean(&cells.iter().map(|cell| cell.2).collect::<Vec<_>>()),
    };
    by_style.into_iter().map(row).collect()
}
