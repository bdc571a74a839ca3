//! What a sound with pitch is made of, as values.
//!
//! Read on the audio thread.

pub use super::envelope::EnvelopeShape;
pub use super::wave::Wave;

/// Oscillators of a voice at most, over all layers.
pub const MAX_OSCILLATORS: usize = 6;
/// Slots of the modulation at most.
pub const MAX_SLOTS: usize = 6;

/// Some oscillators that belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    /// Their spectrum.
    pub wave: Wave,
    /// The spectrum that they go to by `morph`; the same where they do not.
    pub morph_wave: Wave,
    /// How far they are on the way there, in [0, 1]. The modulation adds to it.
    pub morph: f32,
    /// Their pitch, as a multiple of the key's, in [0.125, 16].
    pub ratio: f32,
    /// Level of all of them together, linear, in [0, 2].
    pub gain: f32,
    /// How many, in [1, [`MAX_OSCILLATORS`]].
    pub unison: usize,
    /// How far the outermost are detuned, in cents, in [0, 100].
    pub detune_cents: f32,
    /// How far the outermost lie to the sides, in [0, 1].
    pub width: f32,
    /// How far apart their phases start, in cycles, in [0, 1]: 0 for strings that one hammer strikes, 1 for many players.
    pub scatter: f32,
    /// The layer's own time to decay by 60 dB, in seconds at middle C, in [0.01, 60]; infinite where it has none.
    pub decay_s: f32,
    /// The level goes with velocity to this power, above that of the whole sound, in [0, 4].
    pub velocity_power: f32,
}

/// Noise beside the oscillators, before the filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Level, linear, in [0, 2]; 0 is none.
    pub gain: f32,
    /// Its own time to decay by 60 dB, in seconds, in [0.001, 60]; infinite where it has none.
    pub decay_s: f32,
    /// How wide, in [0, 1].
    pub width: f32,
    /// The level goes with velocity to this power, above that of the whole sound, in [0, 4].
    pub velocity_power: f32,
}

/// What of the spectrum the filter lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterKind {
    /// What lies below the cutoff.
    Low,
    /// What lies around it, with gain 1 there.
    Band,
    /// What lies above it.
    High,
    /// All but what lies around it.
    Notch,
}

/// The filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilterShape {
    /// What passes.
    pub kind: FilterKind,
    /// Whether it falls by 24 dB an octave rather than 12.
    pub is_steep: bool,
    /// How hard it is driven, in dB, in [0, 36]; 0 is clean.
    pub drive_db: f32,
    /// Cutoff at middle C and full velocity with the envelope at 0, in Hz, in [20, 20,000].
    pub cutoff_hz: f32,
    /// Octaves that the cutoff rises by an octave of the key, in [−1, 2].
    pub key_follow: f32,
    /// Octaves that the envelope adds at its top, in [−8, 8].
    pub envelope_octaves: f32,
    /// Octaves that the softest key lies below the hardest, in [0, 6].
    pub velocity_octaves: f32,
    /// Resonance, in [0.5, 12].
    pub q: f32,
    /// The course of the cutoff.
    pub envelope: EnvelopeShape,
}

/// A vibrato of its own that fades in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vibrato {
    /// In Hz, in [0.05, 20].
    pub rate_hz: f32,
    /// Without the mod wheel, in cents, in [0, 100].
    pub depth_cents: f32,
    /// Time until it is there, in seconds, in [0.01, 10].
    pub delay_s: f32,
}

/// The course of an LFO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LfoWave {
    /// Round.
    Sine,
    /// Straight up and down.
    Triangle,
    /// Straight up, then down at once.
    Saw,
    /// High, then low.
    Square,
    /// Another level at random in each cycle.
    SampleAndHold,
}

/// A slow oscillator of a voice, in [−1, 1]. It starts with the note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LfoShape {
    /// Its course.
    pub wave: LfoWave,
    /// In Hz, in [0.02, 30].
    pub rate_hz: f32,
    /// How long after the note-on it begins, in seconds, in [0, 10].
    pub delay_s: f32,
    /// How long it then takes to be all there, in seconds, in [0, 10].
    pub fade_s: f32,
}

