//! Why a file could not be used, in words for the user.
//!
//! Never made on the audio thread.

/// Why a file could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file is not there, or may not be read.
    #[error("{file} cannot be read: {why}. Check that it is there and that you may read it.")]
    Unreadable {
        /// Which.
        file: String,
        /// What the system says.
        why: String,
    },
    /// The file cannot be written.
    #[error("{file} cannot be written: {why}.")]
    Unwritable {
        /// Which.
        file: String,
        /// What the system says.
        why: String,
    },
    /// The file is of another kind, broken, or cut off.
    #[error("{file} cannot be used: {why}.")]
    Broken {
        /// Which.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// A sample that the file names is missing or broken.
    #[error("{file} needs the sample {sample}, which cannot be used: {why}.")]
    Sample {
        /// The file that names it.
        file: String,
        /// The sample.
        sample: String,
        /// What is wrong with it.
        why: String,
    },
    /// The file is of a kind that Linnet does not read.
    #[error("{file} cannot be used: {what} is not supported. {remedy}")]
    Unsupported {
        /// Which.
        file: String,
        /// The kind.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// It was asked to stop before the file was read to its end.
    #[error("{file} was not read to its end.")]
    Stopped {
        /// Which.
        file: String,
    },
    /// More than Linnet loads.
    #[error("{file} is too large: {why}.")]
    TooLarge {
        /// Which.
        file: String,
        /// What there is too much of.
        why: String,
    },
    /// The file has no such preset.
    #[error("{file} has no preset {program} in bank {bank}. Choose another one.")]
    NoPreset {
        /// Which.
        file: String,
        /// In [0, 128].
        bank: u16,
        /// In [0, 127].
        program: u16,
    },
}

/// The most bytes of samples that one instrument may take: 1 GiB.
pub(crate) const SAMPLE_BYTES_MAX: u64 = 1 << 30;
/// The most zones of one instrument.
pub(crate) const ZONES_MAX: usize = 20_000;

/// An instrument that was loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What plays.
    pub instrument: linnet_engine::sampler::Instrument,
    /// Its name.
    pub name: String,
    /// What of the file is not used, in sentences.
    pub remarks: Vec<String>,
}
