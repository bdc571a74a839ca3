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
    /// Sixteen voices, equaliser and reverb.
    Rig,
    /// The whole callback, with nothing to play.
    Idle,
    /// The whole callback, with one voice.
    OneVoice,
}

impl Task {
    /// In words.
    pub fn name(self) -> String {
        match self {
            Self::Voices(1) => "1 voice".into(),
            Self::Voices(count) => format!("{count} voices"),
            Self::Equalizer => "EQ, 8 bands".into(),
            Self::Reverb => "reverb".into(),
            Self::Rig => "16 voices + EQ + reverb".into(),
            Self::Idle => "callback, idle".into(),
            Self::OneVoice => "callback, 1 voice".into(),
        }
    }
}

/// The keys that are held: all different, from C2 up in fifths folded into four octaves.
pub fn keys(count: u8) -> impl Iterator<Item = u8> {
    (0..count).map(|n| 36 + (7 * n) % 48)
}
