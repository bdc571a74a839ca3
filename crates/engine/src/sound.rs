//! From notes to sound: voices, equaliser, reverb, delay, limiter.
//!
//! Runs on the audio thread, but for `new` and `prepare`.

#[cfg(test)]
mod tests;

use crate::effect::reverb::OwnSpace;
use crate::effect::{Delay, Equalizer, Limiter, Reverb};
use crate::meter::Meter;
use crate::note_bus::{NoteBus, NoteEvent};
use crate::sampler::PartInstrument;
use crate::synth::{PartSound, Voices};
use crate::{Block, Settings, VoiceEvent};
use linnet_handover::audio_to_editor::{AudioView, SpectrumSender};
use linnet_handover::delivery::Receiver;

/// Frames that are rendered in one go: few enough to stay in the processor's first cache.
const PIECE_FRAMES: usize = 256;

/// The sound.
pub(crate) struct Sound {
    voices: Voices,
    equalizer: Equalizer,
    reverb: Reverb,
    delay: Delay,
    limiter: Limiter,
    meter: Meter,
    /// What goes to the reverb, and to the delay.
    sends: [[[f32; PIECE_FRAMES]; 2]; 2],
    /// The events of one piece.
    events: Vec<VoiceEvent>,
    /// Whether everything was at rest in the last piece.
    was_at_rest: bool,
    /// Whether the last block had no sound because none was wanted.
    was_notes_only: bool,
}

impl Sound {
    /// Silence until [`Self::prepare`]. Allocates.
    pub(crate) fn new(spectrum: SpectrumSender) -> Self {
        Self {
            voices: Voices::new(),
            equalizer: Equalizer::new(),
            reverb: Reverb::new(),
            delay: Delay::new(),
            limiter: Limiter::new(),
            meter: Meter::new(spectrum),
            sends: [[[0.0; PIECE_FRAMES]; 2]; 2],
            events: Vec::with_capacity(NoteBus::CAPACITY),
            was_at_rest: false,
            was_notes_only: false,
        }
    }

    /// Sampled instruments come from `receiver`. Called before the audio thread begins.
    pub(crate) fn take_instruments_from(&mut self, receiver: Receiver<PartInstrument>) {
        self.voices.take_instruments_from(receiver);
    }

    /// The user's own presets come from `receiver`. Called before the audio thread begins.
    pub(crate) fn take_sounds_from(&mut self, receiver: Receiver<PartSound>) {
        self.voices.take_sounds_from(receiver);
    }

    /// The user's spaces come from there.
    pub(crate) fn listen_to(&mut self, spaces: Receiver<OwnSpace>) {
        self.reverb.listen_to(spaces);
    }

    /// Makes ready for `sample_rate_hz` > 0. Allocates.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64) {
        self.voices.prepare(sample_rate_hz);
        self.equalizer.prepare(sample_rate_hz);
        self.reverb.prepare(sample_rate_hz);
        self.delay.prepare(sample_rate_hz);
        self.limiter.prepare(sample_rate_hz);
        self.was_at_rest = false;
    }

    /// Ends every note and every tail.
    pub(crate) fn reset(&mut self) {
        self.voices.reset();
        self.equalizer.reset();
        self.reverb.reset();
        self.delay.reset();
        self.limiter.reset();
        self.was_at_rest = false;
    }

    /// By how many frames the sound is late.
    pub(crate) fn latency_frames(&self) -> usize {
        self.limiter.latency_frames()
    }

    /// Overwrites the block's audio, and shows it in `view`. The tempo is in beats a minute.
    pub(crate) fn render(&mut self, notes: &NoteBus, tempo_bpm: f32, block: &mut Block, view: &AudioView) {
        self.voices.receive_instruments();
        let [left, right] = &mut block.audio;
        let notes_only = block.settings.notes_only;
        if std::mem::replace(&mut self.was_notes_only, notes_only) != notes_only {
            self.reset();
        }
        if notes_only {
            left.fill(0.0);
            right.fill(0.0);
            return;
        }
        let frames = left.len().min(right.len());
        let (mut first, mut notes) = (0, notes.events());
        loop {
            let end = frames.min(first + PIECE_FRAMES);
            let due = if end == frames {
                notes.len()
            } else {
                notes.partition_point(|event| (event.frame as usize) < end)
            };
            let (now, later) = notes.split_at(due);
            self.gather(now, first as u32);
            let audio = [&mut left[first..end], &mut right[first..end]];
            self.render_piece(audio, block.settings, tempo_bpm, view);
            (first, notes) = (end, later);
            // An empty block gets here once, so that its events take effect.
            if first == frames {
                return;
            }
        }
    }

    /// Takes the events for a piece that begins at frame `first`.
    fn gather(&mut self, notes: &[NoteEvent], first: u32) {
        self.events.clear();
        let events = notes.iter().filter_map(NoteEvent::for_voices);
        let events = events.map(|event| VoiceEvent { frame: event.frame.saturating_sub(first), ..event });
        // No more than the bus holds, which is what there is room for.
        self.events.extend(events);
    }

    fn render_piece(
        &mut self,
        audio: [&mut [f32]; 2],
        settings: &Settings,
        tempo_bpm: f32,
        view: &AudioView,
    ) {
        let [left, right] = audio;
        self.was_at_rest = self.events.is_empty() && self.is_at_rest(settings, tempo_bpm);
        if self.was_at_rest {
            self.skip([left, right]);
            self.meter.show_spectrum(left, right);
            return;
        }
        let frames = left.len();
        let sends = self.sends.each_mut().map(|send| send.each_mut().map(|side| &mut side[..frames]));
        self.voices.render(&self.events, settings, [left, right], sends);
        self.equalizer.process([left, right], &settings.bands);
        self.meter.show_spectrum(left, right);
        let [to_reverb, to_delay] =
            self.sends.each_ref().map(|send| send.each_ref().map(|side| &side[..frames]));
        self.delay.process(to_delay, [left, right], &settings.delay, tempo_bpm);
        self.reverb.process(to_reverb, [left, right], &settings.reverb);
        let reduction_db = self.limiter.process([left, right], settings.output_db, settings.limiter);
        Meter::show_output(view, [left, right], reduction_db);
    }

    /// Whether silence would change nothing but the time: nothing sounds, and everything that glides has arrived.
    fn is_at_rest(&self, settings: &Settings, tempo_bpm: f32) -> bool {
        let effects_rest = self.reverb.is_at_rest(&settings.reverb)
            && self.delay.is_at_rest(&settings.delay, tempo_bpm)
            && self.limiter.is_at_rest(settings.output_db, settings.limiter);
        // What was at rest stays so while the settings do: the long look is for once.
        effects_rest
            && if self.was_at_rest {
                self.voices.stay_at_rest(settings) && self.equalizer.is_settled(&settings.bands)
            } else {
                self.voices.is_at_rest(settings) && self.equalizer.is_at_rest(&settings.bands)
            }
    }

    /// Silence. Time goes on, so that it does not matter in which blocks it comes.
    fn skip(&mut self, [left, right]: [&mut [f32]; 2]) {
        left.fill(0.0);
        right.fill(0.0);
        let frames = left.len();
        self.voices.skip(frames);
        self.equalizer.skip(frames);
        self.reverb.skip(frames);
        self.delay.skip(frames);
        self.limiter.skip(frames);
    }
}
