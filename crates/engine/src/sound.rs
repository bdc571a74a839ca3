//! From notes to sound: voices, EQ, reverb, limiter.
//!
//! Runs on the audio thread, but for `new` and `prepare`.

use crate::block::Block;
use crate::meter::Meter;
use crate::note_bus::NoteBus;
use linnet_handover::audio_to_editor::{AudioView, SpectrumSender};

/// The sound.
pub(crate) struct Sound {
    meter: Meter,
}

impl Sound {
    /// No sound yet. Allocates.
    pub(crate) fn new(spectrum: SpectrumSender) -> Self {
        Self { meter: Meter::new(spectrum) }
    }

    /// Makes ready for blocks at `sample_rate_hz`. Allocates.
    pub(crate) fn prepare(&mut self, _sample_rate_hz: f64, _max_frames: usize) {}

    /// Ends every tail.
    pub(crate) fn reset(&mut self) {}

    /// Renders the block.
    pub(crate) fn render(&mut self, _notes: &NoteBus, block: &mut Block, view: &AudioView) {
        let [left, right] = &mut block.audio;
        left.fill(0.0);
        right.fill(0.0);
        self.meter.show_spectrum(left, right);
        Meter::show_output(view, [left, right], 0.0);
    }
}
