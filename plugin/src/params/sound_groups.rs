//! The parameters of the sound behind the parts, by group: EQ, reverb, delay and output. Not in Linnet Notes.

use super::build::{choice, frequency, gain, level, milliseconds, percent, quality, seconds, switch};
use linnet_engine::settings::NOTE_VALUES;
use nice_plug::prelude::*;

/// The values of the reverb's `type`.
pub const REVERBS: [&str; 4] = ["room", "hall", "plate", "space"];
/// The values of the reverb's `space`: those of [`linnet_engine::settings::SpaceType::ALL`], and the user's own.
pub const SPACES: [&str; 5] = ["chapel", "concert hall", "wooden room", "cave", "own"];
/// The place of the user's own space in [`SPACES`].
pub const OWN_SPACE: i32 = 4;
/// The values of the delay's `time`, from the shortest to the longest.
pub const DELAY_TIMES: [&str; 18] = names(&NOTE_VALUES);
/// What the EQ's bands are, in order.
pub const BANDS: [&str; 8] =
    ["Low cut", "Low shelf", "Bell 1", "Bell 2", "Bell 3", "Bell 4", "High shelf", "High cut"];

/// One band of the EQ.
#[derive(Params)]
pub struct BandParams {
    /// Whether it works.
    #[id = "on"]
    pub on: BoolParam,
    /// In [20, 20,000].
    #[id = "freq_hz"]
    pub freq_hz: FloatParam,
    /// In [−24, 24]. The cuts have none.
    #[id = "gain_db"]
    pub gain_db: FloatParam,
    /// In [0.1, 18].
    #[id = "q"]
    pub q: FloatParam,
}

impl BandParams {
    /// Whether the band at `index` is a cut, which has no gain.
    pub fn is_cut(index: usize) -> bool {
        index == 0 || index == BANDS.len() - 1
    }

    /// The parameters of the band at `index` in [`BANDS`].
    pub(super) fn new(index: usize) -> Self {
        const FREQUENCIES_HZ: [f32; 8] = [30.0, 100.0, 250.0, 700.0, 2000.0, 5000.0, 9000.0, 18_000.0];
        let name = |what: &str| format!("EQ {} {what}", BANDS[index].to_lowercase());
        Self {
            on: switch(&name("on"), !Self::is_cut(index)),
            freq_hz: frequency(&name("frequency"), FREQUENCIES_HZ[index], 20.0, 20_000.0),
            gain_db: gain(&name("gain")),
            q: quality(&name("Q"), std::f32::consts::FRAC_1_SQRT_2),
        }
    }
}

/// The reverb.
#[derive(Params)]
pub struct ReverbParams {
    /// By place in [`REVERBS`].
    #[id = "type"]
    pub kind: IntParam,
    /// In [0, 250].
    #[id = "pre_delay_ms"]
    pub pre_delay_ms: FloatParam,
    /// In [0.1, 20].
    #[id = "decay_s"]
    pub decay_s: FloatParam,
    /// In [0, 1].
    #[id = "size"]
    pub size: FloatParam,
    /// In [500, 20,000].
    #[id = "damping_hz"]
    pub damping_hz: FloatParam,
    /// In [20, 1,000].
    #[id = "low_cut_hz"]
    pub low_cut_hz: FloatParam,
    /// In [0, 1].
    #[id = "width"]
    pub width: FloatParam,
    /// In [0, 1].
    #[id = "mix"]
    pub mix: FloatParam,
    /// Which space the type "space" is in, by place in [`SPACES`].
    #[id = "space"]
    pub space: IntParam,
}

impl Default for ReverbParams {
    fn default() -> Self {
        Self {
            kind: choice("Reverb type", &REVERBS, 1),
            pre_delay_ms: milliseconds("Reverb pre-delay", 20.0, 250.0),
            decay_s: seconds("Reverb decay", 1.8, 0.1, 20.0),
            size: percent("Reverb size", 0.6, 1.0),
            damping_hz: frequency("Reverb damping", 6000.0, 500.0, 20_000.0),
            low_cut_hz: frequency("Reverb low cut", 120.0, 20.0, 1000.0),
            width: percent("Reverb width", 1.0, 1.0),
            mix: percent("Reverb mix", 0.7, 1.0),
            space: choice("Reverb space", &SPACES, 0),
        }
    }
}

/// The names of note values.
const fn names(values: &'static [(&'static str, f32); 18]) -> [&'static str; 18] {
    let (mut names, mut place) = ([""; 18], 0);
    while place < names.len() {
        names[place] = values[place].0;
        place += 1;
    }
    names
}

/// The delay.
#[derive(Params)]
pub struct DelayParams {
    /// From echo to echo, by place in [`DELAY_TIMES`].
    #[id = "time"]
    pub time: IntParam,
    /// In [0, 0.95].
    #[id = "feedback"]
    pub feedback: FloatParam,
    /// Whether the echoes go from side to side.
    #[id = "ping_pong"]
    pub ping_pong: BoolParam,
    /// In [20, 1,000].
    #[id = "low_cut_hz"]
    pub low_cut_hz: FloatParam,
    /// In [500, 20,000].
    #[id = "high_cut_hz"]
    pub high_cut_hz: FloatParam,
    /// In [0, 1].
    #[id = "mix"]
    pub mix: FloatParam,
}

impl Default for DelayParams {
    fn default() -> Self {
        Self {
            time: choice("Delay time", &DELAY_TIMES, 9),
            feedback: percent("Delay feedback", 0.35, 0.95),
            ping_pong: switch("Delay ping-pong", true),
            low_cut_hz: frequency("Delay low cut", 150.0, 20.0, 1000.0),
            high_cut_hz: frequency("Delay high cut", 6000.0, 500.0, 20_000.0),
            mix: percent("Delay mix", 0.7, 1.0),
        }
    }
}

/// Where it all leaves.
#[derive(Params)]
pub struct OutputParams {
    /// In [−60, 12].
    #[id = "output_db"]
    pub output_db: FloatParam,
    /// Whether the limiter works.
    #[id = "limiter"]
    pub limiter: BoolParam,
}

impl Default for OutputParams {
    fn default() -> Self {
        Self { output_db: level("Output", 0.0, 12.0), limiter: switch("Limiter", true) }
    }
}