/// Where a modulation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The first LFO, in [−1, 1].
    Lfo1,
    /// The second LFO, in [−1, 1].
    Lfo2,
    /// The filter's envelope, in [0, 1].
    Envelope,
    /// How hard the key is struck, in [0, 1].
    Velocity,
    /// Octaves above middle C.
    Key,
    /// The mod wheel, in [0, 1].
    Wheel,
    /// Drawn for each note, in [−1, 1].
    Random,
}

/// What a modulation moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The pitch, in semitones.
    Pitch,
    /// The way of all layers to their other wave, as a share of it.
    Morph,
    /// The cutoff, in octaves.
    Cutoff,
    /// The resonance, in octaves of Q.
    Resonance,
    /// The place, where ± 1 is a side.
    Pan,
    /// The level, in dB.
    Level,
}

/// One modulation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// Where it comes from.
    pub source: Source,
    /// What it moves.
    pub target: Target,
    /// By how much where the source is 1, in the unit of the target, in [−48, 48]; 0 is none.
    pub amount: f32,
}

/// How many notes sound at once. Chords always play many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playing {
    /// Every key its own.
    Poly,
    /// One; each key strikes anew.
    Mono,
    /// One; a key that is pressed while another is held only moves the pitch.
    Legato,
}

/// The layers of a sound.
#[derive(Clone, Copy, Debug)]
pub struct Layers {
    list: [Layer; MAX_OSCILLATORS],
    count: usize,
}

impl Layers {
    /// Those of `layers`; what exceeds [`MAX_OSCILLATORS`] is left out.
    pub const fn of(layers: &[Layer]) -> Self {
        let mut list = [single(Wave::Sine, 1.0, 0.0); MAX_OSCILLATORS];
        let mut count = 0;
        while count < layers.len() && count < MAX_OSCILLATORS {
            list[count] = layers[count];
            count += 1;
        }
        Self { list, count }
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Layer] {
        &self.list[..self.count.min(MAX_OSCILLATORS)]
    }
}

impl PartialEq for Layers {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

/// A sound with pitch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sound {
    /// What sounds.
    pub layers: Layers,
    /// Noise beside it.
    pub noise: Noise,
    /// The level's course. Its decay is that of middle C.
    pub amplitude: EnvelopeShape,
    /// Octaves of the key by which the decay halves, in [0.5, 12]; infinite where the key does not matter.
    pub decay_key_octaves: f32,
    /// The filter.
    pub filter: FilterShape,
    /// The vibrato.
    pub vibrato: Vibrato,
    /// The LFOs.
    pub lfos: [LfoShape; 2],
    /// The modulations.
    pub slots: [Slot; MAX_SLOTS],
    /// How many notes sound at once.
    pub playing: Playing,
    /// Time in which the pitch goes most of the way from the last key, in seconds, in [0, 5]; 0 is at once.
    pub glide_s: f32,
    /// The level goes with velocity to this power, in [0, 4].
    pub velocity_power: f32,
    /// Brings the sounds of a category to one loudness, in [−40, 12].
    pub gain_db: f32,
}

impl Sound {
    /// Whether anything moves it but envelopes, vibrato, bend and glide.
    pub(crate) fn is_modulated(&self) -> bool {
        self.slots.iter().any(|slot| slot.amount != 0.0)
    }

    /// By how many octaves the modulation raises the pitch at most.
    pub(crate) fn rise_octaves(&self) -> f32 {
        let of_pitch = self.slots.iter().filter(|slot| slot.target == Target::Pitch);
        of_pitch.map(|slot| slot.amount.abs()).sum::<f32>() / 12.0
    }

    /// Whether its filter is more than a clean low-pass of 12 dB.
    pub(crate) fn is_shaped(&self) -> bool {
        self.filter.kind != FilterKind::Low || self.filter.is_steep || self.filter.drive_db > 0.0
    }
}

