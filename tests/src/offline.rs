//! The engine on its own: named scenes, rendered without a host.

mod instruments;
mod lines;
mod scenes;

pub use instruments::PARTIALS;
pub use scenes::{SCENES, Scene, with_partials};

use linnet_engine::sampler::PartInstrument;
use linnet_engine::{Block, Engine, LiveEvent, LiveKind, OutEvents, Settings, Transport};
use linnet_handover::delivery;
use linnet_handover::worker_to_audio::{Score, Start, ToAudio};
use linnet_music::{Beats, Controls, IdeaId, Note, Part, Phrase, Tempo, TimeSignature};

/// The settings at a beat.
pub type SettingsAt = Box<dyn Fn(f64) -> Settings>;

/// What is played, and how it is set meanwhile.
pub struct Script {
    /// Beats until the transport stops.
    pub beats: f64,
    /// Seconds that are heard after that.
    pub tail_s: f64,
    /// The idea's notes, by [`Part`].
    pub parts: [Vec<Note>; 4],
    /// What is played live on the lead, by beat.
    pub live: Vec<(f64, LiveKind)>,
    /// From which beat on which tempo holds, in beats a minute; the first one from beat 0. Beats that are steps.
    pub tempos: Vec<(f64, f64)>,
    /// The settings, asked for at each step.
    pub settings: SettingsAt,
    /// Beats from step to step.
    pub step: f64,
    /// The parts' own instruments.
    pub instruments: Vec<PartInstrument>,
}

impl Script {
    /// The frame of a beat, not rounded.
    pub fn frame_of(&self, beat: f64, sample_rate_hz: f64) -> f64 {
        let ends = self.tempos.iter().skip(1).map(|(from, _)| *from).chain([f64::INFINITY]);
        let seconds: f64 = (self.tempos.iter().zip(ends))
            .map(|((from, bpm), end)| (beat.min(end) - from).max(0.0) * 60.0 / bpm)
            .sum();
        seconds * sample_rate_hz
    }

    /// The beat of a frame.
    fn beat_of(&self, frame: f64, sample_rate_hz: f64) -> f64 {
        let starts = self.tempos.iter().map(|(from, bpm)| (self.frame_of(*from, sample_rate_hz), from, bpm));
        let here = starts.rev().find(|(start, ..)| *start <= frame);
        here.map_or(0.0, |(start, from, bpm)| from + (frame - start) / sample_rate_hz * bpm / 60.0)
    }

    /// The tempo at a beat.
    fn tempo(&self, beat: f64) -> Tempo {
        let here = self.tempos.iter().rfind(|(from, _)| *from <= beat);
        Tempo::new(here.map_or(120.0, |(_, bpm)| *bpm))
    }

    /// Frames of the music, and with what follows it.
    pub fn frames(&self, sample_rate_hz: f64) -> (usize, usize) {
        let end = self.frame_of(self.beats, sample_rate_hz).round() as usize;
        (end, end + (self.tail_s * sample_rate_hz) as usize)
    }

    fn score(&self) -> Score {
        let parts = self.parts.each_ref().map(|notes| Phrase::new(notes.clone()).notes().into());
        Score { idea: IdeaId(1), length: Beats(self.beats), parts, start: Start::At(Beats(0.0)) }
    }
}

/// A rendered scene.
#[derive(Clone, Debug)]
pub struct Render {
    /// Left and right.
    pub audio: [Vec<f32>; 2],
    /// Seconds that the engine took.
    pub seconds: f64,
}

/// Renders a scene in blocks of `block_frames`, shorter where a step begins.
pub fn render(scene: &Scene, sample_rate_hz: f64, block_frames: usize) -> Render {
    render_script(&(scene.script)(), sample_rate_hz, &[block_frames])
}

