//! What the parameters say, in the words of the engine and the composer.
//!
//! Runs on the audio thread, once a block, and in the editor. Reads atomics only.
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

use super::sounds::by_style;
use super::{AUTO_BARS, BandParams, LinnetParams, PartParams, PieceParams};
use crate::PluginKind;
use linnet_engine::Settings;
use linnet_engine::settings::{
    BandSettings, DelaySettings, PartSettings, ReverbSettings, ReverbType, SpaceType,
};
use linnet_handover::worker_to_audio::Start;
use linnet_music::{ChordsRole, Controls, Mode, Part, PitchClass, Scale, Style};
use nice_plug::prelude::IntParam;

impl LinnetParams {
    /// When a proposal takes over.
    pub fn start(&self) -> Start {
        match self.propose.quantise.value() {
            0 => Start::Now,
            1 => Start::NextBeat,
            2 => Start::NextBar,
            _ => Start::NextFourBars,
        }
    }

    /// How to propose.
    pub fn mode(&self) -> Mode {
        Mode::ALL.get(self.propose.mode.value() as usize).copied().unwrap_or_default()
    }

    /// What the chords part plays.
    pub fn chords_role(&self) -> ChordsRole {
        ChordsRole::ALL.get(self.style.chords_role.value() as usize).copied().unwrap_or_default()
    }

    /// The steering, complete.
    ///
    /// # Realtime safety
    /// Reads atomics only.
    pub fn controls(&self) -> Controls {
        let key = self.harmony.key.value();
        let scale = self.harmony.scale.value();
        let by_part = |read: fn(&PartParams) -> bool| self.parts.each_ref().map(read);
        Controls {
            mode: self.mode(),
            bars: self.propose.bars.value() as u8,
            seed: self.propose.seed.value() as u16,
            key: (key > 0).then(|| PitchClass::new(key - 1)),
            scale: (scale > 0).then(|| Scale::ALL.get(scale as usize - 1).copied()).flatten(),
            follow_chords: self.harmony.follow_chords.value(),
            density: self.style.density.value(),
            surprise: self.style.surprise.value(),
            register: self.style.register.value(),
            range: self.style.range.value() as u8,
            swing: self.style.swing.value(),
            humanise: self.style.humanise.value(),
            style_a: style(&self.style.style_a),
            style_b: style(&self.style.style_b),
            style_blend: self.style.style_blend.value(),
            valence: self.style.valence.value(),
            energy: self.style.energy.value(),
            complexity: self.style.complexity.value(),
            repetition: self.style.repetition.value(),
            leaps: self.style.leaps.value(),
            similarity: self.style.similarity.value(),
            morph: self.style.morph.value(),
            morph_with: self.saved.marks().morph_with(),
            chords_role: self.chords_role(),
            on: by_part(|part| part.on.value()),
            locked: by_part(|part| part.lock.value()),
            locked_bars: self.saved.marks().locked_bars(),
        }
    }

    /// What the engine plays by. `propose` is the parameter as it stands.
    ///
    /// # Realtime safety
    /// Reads atomics only.
    pub fn settings(&self) -> Settings {
        Settings {
            parts: Part::ALL.map(|part| self.part_settings(part)),
            pieces: self.pieces.each_ref().map(PieceParams::settings),
            bands: self.bands.each_ref().map(band_settings),
            reverb: self.reverb_settings(),
            delay: self.delay_settings(),
            output_db: self.output.output_db.value(),
            limiter: self.output.limiter.value(),
            quantise: self.start(),
            propose: self.propose.propose.value(),
            seed_locked: self.propose.seed_lock.value(),
            auto_bars: AUTO_BARS.get(self.propose.auto.value() as usize).copied().unwrap_or(0),
            notes_only: self.kind == PluginKind::Notes,
        }
    }

    fn part_settings(&self, part: Part) -> PartSettings {
        let params = &self.parts[part.index()];
        PartSettings {
            on: params.on.value(),
            level_db: params.level_db.value(),
            pan: params.pan.value(),
            reverb_send_db: params.reverb_send_db.value(),
            delay_send_db: params.delay_send_db.value(),
            width: params.width.value(),
            low_cut_hz: params.low_cut.value(),
            octave: params.octave.value(),
            sound: self.sound_number(part),
            midi_channel: self.midi_channel(part),
            solo: params.solo.value(),
            mute: params.mute.value(),
        }
    }

    /// The number of what `part` sounds with, where "Auto" has chosen by the style.
    ///
    /// # Realtime safety
    /// Reads atomics only.
    pub fn sound_number(&self, part: Part) -> usize {
        by_style(part, self.parts[part.index()].sound.value(), self.leading_style())
    }

    /// The style that the blend is nearer to.
    fn leading_style(&self) -> Option<Style> {
        let leads_a = self.style.style_blend.value() < 0.5;
        style(if leads_a { &self.style.style_a } else { &self.style.style_b })
    }

    /// The channel in [1, 16] on which `part` leaves, or 0 for none.
    pub fn midi_channel(&self, part: Part) -> u8 {
        match self.midi.midi_out.value() {
            0 => self.parts[part.index()].midi_channel.value() as u8,
            only => u8::from(only as usize == part.index() + 1),
        }
    }

    fn delay_settings(&self) -> DelaySettings {
        DelaySettings {
            time: self.delay.time.value() as usize,
            feedback: self.delay.feedback.value(),
            ping_pong: self.delay.ping_pong.value(),
            low_cut_hz: self.delay.low_cut_hz.value(),
            high_cut_hz: self.delay.high_cut_hz.value(),
            mix: self.delay.mix.value(),
        }
    }

    fn reverb_settings(&self) -> ReverbSettings {
        let kinds = [ReverbType::Room, ReverbType::Hall, ReverbType::Plate, ReverbType::Space];
        ReverbSettings {
            kind: kinds.get(self.reverb.kind.value() as usize).copied().unwrap_or(ReverbType::Hall),
            pre_delay_ms: self.reverb.pre_delay_ms.value(),
            decay_s: self.reverb.decay_s.value(),
            size: self.reverb.size.value(),
            damping_hz: self.reverb.damping_hz.value(),
            low_cut_hz: self.reverb.low_cut_hz.value(),
            width: self.reverb.width.value(),
            mix: self.reverb.mix.value(),
            space: SpaceType::ALL.get(self.reverb.space.value() as usize).copied().unwrap_or(SpaceType::Own),
        }
    }
}

/// The style that a list of [`super::STYLES`] has chosen; none for "any".
fn style(list: &IntParam) -> Option<Style> {
    let place = list.value().checked_sub(1)?;
    Style::ALL.get(usize::try_from(place).ok()?).copied()
}

fn band_settings(band: &BandParams) -> BandSettings {
    BandSettings {
        on: band.on.value(),
        freq_hz: band.freq_hz.value(),
        gain_db: band.gain_db.value(),
        q: band.q.value(),
    }
}
