//! A run of an instance along a timeline: inputs at exact frames, blocks of any size, everything that comes out kept.

use crate::clap_host::{HostFailure, Input, Instance, Output, Rendered, Timed};
use crate::transport::Transport;
use linnet_music::{Beats, Session};
use std::thread;
use std::time::{Duration, Instant};

/// How often the plug-in's state is looked at while an idea is awaited.
const POLL: Duration = Duration::from_millis(1);
/// What the composer thread is given, after an idea is in the session, to hand it to the audio thread.
const HANDOVER: Duration = Duration::from_millis(60);
/// When waiting for an idea is given up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A run. Frames are counted from its start, whatever the transport does.
pub struct Player<'a> {
    /// The plug-in.
    pub instance: &'a mut Instance,
    /// Where the music stands; change it between blocks to loop, seek or stop.
    pub transport: Transport,
    /// Everything that came out so far.
    pub recording: Rendered,
    /// Frames in a block at most.
    pub block_frames: usize,
    pending: Vec<Timed<Input>>,
    now: u64,
}

impl<'a> Player<'a> {
    /// A run of `instance` that starts at `transport`.
    pub fn new(instance: &'a mut Instance, transport: Transport) -> Self {
        let block_frames = instance.max_frames();
        Self {
            instance,
            transport,
            recording: Rendered::default(),
            block_frames,
            pending: Vec::new(),
            now: 0,
        }
    }

    /// Frames since the start of the run.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The frame at which `beats` is reached, where the transport runs on without a jump.
    pub fn frame_at(&self, beats: Beats) -> u64 {
        let ahead = self.transport.frame_of(beats, self.instance.sample_rate_hz());
        (self.now as f64 + ahead).round().max(0.0) as u64
    }

    /// Has `event` happen at `frame` of the run.
    pub fn schedule(&mut self, frame: u64, event: Input) {
        let place = self.pending.partition_point(|other| other.frame <= frame);
        self.pending.insert(place, Timed { frame, event });
    }

    /// Sets a parameter, by its id and its value as a user would type it, at the next frame.
    pub fn set(&mut self, id: &str, text: &str) -> Result<(), HostFailure> {
        let setting = self.instance.setting(id, text)?;
        self.schedule(self.now, setting);
        Ok(())
    }

    /// Runs until frame `end` of the run.
    pub fn run_to_frame(&mut self, end: u64) -> Result<(), HostFailure> {
        while self.now < end {
            let frames = ((end - self.now) as usize).min(self.block_frames).min(self.frames_to_loop_end());
            self.run_block(frames)?;
        }
        Ok(())
    }

    /// Runs until the transport reaches `beats`, without a jump.
    pub fn run_to(&mut self, beats: Beats) -> Result<(), HostFailure> {
        self.run_to_frame(self.frame_at(beats))
    }

    /// Runs on for `seconds`.
    pub fn run_for(&mut self, seconds: f64) -> Result<(), HostFailure> {
        let frames = (seconds * self.instance.sample_rate_hz()).round() as u64;
        self.run_to_frame(self.now + frames)
    }

    /// Hosts split their blocks where the loop wraps.
    fn frames_to_loop_end(&self) -> usize {
        match self.transport.looped {
            Some((_, end)) if self.transport.playing && self.transport.position < end => {
                let frames = self.transport.frame_of(end, self.instance.sample_rate_hz());
                frames.round().max(1.0) as usize
            }
            _ => usize::MAX,
        }
    }

    fn run_block(&mut self, frames: usize) -> Result<(), HostFailure> {
        let end = self.now + frames as u64;
        let due = self.pending.partition_point(|event| event.frame < end);
        let inputs: Vec<Timed<Input>> = self
            .pending
            .drain(..due)
            .map(|event| Timed { frame: event.frame.saturating_sub(self.now), ..event })
            .collect();
        let block = self.instance.process(frames, Some(self.transport), &inputs)?;
        for (all, new) in self.recording.audio.iter_mut().zip(&block.audio) {
            all.extend_from_slice(new);
        }
        let shifted = block.events.iter().map(|event| Timed { frame: event.frame + self.now, ..*event });
        self.recording.events.extend(shifted);
        self.transport.advance(frames, self.instance.sample_rate_hz());
        self.now = end;
        Ok(())
    }

    /// Stands still, as an offline host may, until the session holds more than `known` ideas. Returns the session and how
    /// long it took.
    ///
    /// Blocks are not processed meanwhile, so that what comes next depends on no machine's speed.
    pub fn wait_for_idea(&mut self, known: usize) -> Result<(Session, Duration), HostFailure> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let session = session(&self.instance.save_state()?)?;
            if session.ideas().len() > known {
                let took = start.elapsed();
                thread::sleep(HANDOVER);
                return Ok((session, took));
            }
            thread::sleep(POLL);
        }
        Err(HostFailure::Refused("no idea came within a minute"))
    }
}

/// The session of ideas inside a saved state: after a length of eight bytes, the framework's JSON.
pub fn session(state: &[u8]) -> Result<Session, HostFailure> {
    let unreadable = HostFailure::Refused("its state holds no session that can be read");
    let json = state.get(8..).and_then(|text| serde_json::from_slice::<serde_json::Value>(text).ok());
    let text = json.as_ref().and_then(|json| json.get("fields")?.get("session")?.as_str());
    text.and_then(|text| Session::from_json(text).ok()).ok_or(unreadable)
}

/// A note that came out, whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sounded {
    /// MIDI channel in [0, 15].
    pub channel: u8,
    /// MIDI key in [0, 127].
    pub pitch: u8,
    /// In (0, 1].
    pub velocity: f64,
    /// Frame of its note-on.
    pub from: u64,
    /// Frame of its note-off; none where it hangs.
    pub to: Option<u64>,
}

/// Pairs note-ons with note-offs, in the order of the note-ons; also counts note-offs that end nothing.
pub fn pair(events: &[Timed<Output>]) -> (Vec<Sounded>, usize) {
    let mut notes: Vec<Sounded> = Vec::new();
    let mut stray = 0;
    for event in events {
        match event.event {
            Output::NoteOn { channel, pitch, velocity } => {
                notes.push(Sounded { channel, pitch, velocity, from: event.frame, to: None });
            }
            Output::NoteOff { channel, pitch } => {
                let open = notes
                    .iter_mut()
                    .find(|note| note.to.is_none() && note.channel == channel && note.pitch == pitch);
                match open {
                    Some(note) => note.to = Some(event.frame),
                    None => stray += 1,
                }
            }
            Output::Midi(_) => {}
        }
    }
    (notes, stray)
}
