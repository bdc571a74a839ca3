//! A preset as its file has it. Runs on any thread but the audio thread.
//!
//! Every number says its unit in its name. The names of the enumerations are those of the engine, in snake case.

mod names;

use super::{Preset, PresetError, ranges};
use linnet_engine::synth::bank::{Category, Style};
use linnet_engine::synth::sound::{
    EnvelopeShape, FilterKind, FilterShape, Layer, Layers, LfoShape, LfoWave, MAX_SLOTS, Noise, PLAIN,
    Playing, Slot, Sound, Source, Target, Vibrato, Wave,
};
use serde::{Deserialize, Serialize};

/// The layout that this build writes.
pub(super) const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
pub(super) struct File {
    /// The layout, so that later ones are told apart.
    pub(super) linnet_preset: u32,
    name: String,
    #[serde(with = "names::CategoryName")]
    category: Category,
    #[serde(default)]
    styles: Vec<Style>,
    #[serde(default)]
    valence: f32,
    #[serde(default)]
    energy: f32,
    gain_db: f32,
    velocity_power: f32,
    #[serde(with = "names::PlayingName")]
    playing: Playing,
    glide_s: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    decay_key_octaves: Option<f32>,
    amplitude: Envelope,
    filter: Filter,
    vibrato: VibratoPart,
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<NoisePart>,
    layers: Vec<LayerPart>,
    #[serde(default)]
    lfos: Vec<LfoPart>,
    #[serde(default)]
    modulations: Vec<Modulation>,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    attack_s: f32,
    decay_s: f32,
    sustain: f32,
    release_s: f32,
}

#[derive(Serialize, Deserialize)]
struct Filter {
    #[serde(with = "names::FilterName")]
    kind: FilterKind,
    slope_db_per_octave: u32,
    drive_db: f32,
    cutoff_hz: f32,
    key_follow: f32,
    envelope_octaves: f32,
    velocity_octaves: f32,
    q: f32,
    envelope: Envelope,
}

#[derive(Serialize, Deserialize)]
struct VibratoPart {
    rate_hz: f32,
    depth_cents: f32,
    delay_s: f32,
}

#[derive(Serialize, Deserialize)]
struct NoisePart {
    gain: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    decay_s: Option<f32>,
    width: f32,
    velocity_power: f32,
}

#[derive(Serialize, Deserialize)]
struct LayerPart {
    #[serde(with = "names::WaveName")]
    wave: Wave,
    #[serde(with = "names::WaveName")]
    morph_wave: Wave,
    morph: f32,
    ratio: f32,
    gain: f32,
    unison: usize,
    detune_cents: f32,
    width: f32,
    scatter: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    decay_s: Option<f32>,
    velocity_power: f32,
}

#[derive(Serialize, Deserialize)]
struct LfoPart {
    #[serde(with = "names::LfoName")]
    wave: LfoWave,
    rate_hz: f32,
    delay_s: f32,
    fade_s: f32,
}

#[derive(Serialize, Deserialize)]
struct Modulation {
    #[serde(with = "names::SourceName")]
    source: Source,
    #[serde(with = "names::TargetName")]
    target: Target,
    amount: f32,
}

/// Endless times are left out of a file.
fn finite(value: f32) -> Option<f32> {
    value.is_finite().then_some(value)
}

impl File {
    /// The file of `preset`.
    pub(super) fn of(preset: &Preset) -> Self {
        let sound = &preset.sound;
        let used = |slot: &&Slot| slot.amount != 0.0;
        Self {
            linnet_preset: FORMAT,
            name: preset.name.clone(),
            category: preset.category,
            styles: preset.styles.clone(),
            valence: preset.valence,
            energy: preset.energy,
            gain_db: sound.gain_db,
            velocity_power: sound.velocity_power,
            playing: sound.playing,
            glide_s: sound.glide_s,
            decay_key_octaves: finite(sound.decay_key_octaves),
            amplitude: Envelope::of(&sound.amplitude),
            filter: Filter::of(&sound.filter),
            vibrato: VibratoPart {
                rate_hz: sound.vibrato.rate_hz,
                depth_cents: sound.vibrato.depth_cents,
                delay_s: sound.vibrato.delay_s,
            },
            noise: Some(NoisePart::of(&sound.noise)),
            layers: sound.layers.as_slice().iter().map(LayerPart::of).collect(),
            lfos: sound.lfos.iter().map(LfoPart::of).collect(),
            modulations: sound.slots.iter().filter(used).copied().map(Modulation::of).collect(),
        }
    }

