//! What the editor shows of the sound: peaks, gain reduction, the spectrum's samples.
//!
//! Runs on the audio thread.

use atomic_float::AtomicF32;
use linnet_handover::audio_to_editor::{AudioView, SpectrumSender};
use std::sync::atomic::Ordering;

/// Feeds the meters.
pub(crate) struct Meter {
    spectrum: SpectrumSender,
}

impl Meter {
    /// A meter that sends samples to `spectrum`.
    pub(crate) fn new(spectrum: SpectrumSender) -> Self {
        Self { spectrum }
    }

    /// Sends what the spectrum shows.
    pub(crate) fn show_spectrum(&mut self, left: &[f32], right: &[f32]) {
        self.spectrum.send(left, right);
    }

    /// Shows the output and the limiter's gain reduction in dB.
    pub(crate) fn show_output(view: &AudioView, audio: [&[f32]; 2], reduction_db: f32) {
        for (peak, channel) in view.peak.iter().zip(audio) {
            raise(peak, channel.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs())));
        }
        raise(&view.reduction_db, reduction_db);
    }
}

/// Raises `shown` to `value`. Only this thread raises, and the editor only takes the value away: were it to do so in
/// between, one block's peak is shown twice or not at all, which no eye can see.
fn raise(shown: &AtomicF32, value: f32) {
    if value > shown.load(Ordering::Relaxed) {
        shown.store(value, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_stays_until_the_editor_takes_it() {
        let view = AudioView::default();
        Meter::show_output(&view, [&[0.25, -0.75], &[0.5, 0.0]], 3.0);
        Meter::show_output(&view, [&[0.5], &[0.625]], 1.0);
        let taken = view.peak.each_ref().map(|peak| peak.swap(0.0, Ordering::Relaxed));
        assert_eq!(taken, [0.75, 0.625]);
        assert_eq!(view.reduction_db.load(Ordering::Relaxed), 3.0);
        Meter::show_output(&view, [&[0.125], &[0.0]], 0.0);
        assert_eq!(view.peak[0].load(Ordering::Relaxed), 0.125);
    }
}
