//! From the host's words to the engine's and back.
//!
//! Runs on the audio thread, but for `new` and `prepare`.
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

use crate::guard::{Place, guard};
use crate::instruments::loader::Ends;
use crate::live_events::LiveEvents;
use crate::note_output::NoteOutput;
use crate::params::LinnetParams;
use crate::shell::PluginKind;
use crate::transport::TransportReader;
use linnet_engine::effect::Delay;
use linnet_engine::settings::{ReverbType, SpaceType};
use linnet_engine::synth::bank::{OWN_INSTRUMENT, OWN_PRESET};
use linnet_engine::{Block, Engine, OutEvents, Settings};
use linnet_handover::audio_to_editor::AudioView;
use linnet_handover::{AudioPorts, listening, recording};
use linnet_library::impulse_response;
use nice_plug::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How long the longest release of a voice lasts, and a hit of a kit in its own decay, in seconds.
const RELEASE_S: f32 = 4.0;
/// How long the longest space of Linnet's sounds, in seconds.
const SPACE_S: f32 = 3.2;

/// The audio side of one instance.
pub(crate) struct Processor {
    engine: Engine,
    view: Arc<AudioView>,
    live: LiveEvents,
    transport: TransportReader,
    out: OutEvents,
    note_output: NoteOutput,
    trigger: Trigger,
    tail: Tail,
    sample_rate_hz: f32,
    is_offline: bool,
    /// The engine panicked, which is a defect: the instance stays quiet rather than harm the host.
    is_broken: bool,
}

/// The `propose` parameter as the engine may see it: what it stands at in a loaded state asks for nothing.
#[derive(Debug, Default)]
struct Trigger {
    loads: u32,
    is_ignored: bool,
}

impl Trigger {
    fn read(&mut self, value: bool, loads: u32) -> bool {
        self.is_ignored = value && (self.is_ignored || loads != self.loads);
        self.loads = loads;
        value && !self.is_ignored
    }
}

/// How long what has been struck goes on. What was long then is not cut off where the parameters are turned down since.
#[derive(Debug, Default)]
struct Tail {
    frames: u32,
}

impl Tail {
    /// The frames after a block of `block_frames`; the parameters make it `present_frames` now.
    fn after(&mut self, block_frames: u32, present_frames: u32) -> u32 {
        self.frames = self.frames.saturating_sub(block_frames).max(present_frames);
        self.frames
    }
}

impl Processor {
    /// A processor that holds the audio thread's ends of the queues. Allocates.
    pub(crate) fn new(ports: AudioPorts) -> Self {
        let view = Arc::clone(&ports.view);
        Self {
            engine: Engine::new(ports),
            view,
            live: LiveEvents::new(),
            transport: TransportReader::default(),
            out: OutEvents::new(),
            note_output: NoteOutput::default(),
            trigger: Trigger::default(),
            tail: Tail::default(),
            sample_rate_hz: 48_000.0,
            is_offline: false,
            is_broken: false,
        }
    }

    /// What is the user's own comes from `ends`. Called before the audio thread begins.
    pub(crate) fn load_from(&mut self, ends: Ends) {
        self.engine.take_instruments_from(ends.instruments);
        self.engine.take_sounds_from(ends.sounds);
        self.engine.listen_to(ends.spaces);
    }

    /// What the engine runs at, in Hz, once it is prepared.
    pub(crate) fn rate_hz(&self) -> f32 {
        self.view.sample_rate_hz.load(Ordering::Relaxed)
    }

    /// What is heard goes to `frames` too, while recording is on. Called before the audio thread begins.
    pub(crate) fn record_to(&mut self, frames: recording::Sender) {
        self.engine.record_to(frames);
    }

    /// What the user listens to comes from `stretches`. Called before the audio thread begins.
    pub(crate) fn hear_from(&mut self, stretches: listening::Receiver) {
        self.engine.hear_from(stretches);
    }

    /// Makes ready for blocks, also after a panic. Allocates. May be called at any time.
    pub(crate) fn prepare(&mut self, config: &BufferConfig) {
        let is_rate = config.sample_rate.is_finite() && config.sample_rate > 0.0;
        self.sample_rate_hz = if is_rate { config.sample_rate } else { 48_000.0 };
        self.tail = Tail::default();
        self.is_offline = config.process_mode == ProcessMode::Offline;
        let (rate_hz, max_frames) = (f64::from(self.sample_rate_hz), config.max_buffer_size as usize);
        let engine = &mut self.engine;
        self.is_broken = guard(Place::Activate, || engine.prepare(rate_hz, max_frames)).is_none();
    }

    /// Frames by which the sound comes later than the notes: the limiter's look-ahead. The note effect has none.
    pub(crate) fn latency_frames(&self, kind: PluginKind) -> u32 {
        match kind {
            PluginKind::Instrument => self.engine.latency_frames(),
            PluginKind::Notes => 0,
        }
    }

    /// Releases every note and ends every tail.
    pub(crate) fn reset(&mut self) {
        let was_reset = guard(Place::Reset, || {
            self.live.reset();
            self.transport.reset();
            self.tail = Tail::default();
            self.engine.reset();
        });
        self.is_broken |= was_reset.is_none();
    }

