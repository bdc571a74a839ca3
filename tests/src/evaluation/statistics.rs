//! Small statistics.

/// The mean; NaN where there are no values.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean of the values that are numbers; NaN where there are none.
pub fn mean_known(values: &[f64]) -> f64 {
    mean(&values.iter().copied().filter(|value| value.is_finite()).collect::<Vec<_>>())
}

/// The `share`-quantile of `values`, `share` in [0, 1]; NaN where there are none.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = ((sorted.len() as f64 - 1.0) * share).round().max(0.0) as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// The median; NaN where there are no values.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// Spearman's rank correlation in [−1, 1]; equal values share the mean of their ranks (C. Spearman, 1904). 0 where all values
/// of either are equal: they tell nothing of the other.
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    pearson(&ranks(a), &ranks(b))
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let mean = first as f64 + (equal.len() as f64 - 1.0) / 2.0;
        for index in equal {
            ranks[*index] = mean;
        }
        first += equal.len();
    }
    ranks
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    let spread = |values: &[f64], mean: f64| values.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
    let both = spread(a, mean_a) * spread(b, mean_b);
    if both > 0.0 { product / both } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_count_and_sizes_do_not() {
        let rho = |a: &[f64], b: &[f64]| (spearman(a, b) * 1e6).round() / 1e6;
        assert_eq!(rho(&[1.0, 2.0, 3.0], &[1.0, 10.0, 1000.0]), 1.0);
        assert_eq!(rho(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
        // By hand: ranks 0 1 2 3 and 0.5 0.5 2 3 give 4.5 / √(5 · 4.5).
        assert_eq!(rho(&[1.0, 2.0, 3.0, 4.0], &[5.0, 5.0, 6.0, 7.0]), 0.948_683);
        assert_eq!(rho(&[1.0, 2.0, 3.0], &[7.0, 7.0, 7.0]), 0.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!((mean(&[1.0, 2.0]), mean_known(&[f64::NAN, 4.0])), (1.5, 4.0));
    }
}
