//! One instance of either plug-in: what the framework calls, in the order of a plug-in's life.
//!
//! `activate` runs on the host's main thread, `reset` and `process` on the audio thread.

use crate::composer::Composer;
use crate::editor::{self, PluginEditor};
use crate::guard::{Place, guard};
use crate::instruments::loader::{self, Loader, Ways};
use crate::keeper::Keeper;
use crate::log;
use crate::params::LinnetParams;
use crate::process::Processor;
use crate::recorder::{RING_FRAMES, Writer};
use crate::state::{SavedState, migrate};
use linnet_handover::to_worker::Sender;
use linnet_handover::{EditorPorts, listening, recording};
use nice_plug::prelude::*;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long an offline render waits for instruments to be read.
const OFFLINE_WAIT: Duration = Duration::from_secs(30);

/// Which of the two plug-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluginKind {
    /// Linnet.
    Instrument,
    /// Linnet Notes.
    Notes,
}

impl PluginKind {
    /// The plug-in's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instrument => Instrument::NAME,
            Self::Notes => NoteEffect::NAME,
        }
    }
}

/// What tells the two plug-ins apart.
pub trait Kind: Send + 'static {
    /// Which.
    const KIND: PluginKind;
    /// The name that users read.
    const NAME: &'static str;
    /// The CLAP id.
    const ID: &'static str;
    /// One sentence.
    const DESCRIPTION: &'static str;
    /// What hosts sort by.
    const FEATURES: &'static [ClapFeature];
}

/// Linnet.
pub struct Instrument;

impl Kind for Instrument {
    const KIND: PluginKind = PluginKind::Instrument;
    const NAME: &'static str = "Linnet";
    const ID: &'static str = "org.linnet-audio.linnet";
    const DESCRIPTION: &'static str = "An instrument that proposes music";
    const FEATURES: &'static [ClapFeature] =
        &[ClapFeature::Instrument, ClapFeature::Synthesizer, ClapFeature::NoteEffect, ClapFeature::Stereo];
}

/// Linnet Notes.
pub struct NoteEffect;

impl Kind for NoteEffect {
    const KIND: PluginKind = PluginKind::Notes;
    const NAME: &'static str = "Linnet Notes";
    const ID: &'static str = "org.linnet-audio.linnet-notes";
    const DESCRIPTION: &'static str = "Proposes music as notes for other instruments";
    const FEATURES: &'static [ClapFeature] =
        &[ClapFeature::NoteEffect, ClapFeature::Utility, ClapFeature::Stereo];
}

/// One instance.
pub struct Shell<K> {
    params: Arc<LinnetParams>,
    editor_ports: Arc<Mutex<EditorPorts>>,
    orders: Sender,
    composer: Composer,
    keeper: Option<Keeper>,
    /// The way to the audio thread, until the loader begins.
    ways: Option<Ways>,
    loader: Option<Loader>,
    /// The recorder's end of the ring, until the writer begins.
    recorded: Option<recording::Receiver>,
    writer: Option<Writer>,
    processor: Processor,
    kind: PhantomData<K>,
}

impl<K: Kind> Shell<K> {
    /// Begins what runs beside the audio thread, once.
    fn wake(&mut self, config: &BufferConfig, api: PluginApi) {
        let facts =
            format!("{}, {api}, {} Hz, {} frames", K::NAME, config.sample_rate, config.max_buffer_size);
        if self.keeper.is_none() {
            self.keeper = Keeper::start(&self.params, K::NAME);
        }
        if let Some(keeper) = &mut self.keeper {
            keeper.activated(facts);
        }
        self.composer.wake(&self.params.saved, &self.orders);
        if K::KIND == PluginKind::Instrument {
            let is_offline = config.process_mode == ProcessMode::Offline;
            // First, so that what is listened to ends before the wait for instruments.
            self.params.saved.recordings().activated(self.processor.rate_hz(), is_offline);
            self.load_instruments(is_offline);
            self.params.saved.recorder().activated(config.sample_rate as u32);
            if let Some(frames) = self.recorded.take() {
                self.writer = Writer::start(self.params.saved.recorder(), frames);
            }
        }
    }