pub(crate) const FOREVER: f32 = f32::INFINITY;
pub(crate) const NO_VIBRATO: Vibrato = Vibrato { rate_hz: 5.2, depth_cents: 0.0, delay_s: 0.3 };
pub(crate) const NO_NOISE: Noise = Noise { gain: 0.0, decay_s: FOREVER, width: 0.6, velocity_power: 0.0 };
pub(crate) const NO_SLOT: Slot = Slot { source: Source::Lfo1, target: Target::Pitch, amount: 0.0 };
pub(crate) const STILL: LfoShape = LfoShape { wave: LfoWave::Sine, rate_hz: 1.0, delay_s: 0.0, fade_s: 0.0 };

/// A sine that lasts as long as its key is held, through an open filter.
pub const PLAIN: Sound = Sound {
    layers: Layers::of(&[single(Wave::Sine, 1.0, 1.0)]),
    noise: NO_NOISE,
    amplitude: envelope(0.005, 1.0, 1.0, 0.15),
    decay_key_octaves: FOREVER,
    filter: low_pass(20_000.0, 0.0, 0.0, 0.0, 0.5, envelope(0.005, 1.0, 1.0, 0.15)),
    vibrato: NO_VIBRATO,
    lfos: [STILL; 2],
    slots: [NO_SLOT; MAX_SLOTS],
    playing: Playing::Poly,
    glide_s: 0.0,
    velocity_power: 1.0,
    gain_db: -12.0,
};

/// One oscillator in the middle.
pub(crate) const fn single(wave: Wave, ratio: f32, gain: f32) -> Layer {
    Layer {
        wave,
        morph_wave: wave,
        morph: 0.0,
        ratio,
        gain,
        unison: 1,
        detune_cents: 0.0,
        width: 0.0,
        scatter: 1.0,
        decay_s: FOREVER,
        velocity_power: 0.0,
    }
}

/// `count` oscillators, detuned by up to `cents`, `width` apart.
pub(crate) const fn unison(wave: Wave, ratio: f32, gain: f32, count: usize, cents: f32, width: f32) -> Layer {
    Layer { unison: count, detune_cents: cents, width, ..single(wave, ratio, gain) }
}

/// One oscillator that dies away in `decay_s`, the softer the key the softer by `velocity_power`.
pub(crate) const fn dying(wave: Wave, ratio: f32, gain: f32, decay_s: f32, velocity_power: f32) -> Layer {
    Layer { decay_s, velocity_power, ..single(wave, ratio, gain) }
}

/// `layer`, `morph` of the way to `morph_wave`.
pub(crate) const fn morphing(layer: Layer, morph_wave: Wave, morph: f32) -> Layer {
    Layer { morph_wave, morph, ..layer }
}

/// An envelope by its times in seconds and its sustain in [0, 1].
pub(crate) const fn envelope(attack_s: f32, decay_s: f32, sustain: f32, release_s: f32) -> EnvelopeShape {
    EnvelopeShape { attack_s, decay_s, sustain, release_s }
}

/// A clean low-pass of 12 dB.
pub(crate) const fn low_pass(
    cutoff_hz: f32,
    key_follow: f32,
    envelope_octaves: f32,
    velocity_octaves: f32,
    q: f32,
    envelope: EnvelopeShape,
) -> FilterShape {
    FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz,
        key_follow,
        envelope_octaves,
        velocity_octaves,
        q,
        envelope,
    }
}

/// The first `slots`, and none behind them.
pub(crate) const fn slots(slots: &[(Source, Target, f32)]) -> [Slot; MAX_SLOTS] {
    let mut list = [NO_SLOT; MAX_SLOTS];
    let mut count = 0;
    while count < slots.len() && count < MAX_SLOTS {
        let (source, target, amount) = slots[count];
        list[count] = Slot { source, target, amount };
        count += 1;
    }
    list
}

/// An LFO that is there at once.
pub(crate) const fn lfo(wave: LfoWave, rate_hz: f32) -> LfoShape {
    LfoShape { wave, rate_hz, ..STILL }
}

/// An LFO that begins after `delay_s` and fades in over `fade_s`.
pub(crate) const fn late_lfo(wave: LfoWave, rate_hz: f32, delay_s: f32, fade_s: f32) -> LfoShape {
    LfoShape { wave, rate_hz, delay_s, fade_s }
}
