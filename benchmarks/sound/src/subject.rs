//! What is measured.

/// At this rate all subjects run.
pub const SAMPLE_RATE_HZ: f64 = 48_000.0;

/// Something that makes or changes stereo sound, block by block.
pub trait Subject {
    /// Starts over: silence, and the notes that it holds go down.
    fn restart(&mut self);

    /// The next block. The audio holds noise, which effects change and instruments overwrite.
    fn render(&mut self, left: &mut [f32], right: &mut [f32]);
}

/// What a subject does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Holds so many voices.
    Voices(u8),
    /// An equaliser of eight bands.
    Equalizer,
    /// A reverb.
    Reverb,
    /// A stereo convolution with a response of two seconds.
    Convolution,
    /// The equaliser, with denormal numbers for input.
    FaintEqualizer,
    /// The same for the reverb.
    FaintReverb,
    /// The same for the convolution.
    FaintConvolution,
    /// The equaliser with silence after sound, while what it holds dies away.
    EqualizerTail,
    /// The same for the reverb.
    ReverbTail,
    /// Sixteen voices after their keys went up.
    VoicesTail,
    /// Sixteen voices, equaliser and reverb.
    Rig,
    /// The whole callback, with nothing to play.
    Idle,
    /// The whole callback, with one voice.
    OneVoice,
}

impl Task {
    /// Frames before each stretch that are not timed: all that fades in is there, and a response is filled.
    pub fn warm_up_frames(self) -> usize {
        let fills = matches!(self, Self::Convolution | Self::FaintConvolution);
        if fills { 2 * SAMPLE_RATE_HZ as usize + 8192 } else { 4800 }
    }

    /// In words.
    pub fn name(self) -> String {
        match self {
            Self::Voices(1) => "1 voice".into(),
            Self::Voices(count) => format!("{count} voices"),
            Self::Equalizer => "EQ, 8 bands".into(),
            Self::Reverb => "reverb".into(),
            Self::Convolution => "convolution, 2 s".into(),
            Self::FaintEqualizer => "EQ, denormal input".into(),
            Self::FaintReverb => "reverb, denormal input".into(),
            Self::FaintConvolution => "convolution, denormal input".into(),
            Self::EqualizerTail => "EQ, tail".into(),
            Self::ReverbTail => "reverb, tail".into(),
            Self::VoicesTail => "16 voices, released".into(),
            Self::Rig => "16 voices + EQ + reverb".into(),
            Self::Idle => "callback, idle".into(),
            Self::OneVoice => "callback, 1 voice".into(),
        }
    }
}

/// What is done, beside the same with numbers that are denormal, or on the way there.
pub const FAINT: [(Task, Task); 6] = [
    (Task::FaintEqualizer, Task::Equalizer),
    (Task::FaintReverb, Task::Reverb),
    (Task::FaintConvolution, Task::Convolution),
    (Task::EqualizerTail, Task::Equalizer),
    (Task::ReverbTail, Task::Reverb),
    (Task::VoicesTail, Task::Voices(16)),
];

/// The keys that are held: all different, from C2 up in fifths folded into four octaves.
pub fn keys(count: u8) -> impl Iterator<Item = u8> {
    (0..count).map(|n| 36 + (7 * n) % 48)
}

/// Noise that decays by 60 dB in two seconds, another one on each side.
pub fn response() -> [Vec<f32>; 2] {
    let frames = 2 * SAMPLE_RATE_HZ as usize;
    [0x1234_5678_u32, 0x8765_4321].map(|seed| {
        let mut state = seed;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as i32 as f32 / 2_147_483_648.0
        };
        (0..frames).map(|tap| 0.02 * next() * (-6.9 * tap as f32 / frames as f32).exp()).collect()
    })
}
