//! The parameters by group: what they are called, their ranges and their defaults.

use super::build::{between, choice, level, low_cut, octaves, pan, percent, switch, whole};
use super::sounds;
use linnet_music::Part;
use nice_plug::prelude::*;

/// The values of `mode`, in the order of [`linnet_music::Mode::ALL`].
pub const MODES: [&str; 8] = ["Continue", "Invent", "Groove", "Vary", "Morph", "Fill", "Accompany", "Sketch"];
/// The values of `auto`.
pub const AUTOS: [&str; 6] = ["off", "1 bar", "2 bars", "4 bars", "8 bars", "16 bars"];
/// The bars that each value of `auto` stands for.
pub const AUTO_BARS: [u32; 6] = [0, 1, 2, 4, 8, 16];
/// The values of `quantise`.
pub const QUANTISES: [&str; 4] = ["off", "beat", "bar", "4 bars"];
/// The values of `key`: auto, then the pitch classes.
pub const KEYS: [&str; 13] = ["auto", "C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
/// The values of `scale`: auto, then [`linnet_music::Scale::ALL`].
pub const SCALES: [&str; 13] = [
    "auto",
    "major",
    "minor",
    "harmonic minor",
    "melodic minor",
    "dorian",
    "phrygian",
    "lydian",
    "mixolydian",
    "major pentatonic",
    "minor pentatonic",
    "blues",
    "chromatic",
];
/// The values of `style_a` and `style_b`: any, then [`linnet_music::Style::ALL`].
pub const STYLES: [&str; 21] = [
    "any",
    "Folk",
    "Chorale",
    "Classical",
    "Lied",
    "Songbook",
    "Pop",
    "Rock",
    "Funk",
    "Soul",
    "House",
    "Techno",
    "Hip-hop",
    "Lo-fi",
    "Drum and bass",
    "Ambient",
    "Swing",
    "Bossa nova",
    "Latin",
    "Reggae",
    "Cinematic",
];
/// The values of `chords_role`, in the order of [`linnet_music::ChordsRole::ALL`].
pub const CHORDS_ROLES: [&str; 2] = ["comping", "counter-line"];
/// The values of a part's `midi_channel`.
pub const CHANNELS: [&str; 17] =
    ["off", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"];
/// The values of `midi_out`. Hosts that merge all channels need one part alone.
pub const ROUTINGS: [&str; 5] = [
    "each part on its channel",
    "lead only, channel 1",
    "chords only, channel 1",
    "bass only, channel 1",
    "drums only, channel 1",
];

/// How and when to propose.
#[derive(Params)]
pub struct ProposeParams {
    /// The way, by place in [`MODES`].
    #[id = "mode"]
    pub mode: IntParam,
    /// A proposal is asked for when it turns on; turn it off again to be able to ask anew.
    #[id = "propose"]
    pub propose: BoolParam,
    /// Asks again every so many bars, by place in [`AUTOS`].
    #[id = "auto"]
    pub auto: IntParam,
    /// Length in bars, in [1, 16].
    #[id = "bars"]
    pub bars: IntParam,
    /// Where a proposal may start, by place in [`QUANTISES`].
    #[id = "quantise"]
    pub quantise: IntParam,
    /// In [0, 65,535].
    #[id = "seed"]
    pub seed: IntParam,
    /// Whether the seed stays from one proposal to the next.
    #[id = "seed_lock"]
    pub seed_lock: BoolParam,
}

impl Default for ProposeParams {
    fn default() -> Self {
        Self {
            mode: choice("Mode", &MODES, 0),
            propose: switch("Propose", false),
            auto: choice("Auto", &AUTOS, 0),
            bars: whole("Bars", 4, (1, 16), &["bar", "bars"]),
            quantise: choice("Quantise", &QUANTISES, 2),
            seed: whole("Seed", 1, (0, 65_535), &["", ""]),
            seed_lock: switch("Seed lock", false),
        }
    }
}

/// What the notes must agree with.
#[derive(Params)]
pub struct HarmonyParams {
    /// By place in [`KEYS`].
    #[id = "key"]
    pub key: IntParam,
    /// By place in [`SCALES`].
    #[id = "scale"]
    pub scale: IntParam,
    /// Whether proposals keep to the harmony heard.
    #[id = "follow_chords"]
    pub follow_chords: BoolParam,
}

impl Default for HarmonyParams {
    fn default() -> Self {
        Self {
            key: choice("Key", &KEYS, 0),
            scale: choice("Scale", &SCALES, 0),
            follow_chords: switch("Follow chords", true),
        }
    }
}

/// What the notes should be like.
#[derive(Params)]
pub struct StyleParams {
    /// In [0, 1].
    #[id = "density"]
    pub density: FloatParam,
    /// In [0, 1].
    #[id = "surprise"]
    pub surprise: FloatParam,
    /// Octaves, in [−2, 2].
    #[id = "register"]
    pub register: FloatParam,
    /// Semitones, in [5, 36].
    #[id = "range"]
    pub range: IntParam,
    /// In [0, 0.75].
    #[id = "swing"]
    pub swing: FloatParam,
    /// In [0, 1].
    #[id = "humanise"]
    pub humanise: FloatParam,
    /// By place in [`STYLES`].
    #[id = "style_a"]
    pub style_a: IntParam,
    /// By place in [`STYLES`].
    #[id = "style_b"]
    pub style_b: IntParam,
    /// From `style_a` to `style_b`, in [0, 1].
    #[id = "style_blend"]
    pub style_blend: FloatParam,
    /// From −1, dark, to 1, bright.
    #[id = "valence"]
    pub valence: FloatParam,
    /// From 0, calm, to 1, driving.
    #[id = "energy"]
    pub energy: FloatParam,
    /// In [0, 1].
    #[id = "complexity"]
    pub complexity: FloatParam,
    /// In [0, 1].
    #[id = "repetition"]
    pub repetition: FloatParam,
    /// In [0, 1].
    #[id = "leaps"]
    pub leaps: FloatParam,
    /// In [0, 1]; of Vary.
    #[id = "similarity"]
    pub similarity: FloatParam,
    /// From the current idea to the other, in [0, 1]; of Morph.
    #[id = "morph"]
    pub morph: FloatParam,
    /// By place in [`CHORDS_ROLES`].
    #[id = "chords_role"]
    pub chords_role: IntParam,
}

impl Default for StyleParams {
    fn default() -> Self {
        Self {
            density: percent("Density", 0.5, 1.0),
            surprise: percent("Surprise", 0.5, 1.0),
            register: octaves("Register"),
            range: whole("Range", 19, (5, 36), &["st", "st"]),
            swing: percent("Swing", 0.0, 0.75),
            humanise: percent("Humanise", 0.4, 1.0),
            style_a: choice("Style A", &STYLES, 0),
            style_b: choice("Style B", &STYLES, 0),
            style_blend: percent("Style blend", 0.0, 1.0),
            valence: between("Valence", 0.0, -1.0, ["dark", "bright"]),
            energy: between("Energy", 0.5, 0.0, ["calm", "driving"]),
            complexity: percent("Complexity", 0.5, 1.0),
            repetition: percent("Repetition", 0.5, 1.0),
            leaps: percent("Leaps", 0.5, 1.0),
            similarity: percent("Similarity", 0.7, 1.0),
            morph: percent("Morph", 0.5, 1.0),
            chords_role: choice("Chords role", &CHORDS_ROLES, 0),
        }
    }
}

/// One part.
#[derive(Params)]
pub struct PartParams {
    /// Whether it is proposed and played.
    #[id = "on"]
    pub on: BoolParam,
    /// Whether the next proposal leaves it alone.
    #[id = "lock"]
    pub lock: BoolParam,
    /// In [−60, 6]. Not in Linnet Notes.
    #[id = "level_db"]
    pub level_db: FloatParam,
    /// In [−1, 1]. Not in Linnet Notes.
    #[id = "pan"]
    pub pan: FloatParam,
    /// In [−60, 6]. Not in Linnet Notes.
    #[id = "reverb_send_db"]
    pub reverb_send_db: FloatParam,
    /// In [−3, 3]. Drums have none.
    #[id = "octave"]
    pub octave: IntParam,
    /// As [`super::sounds`] says. Not in Linnet Notes.
    #[id = "sound"]
    pub sound: IntParam,
    /// By place in [`CHANNELS`].
    #[id = "midi_channel"]
    pub midi_channel: IntParam,
    /// Silences the other parts that have no solo.
    #[id = "solo"]
    pub solo: BoolParam,
    /// Silences this part.
    #[id = "mute"]
    pub mute: BoolParam,
    /// In [−60, 6]. Not in Linnet Notes.
    #[id = "delay_send_db"]
    pub delay_send_db: FloatParam,
    /// In [0, 2]. Not in Linnet Notes.
    #[id = "width"]
    pub width: FloatParam,
    /// In hertz in [20, 1,000]; 20 is off. Not in Linnet Notes.
    #[id = "low_cut"]
    pub low_cut: FloatParam,
}

impl PartParams {
    /// The parameters of `part`.
    pub(super) fn new(part: Part) -> Self {
        let (level_db, pan_default, send_db, channel) = match part {
            Part::Lead => (-6.0, 0.0, -14.0, 1),
            Part::Chords => (-10.0, 0.0, -12.0, 2),
            Part::Bass => (-8.0, 0.0, -60.0, 3),
            Part::Drums => (-8.0, 0.0, -22.0, 10),
        };
        let name = |what: &str| format!("{} {what}", part.name());
        Self {
            on: switch(&name("on"), true),
            lock: switch(&name("lock"), false),
            level_db: level(&name("level"), level_db, 6.0),
            pan: pan(&name("pan"), pan_default),
            reverb_send_db: level(&name("reverb send"), send_db, 6.0),
            octave: whole(&name("octave"), 0, (-3, 3), &["oct", "oct"]),
            sound: sounds::parameter(&name("sound"), part),
            midi_channel: choice(&name("MIDI channel"), &CHANNELS, channel),
            solo: switch(&name("solo"), false),
            mute: switch(&name("mute"), false),
            delay_send_db: level(&name("delay send"), -60.0, 6.0),
            width: percent(&name("width"), 1.0, 2.0),
            low_cut: low_cut(&name("low cut")),
        }
    }
}

/// Which parts leave as MIDI, and where.
#[derive(Params)]
pub struct MidiParams {
    /// By place in [`ROUTINGS`].
    #[id = "midi_out"]
    pub midi_out: IntParam,
}

impl Default for MidiParams {
    fn default() -> Self {
        Self { midi_out: choice("MIDI out", &ROUTINGS, 0) }
    }
}
