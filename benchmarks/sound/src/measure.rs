//! Timing: all subjects in turn, many times, so that what the machine does otherwise meets all of them alike.

use crate::subject::{SAMPLE_RATE_HZ, Subject, Task};
use std::hint::black_box;
use std::time::Instant;

/// Frames of a stretch at least.
const FRAMES: usize = 9600;
/// Blocks of a stretch at least.
const BLOCKS: usize = 48;

/// A subject and its times.
pub struct Entry {
    /// What it does.
    pub task: Task,
    /// Whose it is.
    pub name: &'static str,
    subject: Box<dyn Subject>,
    /// A frame's time in each block, in ns.
    frame_ns: Vec<f64>,
    /// Blocks of a stretch.
    blocks: usize,
}

impl Entry {
    /// Not measured yet.
    pub fn new(task: Task, name: &'static str, subject: Box<dyn Subject>) -> Self {
        Self { task, name, subject, frame_ns: Vec::new(), blocks: 1 }
    }

    /// The time per stereo frame than which `share` of the blocks are cheaper, in ns.
    pub fn at_share(&self, share: f64) -> f64 {
        let mut sorted = self.frame_ns.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len() as f64 * share) as usize;
        sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
    }

    /// The middle of each round, in ns per frame.
    pub fn rounds(&self) -> Vec<f64> {
        self.frame_ns.chunks(self.blocks).map(|round| median(round.to_vec())).collect()
    }

    /// The dearest block of a stretch by the cheapest of all rounds, in ns per frame: what the work itself makes of it, and
    /// not what else the machine does.
    pub fn dearest(&self) -> f64 {
        let best = |block: usize| {
            self.frame_ns.iter().skip(block).step_by(self.blocks).copied().fold(f64::INFINITY, f64::min)
        };
        (0..self.blocks).map(best).fold(0.0, f64::max)
    }

    /// How loud it is after a while: the root of the mean square.
    #[cfg(test)]
    pub fn level(&mut self) -> f32 {
        const BLOCK_FRAMES: usize = 480;
        let noise = noise();
        let mut audio = [vec![0.0; BLOCK_FRAMES], vec![0.0; BLOCK_FRAMES]];
        let [left, right] = &mut audio;
        self.subject.restart();
        for start in (0..4800).step_by(BLOCK_FRAMES) {
            left.copy_from_slice(&noise[start..start + BLOCK_FRAMES]);
            right.copy_from_slice(&noise[start..start + BLOCK_FRAMES]);
            self.subject.render(left, right);
        }
        let power: f32 = audio.iter().flatten().map(|sample| sample * sample).sum();
        (power / (2 * BLOCK_FRAMES) as f32).sqrt()
    }

    fn stretch(&mut self, block_frames: usize, noise: &[f32], overhead_ns: f64) {
        let mut audio = [vec![0.0; block_frames], vec![0.0; block_frames]];
        self.subject.restart();
        let mut render = |subject: &mut dyn Subject, block: usize| {
            let [left, right] = &mut audio;
            let start = (block * block_frames) % (noise.len() - 2 * block_frames);
            left.copy_from_slice(&noise[start..start + block_frames]);
            right.copy_from_slice(&noise[start + block_frames..start + 2 * block_frames]);
            let begin = Instant::now();
            subject.render(black_box(left), black_box(right));
            let ns = begin.elapsed().as_nanos() as f64;
            black_box(&audio);
            ns
        };
        let warm_up = self.task.warm_up_frames() / block_frames;
        (0..warm_up).for_each(|block| _ = render(&mut *self.subject, block));
        self.blocks = BLOCKS.max(FRAMES / block_frames);
        for block in warm_up..warm_up + self.blocks {
            let ns = render(&mut *self.subject, block);
            self.frame_ns.push((ns - overhead_ns).max(0.0) / block_frames as f64);
        }
    }
}

/// Measures all in blocks of `block_frames`, `rounds` times in turn.
pub fn measure(entries: &mut [Entry], block_frames: usize, rounds: usize) {
    let (noise, overhead_ns) = (noise(), overhead_ns());
    entries.iter_mut().for_each(|entry| entry.frame_ns.clear());
    for _ in 0..rounds {
        for entry in &mut *entries {
            entry.stretch(block_frames, &noise, overhead_ns);
        }
    }
}

/// The middle of these.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What reading the clock takes, in ns.
fn overhead_ns() -> f64 {
    let mut times: Vec<u128> = (0..10_001)
        .map(|_| {
            let begin = Instant::now();
            begin.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2] as f64
}

/// White noise at −20 dB, a second of it.
fn noise() -> Vec<f32> {
    let mut state = 0x2545_f491_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        0.1 * (state as i32 as f32) / 2_147_483_648.0
    };
    std::iter::repeat_with(next).take(SAMPLE_RATE_HZ as usize).collect()
}
