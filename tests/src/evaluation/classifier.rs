//! A linear classifier: multinomial logistic regression, also called softmax regression, by gradient descent with momentum
//! and weight decay (C. Bishop, "Pattern Recognition and Machine Learning", 2006, ch. 4.3.4).

/// Steps of the descent.
const STEPS: usize = 600;
/// How far each goes, how much of the last step goes on, and how weights decay.
const RATE: f64 = 0.3;
const MOMENTUM: f64 = 0.9;
const DECAY: f64 = 1e-3;
/// Deviations from the mean that count at most.
const FAR: f64 = 4.0;

/// A trained classifier.
#[derive(Clone, Debug)]
pub struct Classifier {
    means: Vec<f64>,
    deviations: Vec<f64>,
    /// By class: a weight for each feature, and one that is always added.
    weights: Vec<Vec<f64>>,
}

impl Classifier {
    /// Learns to tell `classes` classes apart from rows of features, of which some may be no numbers, and their classes, each
    /// below `classes`. Every class counts alike.
    pub fn new(rows: &[(Vec<f64>, usize)], classes: usize) -> Self {
        let width = rows.first().map_or(0, |row| row.0.len());
        let column = |feature: usize| -> Vec<f64> {
            rows.iter().map(|row| row.0[feature]).filter(|value| value.is_finite()).collect()
        };
        let (means, deviations) = (0..width).map(|feature| spread(&column(feature))).unzip();
        let mut model = Self { means, deviations, weights: vec![vec![0.0; width + 1]; classes] };
        let inputs: Vec<Vec<f64>> = rows.iter().map(|row| model.standard(&row.0)).collect();
        let mut counts = vec![0.0; classes];
        for (_, class) in rows {
            counts[*class] += 1.0;
        }
        let present = counts.iter().filter(|count| **count > 0.0).count() as f64;
        let mut moves = model.weights.clone();
        for _ in 0..STEPS {
            let mut slopes: Vec<Vec<f64>> =
                model.weights.iter().map(|row| row.iter().map(|weight| DECAY * weight).collect()).collect();
            for (input, (_, class)) in inputs.iter().zip(rows) {
                let share = 1.0 / (counts[*class] * present);
                for (of, (slope, chance)) in slopes.iter_mut().zip(model.chances(input)).enumerate() {
                    let off = (chance - f64::from(u8::from(of == *class))) * share;
                    add(slope, input, off);
                }
            }
            for ((weights, moves), slopes) in model.weights.iter_mut().zip(&mut moves).zip(&slopes) {
                for ((weight, step), slope) in weights.iter_mut().zip(moves).zip(slopes) {
                    *step = MOMENTUM * *step - RATE * slope;
                    *weight += *step;
                }
            }
        }
        model
    }

    /// The likeliest class of a row.
    pub fn class(&self, row: &[f64]) -> usize {
        let chances = self.chances(&self.standard(row));
        (0..chances.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b])).unwrap_or(0)
    }

    /// The share of rows whose likeliest class is theirs.
    pub fn accuracy(&self, rows: &[(Vec<f64>, usize)]) -> f64 {
        let right = rows.iter().filter(|(row, class)| self.class(row) == *class).count();
        right as f64 / rows.len() as f64
    }

    /// In deviations from the mean; what is no number lies at the mean.
    fn standard(&self, row: &[f64]) -> Vec<f64> {
        let of = row.iter().zip(self.means.iter().zip(&self.deviations));
        of.map(
            |(value, (mean, deviation))| {
                if value.is_finite() { ((value - mean) / deviation).clamp(-FAR, FAR) } else { 0.0 }
            },
        )
        .collect()
    }

    fn chances(&self, input: &[f64]) -> Vec<f64> {
        let score = |weights: &Vec<f64>| {
            let sum: f64 = weights.iter().zip(input).map(|(weight, value)| weight * value).sum();
            sum + weights[input.len()]
        };
        let scores: Vec<f64> = self.weights.iter().map(score).collect();
        let most = scores.iter().copied().fold(f64::MIN, f64::max);
        let grown: Vec<f64> = scores.iter().map(|score| (score - most).exp()).collect();
        let sum: f64 = grown.iter().sum();
        grown.iter().map(|value| value / sum).collect()
    }
}

fn add(slope: &mut [f64], input: &[f64], off: f64) {
    for (slope, value) in slope.iter_mut().zip(input) {
        *slope += off * value;
    }
    if let Some(constant) = slope.last_mut() {
        *constant += off;
    }
}

/// Mean and deviation; those of a standard bell where there are no values or they are all alike.
fn spread(values: &[f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 1.0);
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
    (mean, if variance > 1e-12 { variance.sqrt() } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::dice::Dice;

    fn rows(apart: f64, seed: u64) -> Vec<(Vec<f64>, usize)> {
        let mut dice = Dice::new(seed);
        let mut noise = || f64::from(dice.below(2001)) / 1000.0 - 1.0;
        (0..300).map(|i| (vec![noise() + apart * (i % 3) as f64, noise(), f64::NAN], i % 3)).collect()
    }

    #[test]
    fn classes_that_lie_apart_are_told_apart() {
        let model = Classifier::new(&rows(5.0, 1), 3);
        assert!(model.accuracy(&rows(5.0, 2)) > 0.98);
    }

    #[test]
    fn classes_that_are_alike_are_guessed() {
        let model = Classifier::new(&rows(0.0, 1), 3);
        let right = model.accuracy(&rows(0.0, 2));
        assert!((0.2..0.47).contains(&right), "{right}");
    }

    #[test]
    fn a_feature_that_is_missing_does_not_count() {
        let model = Classifier::new(&rows(5.0, 1), 3);
        assert_eq!(model.class(&[10.0, 0.0, f64::NAN]), model.class(&[10.0, 0.0, 0.0]));
    }
}
