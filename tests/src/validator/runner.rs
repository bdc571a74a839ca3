//! Runs on the audio thread. Blocks through a plug-in: buffers with guards around them, and what must hold of each block.

use super::events::{Inputs, Outputs};
use super::finding::{Finding, Verdict, expect, failed};
use super::plugin::{Activation, Audio, Plugin};
use super::ports::Layout;
use super::random::Random;
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::clap_event_transport;
use clap_sys::process::{
    CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, CLAP_PROCESS_SLEEP, clap_process, clap_process_status,
};
use std::ptr;

/// Frames behind each buffer that nobody may write to.
const GUARD: usize = 16;

/// A sample of 32 or 64 bits.
pub(crate) trait Sample: Copy + Send + Sync + PartialEq + 'static {
    /// What buffers hold before the plug-in writes to them; it is not a number.
    const STALE: Self;
    /// Its nearest value.
    fn from_f64(value: f64) -> Self;
    /// Its value.
    fn to_f64(self) -> f64;
    /// The same bits, also where they are no number.
    fn is_same(self, other: Self) -> bool;
    /// The smallest denormal number's order: a number that is denormal.
    fn denormal() -> Self;
    /// A buffer of these channels.
    fn buffer(channels: &mut [*mut Self], constant_mask: u64) -> clap_audio_buffer;
}

macro_rules! sample {
    ($type:ty, $data:ident, $other:ident, $stale:literal) => {
        impl Sample for $type {
            const STALE: Self = <$type>::from_bits($stale);
            fn from_f64(value: f64) -> Self {
                value as $type
            }
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            fn is_same(self, other: Self) -> bool {
                self.to_bits() == other.to_bits()
            }
            fn denormal() -> Self {
                <$type>::MIN_POSITIVE / 4.0
            }
            fn buffer(channels: &mut [*mut Self], constant_mask: u64) -> clap_audio_buffer {
                clap_audio_buffer {
                    $data: channels.as_mut_ptr(),
                    $other: ptr::null_mut(),
                    channel_count: channels.len() as u32,
                    latency: 0,
                    constant_mask,
                }
            }
        }
    };
}
// Numbers that no calculation gives of itself.
sample!(f32, data32, data64, 0x7fc1_5eed);
sample!(f64, data64, data32, 0x7ff8_0000_0c1a_5eed);

/// What goes into the audio inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Zeros, said to be constant or not.
    Silence {
        /// Whether the constant mask says so.
        flagged: bool,
    },
    /// White noise.
    Noise,
    /// Numbers too small for the normal format.
    Denormal,
}

/// What a block gave.
pub(crate) struct Heard<S> {
    pub(crate) status: clap_process_status,
    /// All channels of all outputs.
    pub(crate) audio: Vec<Vec<S>>,
    pub(crate) events: Vec<super::events::Event>,
}

/// Channels with a guard behind each.
type Channels<S> = Vec<Vec<S>>;

/// A plug-in that processes.
pub(crate) struct Runner<'a, S> {
    /// The plug-in.
    pub(crate) audio: Audio<'a>,
    /// Its ports.
    pub(crate) layout: &'a Layout,
    /// What goes in.
    pub(crate) signal: Signal,
    /// Whether inputs and outputs of a pair are the same memory.
    pub(crate) in_place: bool,
    /// What the outputs hold before a block.
    pub(crate) stale: S,
    random: Random,
    steady: i64,
}

impl<'a, S: Sample> Runner<'a, S> {
    fn new(audio: Audio<'a>, layout: &'a Layout) -> Self {
        let (signal, in_place, stale) = (Signal::Noise, false, S::STALE);
        Self { audio, layout, signal, in_place, stale, random: Random::new(1), steady: 0 }
    }

    /// One block. Whatever a plug-in must never do is a failure here.
    pub(crate) fn block(
        &mut self,
        frames: u32,
        events: &Inputs,
        transport: Option<&clap_event_transport>,
    ) -> Result<Heard<S>, Finding> {
        let length = frames as usize;
        let (layout, stale) = (self.layout, self.stale);
        let mut inputs: Vec<Channels<S>> =
            layout.inputs.iter().map(|port| self.input(port.channels, length)).collect();
        let before = inputs.clone();
        let mut outputs: Vec<Channels<S>> =
            (layout.outputs.iter()).map(|port| vec![vec![stale; length + GUARD]; port.channels]).collect();
        let shared: Vec<Option<usize>> = (layout.outputs.iter())
            .map(|port| if self.in_place { layout.pair_of(port) } else { None })
            .collect();
        let (status, masks, sent) =
            self.call(frames, &mut inputs, &mut outputs, &shared, events, transport)?;
        for (output, pair) in outputs.iter_mut().zip(&shared) {
            if let Some(pair) = pair {
                output.clone_from(&inputs[*pair]);
            }
        }
        let is_kept = |(place, was): (usize, &Channels<S>)| {
            shared.contains(&Some(place)) || same_bits(was, &inputs[place])
        };
        expect(before.iter().enumerate().all(is_kept), || {
            "it wrote to its input, which was not shared".into()
        })?;
        check_outputs(&mut outputs, &masks, length, stale)?;
        expect(sent.faults.is_empty(), || sent.faults.join("; "))?;
        expect(status != CLAP_PROCESS_ERROR, || "a block ended with an error".into())?;
        let is_known = (CLAP_PROCESS_CONTINUE..=CLAP_PROCESS_SLEEP).contains(&status);
        expect(is_known, || format!("a block ended with the unknown status {status}"))?;
        self.steady += i64::from(frames);
        Ok(Heard { status, audio: outputs.into_iter().flatten().collect(), events: sent.events })
    }

