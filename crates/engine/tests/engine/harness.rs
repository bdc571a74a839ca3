//! A host and a composer thread made of script: drives the engine block by block and logs what leaves it.

use linnet_engine::settings::{
    BandSettings, DelaySettings, PartSettings, PieceSettings, ReverbSettings, ReverbType, SpaceType,
};
use linnet_engine::{Block, Engine, LiveEvent, LiveKind, OutEvent, OutEvents, OutKind, Settings, Transport};
use linnet_handover::audio_to_worker::FromAudio;
use linnet_handover::editor_to_audio::Command;
use linnet_handover::worker_to_audio::{Score, Start, ToAudio};
use linnet_handover::{EditorPorts, WorkerPorts, connect};
use linnet_music::{Beats, Controls, IdeaId, Note, Part, Pitch, Tempo, TimeSignature, Velocity};
use std::collections::HashMap;

pub(crate) const RATE_HZ: f64 = 48_000.0;

/// The host's transport, exact at every frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host {
    pub(crate) present: bool,
    pub(crate) playing: bool,
    pub(crate) position: f64,
    pub(crate) bpm: f64,
    pub(crate) metre: TimeSignature,
    pub(crate) says_bar_start: bool,
    pub(crate) looped: Option<(f64, f64)>,
}

impl Host {
    /// Playing from 0 at 120 bpm in 4/4: a beat is 24,000 frames.
    pub(crate) fn playing() -> Self {
        Self {
            present: true,
            playing: true,
            position: 0.0,
            bpm: 120.0,
            metre: TimeSignature::COMMON,
            says_bar_start: true,
            looped: None,
        }
    }

    pub(crate) fn at(position: f64) -> Self {
        Self { position, ..Self::playing() }
    }

    pub(crate) fn stopped() -> Self {
        Self { playing: false, ..Self::playing() }
    }

    pub(crate) fn absent() -> Self {
        Self { present: false, playing: false, ..Self::playing() }
    }

    fn beats_per_frame(&self) -> f64 {
        self.bpm / 60.0 / RATE_HZ
    }

    pub(crate) fn transport(&self) -> Transport {
        if !self.present {
            return Transport::default();
        }
        let bar = self.metre.bar().0;
        let bar_start = Beats(((self.position + 1e-9) / bar).floor() * bar);
        Transport {
            playing: self.playing,
            present: true,
            position: Some(Beats(self.position)),
            bar_start: self.says_bar_start.then_some(bar_start),
            tempo: Some(Tempo::new(self.bpm)),
            metre: Some(self.metre),
            looped: self.looped.map(|(start, end)| (Beats(start), Beats(end))),
        }
    }

    /// Runs on by `frames`; wraps at the first frame at or past the loop's end.
    pub(crate) fn advance(&mut self, frames: u32) {
        if !self.playing {
            return;
        }
        let (speed, mut left) = (self.beats_per_frame(), f64::from(frames));
        if let Some((start, end)) = self.looped {
            while self.position < end - 1e-7 {
                let to_wrap = ((end - self.position) / speed - 1e-3).ceil();
                if to_wrap > left {
                    break;
                }
                self.position = start + to_wrap * speed - (end - self.position);
                left -= to_wrap;
            }
        }
        self.position += left * speed;
    }
}

/// An engine with the far ends of its queues.
pub(crate) struct Rig {
    pub(crate) engine: Engine,
    pub(crate) worker: WorkerPorts,
    pub(crate) editor: EditorPorts,
    pub(crate) settings: Settings,
    pub(crate) controls: Controls,
    pub(crate) offline: bool,
    pub(crate) out: OutEvents,
    /// What left by MIDI, with frames counted from the start.
    pub(crate) log: Vec<(u64, OutEvent)>,
    pub(crate) elapsed: u64,
    /// The audio of the last block, in its first frames.
    pub(crate) audio: [Vec<f32>; 2],
    /// Calls the engine; a test may watch it.
    pub(crate) call: fn(&mut dyn FnMut()),
}

impl Rig {
    /// An engine without sound, which is all that most tests need.
    pub(crate) fn new() -> Self {
        let mut rig = Self::sounding();
        rig.settings.notes_only = true;
        rig
    }

    /// An engine with its sound.
    pub(crate) fn sounding() -> Self {
        let (audio, worker, editor) = connect();
        let mut engine = Engine::new(audio);
        engine.prepare(RATE_HZ, 1024);
        Self {
            engine,
            worker,
            editor,
            settings: settings(),
            controls: Controls::default(),
            offline: false,
            out: OutEvents::new(),
            log: Vec::with_capacity(1 << 16),
            elapsed: 0,
            audio: [vec![0.0; 1 << 17], vec![0.0; 1 << 17]],
            call: |process| process(),
        }
    }

    /// One block.
    pub(crate) fn block(&mut self, transport: Transport, frames: u32, events: &[LiveEvent]) {
        let [left, right] = &mut self.audio;
        let audio = [&mut left[..frames as usize], &mut right[..frames as usize]];
        let mut block = Block {
            audio,
            transport,
            events,
            out: &mut self.out,
            settings: &self.settings,
            controls: &self.controls,
            offline: self.offline,
        };
        let engine = &mut self.engine;
        (self.call)(&mut || engine.process(&mut block));
        let begun = self.elapsed;
        self.log.extend(self.out.as_slice().iter().map(|event| (begun + u64::from(event.frame), *event)));
        self.elapsed += u64::from(frames);
    }

    /// One block of the host's, which then runs on.
    pub(crate) fn step(&mut self, host: &mut Host, frames: u32, events: &[LiveEvent]) {
        self.block(host.transport(), frames, events);
        host.advance(frames);
    }

