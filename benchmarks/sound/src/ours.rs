//! Linnet's own: voices, equaliser, reverb, and the whole callback.

use crate::subject::{SAMPLE_RATE_HZ, Subject, Task, keys, response};
use linnet_engine::effect::{Convolver, Equalizer, Response, Reverb};
use linnet_engine::settings::{
    BandSettings, DelaySettings, PartSettings, Piece, PieceSettings, ReverbSettings, ReverbType, SpaceType,
};
use linnet_engine::synth::Voices;
use linnet_engine::{
    Block, Engine, LiveEvent, LiveKind, OutEvents, Settings, Transport, VoiceEvent, VoiceEventKind,
};
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Controls, Part};

/// Frames that the callback renders in one go.
const PIECE_FRAMES: usize = 256;
/// What is held: of each part a sound whose oscillators all last. Together four oscillators a voice.
const SOUNDS: [usize; 4] = [2, 5, 8, 1];
const TONAL: [Part; 3] = [Part::Lead, Part::Chords, Part::Bass];

/// What Linnet has for `task`.
pub fn subject(task: Task) -> Box<dyn Subject> {
    match task {
        Task::Voices(count) => Box::new(Rig::new(count, false, false)),
        Task::Equalizer => Box::new(Eq(Equalizer::new())),
        Task::Reverb => Box::new(Hall(Reverb::new())),
        Task::Convolution => Box::new(Space::new()),
        Task::FaintEqualizer => Box::new(Faint(subject(Task::Equalizer))),
        Task::FaintReverb => Box::new(Faint(subject(Task::Reverb))),
        Task::FaintConvolution => Box::new(Faint(subject(Task::Convolution))),
        Task::EqualizerTail => Box::new(Tail::new(subject(Task::Equalizer))),
        Task::ReverbTail => Box::new(Tail::new(subject(Task::Reverb))),
        Task::VoicesTail => Box::new(Released { rig: Rig::new(16, false, false), frames: 0 }),
        Task::Rig => Box::new(Rig::new(16, true, true)),
        Task::Idle => Box::new(Callback::new(false)),
        Task::OneVoice => Box::new(Callback::new(true)),
    }
}

fn settings() -> Settings {
    let part = |sound| PartSettings {
        on: true,
        level_db: -6.0,
        pan: 0.0,
        reverb_send_db: -12.0,
        delay_send_db: -60.0,
        width: 1.0,
        low_cut_hz: 20.0,
        octave: 0,
        sound,
        midi_channel: 0,
        solo: false,
        mute: false,
    };
    Settings {
        parts: SOUNDS.map(part),
        pieces: [PieceSettings::PLAIN; Piece::ALL.len()],
        bands: bands(),
        reverb: ReverbSettings {
            kind: ReverbType::Hall,
            pre_delay_ms: 20.0,
            decay_s: 2.0,
            size: 0.7,
            damping_hz: 6000.0,
            low_cut_hz: 120.0,
            width: 1.0,
            mix: 0.3,
            space: SpaceType::Chapel,
        },
        delay: DelaySettings {
            time: 7,
            feedback: 0.4,
            ping_pong: true,
            low_cut_hz: 150.0,
            high_cut_hz: 6000.0,
            mix: 0.5,
        },
        output_db: 0.0,
        limiter: true,
        quantise: Start::Now,
        propose: false,
        auto_bars: 0,
        seed_locked: true,
        notes_only: false,
    }
}

fn bands() -> [BandSettings; 8] {
    let band = |freq_hz, gain_db| BandSettings { on: true, freq_hz, gain_db, q: 0.8 };
    [
        band(40.0, 0.0),
        band(120.0, 2.0),
        band(300.0, -3.0),
        band(800.0, 1.5),
        band(2000.0, -2.0),
        band(5000.0, 3.0),
        band(9000.0, 2.0),
        band(16_000.0, 0.0),
    ]
}

/// An effect that gets denormal numbers.
struct Faint(Box<dyn Subject>);

impl Faint {
    /// Noise at −20 dB becomes at most this share of what is the least that is normal.
    const GAIN: f32 = 1e-39;
}

impl Subject for Faint {
    fn restart(&mut self) {
        self.0.restart();
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        left.iter_mut().chain(&mut *right).for_each(|sample| *sample *= Self::GAIN);
        self.0.render(left, right);
    }
}

/// An effect that gets sound for a moment, and then silence.
struct Tail {
    effect: Box<dyn Subject>,
    frames: usize,
}

impl Tail {
    const SOUND_FRAMES: usize = 4000;

    fn new(effect: Box<dyn Subject>) -> Self {
        Self { effect, frames: 0 }
    }
}

impl Subject for Tail {
    fn restart(&mut self) {
        self.effect.restart();
        self.frames = 0;
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.frames += left.len();
        if self.frames > Self::SOUND_FRAMES {
            left.fill(0.0);
            right.fill(0.0);
        }
        self.effect.render(left, right);
    }
}

/// Voices whose keys go up before they are timed.
struct Released {
    rig: Rig,
    frames: usize,
}

impl Subject for Released {
    fn restart(&mut self) {
        self.rig.restart();
        self.frames = 0;
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let were_down = self.frames <= Tail::SOUND_FRAMES;
        self.frames += left.len();
        if were_down && self.frames > Tail::SOUND_FRAMES {
            let off = |note: usize| VoiceEvent {
                frame: 0,
                part: TONAL[note % TONAL.len()],
                kind: VoiceEventKind::NoteOff { note: note as u32 },
            };
            self.rig.events = (0..usize::from(self.rig.count)).map(off).collect();
        }
        self.rig.render(left, right);
    }
}