    /// One block. A panic in it ends here: hosts do not survive one. From then on the instance is silent, until the
    /// host activates it again.
    pub(crate) fn process<P: Plugin<SysExMessage = ()>>(
        &mut self,
        params: &LinnetParams,
        buffer: &mut Buffer,
        context: &mut impl ProcessContext<P>,
    ) -> ProcessStatus {
        let status =
            if self.is_broken { None } else { guard(Place::Process, || self.play(params, buffer, context)) };
        self.is_broken = status.is_none();
        self.view.stopped.store(self.is_broken, Ordering::Relaxed);
        status.unwrap_or_else(|| {
            buffer.as_slice().iter_mut().for_each(|channel| channel.fill(0.0));
            let mut send = |event| context.try_send_event(event).is_ok();
            guard(Place::End, || {
                self.note_output.settle(&mut send);
                self.note_output.end_all(&mut send);
            });
            ProcessStatus::Normal
        })
    }

    fn play<P: Plugin<SysExMessage = ()>>(
        &mut self,
        params: &LinnetParams,
        buffer: &mut Buffer,
        context: &mut impl ProcessContext<P>,
    ) -> ProcessStatus {
        let settings = self.settings(params);
        self.live.collect(|| context.next_event());
        let transport = self.transport.read(context.transport(), buffer.samples());
        if let [left, right] = buffer.as_slice() {
            let block = Block {
                audio: [left, right],
                transport,
                events: self.live.as_slice(),
                out: &mut self.out,
                settings: &settings,
                controls: &params.controls(),
                offline: self.is_offline,
            };
            run(&mut self.engine, block);
        }
        let tail_frames = self.tail.after(buffer.samples() as u32, self.tail_frames(&settings));
        let mut send = |event| context.try_send_event(event).is_ok();
        self.note_output.settle(&mut send);
        self.note_output.send(self.out.as_slice(), &mut send);
        if self.is_listened_to() {
            return ProcessStatus::KeepAlive;
        }
        // How long a sound of the user's own goes on, only its file knows.
        let is_own = |sound: usize| sound == OWN_INSTRUMENT || sound == OWN_PRESET;
        if settings.parts.iter().any(|part| is_own(part.sound)) && !settings.notes_only {
            return ProcessStatus::KeepAlive;
        }
        ProcessStatus::Tail(tail_frames)
    }

    /// Whether the host must go on for the sake of a recording. Never offline: a bounce would not find its end.
    fn is_listened_to(&self) -> bool {
        !self.is_offline && self.engine.is_listened_to()
    }

    fn settings(&mut self, params: &LinnetParams) -> Settings {
        let mut settings = params.settings();
        settings.propose = self.trigger.read(settings.propose, params.saved.loads());
        settings
    }

    /// How long sound lasts after the last note-off, by the present parameters.
    fn tail_frames(&self, settings: &Settings) -> u32 {
        if settings.notes_only {
            return 0;
        }
        let decay_s = match settings.reverb.kind {
            ReverbType::Space if settings.reverb.space == SpaceType::Own => {
                impulse_response::SECONDS_MAX as f32
            }
            ReverbType::Space => SPACE_S,
            _ => settings.reverb.decay_s,
        };
        let reverb_s = decay_s + settings.reverb.pre_delay_ms / 1000.0;
        let effects_s = reverb_s.max(delay_s(settings));
        let longer = settings.pieces.iter().fold(1.0, |most: f32, piece| most.max(piece.decay));
        ((RELEASE_S * longer + effects_s) * self.sample_rate_hz) as u32
    }
}

/// How long the echoes last until they are 60 dB softer, in seconds, at the longest time; 0 where nothing is sent to them.
fn delay_s(settings: &Settings) -> f32 {
    let is_heard = settings.parts.iter().any(|part| part.delay_send_db > -60.0) && settings.delay.mix > 0.0;
    let echoes = 1.0 - 3.0 / settings.delay.feedback.clamp(0.001, 0.95).log10();
    if is_heard { Delay::SECONDS_MAX * echoes } else { 0.0 }
}

/// Runs the engine. What is not finite never leaves it.
fn run(engine: &mut Engine, mut block: Block) {
    engine.process(&mut block);
    let is_finite = block.audio.iter().all(|channel| channel.iter().all(|sample| sample.is_finite()));
    if !is_finite {
        block.audio.iter_mut().for_each(|channel| channel.fill(0.0));
        engine.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_outlasts_parameters_that_are_turned_down() {
        let mut tail = Tail::default();
        // (the block, what the parameters make it, what the host is told)
        for (block, present, expect) in [(64, 1000, 1000), (64, 100, 936), (900, 100, 100), (64, 500, 500)] {
            assert_eq!(tail.after(block, present), expect);
        }
    }

    #[test]
    fn a_recording_that_is_listened_to_keeps_the_host_awake_but_no_bounce() {
        let mut processor = Processor::new(linnet_handover::connect().0);
        let (_sender, wanted, receiver) = listening::way();
        processor.hear_from(receiver);
        for (run, process_mode, expect) in [
            (1, ProcessMode::Realtime, true),
            (1, ProcessMode::Offline, false),
            (1, ProcessMode::Realtime, true),
            (0, ProcessMode::Realtime, false),
        ] {
            wanted.set(run);
            let (sample_rate, max_buffer_size) = (48_000.0, 64);
            processor.prepare(&BufferConfig {
                sample_rate,
                min_buffer_size: None,
                max_buffer_size,
                process_mode,
            });
            assert_eq!(processor.is_listened_to(), expect, "{run} {process_mode:?}");
        }
    }

    #[test]
    fn a_loaded_state_presses_no_button() {
        let mut trigger = Trigger::default();
        let steps = [
            // (the parameter, loads so far, what the engine sees)
            (false, 0, false),
            (true, 0, true),
            (false, 0, false),
            (true, 1, false),
            (true, 1, false),
            (false, 1, false),
            (true, 1, true),
        ];
        for (value, loads, expect) in steps {
            assert_eq!(trigger.read(value, loads), expect, "{value} after {loads} loads");
        }
    }
}