    /// `total` frames in blocks of `frames`.
    pub(crate) fn run(&mut self, host: &mut Host, total: u32, frames: u32) {
        let mut left = total;
        while left > 0 {
            let now = left.min(frames);
            self.step(host, now, &[]);
            left -= now;
        }
    }

    pub(crate) fn send(&mut self, score: Score) {
        assert!(self.worker.scores.send(ToAudio::Play(Box::new(score))).is_ok());
    }

    pub(crate) fn silence(&mut self) {
        assert!(self.worker.scores.send(ToAudio::Silence).is_ok());
    }

    pub(crate) fn command(&mut self, command: Command) {
        assert!(self.editor.commands.send(command));
    }

    /// What the composer thread was told since the last call.
    pub(crate) fn told(&mut self) -> Vec<FromAudio> {
        std::iter::from_fn(|| self.worker.from_audio.receive()).collect()
    }

    /// The note-ons: frame, channel and pitch.
    pub(crate) fn ons(&self) -> Vec<(u64, u8, u8)> {
        let on = |(frame, event): &(u64, OutEvent)| match event.kind {
            OutKind::NoteOn { pitch, .. } => Some((*frame, event.channel, pitch)),
            _ => None,
        };
        self.log.iter().filter_map(on).collect()
    }

    /// The note-offs: frame, channel and pitch.
    pub(crate) fn offs(&self) -> Vec<(u64, u8, u8)> {
        let off = |(frame, event): &(u64, OutEvent)| match event.kind {
            OutKind::NoteOff { pitch } => Some((*frame, event.channel, pitch)),
            _ => None,
        };
        self.log.iter().filter_map(off).collect()
    }

    /// The keys that are down at the receiver; fails where one went down twice or up while it was up.
    pub(crate) fn held(&self) -> Vec<(u8, u8)> {
        let mut down: HashMap<(u8, u8), bool> = HashMap::new();
        let mut last = 0;
        for (frame, event) in &self.log {
            assert!(*frame >= last, "events are sorted");
            last = *frame;
            match event.kind {
                OutKind::NoteOn { pitch, velocity } => {
                    assert!(velocity > 0.0 && velocity <= 1.0, "velocity {velocity}");
                    let was = down.insert((event.channel, pitch), true);
                    assert_ne!(was, Some(true), "{pitch} went down twice at frame {frame}");
                }
                OutKind::NoteOff { pitch } => {
                    let was = down.insert((event.channel, pitch), false);
                    assert_eq!(was, Some(true), "{pitch} went up twice at frame {frame}");
                }
                _ => {}
            }
        }
        down.into_iter().filter_map(|(key, is_down)| is_down.then_some(key)).collect()
    }
}

pub(crate) fn settings() -> Settings {
    let part = |midi_channel: u8| PartSettings {
        on: true,
        level_db: -6.0,
        pan: 0.0,
        reverb_send_db: -12.0,
        delay_send_db: -9.0,
        width: 1.0,
        low_cut_hz: 20.0,
        octave: 0,
        sound: 0,
        midi_channel,
        solo: false,
        mute: false,
    };
    let band = |freq_hz: f32| BandSettings { on: freq_hz > 50.0, freq_hz, gain_db: 2.0, q: 0.8 };
    Settings {
        parts: [part(1), part(2), part(3), part(10)],
        pieces: [PieceSettings::PLAIN; 10],
        bands: [30.0, 100.0, 250.0, 600.0, 1500.0, 3000.0, 8000.0, 18_000.0].map(band),
        reverb: ReverbSettings {
            kind: ReverbType::Room,
            pre_delay_ms: 10.0,
            decay_s: 1.0,
            size: 0.5,
            damping_hz: 6000.0,
            low_cut_hz: 100.0,
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
        quantise: Start::NextBar,
        propose: false,
        auto_bars: 0,
        seed_locked: true,
        notes_only: false,
    }
}

pub(crate) fn note(onset: f64, length: f64, pitch: i32) -> Note {
    Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(pitch),
        velocity: Velocity::new(100),
    }
}

/// A score with these notes in the lead.
pub(crate) fn score(idea: u32, length: f64, start: Start, notes: &[Note]) -> Score {
    let parts = [notes.into(), [].into(), [].into(), [].into()];
    Score { idea: IdeaId(idea), length: Beats(length), parts, start }
}

/// A bar of four quarters from `pitch` upwards, each half a beat long.
pub(crate) fn quarters(idea: u32, pitch: i32, start: Start) -> Score {
    let notes: Vec<Note> = (0..4).map(|n| note(f64::from(n), 0.5, pitch + n)).collect();
    score(idea, 4.0, start, &notes)
}

/// The same notes in every part, and drums.
pub(crate) fn band(idea: u32, start: Start) -> Score {
    let line = |pitch: i32, step: f64| -> Box<[Note]> {
        let count = (4.0 / step) as i32;
        (0..count).map(|n| note(f64::from(n) * step, step, pitch + n % 5)).collect()
    };
    let parts = [line(72, 0.5), line(60, 1.0), line(36, 1.0), line(36, 0.25)];
    Score { idea: IdeaId(idea), length: Beats(4.0), parts, start }
}

pub(crate) fn live_on(frame: u32, pitch: u8) -> LiveEvent {
    LiveEvent { frame, channel: 0, kind: LiveKind::NoteOn { pitch, velocity: 0.8 } }
}

pub(crate) fn live_off(frame: u32, pitch: u8) -> LiveEvent {
    LiveEvent { frame, channel: 0, kind: LiveKind::NoteOff { pitch, velocity: 0.0 } }
}

pub(crate) fn part(settings: &mut Settings, part: Part) -> &mut PartSettings {
    &mut settings.parts[part.index()]
}
