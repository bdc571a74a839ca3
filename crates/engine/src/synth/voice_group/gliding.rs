//! How the voices of a group go from key to key.
//!
//! Runs on the audio thread.

use super::VoiceGroup;
use crate::synth::voice::{Start, Strike, Voice};
use crate::synth::wavetable::Wavetables;

impl VoiceGroup {
    /// The glide of a note that starts.
    pub(super) fn start_glide(&mut self, lane: usize, start: &Start) {
        self.glides.start(lane, start.from_octaves, start.sound.glide_s, start.sample_rate_hz);
        self.gliding |= u32::from(start.from_octaves != 0.0) << lane;
    }

    /// A held voice of `part` goes over to the key of `strike`, at the next tick. Returns whether there is one.
    pub(crate) fn retune(&mut self, part: usize, strike: &Strike, tables: &'static Wavetables) -> bool {
        let fades = self.fades;
        let mut voices = self.voices.iter_mut().enumerate();
        let held = voices.find_map(|(lane, voice)| {
            let is_held = |voice: &&mut Voice| {
                voice.part == part && !voice.is_released && !fades.get(lane).is_running()
            };
            voice.as_mut().filter(is_held).map(|voice| (lane, voice))
        });
        let Some((lane, voice)) = held else { return false };
        let octaves = (f32::from(strike.key) - f32::from(voice.start_key)) / 12.0;
        let step = (f32::from(strike.key) - f32::from(voice.strike.key)) / 12.0;
        voice.strike = Strike { velocity: voice.strike.velocity, serial: voice.strike.serial, ..*strike };
        voice.retuned = Some((tables, octaves));
        self.cutoff_hz.0[lane] *= (voice.key_follow * step).exp2();
        self.glides.aim(lane, octaves);
        self.gliding |= 1 << lane;
        true
    }

    /// Voices that have gone over to another key take the tables for the higher of both.
    pub(super) fn retune_tables(&mut self) {
        for (lane, voice) in self.voices.iter_mut().enumerate() {
            let Some(voice) = voice else { continue };
            if let Some((tables, octaves)) = voice.retuned.take() {
                let highest = octaves.max(self.glides.octaves(lane));
                self.oscillators.choose_tables(lane, tables, highest.exp2(), self.sample_rate_hz);
            }
        }
    }
}
