//! The session of a soak: one instance, its host, its player, and what came out so far.

use super::automation::Automation;
use super::keeping::{Keeping, check_end};
use super::own_sounds::OwnSounds;
use crate::clap_host::{HostFailure, Input, Instance, Output, Timed};
use crate::evaluation::dice::Dice;
use crate::player;
use crate::process::{live_bytes, resident_bytes};
use crate::scene::COMMON;
use crate::transport::Transport;
use linnet_music::{Beats, Idea, Part, Tempo};
use std::collections::BTreeSet;
use std::error::Error;
use std::thread::sleep;
use std::time::{Duration, Instant};

const BLOCK_FRAMES: u64 = 512;
/// Blocks between two looks at whether an idea has begun.
const LOOK_BLOCKS: u64 = 40;
/// Every so many ideas, one is kept.
const KEPT_ONE_OF: u64 = 10;
/// Live keys, above every line that is composed.
const LIVE_KEYS: std::ops::Range<u8> = 112..120;
/// How long silence may take, in simulated seconds: releases, and the reverb.
const FADE_S: u64 = 25;
/// What counts as silence, as a magnitude.
const SILENCE: f32 = 1e-4;
/// Between two looks for an idea: each saves the whole state.
const POLL: Duration = Duration::from_millis(200);
/// When waiting for an idea is given up.
const PATIENCE: Duration = Duration::from_mins(10);

/// What a session holds.
#[derive(Debug)]
pub(super) struct Held {
    /// Allocated: what is resident also holds what was freed, in pieces, which shows nothing.
    pub(super) bytes: u64,
    pub(super) state_bytes: u64,
    /// Editors that were opened.
    pub(super) editors: u64,
}

impl Held {
    /// How much more that is than `before`.
    pub(super) fn beyond(&self, before: &Self) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(before.bytes),
            state_bytes: self.state_bytes.saturating_sub(before.state_bytes),
            editors: self.editors - before.editors,
        }
    }
}

pub(super) struct Session {
    instance: Instance,
    keeping: Keeping,
    automation: Automation,
    own_sounds: OwnSounds,
    rate_hz: u64,
    dice: Dice,
    tenths_of_bpm: u64,
    playing: bool,
    /// Frames since the transport was started.
    frames: u64,
    /// The idea that plays, where its notes are checked.
    checked_idea: Option<Idea>,
    /// Notes of it that came, and that should have come.
    came: u64,
    expected: u64,
    checked: u64,
    deviation_frames: f64,
    /// What sounds at the receiver of MIDI out.
    held: BTreeSet<(u8, u8)>,
    live: BTreeSet<u8>,
    state_bytes: u64,
    /// Ideas in the session.
    ideas: usize,
    peak: f32,
    /// The highest peak so far.
    loudest: f32,
    began: Instant,
}

impl Session {
    pub(super) fn new(mut instance: Instance) -> Result<Self, Box<dyn Error>> {
        let rate_hz = instance.sample_rate_hz() as u64;
        Ok(Self {
            automation: Automation::new(&mut instance)?,
            own_sounds: OwnSounds::write()?,
            instance,
            keeping: Keeping::default(),
            rate_hz,
            dice: Dice::new(7),
            tenths_of_bpm: 1200,
            playing: false,
            frames: 0,
            checked_idea: None,
            came: 0,
            expected: 0,
            checked: 0,
            deviation_frames: 0.0,
            held: BTreeSet::new(),
            live: BTreeSet::new(),
            state_bytes: 0,
            ideas: 0,
            peak: 0.0,
            loudest: 0.0,
            began: Instant::now(),
        })
    }

    /// Gives the parts other instruments of the user's, and starts the transport from the project's start.
    pub(super) fn start(&mut self, tenths_of_bpm: u64) -> Result<(), Box<dyn Error>> {
        self.own_sounds.change(&mut self.instance)?;
        (self.tenths_of_bpm, self.playing, self.frames) = (tenths_of_bpm, true, 0);
        self.block(&[])
    }

    /// A minute: every second one brings a new idea, some of which are kept; all are played to, automated and saved.
    pub(super) fn minute(&mut self, minute: u64) -> Result<(), Box<dyn Error>> {
        let mut blocks = 60 * self.rate_hz / BLOCK_FRAMES;
        if minute.is_multiple_of(2) {
            blocks = blocks.saturating_sub(self.ask()?);
        }
        if minute.is_multiple_of(2 * KEPT_ONE_OF) {
            self.keeping.keep(&mut self.instance)?;
        }
        self.check_from_now()?;
        for _ in 0..blocks {
            let inputs = self.inputs();
            self.block(&inputs)?;
        }
        self.count()?;
        self.save()
    }

    /// Saves, as a host does now and then, and sees that the history holds what it should.
    fn save(&mut self) -> Result<(), Box<dyn Error>> {
        let bytes = self.instance.save_state()?;
        self.state_bytes = bytes.len() as u64;
        let session = player::session(&bytes)?;
        self.ideas = session.ideas().len();
        self.keeping.check(&session)
    }

