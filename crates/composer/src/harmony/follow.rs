//! Runs on the composer thread. Repeats the chords that were heard.

use super::HarmonyRequest;
use linnet_music::{Beats, Chord, ChordSpan};

/// The share of a pattern's time in which its repetition must have the same chord.
const SAME_SHARE: f64 = 0.75;
/// Places in a bar where chords are compared: enough for chords that change on eighths.
const PLACES_PER_BAR: u32 = 16;

/// The last pattern of `heard`, repeated over the bars to fill so that both end together.
pub(super) fn repeat(request: &HarmonyRequest, heard: &[ChordSpan], heard_bars: u32) -> Vec<ChordSpan> {
    if heard.is_empty() || heard_bars == 0 {
        return Vec::new();
    }
    let bar = request.metre.bar().0;
    let period = period(heard, heard_bars, bar);
    let mut spans = Vec::new();
    for target in 0..request.bars {
        let from_end = (request.bars - 1 - target) % period;
        let source = heard_bars - 1 - from_end;
        copy_bar(heard, f64::from(source) * bar, f64::from(target) * bar, bar, &mut spans);
    }
    fill_holes(spans, request.length())
}

/// Bars after which the chords repeat: the shortest that fits what was heard, or else the longest of 8, 4, 2 and 1 that
/// was heard whole, since phrases last so long.
fn period(heard: &[ChordSpan], bars: u32, bar: f64) -> u32 {
    let repeats = |period: u32| {
        let places = (bars - period) * PLACES_PER_BAR;
        let same = (0..places)
            .filter(|place| {
                let at = (f64::from(*place) + 0.5) * bar / f64::from(PLACES_PER_BAR);
                let again = at + f64::from(period) * bar;
                chord_at(heard, at) == chord_at(heard, again)
            })
            .count();
        same as f64 >= SAME_SHARE * f64::from(places)
    };
    let periodic = [2, 3, 4, 6, 8].into_iter().find(|period| bars >= 2 * period && repeats(*period));
    periodic.or_else(|| [8, 4, 2].into_iter().find(|period| bars >= *period)).unwrap_or(1)
}

fn chord_at(spans: &[ChordSpan], at: f64) -> Option<Chord> {
    spans.iter().find(|span| span.onset.0 <= at && at < (span.onset + span.length).0).map(|span| span.chord)
}

/// Copies what lies in the bar at `source` to the bar at `target`.
fn copy_bar(heard: &[ChordSpan], source: f64, target: f64, bar: f64, into: &mut Vec<ChordSpan>) {
    for span in heard {
        let from = span.onset.0.max(source);
        let to = (span.onset + span.length).0.min(source + bar);
        if to - from > 1e-9 {
            let onset = Beats(from - source + target);
            into.push(ChordSpan { onset, length: Beats(to - from), chord: span.chord });
        }
    }
}

/// Lets each chord last to the next one, the first begin at 0 and the last end at `length`.
fn fill_holes(mut spans: Vec<ChordSpan>, length: f64) -> Vec<ChordSpan> {
    let onsets: Vec<f64> = spans.iter().skip(1).map(|span| span.onset.0).chain([length]).collect();
    if let Some(first) = spans.first_mut() {
        first.onset = Beats(0.0);
    }
    for (span, next) in spans.iter_mut().zip(onsets) {
        span.length = Beats(next - span.onset.0);
    }
    spans
}