    /// Begins to load the parts' own instruments; an offline render waits for them.
    fn load_instruments(&mut self, is_offline: bool) {
        let instruments = self.params.saved.instruments();
        instruments.activated(self.processor.rate_hz());
        if let Some(ways) = self.ways.take() {
            self.loader = Loader::start(instruments, ways);
        }
        if is_offline && self.loader.is_some() {
            instruments.wait(OFFLINE_WAIT);
        }
    }
}

impl<K: Kind> Default for Shell<K> {
    fn default() -> Self {
        let (audio_ports, worker_ports, editor_ports) = linnet_handover::connect();
        let orders = editor_ports.orders.clone();
        let saved = SavedState::new(Arc::clone(&editor_ports.worker), orders.clone());
        let (ways, ends) = loader::ways();
        let mut processor = Processor::new(audio_ports);
        processor.load_from(ends);
        let (frames, recorded) = recording::ring(RING_FRAMES);
        processor.record_to(frames);
        let (stretches, wanted, heard) = listening::way();
        processor.hear_from(heard);
        saved.recordings().connect(stretches, wanted);
        Self {
            orders,
            params: Arc::new(LinnetParams::new(K::KIND, saved)),
            editor_ports: Arc::new(Mutex::new(editor_ports)),
            composer: Composer::new(worker_ports),
            keeper: None,
            ways: Some(ways),
            loader: None,
            recorded: Some(recorded),
            writer: None,
            processor,
            kind: PhantomData,
        }
    }
}

impl<K: Kind> Plugin for Shell<K> {
    const NAME: &'static str = K::NAME;
    const VENDOR: &'static str = "Linnet Audio";
    const URL: &'static str = "https://linnet-audio.org";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] =
        &[AudioIOLayout { main_output_channels: NonZeroU32::new(2), ..AudioIOLayout::const_default() }];
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    const MIDI_OUTPUT: MidiConfig = MidiConfig::MidiCCs;
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;
    const INPUT_EVENT_CAPACITY: usize = 4096;

    type Editor = PluginEditor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn setup_logger() -> Option<bool> {
        log::install();
        // The framework would set a panic hook of its own over this one.
        Some(false)
    }

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.params) as Arc<dyn Params>
    }

    fn editor(&mut self, _executor: AsyncExecutor<Self>) -> Option<PluginEditor> {
        let (params, ports) = (Arc::clone(&self.params), Arc::clone(&self.editor_ports));
        guard(Place::CreateEditor, || editor::create(params, ports, K::KIND)).flatten()
    }

    fn filter_state(state: &mut PluginState) {
        // What a panic leaves of it is still a state: parameters that are in no range are the framework's to bound.
        guard(Place::MigrateState, || migrate(state, K::KIND));
    }

    fn activate(
        &mut self,
        _layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.processor.prepare(config);
        context.set_latency_samples(self.processor.latency_frames(K::KIND));
        if guard(Place::Wake, || self.wake(config, context.plugin_api())).is_none() {
            // There may be no keeper to do so.
            log::flush();
        }
        true
    }

    #[cfg_attr(feature = "rtsan", rtsan_standalone::nonblocking)]
    fn reset(&mut self) {
        self.processor.reset();
    }

    #[cfg_attr(feature = "rtsan", rtsan_standalone::nonblocking)]
    fn process(
        &mut self,
        buffer: &mut Buffer,
        _aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        self.processor.process(&self.params, buffer, context)
    }
}

impl<K: Kind> ClapPlugin for Shell<K> {
    const CLAP_ID: &'static str = K::ID;
    const CLAP_DESCRIPTION: Option<&'static str> = Some(K::DESCRIPTION);
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = K::FEATURES;

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        guard(Place::RemoteControls, || self.params.remote_controls(context));
    }
}