    /// Closes the instance, and sees that nothing is left of it.
    pub(super) fn close(self) -> Result<(), Box<dyn Error>> {
        drop(self.instance);
        check_end()
    }

    /// Lets go of everything: what sounds ends, where tails are as long and levels as high as at first.
    pub(super) fn end(&mut self) -> Result<(), Box<dyn Error>> {
        self.checked_idea = None;
        self.playing = false;
        let mut inputs = vec![at(0, Input::Midi([0xb0, 64, 0]))];
        inputs.extend(self.automation.back_to_first().map(|input| at(0, input)));
        inputs.extend(std::mem::take(&mut self.live).iter().map(|key| at(0, off(*key))));
        self.block(&inputs)?;
        if !self.held.is_empty() {
            return Err(format!("Notes hang: {:?}.", self.held).into());
        }
        for _ in 0..FADE_S * self.rate_hz / BLOCK_FRAMES {
            self.block(&[])?;
        }
        if self.peak > SILENCE {
            return Err(format!("A voice is stuck: {} long after everything was let go.", self.peak).into());
        }
        Ok(())
    }

    pub(super) fn report(&self, minutes: u64) -> Result<String, std::io::Error> {
        Ok(format!(
            "{minutes} minutes in {:.0} s: {} bytes allocated, {:.1} MiB resident, {} bytes of state, {} of {} ideas kept ({} editors were \
             blank), {} notes checked, off by {:.4} frames at most, {} settings of {} parameters, loudest {:.2}",
            self.began.elapsed().as_secs_f64(),
            live_bytes()?,
            resident_bytes()? as f64 / f64::from(1 << 20),
            self.state_bytes,
            self.keeping.count(),
            self.ideas,
            self.keeping.blank(),
            self.checked,
            self.deviation_frames,
            self.automation.settings(),
            self.automation.parameters(),
            self.loudest
        ))
    }

    /// What is held now.
    pub(super) fn held(&mut self) -> Result<Held, Box<dyn Error>> {
        let state_bytes = self.instance.save_state()?.len() as u64;
        let editors = (self.keeping.count() + self.keeping.blank()) as u64;
        Ok(Held { bytes: live_bytes()?, state_bytes, editors })
    }

    pub(super) fn deviation_frames(&self) -> f64 {
        self.deviation_frames
    }

    pub(super) fn checked(&self) -> u64 {
        self.checked
    }

    fn roll(&mut self, end: u64) -> u64 {
        u64::from(self.dice.below(end as u32))
    }

    /// What a player and an automation do in a block.
    fn inputs(&mut self) -> Vec<Timed<Input>> {
        let frame = self.roll(BLOCK_FRAMES);
        match self.roll(40) {
            0..4 => {
                let key = LIVE_KEYS.start + self.roll(8) as u8;
                let event = if self.live.remove(&key) { off(key) } else { on(key) };
                if matches!(event, Input::NoteOn { .. }) {
                    self.live.insert(key);
                }
                vec![at(frame, event)]
            }
            4 => vec![at(frame, Input::Midi([0xb0, 64, if self.roll(2) == 0 { 0 } else { 127 }]))],
            5 => vec![at(frame, Input::Midi([0xe0, 0, self.roll(128) as u8]))],
            6..12 => vec![at(frame, self.automation.next(&mut self.dice))],
            _ => Vec::new(),
        }
    }

    /// Asks for an idea, waits for it, and runs until it plays; returns how many blocks that took.
    fn ask(&mut self) -> Result<u64, Box<dyn Error>> {
        self.checked_idea = None;
        let before = self.session()?.current().map(|idea| idea.id);
        for text in ["on", "off"] {
            let setting = self.instance.setting("propose", text)?;
            self.block(&[at(0, setting)])?;
        }
        let asked = Instant::now();
        while self.session()?.current().map(|idea| idea.id) == before {
            if asked.elapsed() > PATIENCE {
                return Err("No idea came within ten minutes.".into());
            }
            sleep(POLL);
        }
        // The composer thread hands it over, and it starts on the next bar.
        let mut blocks = 2;
        while self.session()?.current().is_none_or(|idea| idea.started_at.is_none()) {
            if asked.elapsed() > PATIENCE {
                return Err("An idea came, and did not start within ten minutes.".into());
            }
            sleep(POLL);
            for _ in 0..LOOK_BLOCKS {
                self.block(&[])?;
            }
            blocks += LOOK_BLOCKS;
        }
        Ok(blocks)
    }

    fn session(&mut self) -> Result<linnet_music::Session, HostFailure> {
        player::session(&self.instance.save_state()?)
    }

    fn check_from_now(&mut self) -> Result<(), Box<dyn Error>> {
        let idea = self.session()?.current().cloned().ok_or("The session holds no idea.")?;
        if idea.started_at.is_none() {
            return Err(format!("Idea {:?} was handed over, and did not start.", idea.id).into());
        }
        self.checked_idea = Some(idea);
        (self.came, self.expected) = (0, 0);
        Ok(())
    }

