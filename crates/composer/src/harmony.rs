//! Runs on the composer thread. Lays out the chords of the bars to propose: those that were heard, repeated so that they
//! end where they ended, or a row of its own from the chord model ([`ChordJob`]).

mod batch;
pub mod features;
mod follow;
mod job;

pub use job::{ChordCandidate, ChordJob, ChordScores};

use linnet_music::{Beats, Chord, ChordQuality, ChordSpan, Key, PitchClass, TimeSignature};

/// The chords to lay out.
#[derive(Clone, Copy, Debug)]
pub struct HarmonyRequest {
    /// The key that they are in.
    pub key: Key,
    /// The metre.
    pub metre: TimeSignature,
    /// How many bars, in [1, 16].
    pub bars: u32,
    /// Whether every tone must lie in the key's scale, since the user set it.
    pub in_scale: bool,
}

impl HarmonyRequest {
    fn length(&self) -> f64 {
        f64::from(self.bars) * self.metre.bar().0
    }
}

/// The chords heard, repeated: `heard` begins at a bar line and lasts `heard_bars` whole bars. The repetition ends where
/// what was heard ended, so that its cadence falls on the end of the new bars. Empty where nothing was heard.
///
/// With `in_scale`, a chord with tones outside the scale gives way to the nearest one inside.
pub fn follow(request: &HarmonyRequest, heard: &[ChordSpan], heard_bars: u32) -> Vec<ChordSpan> {
    finish(request, follow::repeat(request, heard, heard_bars))
}

fn finish(request: &HarmonyRequest, mut spans: Vec<ChordSpan>) -> Vec<ChordSpan> {
    if request.in_scale {
        for span in &mut spans {
            span.chord = nearest_in_scale(span.chord, request.key);
        }
    }
    joined(spans)
}

/// Whether every tone of `chord` lies in `key`.
pub fn in_scale(chord: Chord, key: Key) -> bool {
    chord.quality.intervals().iter().all(|interval| {
        let degree = (u32::from(chord.root.above(key.tonic)) + u32::from(*interval)) % 12;
        key.scale.mask() & (1 << degree) != 0
    })
}

/// The chord inside the key that shares most tones with `chord`, its own root preferred; `chord` itself where it lies
/// inside, or where the scale holds no chord at all.
pub fn nearest_in_scale(chord: Chord, key: Key) -> Chord {
    if in_scale(chord, key) {
        return chord;
    }
    let rank = |other: &Chord| {
        let shared = (other.mask() & chord.mask()).count_ones() as i32;
        let foreign = (other.mask() & !chord.mask()).count_ones() as i32;
        4 * shared - 2 * foreign + 3 * i32::from(other.root == chord.root)
    };
    let all = (0..12).flat_map(|root| {
        ChordQuality::ALL.into_iter().map(move |quality| Chord { root: PitchClass::new(root), quality })
    });
    let inside = all.filter(|other| in_scale(*other, key));
    inside.reduce(|best, other| if rank(&other) > rank(&best) { other } else { best }).unwrap_or(chord)
}

/// Neighbours of one chord made one span.
fn joined(spans: Vec<ChordSpan>) -> Vec<ChordSpan> {
    let mut out: Vec<ChordSpan> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if last.chord == span.chord => {
                last.length = Beats((span.onset + span.length - last.onset).0);
            }
            _ => out.push(span),
        }
    }
    out
}

#[cfg(test)]
mod tests;
