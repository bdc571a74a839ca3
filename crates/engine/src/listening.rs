//! A recording that the user listens to, beside what is played.
//!
//! Runs on the audio thread, but for `new` and `prepare`. It is added behind the limiter and behind the recorder, so
//! that it is never recorded and changes nothing else; where both together would go beyond the limiter's ceiling, the
//! recording gives way. It begins and ends in a short fade, also where its stretches come too late.

use crate::effect::Limiter;
use crate::meter::Meter;
use linnet_handover::audio_to_editor::AudioView;
use linnet_handover::listening::{Receiver, Stretch};
use std::sync::atomic::Ordering::Relaxed;

/// The player of recordings.
pub(crate) struct Listening {
    receiver: Option<Receiver>,
    /// The stretch that is heard, and how many of its frames are gone.
    here: Option<Box<Stretch>>,
    place: usize,
    /// The first stretch of another run, which waits until this one has faded out.
    next: Option<Box<Stretch>>,
    /// The run that is heard; 0 is none.
    run: u32,
    /// How many frames of it are gone.
    gone: u64,
    /// What was heard last: it stands in where nothing follows.
    last: [f32; 2],
    sample_rate_hz: f64,
    /// How far the fade is, in [0, 1], and what it goes in a frame.
    level: f32,
    step: f32,
    /// What the recording gives way by, and the share of the way back up that it goes in a frame.
    gain: f32,
    release: f32,
}

impl Listening {
    /// Time of a fade: short enough to be at once, long enough to be no click.
    const FADE_S: f64 = 0.006;
    /// Time constant of the way back up.
    const RELEASE_S: f64 = 0.2;

    /// Silence, until stretches come.
    pub(crate) fn new() -> Self {
        let mut listening = Self {
            receiver: None,
            here: None,
            place: 0,
            next: None,
            run: 0,
            gone: 0,
            last: [0.0; 2],
            sample_rate_hz: 0.0,
            level: 0.0,
            step: 0.0,
            gain: 1.0,
            release: 0.0,
        };
        listening.prepare(48_000.0);
        listening
    }

    /// Stretches come from `receiver`. Called before the audio thread begins.
    pub(crate) fn take_from(&mut self, receiver: Receiver) {
        self.receiver = Some(receiver);
    }

