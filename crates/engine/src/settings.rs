//! The parameters that the audio thread reads, once a block. The engine smooths them.

use linnet_handover::worker_to_audio::Start;

/// One part's strip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartSettings {
    /// Whether the part plays at all.
    pub on: bool,
    /// Level in dB, in [−60, 6]; −60 is silence.
    pub level_db: f32,
    /// In [−1 left, 1 right].
    pub pan: f32,
    /// Send to the reverb in dB, in [−60, 6]; −60 is none.
    pub reverb_send_db: f32,
    /// Send to the delay in dB, in [−60, 6]; −60 is none.
    pub delay_send_db: f32,
    /// How wide the part is, in [0, 2]: 0 is mono, 1 as its sound is.
    pub width: f32,
    /// Where the part's low cut begins (12 dB an octave), in [20, 1,000]; [`LOW_CUT_OFF_HZ`] is none.
    pub low_cut_hz: f32,
    /// Octaves added to the phrase (sound and MIDI out), in [−3, 3]; drums ignore it.
    pub octave: i32,
    /// Which of the bank's sounds ([`crate::synth::bank`]), in [0, 255]; 254 is the user's own preset, 255 the part's own instrument.
    pub sound: usize,
    /// MIDI channel in [1, 16], or 0 for no MIDI out.
    pub midi_channel: u8,
    /// Silences the other parts that have no solo.
    pub solo: bool,
    /// Silences this part: sound and MIDI out.
    pub mute: bool,
}

/// A part's low cut at or below is none.
pub const LOW_CUT_OFF_HZ: f32 = 20.0;

/// The pieces of a kit that have settings of their own. Keys that no kit has an own sound for go with their nearest kin,
/// or are percussion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The bass drum.
    Kick,
    /// The snare drum.
    Snare,
    /// A stick on the snare's rim.
    SideStick,
    /// Hands.
    Clap,
    /// The hi-hat, closed or by the pedal.
    ClosedHat,
    /// The hi-hat, open.
    OpenHat,
    /// All toms.
    Toms,
    /// Crash, splash and china.
    Crash,
    /// The ride, its bell too.
    Ride,
    /// Everything else: tambourine, cowbell, shaker, congas, woods.
    Percussion,
}

impl Piece {
    /// All of them. New ones come at the end.
    pub const ALL: [Self; 10] = [
        Self::Kick,
        Self::Snare,
        Self::SideStick,
        Self::Clap,
        Self::ClosedHat,
        Self::OpenHat,
        Self::Toms,
        Self::Crash,
        Self::Ride,
        Self::Percussion,
    ];

    /// Its place in [`Self::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The name that users read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kick => "Kick",
            Self::Snare => "Snare",
            Self::SideStick => "Side stick",
            Self::Clap => "Clap",
            Self::ClosedHat => "Closed hat",
            Self::OpenHat => "Open hat",
            Self::Toms => "Toms",
            Self::Crash => "Crash",
            Self::Ride => "Ride",
            Self::Percussion => "Percussion",
        }
    }

    /// What files and parameters call it: never changed.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kick => "kick",
            Self::Snare => "snare",
            Self::SideStick => "side_stick",
            Self::Clap => "clap",
            Self::ClosedHat => "closed_hat",
            Self::OpenHat => "open_hat",
            Self::Toms => "toms",
            Self::Crash => "crash",
            Self::Ride => "ride",
            Self::Percussion => "percussion",
        }
    }
}

/// How one piece differs from what it is in every kit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PieceSettings {
    /// Semitones that it is higher, in [−24, 24]. A hit keeps those with which it started.
    pub tune_semitones: f32,
    /// How many times as long it decays, in [0.25, 4]. A hit keeps what it started with.
    pub decay: f32,
    /// Level in dB, in [−60, 12]; −60 is silence.
    pub level_db: f32,
}

impl PieceSettings {
    /// As the kit has it.
    pub const PLAIN: Self = Self { tune_semitones: 0.0, decay: 1.0, level_db: 0.0 };
}

/// One band of the EQ. Bands in order: low cut, low shelf, four bells, high shelf, high cut (cuts ignore the gain).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandSettings {
    /// Whether it works.
    pub on: bool,
    /// In [20, 20,000].
    pub freq_hz: f32,
    /// In [−24, 24].
    pub gain_db: f32,
    /// In [0.1, 18].
    pub q: f32,
}

/// Which room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReverbType {
    /// Short, early reflections close together.
    Room,
    /// Long and wide.
    Hall,
    /// Dense at once, bright.
    Plate,
    /// The response of a space, by convolution: [`ReverbSettings::space`] says which. Decay, size and damping are its own.
    Space,
}

/// Which space the convolution is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpaceType {
    /// Small, of stone; 1.5 s.
    #[default]
    Chapel,
    /// Large and warm; 2 s.
    ConcertHall,
    /// Small, of wood; 0.5 s.
    WoodenRoom,
    /// Long and dark; 2.4 s.
    Cave,
    /// The user's own response ([`crate::effect::reverb::OwnSpace`]); silence until there is one.
    Own,
}

impl SpaceType {
    /// All that are computed. New ones come at the end.
    pub const ALL: [Self; 4] = [Self::Chapel, Self::ConcertHall, Self::WoodenRoom, Self::Cave];