    /// Whether as many notes came as should have.
    fn count(&mut self) -> Result<(), Box<dyn Error>> {
        self.checked += self.came;
        // A note may round to either side of where the counting began and ended.
        if self.came.abs_diff(self.expected) > 2 {
            return Err(format!("{} notes of an idea came in place of {}.", self.came, self.expected).into());
        }
        Ok(())
    }

    /// The position of a frame, in beats: one division of whole numbers, so that no error adds up.
    fn beats(&self, frame: u64) -> f64 {
        (frame * self.tenths_of_bpm) as f64 / (600 * self.rate_hz) as f64
    }

    fn block(&mut self, inputs: &[Timed<Input>]) -> Result<(), Box<dyn Error>> {
        let transport = Transport {
            playing: self.playing,
            position: Beats(self.beats(self.frames)),
            tempo: Tempo::new(self.tenths_of_bpm as f64 / 10.0),
            metre: COMMON,
            looped: None,
        };
        let block = self.instance.process(BLOCK_FRAMES as usize, Some(transport), inputs)?;
        self.peak = 0.0;
        for sample in block.audio.iter().flatten() {
            self.peak = self.peak.max(sample.abs());
            if !sample.is_finite() {
                return Err("The sound is not finite.".into());
            }
        }
        self.loudest = self.loudest.max(self.peak);
        let mut live = 0;
        for event in &block.events {
            live += self.receive(event)?;
        }
        let pressed =
            inputs.iter().filter(|input| matches!(input.event, Input::NoteOn { .. })).count() as u64;
        if live != pressed {
            return Err(format!("{live} live notes came out of {pressed}.").into());
        }
        self.expect();
        if self.playing {
            self.frames += BLOCK_FRAMES;
        }
        Ok(())
    }

    /// Takes what came out; returns 1 for a live note that begins.
    fn receive(&mut self, event: &Timed<Output>) -> Result<u64, Box<dyn Error>> {
        match event.event {
            Output::NoteOn { channel, pitch, .. } => {
                if !self.held.insert((channel, pitch)) {
                    return Err(format!("Key {pitch} of channel {channel} goes down twice.").into());
                }
                if LIVE_KEYS.contains(&pitch) && channel == 0 {
                    return Ok(1);
                }
                self.check(self.frames + event.frame, channel, pitch)?;
            }
            Output::NoteOff { channel, pitch } => {
                if !self.held.remove(&(channel, pitch)) {
                    return Err(format!("Key {pitch} of channel {channel} goes up twice.").into());
                }
            }
            Output::Midi(_) => {}
        }
        Ok(0)
    }

    /// Measures how far a note of the idea is from where it belongs.
    fn check(&mut self, frame: u64, channel: u8, pitch: u8) -> Result<(), Box<dyn Error>> {
        let Some(idea) = &self.checked_idea else { return Ok(()) };
        let part = if channel == 9 { Part::Drums } else { Part::ALL[usize::from(channel.min(2))] };
        let length = idea.length.0;
        let phase = (self.beats(frame) - idea.started_at.unwrap_or_default().0).rem_euclid(length);
        let around = |onset: f64| {
            let apart = (onset - phase).rem_euclid(length);
            apart.min(length - apart)
        };
        let notes = idea.phrase(part).notes().iter().filter(|note| note.pitch.midi() == pitch);
        let apart = notes.map(|note| around(note.onset.0)).fold(f64::INFINITY, f64::min);
        let apart_frames = apart * (600 * self.rate_hz) as f64 / self.tenths_of_bpm as f64;
        if apart_frames > 100.0 {
            return Err(format!("Key {pitch} of channel {channel} is no note of {:?} here.", idea.id).into());
        }
        self.deviation_frames = self.deviation_frames.max(apart_frames);
        self.came += 1;
        Ok(())
    }

    /// Counts the notes of the idea that belong into the block.
    fn expect(&mut self) {
        let Some(idea) = &self.checked_idea else { return };
        let start = idea.started_at.unwrap_or_default().0;
        let half = 0.5 * self.beats(1);
        let (from, to) = (self.beats(self.frames) - half, self.beats(self.frames + BLOCK_FRAMES) - half);
        for note in Part::ALL.iter().flat_map(|part| idea.phrase(*part).notes()) {
            let passes = |beats: f64| ((beats - start - note.onset.0) / idea.length.0).ceil();
            self.expected += (passes(to) - passes(from)) as u64;
        }
    }
}

fn at(frame: u64, event: Input) -> Timed<Input> {
    Timed { frame, event }
}

fn on(pitch: u8) -> Input {
    Input::NoteOn { channel: 0, pitch, velocity: 0.7 }
}

fn off(pitch: u8) -> Input {
    Input::NoteOff { channel: 0, pitch }
}
