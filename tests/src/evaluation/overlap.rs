//! How much two sets of values overlap, as estimated densities.

/// Points at which densities are compared.
const POINTS: usize = 512;
/// How far beyond the values they are compared, in bandwidths.
const MARGIN: f64 = 4.0;

/// A Gaussian kernel estimate with Scott's bandwidth (D. Scott, "Multivariate Density Estimation", 1992).
struct Density<'a> {
    values: &'a [f64],
    bandwidth: f64,
}

impl<'a> Density<'a> {
    /// The bandwidth is at least `floor`, for values that are all alike.
    fn new(values: &'a [f64], floor: f64) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        Self { values, bandwidth: (spread * count.powf(-0.2)).max(floor) }
    }

    fn at(&self, place: f64) -> f64 {
        let scale = self.bandwidth * (2.0 * std::f64::consts::PI).sqrt() * self.values.len() as f64;
        let kernel = |value: &f64| (-0.5 * ((place - value) / self.bandwidth).powi(2)).exp();
        self.values.iter().map(kernel).sum::<f64>() / scale
    }
}

/// The area under the lesser of the two densities, in [0, 1].
pub fn overlap(a: &[f64], b: &[f64]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return f64::NAN;
    }
    let all = || a.iter().chain(b).copied();
    let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    let floor = ((high - low) / 200.0).max(1e-3);
    let (a, b) = (Density::new(a, floor), Density::new(b, floor));
    let margin = MARGIN * a.bandwidth.max(b.bandwidth);
    let step = (high - low + 2.0 * margin) / (POINTS - 1) as f64;
    let places = (0..POINTS).map(|point| low - margin + step * point as f64);
    (places.map(|place| a.at(place).min(b.at(place))).sum::<f64>() * step).min(1.0)
}

/// The overlap of each feature of two sets of rows, by place.
pub fn overlaps(a: &[&[f64]], b: &[&[f64]]) -> Vec<f64> {
    let features = a.first().map_or(0, |row| row.len());
    let of = |rows: &[&[f64]], feature: usize| rows.iter().map(|row| row[feature]).collect::<Vec<_>>();
    (0..features).map(|feature| overlap(&of(a, feature), &of(b, feature))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overlap_of_rows_is_that_of_each_feature() {
        let rows: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i), f64::from(i % 7)]).collect();
        let moved: Vec<[f64; 2]> = rows.iter().map(|[a, b]| [a + 1000.0, *b]).collect();
        let of = |rows| <[[f64; 2]]>::iter(rows).map(<[f64; 2]>::as_slice).collect::<Vec<_>>();
        let found = overlaps(&of(&rows), &of(&moved));
        assert!(found[0] < 0.01 && found[1] > 0.99, "{found:?}");
    }

    #[test]
    fn like_sets_overlap_and_others_do_not() {
        let spread = |from: f64| (0..200).map(|i| from + f64::from(i) / 40.0).collect::<Vec<_>>();
        assert!(overlap(&spread(0.0), &spread(0.0)) > 0.99);
        assert!(overlap(&spread(0.0), &spread(50.0)) < 0.01);
        let half = overlap(&spread(0.0), &spread(2.5));
        assert!((half - 0.5).abs() < 0.08, "{half}");
        assert!(overlap(&[1.0; 9], &[1.0; 9]) > 0.99);
        assert!(overlap(&[], &[1.0]).is_nan());
    }
}