    /// Makes ready for `sample_rate_hz` > 0. What was heard at another rate ends, at once.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64) {
        if self.sample_rate_hz != sample_rate_hz {
            self.sample_rate_hz = sample_rate_hz;
            self.step = (1.0 / (Self::FADE_S * sample_rate_hz).max(1.0)) as f32;
            self.release = (1.0 - (-1.0 / (Self::RELEASE_S * sample_rate_hz)).exp()) as f32;
            self.end();
        }
    }

    /// Whether anything is heard, or about to be.
    pub(crate) fn is_active(&self) -> bool {
        self.run != 0 || self.wanted() != 0
    }

    fn wanted(&self) -> u32 {
        self.receiver.as_ref().map_or(0, Receiver::wanted)
    }

    /// Adds what is heard to `audio`, and shows in `view` how far it is. Nothing is added `offline`: a bounce is what the
    /// host plays, and nothing else.
    pub(crate) fn add(&mut self, audio: [&mut [f32]; 2], offline: bool, view: &AudioView) {
        if self.receiver.is_none() {
            return;
        }
        let wanted = if offline { 0 } else { self.wanted() };
        if offline {
            // Not even its fade.
            self.end();
        }
        let [left, right] = audio;
        for (left, right) in left.iter_mut().zip(right.iter_mut()) {
            if self.run == 0 && !self.begin(wanted) {
                break;
            }
            let frame = self.frame(wanted);
            self.mix(frame, [left, right]);
        }
        if self.run != 0 {
            Meter::show_output(view, [left, right], 0.0);
        }
        view.listened_frames.store(self.gone, Relaxed);
        view.listened_run.store(self.run, Relaxed);
    }

    /// Looks for the first stretch of the run that is wanted; others go back. False where there is none.
    fn begin(&mut self, wanted: u32) -> bool {
        while let Some(stretch) = self.next.take().or_else(|| self.receive()) {
            if stretch.run == wanted && wanted != 0 {
                (self.run, self.gone, self.place, self.gain) = (wanted, 0, 0, 1.0);
                self.here = Some(stretch);
                return true;
            }
            self.give_back(stretch);
        }
        false
    }

    fn receive(&mut self) -> Option<Box<Stretch>> {
        self.receiver.as_mut()?.receive()
    }

    fn give_back(&mut self, stretch: Box<Stretch>) {
        match &mut self.receiver {
            Some(receiver) => receiver.give_back(stretch),
            // It came from nowhere else.
            None => std::mem::forget(stretch),
        }
    }

    /// The run ends, and what is left of it goes back.
    fn end(&mut self) {
        if let Some(stretch) = self.here.take() {
            self.give_back(stretch);
        }
        (self.run, self.gone, self.level) = (0, 0, 0.0);
    }

    /// What the run gives next, faded.
    fn frame(&mut self, wanted: u32) -> [f32; 2] {
        let is_over = self.is_over();
        let frame = if is_over { None } else { self.take() };
        let has_time = self.left_at_last() as f32 * self.step >= self.level + self.step;
        let is_on = wanted == self.run && frame.is_some() && has_time;
        let step = if is_on { self.step } else { -self.step };
        self.level = (self.level + step).clamp(0.0, 1.0);
        self.gone += u64::from(frame.is_some());
        self.last = frame.unwrap_or(self.last);
        let level = self.level * self.level * (3.0 - 2.0 * self.level);
        let faded = self.last.map(|sample| level * sample);
        // Where stretches are late, the run waits for them in silence.
        if self.level == 0.0 && (wanted != self.run || (is_over && !is_on)) {
            self.end();
        }
        faded
    }

    /// Whether its last frame is gone.
    fn is_over(&self) -> bool {
        self.here.as_ref().is_some_and(|stretch| stretch.is_last && self.place >= stretch.frames.len())
    }

    /// How many frames are left, where the last stretch is here.
    fn left_at_last(&self) -> usize {
        let last = self.here.as_ref().filter(|stretch| stretch.is_last);
        last.map_or(usize::MAX, |stretch| stretch.frames.len().saturating_sub(self.place))
    }

    /// The next frame; none where its stretch is late.
    fn take(&mut self) -> Option<[f32; 2]> {
        loop {
            let here = self.here.as_ref().and_then(|stretch| stretch.frames.get(self.place));
            if let Some(frame) = here {
                self.place += 1;
                return Some(*frame);
            }
            let is_last = self.here.as_ref().is_some_and(|stretch| stretch.is_last);
            if is_last || self.next.is_some() {
                return None;
            }
            let stretch = self.receive()?;
            if stretch.run != self.run {
                self.next = Some(stretch);
                return None;
            }
            self.place = 0;
            if let Some(before) = self.here.replace(stretch) {
                self.give_back(before);
            }
        }
    }

    /// Adds `frame`, as much of it as there is room for under the ceiling.
    fn mix(&mut self, frame: [f32; 2], [left, right]: [&mut f32; 2]) {
        let room = |sample: f32, live: f32| {
            let room = (Limiter::CEILING - live * sample.signum()).max(0.0);
            if sample.abs() > room { room / sample.abs() } else { 1.0 }
        };
        let most = room(frame[0], *left).min(room(frame[1], *right));
        self.gain = (self.gain + self.release * (1.0 - self.gain)).min(most);
        for (side, sample) in [left, right].into_iter().zip(frame) {
            // Rounding may leave a little too much.
            let ceiling = Limiter::CEILING.max(side.abs());
            *side = (*side + self.gain * sample).clamp(-ceiling, ceiling);
        }
    }
}

#[cfg(test)]
mod tests;
