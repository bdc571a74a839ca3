//! What tells room, hall and plate apart.
//!
//! Runs on the audio thread.

use super::network::LINES;
use crate::settings::ReverbType;

/// Diffusers in series.
pub(super) const DIFFUSERS: usize = 4;
/// Early reflections, left and right in turn.
pub(super) const REFLECTIONS: usize = 12;

/// The build of a reverb.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// The shortest and the longest line of the network at full size, in ms.
    pub(super) lines_ms: [f32; 2],
    /// The diffusers, in ms.
    pub(super) diffusers_ms: [f32; DIFFUSERS],
    /// How strongly they diffuse, in [0, 1).
    pub(super) diffusion: f32,
    /// The last early reflection at full size, in ms.
    pub(super) reflections_ms: f32,
    /// The level of the early reflections, linear.
    pub(super) reflections_gain: f32,
    /// Decay time far above the damping frequency, as a share of that below.
    pub(super) highs_share: f32,
    /// How far some lines wander around their length, in ms, and how fast.
    pub(super) wander_ms: f32,
    /// In Hz.
    pub(super) wander_hz: f32,
}

/// Short lines, and reflections close together that one can tell apart.
const ROOM: Room = Room {
    lines_ms: [7.1, 28.7],
    diffusers_ms: [1.3, 2.3, 3.7, 5.3],
    diffusion: 0.5,
    reflections_ms: 24.0,
    reflections_gain: 0.4,
    highs_share: 0.35,
    wander_ms: 0.04,
    wander_hz: 0.7,
};

/// Long lines that fill up slowly.
const HALL: Room = Room {
    lines_ms: [29.3, 96.7],
    diffusers_ms: [4.3, 7.9, 12.1, 17.9],
    diffusion: 0.62,
    reflections_ms: 74.0,
    reflections_gain: 0.28,
    highs_share: 0.28,
    wander_ms: 0.28,
    wander_hz: 0.45,
};

/// Dense at once and bright: no reflections of walls, strong diffusion, more movement.
const PLATE: Room = Room {
    lines_ms: [6.1, 43.3],
    diffusers_ms: [1.7, 2.6, 4.1, 6.3],
    diffusion: 0.74,
    reflections_ms: 10.0,
    reflections_gain: 0.0,
    highs_share: 0.55,
    wander_ms: 0.16,
    wander_hz: 1.1,
};

/// Where each line lies between the shortest and the longest, in [0, 1]: nearly even in octaves, at no simple ratios.
const LINE_PLACES: [f32; LINES] = [
    0.0, 0.523, 0.274, 0.811, 0.129, 0.668, 0.397, 0.942, 0.061, 0.591, 0.338, 0.874, 0.205, 0.737, 0.462,
    1.0,
];

/// When each reflection arrives, as a share of the last one's time.
const REFLECTION_PLACES: [f32; REFLECTIONS] =
    [0.13, 0.17, 0.29, 0.24, 0.38, 0.43, 0.56, 0.51, 0.71, 0.77, 0.93, 1.0];

impl Room {
    /// The longest times of all types, in ms: what the delay lines must hold.
    pub(super) const LINE_MS_MAX: f32 = HALL.lines_ms[1] + 1.0;
    /// The same for diffusers.
    pub(super) const DIFFUSER_MS_MAX: f32 = 20.0;
    /// The same for reflections.
    pub(super) const REFLECTION_MS_MAX: f32 = HALL.reflections_ms + 1.0;
    /// Lines are at most this share of the decay: a decay shorter than the way through the room sounds as echoes.
    const LINE_SHARE_OF_DECAY: f32 = 0.15;

    /// The build of `kind`.
    pub(super) fn of(kind: ReverbType) -> &'static Self {
        match kind {
            ReverbType::Room => &ROOM,
            // A space has no network; what stands by for it is the hall.
            ReverbType::Hall | ReverbType::Space => &HALL,
            ReverbType::Plate => &PLATE,
        }
    }

    /// How far the room is scaled by `size` in [0, 1], for a decay of `decay_s`.
    pub(super) fn scale(&self, size: f32, decay_s: f32) -> f32 {
        let longest_s = 0.001 * self.lines_ms[1];
        let asked = (1.4 * (size - 1.0)).exp2();
        asked.min(Self::LINE_SHARE_OF_DECAY * decay_s / longest_s)
    }

    /// The lengths of the network's lines, in frames.
    pub(super) fn lines(&self, scale: f32, sample_rate_hz: f32) -> [usize; LINES] {
        let [shortest, longest] = self.lines_ms;
        LINE_PLACES.map(|place| frames(scale * shortest * (longest / shortest).powf(place), sample_rate_hz))
    }

    /// The lengths of diffuser number `index`, left and right, in frames.
    pub(super) fn diffuser(&self, index: usize, scale: f32, sample_rate_hz: f32) -> [usize; 2] {
        let ms = scale * self.diffusers_ms[index.min(DIFFUSERS - 1)];
        [frames(ms, sample_rate_hz), frames(1.09 * ms, sample_rate_hz)]
    }

    /// The early reflections, in frames.
    pub(super) fn reflections(&self, scale: f32, sample_rate_hz: f32) -> [usize; REFLECTIONS] {
        REFLECTION_PLACES.map(|place| frames(scale * place * self.reflections_ms, sample_rate_hz))
    }

    /// The level of reflection number `index`: the later the softer, in signs that alternate in pairs.
    pub(super) fn reflection_gain(index: usize) -> f32 {
        let sign = if index % 4 < 2 { 1.0 } else { -1.0 };
        sign * (1.0 - 0.6 * REFLECTION_PLACES.get(index).copied().unwrap_or(1.0)) * 0.5
    }
}

/// At least 2 frames; odd, so that fewer lengths share a divisor.
fn frames(ms: f32, sample_rate_hz: f32) -> usize {
    ((0.001 * ms * sample_rate_hz) as usize).max(2) | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lines_have_lengths_of_their_own() {
        for kind in [ReverbType::Room, ReverbType::Hall, ReverbType::Plate] {
            let mut lines = Room::of(kind).lines(1.0, 44_100.0);
            lines.sort_unstable();
            assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{kind:?}");
        }
    }
}