struct Eq(Equalizer);

impl Subject for Eq {
    fn restart(&mut self) {
        self.0.prepare(SAMPLE_RATE_HZ);
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.0.process([left, right], &bands());
    }
}

struct Hall(Reverb);

impl Subject for Hall {
    fn restart(&mut self) {
        self.0.prepare(SAMPLE_RATE_HZ);
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let settings = settings().reverb;
        let (mut send_left, mut send_right) = ([0.0; PIECE_FRAMES], [0.0; PIECE_FRAMES]);
        for (left, right) in left.chunks_mut(PIECE_FRAMES).zip(right.chunks_mut(PIECE_FRAMES)) {
            let send = [&mut send_left[..left.len()], &mut send_right[..right.len()]];
            send[0].copy_from_slice(left);
            send[1].copy_from_slice(right);
            self.0.process([send[0], send[1]], [left, right], &settings);
        }
    }
}

struct Space {
    response: Response,
    convolver: Convolver,
    output: [Vec<f32>; 2],
}

impl Space {
    fn new() -> Self {
        let [left, right] = response();
        let output = [vec![0.0; 8192], vec![0.0; 8192]];
        Self { response: Response::new(&left, &right), convolver: Convolver::new(left.len()), output }
    }
}

impl Subject for Space {
    fn restart(&mut self) {
        self.convolver.reset();
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let [wet_left, wet_right] = &mut self.output;
        let wet = [&mut wet_left[..left.len()], &mut wet_right[..right.len()]];
        self.convolver.process(&self.response, [left, right], wet);
        left.copy_from_slice(&wet_left[..left.len()]);
        right.copy_from_slice(&wet_right[..right.len()]);
    }
}

/// Voices, and where wanted what follows them, in pieces as the callback has them.
struct Rig {
    count: u8,
    voices: Voices,
    equalizer: Option<Equalizer>,
    reverb: Option<Reverb>,
    events: Vec<VoiceEvent>,
}

impl Rig {
    fn new(count: u8, equalizer: bool, reverb: bool) -> Self {
        let equalizer = equalizer.then(Equalizer::new);
        Self { count, voices: Voices::new(), equalizer, reverb: reverb.then(Reverb::new), events: Vec::new() }
    }
}

impl Subject for Rig {
    fn restart(&mut self) {
        self.voices.prepare(SAMPLE_RATE_HZ);
        self.equalizer.iter_mut().for_each(|equalizer| equalizer.prepare(SAMPLE_RATE_HZ));
        self.reverb.iter_mut().for_each(|reverb| reverb.prepare(SAMPLE_RATE_HZ));
        let on = |(note, key): (usize, u8)| VoiceEvent {
            frame: 0,
            part: TONAL[note % TONAL.len()],
            kind: VoiceEventKind::NoteOn { key, velocity: 0.8, note: note as u32 },
        };
        self.events = keys(self.count).enumerate().map(on).collect();
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let settings = settings();
        let (mut send_left, mut send_right) = ([0.0; PIECE_FRAMES], [0.0; PIECE_FRAMES]);
        let (mut delay_left, mut delay_right) = ([0.0; PIECE_FRAMES], [0.0; PIECE_FRAMES]);
        for (left, right) in left.chunks_mut(PIECE_FRAMES).zip(right.chunks_mut(PIECE_FRAMES)) {
            let (send_left, send_right) = (&mut send_left[..left.len()], &mut send_right[..right.len()]);
            let (delay_left, delay_right) = (&mut delay_left[..left.len()], &mut delay_right[..right.len()]);
            let sends = [[&mut *send_left, &mut *send_right], [delay_left, delay_right]];
            self.voices.render(&self.events, &settings, [left, right], sends);
            self.events.clear();
            if let Some(equalizer) = &mut self.equalizer {
                equalizer.process([left, right], &settings.bands);
            }
            if let Some(reverb) = &mut self.reverb {
                reverb.process([send_left, send_right], [left, right], &settings.reverb);
            }
        }
    }
}

/// The whole callback.
struct Callback {
    engine: Engine,
    plays: bool,
    starts: bool,
    settings: Settings,
    out: OutEvents,
    // The far ends of the queues must live on.
    _ends: (linnet_handover::WorkerPorts, linnet_handover::EditorPorts),
}

impl Callback {
    fn new(plays: bool) -> Self {
        let (audio, worker, editor) = linnet_handover::connect();
        let mut engine = Engine::new(audio);
        engine.prepare(SAMPLE_RATE_HZ, 512);
        let (settings, out) = (settings(), OutEvents::new());
        Self { engine, plays, starts: false, settings, out, _ends: (worker, editor) }
    }
}

impl Subject for Callback {
    fn restart(&mut self) {
        self.engine.reset();
        self.starts = self.plays;
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let on = LiveEvent { frame: 0, channel: 0, kind: LiveKind::NoteOn { pitch: 60, velocity: 0.8 } };
        let events = if std::mem::take(&mut self.starts) { &[on][..] } else { &[] };
        self.engine.process(&mut Block {
            audio: [left, right],
            transport: Transport { present: true, ..Transport::default() },
            events,
            out: &mut self.out,
            settings: &self.settings,
            controls: &Controls::default(),
            offline: false,
        });
    }
}