/// Renders a script in blocks of these lengths, one after the other and again from the first, shorter where a step begins.
pub fn render_script(script: &Script, sample_rate_hz: f64, blocks: &[usize]) -> Render {
    let (audio_ports, mut worker, _editor) = linnet_handover::connect();
    let mut engine = Engine::new(audio_ports);
    let (mut sender, receiver) = delivery::queue(Part::ALL.len());
    engine.take_instruments_from(receiver);
    engine.prepare(sample_rate_hz, blocks.iter().copied().max().unwrap_or(1));
    for instrument in &script.instruments {
        // There is room for one a part.
        sender.send(Box::new(instrument.clone())).ok();
    }
    // An engine that was just made takes the first order.
    worker.scores.send(ToAudio::Play(Box::new(script.score()))).ok();
    let (_, all) = script.frames(sample_rate_hz);
    let mut audio = [vec![0.0; all], vec![0.0; all]];
    let (mut out, mut lengths) = (OutEvents::new(), blocks.iter().cycle());
    let start = std::time::Instant::now();
    let mut at = 0;
    for (step, border) in borders(script, sample_rate_hz) {
        let settings = (script.settings)(step);
        while at < border {
            let length = lengths.next().copied().unwrap_or(1).clamp(1, border - at);
            let [left, right] = &mut audio;
            engine.process(&mut Block {
                audio: [&mut left[at..at + length], &mut right[at..at + length]],
                transport: transport(script, step, at, sample_rate_hz),
                events: &live(script, at..at + length, sample_rate_hz),
                out: &mut out,
                settings: &settings,
                controls: &Controls::default(),
                offline: false,
            });
            at += length;
        }
    }
    Render { audio, seconds: start.elapsed().as_secs_f64() }
}

/// Every step by its beat, with the frame where it ends; the last one is the tail.
fn borders(script: &Script, sample_rate_hz: f64) -> impl Iterator<Item = (f64, usize)> {
    let (end, all) = script.frames(sample_rate_hz);
    let steps = (script.beats / script.step).ceil() as usize;
    let border = move |step: usize| {
        let frame = script.frame_of(step as f64 * script.step, sample_rate_hz).round() as usize;
        frame.min(end)
    };
    (0..steps).map(move |step| (step as f64 * script.step, border(step + 1))).chain([(script.beats, all)])
}

fn live(script: &Script, frames: std::ops::Range<usize>, sample_rate_hz: f64) -> Vec<LiveEvent> {
    let event = |(beat, kind): &(f64, LiveKind)| {
        let frame = script.frame_of(*beat, sample_rate_hz).round() as usize;
        let frame = frames.contains(&frame).then(|| (frame - frames.start) as u32)?;
        Some(LiveEvent { frame, channel: 0, kind: *kind })
    };
    script.live.iter().filter_map(event).collect()
}

fn transport(script: &Script, step: f64, frame: usize, sample_rate_hz: f64) -> Transport {
    let playing = step < script.beats;
    let position = if playing { script.beat_of(frame as f64, sample_rate_hz) } else { script.beats };
    let bar = TimeSignature::COMMON.bar().0;
    Transport {
        playing,
        present: true,
        position: Some(Beats(position)),
        bar_start: Some(Beats((position / bar + 1e-9).floor() * bar)),
        tempo: Some(script.tempo(step)),
        metre: Some(TimeSignature::COMMON),
        looped: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_sounds_stays_within_full_scale_and_ends() {
        for scene in &SCENES {
            let audio = render(scene, 48_000.0, 512).audio;
            let peak = |samples: &[f32]| samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            let all = peak(&audio[0]).max(peak(&audio[1]));
            let last = peak(&audio[0][audio[0].len() - 4800..]);
            println!("{:<18} peak {all:.3}, at the end {last:.4}", scene.name);
            assert!((0.02..=1.0).contains(&all), "{}: peak {all}", scene.name);
            assert!(last < 0.1 * all, "{}: it does not end", scene.name);
            assert!(audio.iter().flatten().all(|sample| sample.is_finite()), "{}", scene.name);
        }
    }

    #[test]
    fn beats_and_frames_agree_where_the_tempo_changes() {
        let delay = SCENES.iter().find(|scene| scene.name == "delay_in_tempo").map(|scene| (scene.script)());
        let script = delay.expect("it is among the scenes");
        assert!(script.tempos.len() > 1);
        for beat in [0.0, 1.5, 4.0, 5.25, 7.9] {
            let again = script.beat_of(script.frame_of(beat, 48_000.0), 48_000.0);
            assert!((again - beat).abs() < 1e-9, "{beat} {again}");
        }
    }
}