    /// Its place in [`Self::ALL`]; behind the last for the user's own.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// The reverb.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReverbSettings {
    /// Which room.
    pub kind: ReverbType,
    /// In [0, 250].
    pub pre_delay_ms: f32,
    /// Time to decay by 60 dB, in [0.1, 20].
    pub decay_s: f32,
    /// In [0, 1].
    pub size: f32,
    /// Where the highs begin to decay faster, in [500, 20,000].
    pub damping_hz: f32,
    /// Nothing below is sent in, in [20, 1,000].
    pub low_cut_hz: f32,
    /// In [0, 1]; 0 is mono.
    pub width: f32,
    /// Level of the reverb's return, in [0, 1].
    pub mix: f32,
    /// The space of [`ReverbType::Space`]; the other types ignore it.
    pub space: SpaceType,
}

/// Lengths of notes, by name and in beats, from the shortest to the longest.
pub const NOTE_VALUES: [(&str, f32); 18] = [
    ("1/32 triplet", 1.0 / 12.0),
    ("1/32", 0.125),
    ("1/16 triplet", 1.0 / 6.0),
    ("1/32 dotted", 0.1875),
    ("1/16", 0.25),
    ("1/8 triplet", 1.0 / 3.0),
    ("1/16 dotted", 0.375),
    ("1/8", 0.5),
    ("1/4 triplet", 2.0 / 3.0),
    ("1/8 dotted", 0.75),
    ("1/4", 1.0),
    ("1/2 triplet", 4.0 / 3.0),
    ("1/4 dotted", 1.5),
    ("1/2", 2.0),
    ("1/1 triplet", 8.0 / 3.0),
    ("1/2 dotted", 3.0),
    ("1/1", 4.0),
    ("1/1 dotted", 6.0),
];

/// The delay, in time with the tempo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DelaySettings {
    /// From echo to echo, by place in [`NOTE_VALUES`]. At most [`crate::effect::Delay::SECONDS_MAX`].
    pub time: usize,
    /// How much of an echo comes back in the next one, in [0, 0.95].
    pub feedback: f32,
    /// Whether the echoes go from side to side.
    pub ping_pong: bool,
    /// What lies below becomes softer from echo to echo, in [20, 1,000].
    pub low_cut_hz: f32,
    /// What lies above becomes softer from echo to echo, in [500, 20,000].
    pub high_cut_hz: f32,
    /// Level of the delay's return, in [0, 1].
    pub mix: f32,
}

/// Every parameter that the audio thread reads.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own that the user sees")]
pub struct Settings {
    /// The strips, by [`linnet_music::Part`].
    pub parts: [PartSettings; 4],
    /// The pieces of the drums' kit, by [`Piece`].
    pub pieces: [PieceSettings; Piece::ALL.len()],
    /// The EQ.
    pub bands: [BandSettings; 8],
    /// The reverb.
    pub reverb: ReverbSettings,
    /// The delay.
    pub delay: DelaySettings,
    /// Output level in dB, in [−60, 12].
    pub output_db: f32,
    /// Whether the limiter works.
    pub limiter: bool,
    /// When a proposal that is asked for takes over.
    pub quantise: Start,
    /// The `propose` parameter: a proposal is asked for when it rises.
    pub propose: bool,
    /// Ask again every so many bars: 0 (off), 1, 2, 4, 8 or 16.
    pub auto_bars: u32,
    /// Whether every ask carries the `seed` parameter as it stands. Where it is open, each further one counts it up.
    pub seed_locked: bool,
    /// Whether this is the note effect, which stays silent.
    pub notes_only: bool,
}

impl Settings {
    /// Voices and nothing else: each part on one of `sounds`, by [`linnet_music::Part`], at 0 dB in the middle; no
    /// equaliser, no sends, no limiter, no MIDI out.
    pub fn dry(sounds: [usize; 4]) -> Self {
        let part = |sound| PartSettings {
            on: true,
            level_db: 0.0,
            pan: 0.0,
            reverb_send_db: -60.0,
            delay_send_db: -60.0,
            width: 1.0,
            low_cut_hz: LOW_CUT_OFF_HZ,
            octave: 0,
            sound,
            midi_channel: 0,
            solo: false,
            mute: false,
        };
        Self {
            parts: sounds.map(part),
            pieces: [PieceSettings::PLAIN; Piece::ALL.len()],
            bands: [BandSettings { on: false, freq_hz: 1000.0, gain_db: 0.0, q: 0.7 }; 8],
            reverb: ReverbSettings {
                kind: ReverbType::Room,
                space: SpaceType::Chapel,
                pre_delay_ms: 0.0,
                decay_s: 1.0,
                size: 0.5,
                damping_hz: 6000.0,
                low_cut_hz: 100.0,
                width: 1.0,
                mix: 0.0,
            },
            delay: DelaySettings {
                time: 0,
                feedback: 0.0,
                ping_pong: false,
                low_cut_hz: 20.0,
                high_cut_hz: 20_000.0,
                mix: 0.0,
            },
            output_db: 0.0,
            limiter: false,
            quantise: Start::Now,
            propose: false,
            auto_bars: 0,
            seed_locked: true,
            notes_only: false,
        }
    }
}