    /// The preset, every number of it in its range.
    pub(super) fn preset(self) -> Result<Preset, PresetError> {
        let endless = f32::INFINITY;
        ranges::count("layers", self.layers.len(), 1, linnet_engine::synth::sound::MAX_OSCILLATORS)?;
        ranges::count("lfos", self.lfos.len(), 0, 2)?;
        ranges::count("modulations", self.modulations.len(), 0, MAX_SLOTS)?;
        let slope = self.filter.slope_db_per_octave;
        if slope != 12 && slope != 24 {
            return Err(PresetError::NoSlope(slope));
        }
        let layers: Vec<Layer> = self.layers.iter().map(LayerPart::layer).collect();
        let mut lfos = PLAIN.lfos;
        lfos.iter_mut().zip(&self.lfos).for_each(|(place, lfo)| *place = lfo.shape());
        let mut slots = PLAIN.slots;
        slots.iter_mut().zip(&self.modulations).for_each(|(place, modulation)| *place = modulation.slot());
        let sound = Sound {
            layers: Layers::of(&layers),
            noise: self.noise.map_or(PLAIN.noise, |noise| noise.noise()),
            amplitude: self.amplitude.shape(),
            decay_key_octaves: self.decay_key_octaves.unwrap_or(endless),
            filter: self.filter.shape(),
            vibrato: Vibrato {
                rate_hz: self.vibrato.rate_hz,
                depth_cents: self.vibrato.depth_cents,
                delay_s: self.vibrato.delay_s,
            },
            lfos,
            slots,
            playing: self.playing,
            glide_s: self.glide_s,
            velocity_power: self.velocity_power,
            gain_db: self.gain_db,
        };
        let Self { name, category, styles, valence, energy, .. } = self;
        ranges::check("valence", valence, -1.0, 1.0)?;
        ranges::check("energy", energy, -1.0, 1.0)?;
        ranges::check_sound(&sound)?;
        Ok(Preset { name, category, styles, valence, energy, sound })
    }
}

impl Envelope {
    fn of(shape: &EnvelopeShape) -> Self {
        let EnvelopeShape { attack_s, decay_s, sustain, release_s } = *shape;
        Self { attack_s, decay_s, sustain, release_s }
    }

    fn shape(&self) -> EnvelopeShape {
        let Self { attack_s, decay_s, sustain, release_s } = *self;
        EnvelopeShape { attack_s, decay_s, sustain, release_s }
    }
}

impl Filter {
    fn of(shape: &FilterShape) -> Self {
        Self {
            kind: shape.kind,
            slope_db_per_octave: if shape.is_steep { 24 } else { 12 },
            drive_db: shape.drive_db,
            cutoff_hz: shape.cutoff_hz,
            key_follow: shape.key_follow,
            envelope_octaves: shape.envelope_octaves,
            velocity_octaves: shape.velocity_octaves,
            q: shape.q,
            envelope: Envelope::of(&shape.envelope),
        }
    }

    fn shape(&self) -> FilterShape {
        FilterShape {
            kind: self.kind,
            is_steep: self.slope_db_per_octave == 24,
            drive_db: self.drive_db,
            cutoff_hz: self.cutoff_hz,
            key_follow: self.key_follow,
            envelope_octaves: self.envelope_octaves,
            velocity_octaves: self.velocity_octaves,
            q: self.q,
            envelope: self.envelope.shape(),
        }
    }
}

impl NoisePart {
    fn of(noise: &Noise) -> Self {
        let Noise { gain, decay_s, width, velocity_power } = *noise;
        Self { gain, decay_s: finite(decay_s), width, velocity_power }
    }

    fn noise(&self) -> Noise {
        let decay_s = self.decay_s.unwrap_or(f32::INFINITY);
        Noise { gain: self.gain, decay_s, width: self.width, velocity_power: self.velocity_power }
    }
}

impl LayerPart {
    fn of(layer: &Layer) -> Self {
        Self {
            wave: layer.wave,
            morph_wave: layer.morph_wave,
            morph: layer.morph,
            ratio: layer.ratio,
            gain: layer.gain,
            unison: layer.unison,
            detune_cents: layer.detune_cents,
            width: layer.width,
            scatter: layer.scatter,
            decay_s: finite(layer.decay_s),
            velocity_power: layer.velocity_power,
        }
    }

    fn layer(&self) -> Layer {
        Layer {
            wave: self.wave,
            morph_wave: self.morph_wave,
            morph: self.morph,
            ratio: self.ratio,
            gain: self.gain,
            unison: self.unison,
            detune_cents: self.detune_cents,
            width: self.width,
            scatter: self.scatter,
            decay_s: self.decay_s.unwrap_or(f32::INFINITY),
            velocity_power: self.velocity_power,
        }
    }
}

impl LfoPart {
    fn of(shape: &LfoShape) -> Self {
        let LfoShape { wave, rate_hz, delay_s, fade_s } = *shape;
        Self { wave, rate_hz, delay_s, fade_s }
    }

    fn shape(&self) -> LfoShape {
        let Self { wave, rate_hz, delay_s, fade_s } = *self;
        LfoShape { wave, rate_hz, delay_s, fade_s }
    }
}

impl Modulation {
    fn of(slot: Slot) -> Self {
        let Slot { source, target, amount } = slot;
        Self { source, target, amount }
    }

    fn slot(&self) -> Slot {
        let Self { source, target, amount } = *self;
        Slot { source, target, amount }
    }
}
