//! Runs on the composer thread. A way between two parts that never turns back.

/// How much a distance may fall and still count as not falling.
const ROUNDING: f32 = 1e-6;

/// The points of a way from one part to another, by their distances to both ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// The share of the way in latents of each point that is kept, its number, and the share of the distance.
    kept: Vec<(usize, f32)>,
    points: usize,
}

impl Way {
    /// The longest run of points, the ends among them, along which the distance `near` to the first end never falls and
    /// that to the second, `far`, never rises.
    pub fn new(near: &[f32], far: &[f32]) -> Self {
        let points = near.len().min(far.len());
        let mut length = vec![0; points];
        let mut before = vec![0; points];
        if let Some(first) = length.first_mut() {
            *first = 1;
        }
        for at in 1..points {
            for from in (0..at).filter(|from| length[*from] > 0).collect::<Vec<_>>() {
                let onwards = near[from] <= near[at] + ROUNDING && far[from] >= far[at] - ROUNDING;
                if onwards && length[from] + 1 > length[at] {
                    (length[at], before[at]) = (length[from] + 1, from);
                }
            }
        }
        let share = |at: usize| near[at] / (near[at] + far[at]).max(f32::MIN_POSITIVE);
        let mut kept = Vec::new();
        let mut next = points.checked_sub(1);
        while let Some(at) = next {
            kept.push((at, share(at)));
            next = (at > 0).then(|| before[at]);
        }
        kept.reverse();
        Self { kept, points }
    }

    /// Leaves out `point`, unless it is an end.
    pub fn leave_out(&mut self, point: usize) {
        let last = self.points.saturating_sub(1);
        self.kept.retain(|(of, _)| *of != point || *of == 0 || *of == last);
    }

    /// The number of the point whose share of the distance is nearest to `t`, in [0, 1]: before the middle one of the
    /// first half of the way, else one of the second. The ends are at 0 and 1 alone, unless nothing else is left.
    pub fn point(&self, t: f32) -> usize {
        let last = self.points.saturating_sub(1);
        if t <= 0.0 || t >= 1.0 {
            return if t <= 0.0 { 0 } else { last };
        }
        let in_half = |point: usize| (2 * point < last) == (t < 0.5);
        let there = self.kept.iter().filter(|(point, _)| in_half(*point));
        let mut best: Option<(usize, f32)> = None;
        for (point, share) in there {
            let away = (share - t).abs();
            if best.is_none_or(|(_, least)| away < least) {
                best = Some((*point, away));
            }
        }
        best.map_or(if t < 0.5 { 0 } else { last }, |(point, _)| point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_that_turn_back_are_left_out() {
        let near = [0.0, 0.5, 0.2, 0.3, 0.9];
        let far = [0.9, 0.8, 0.7, 0.4, 0.0];
        let way = Way::new(&near, &far);
        assert_eq!(way.kept.iter().map(|(point, _)| *point).collect::<Vec<_>>(), [0, 2, 3, 4]);
        assert_eq!([0.0, 0.1, 0.3, 0.5, 0.7, 1.0].map(|t| way.point(t)), [0, 0, 0, 3, 3, 4]);
        let mut way = way;
        for point in [0, 3, 4] {
            way.leave_out(point);
        }
        assert_eq!([0.0, 0.3, 0.5, 0.7, 1.0].map(|t| way.point(t)), [0, 0, 2, 4, 4]);
    }

    proptest! {
        #[test]
        fn no_step_along_it_leads_back(
            mut near in prop::collection::vec(0.0f32..1.0, 17), mut far in prop::collection::vec(0.0f32..1.0, 17),
        ) {
            (near[0], far[16]) = (0.0, 0.0);
            (near[16], far[0]) = (1.0, 1.0);
            let way = Way::new(&near, &far);
            let points: Vec<usize> = (0..=100).map(|t| way.point(t as f32 / 100.0)).collect();
            prop_assert_eq!((points[0], points[100]), (0, 16));
            for pair in points.windows(2) {
                prop_assert!(near[pair[0]] <= near[pair[1]] + 1e-4 && far[pair[0]] >= far[pair[1]] - 1e-4);
            }
        }
    }
}