    fn call(
        &self,
        frames: u32,
        inputs: &mut [Channels<S>],
        outputs: &mut [Channels<S>],
        shared: &[Option<usize>],
        events: &Inputs,
        transport: Option<&clap_event_transport>,
    ) -> Result<(clap_process_status, Vec<u64>, Outputs), Finding> {
        let mut input_pointers: Vec<Vec<*mut S>> = inputs.iter_mut().map(|port| pointers(port)).collect();
        let mut output_pointers: Vec<Vec<*mut S>> = outputs.iter_mut().map(|port| pointers(port)).collect();
        for (output, pair) in output_pointers.iter_mut().zip(shared) {
            if let Some(pair) = pair {
                output.clone_from(&input_pointers[*pair]);
            }
        }
        let is_constant = self.signal == Signal::Silence { flagged: true };
        let mask = if is_constant { u64::MAX } else { 0 };
        let raw_inputs: Vec<clap_audio_buffer> =
            input_pointers.iter_mut().map(|port| S::buffer(port, mask)).collect();
        let mut raw_outputs: Vec<clap_audio_buffer> =
            output_pointers.iter_mut().map(|port| S::buffer(port, 0)).collect();
        let mut sent = Outputs::new(frames);
        let (in_events, out_events) = (events.raw(), sent.raw());
        let status = self.audio.process(&clap_process {
            steady_time: self.steady,
            frames_count: frames,
            transport: transport.map_or(ptr::null(), ptr::from_ref),
            audio_inputs: raw_inputs.as_ptr(),
            audio_outputs: raw_outputs.as_mut_ptr(),
            audio_inputs_count: raw_inputs.len() as u32,
            audio_outputs_count: raw_outputs.len() as u32,
            in_events: &raw const in_events,
            out_events: &raw const out_events,
        })?;
        let masks = raw_outputs.iter().map(|buffer| buffer.constant_mask).collect();
        Ok((status, masks, sent))
    }

    fn input(&mut self, channels: usize, length: usize) -> Channels<S> {
        let (signal, random) = (self.signal, &mut self.random);
        let mut sample = move || match signal {
            Signal::Silence { .. } => S::from_f64(0.0),
            Signal::Noise => S::from_f64(random.between(-0.5, 0.5)),
            Signal::Denormal => S::denormal(),
        };
        let mut channel = || {
            let mut samples: Vec<S> = (0..length).map(|_| sample()).collect();
            samples.resize(length + GUARD, S::STALE);
            samples
        };
        (0..channels).map(|_| channel()).collect()
    }

    /// Starts the noise of the inputs anew, so that a run can be repeated.
    pub(crate) fn rewind(&mut self) {
        self.random = Random::new(1);
        self.steady = 0;
    }
}

fn pointers<S>(port: &mut Channels<S>) -> Vec<*mut S> {
    port.iter_mut().map(Vec::as_mut_ptr).collect()
}

fn same_bits<S: Sample>(a: &Channels<S>, b: &Channels<S>) -> bool {
    a.iter().zip(b).all(|(a, b)| a.iter().zip(b).all(|(a, b)| a.is_same(*b)))
}

/// Cuts the guards off and checks what is left.
fn check_outputs<S: Sample>(outputs: &mut [Channels<S>], masks: &[u64], length: usize, stale: S) -> Verdict {
    for (port, (channels, mask)) in outputs.iter_mut().zip(masks).enumerate() {
        for (channel, samples) in channels.iter_mut().enumerate() {
            let guard = samples.split_off(length);
            let is_kept = guard.iter().all(|sample| sample.is_same(stale) || sample.is_same(S::STALE));
            let place = format!("output {port}, channel {channel}");
            expect(is_kept, || format!("{place}: it wrote beyond the {length} frames of the block"))?;
            check_samples(samples, &place, stale)?;
            let is_said = channel < 64 && mask >> channel & 1 == 1;
            let is_true = samples.iter().all(|sample| *sample == samples[0]);
            expect(!is_said || is_true, || {
                format!("{place}: its constant mask is set, and the samples differ")
            })?;
        }
    }
    Ok(())
}

fn check_samples<S: Sample>(samples: &[S], place: &str, stale: S) -> Verdict {
    let odd = samples.iter().position(|sample| !sample.to_f64().is_finite());
    let Some(frame) = odd else { return Ok(()) };
    let value = samples[frame].to_f64();
    let why = if samples[frame].is_same(stale) {
        format!("{place}: it left frame {frame} of {} as it was, or added to it", samples.len())
    } else {
        format!("{place}: frame {frame} of {} is {value}", samples.len())
    };
    Err(failed(why))
}

/// Activates `plugin`, has `run` process with it on the audio thread, and deactivates it.
pub(crate) fn processing<S: Sample, R: Send>(
    plugin: &Plugin,
    layout: &Layout,
    how: Activation,
    run: impl FnOnce(&mut Runner<'_, S>) -> Result<R, Finding> + Send,
) -> Result<R, Finding> {
    processing_while(plugin, layout, how, run, || ())
}

/// The same; `meanwhile` runs on the main thread again and again.
pub(crate) fn processing_while<S: Sample, R: Send>(
    plugin: &Plugin,
    layout: &Layout,
    how: Activation,
    run: impl FnOnce(&mut Runner<'_, S>) -> Result<R, Finding> + Send,
    meanwhile: impl FnMut(),
) -> Result<R, Finding> {
    plugin.activate(how)?;
    let work = |audio: Audio<'_>| {
        audio.start()?;
        let result = run(&mut Runner::new(audio, layout));
        audio.stop()?;
        result
    };
    let result = plugin.on_audio_thread(work, meanwhile);
    plugin.deactivate();
    result
}
