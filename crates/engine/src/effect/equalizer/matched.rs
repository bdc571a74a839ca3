//! From an analogue band to a digital one that sounds the same up to the highest octave.
//!
//! Runs on any thread. The bilinear transform squeezes all that lies above half the sample rate into the last octave below. Here
//! the poles are those of the analogue filter, by z = exp(sT), and the zeros are made so that the magnitude fits: M. Vicanek,
//! "Matched Second Order Digital Filters", 2016. That squared magnitude is a polynomial in φ = sin²(ω/2), so that
//! the best one is a matter of linear equations. Two zeros are too few for 0.1 dB; there are four, of which two stay in the
//! state-variable filter and the other two are taps behind it. L. Bairstow's way to divide the polynomial between them:
//! W. H. Press et al., "Numerical Recipes", 3rd ed., Cambridge, 2007, section 9.5.

use std::f64::consts::{FRAC_PI_2, PI};

/// s², s and 1, of a frequency that is 1 at [`Analogue::freq`].
pub(super) type Quadratic = [f64; 3];

/// An analogue filter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Analogue {
    /// As a share of the sample rate, > 0.
    pub(super) freq: f64,
    /// In Hz, > 0.
    pub(super) sample_rate_hz: f64,
    pub(super) numerator: Quadratic,
    pub(super) denominator: Quadratic,
}

/// A digital filter: tan(ω/2) in place of the frequency, behind it two taps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digital {
    /// By what tan(ω/2) is divided.
    pub(super) g: f64,
    /// Damping, which is 1 / Q.
    pub(super) k: f64,
    /// The numerator over s² + k s + 1: of s², s and 1.
    pub(super) numerator: Quadratic,
    /// Of what came out one and two frames before.
    pub(super) taps: [f64; 2],
}

/// What the fit looks at ends just behind 18 kHz, or at these shares of the sample rate: what it does not see must not run away.
const FIT_MAX_HZ: f64 = 18_020.0;
const FIT_MAX: [f64; 2] = [0.377, 0.409];
/// Places between 0 and there.
const SPREAD: usize = 16;
/// Places around the zeros, as shares of theirs, and around the poles.
const NEAR_ZEROS: [f64; 7] = [0.6, 0.85, 0.95, 1.0, 1.05, 1.18, 1.7];
const NEAR_POLES: [f64; 3] = [0.7, 1.0, 1.4];
/// What half the sample rate weighs: next to nothing, but the magnitude must not become negative there.
const LAST_WEIGHT: f64 = 0.03;
/// A root is not further from the unit circle than so many nepers.
const NEPERS_MAX: f64 = 6.0;
/// Terms of the fit: three of a polynomial that multiplies the analogue zeros, two that move these.
const TERMS: usize = 5;
const STEPS_MAX: usize = 16;

impl Analogue {
    /// The squared magnitude of its numerator or denominator at `freq`.
    fn power(&self, of: &Quadratic, freq: f64) -> f64 {
        let x = freq / self.freq;
        (of[2] - of[0] * x * x).powi(2) + (of[1] * x).powi(2)
    }

    /// The squared magnitude at `freq`, a share of the sample rate.
    #[cfg(test)]
    pub(super) fn response(&self, freq: f64) -> f64 {
        self.power(&self.numerator, freq) / self.power(&self.denominator, freq)
    }

    /// The digital filter that comes nearest.
    pub(super) fn matched(&self) -> Digital {
        let poles = self.roots(&self.denominator);
        let zeros = self.roots(&self.numerator);
        let [filter, taps] = Fit::new(self, &poles, &zeros).zeros();
        let ([low, high, middle], [d_low, d_high, d_middle]) = (across(&filter), across(&poles));
        let root = (d_low * d_high).sqrt();
        let [t_low, t_high, t_middle] = across(&taps);
        let first = 0.5 * (0.5 * (t_low + t_high) + t_middle);
        let [second, third] = [0.5 * (t_low - t_high), 0.5 * (0.5 * (t_low + t_high) - t_middle)];
        Digital {
            g: (d_low / d_high).sqrt(),
            k: 2.0 * d_middle / root,
            numerator: [first * high / d_high, first * 2.0 * middle / root, first * low / d_low],
            taps: [second / first, third / first],
        }
    }

    /// The polynomial in φ, from its constant term on, whose roots are those of `of` by z = exp(sT).
    fn roots(&self, of: &Quadratic) -> Quadratic {
        let [a, _, c] = *of;
        if a == 0.0 {
            return [1.0, 0.0, 0.0];
        }
        if c == 0.0 {
            return [0.0, 0.0, 1.0];
        }
        let angle = 2.0 * PI * self.freq * (c / a).sqrt();
        let damping = damping(of);
        let [constant, linear] = if damping < 1.0 {
            let along = (angle * (1.0 - damping * damping).sqrt()).min(PI);
            let out = (angle * damping).min(NEPERS_MAX);
            let real = 0.5 * (1.0 - along.cos() * out.cosh());
            let imaginary = 0.5 * along.sin() * out.sinh();
            [real * real + imaginary * imaginary, -2.0 * real]
        } else {
            let apart = (damping * damping - 1.0).sqrt();
            // The smaller one by way of their product, which is exact.
            let outs = [angle / (damping + apart), angle * (damping + apart)];
            let [one, other] = outs.map(|out| (0.5 * out.min(NEPERS_MAX)).sinh().powi(2));
            [one * other, one + other]
        };
        let scale = constant.max(1.0).recip();
        [scale * constant, scale * linear, scale]
    }

    /// Where the fit looks.
    fn places(&self) -> impl Iterator<Item = f64> {
        let end = (FIT_MAX_HZ / self.sample_rate_hz).clamp(FIT_MAX[0], FIT_MAX[1]);
        let spread =
            (0..SPREAD).map(move |number| end * ((number as f64 + 0.5) / SPREAD as f64 * FRAC_PI_2).sin());
        let [a, _, c] = self.numerator;
        let zero = if a == 0.0 || c == 0.0 { self.freq } else { self.freq * (c / a).sqrt() };
        let near_zeros = NEAR_ZEROS.map(|share| share * zero);
        let near_poles = NEAR_POLES.map(|share| share * self.freq);
        spread.chain(near_zeros.into_iter().chain(near_poles).map(move |place| place.min(end)))
    }
}

/// 1 where the roots meet, more where they are real.
fn damping([a, b, c]: &Quadratic) -> f64 {
    0.5 * b / (a * c).sqrt()
}

fn value(of: &Quadratic, phi: f64) -> f64 {
    of[0] + phi * (of[1] + phi * of[2])
}

/// Of the filter of two zeros with the squared magnitude `of` φ: its gains at 0 and at half the sample rate, and the
/// difference between its first and last coefficient.
fn across(of: &Quadratic) -> [f64; 3] {
    let [low, high] = [of[0], of[0] + of[1] + of[2]].map(|power| power.max(0.0).sqrt());
    [low, high, 0.5 * ((low + high).powi(2) - of[2]).max(0.0).sqrt()]
}

/// The search for a polynomial in φ that is near to what is wanted of the zeros.
struct Fit {
    zeros: Quadratic,
    /// The equations of the least squares, and their right side.
    equations: [[f64; TERMS]; TERMS],
    wanted: [f64; TERMS],
    /// How little the zeros may move.
    stiffness: f64,
    terms: usize,
}

impl Fit {
    fn new(analogue: &Analogue, poles: &Quadratic, zeros: &Quadratic) -> Self {
        let [a, _, c] = analogue.numerator;
        let (terms, stiffness) = if a == 0.0 || c == 0.0 {
            (3, 0.0)
        } else {
            // Zeros of little damping near half the sample rate would ring on its other side; others are well where they are,
            // and there would be more than one way to divide.
            let share = ((damping(&analogue.numerator) - 0.5) / 0.3).clamp(0.0, 1.0);
            (TERMS, 1e-5 * (8.0 * std::f64::consts::LN_10 * share).exp())
        };
        let mut fit =
            Self { zeros: *zeros, equations: [[0.0; TERMS]; TERMS], wanted: [0.0; TERMS], stiffness, terms };
        for (place, weight) in analogue.places().map(|place| (place, 1.0)).chain([(0.5, LAST_WEIGHT)]) {
            let phi = (PI * place).sin().powi(2);
            let response =
                analogue.power(&analogue.numerator, place) / analogue.power(&analogue.denominator, place);
            fit.add(phi, weight / (response * value(poles, phi)), weight);
        }
        fit
    }

    /// One more place, where the value times `scale` should be `weight`.
    fn add(&mut self, phi: f64, scale: f64, weight: f64) {
        let zeros = scale * value(&self.zeros, phi);
        let row = [zeros, zeros * phi, zeros * phi * phi, scale, scale * phi];
        for (one, (equation, wanted)) in row.iter().zip(self.equations.iter_mut().zip(&mut self.wanted)) {
            for (other, sum) in row.iter().zip(equation) {
                *sum += one * other;
            }
            *wanted += one * weight;
        }
    }

    /// What the state-variable filter's zeros and the taps behind it are to be, squared, in φ.
    fn zeros(&self) -> [Quadratic; 2] {
        let terms = self.solve(self.terms);
        let [a, b, c, moved, moved_more] = terms;
        if self.terms < TERMS {
            return [self.zeros, [a, b, c]];
        }
        let [v, u, t] = self.zeros;
        let whole = [v * a + moved, v * b + u * a + moved_more, v * c + u * b + t * a, u * c + t * b, t * c];
        divided(&whole, [v / t, u / t]).unwrap_or_else(|| {
            let [a, b, c, ..] = self.solve(3);
            [self.zeros, [a, b, c]]
        })
    }

    /// The first `count` terms, if there are no others.
    fn solve(&self, count: usize) -> [f64; TERMS] {
        // All of one size, and never without an answer.
        let sizes = std::array::from_fn::<_, TERMS, _>(|term| self.equations[term][term].max(1e-300).sqrt());
        let mut rows = [[0.0; TERMS + 1]; TERMS];
        for one in 0..count {
            for other in 0..count {
                rows[one][other] = self.equations[one][other] / (sizes[one] * sizes[other]);
            }
            rows[one][one] += if one < 3 { 1e-13 } else { self.stiffness };
            rows[one][TERMS] = self.wanted[one] / sizes[one];
        }
        let solution = eliminated(&mut rows, count);
        std::array::from_fn(|term| solution[term] / sizes[term])
    }
}

/// The solution of the first `count` equations, which are those of least squares: no pivot is needed.
fn eliminated(rows: &mut [[f64; TERMS + 1]; TERMS], count: usize) -> [f64; TERMS] {
    let mut solution = [0.0; TERMS];
    for pivot in 0..count {
        let (upper, lower) = rows.split_at_mut(pivot + 1);
        for row in lower.iter_mut().take(count - pivot - 1) {
            let share = row[pivot] / upper[pivot][pivot];
            row.iter_mut().zip(&upper[pivot]).for_each(|(value, of)| *value -= share * of);
        }
    }
    for pivot in (0..count).rev() {
        let known: f64 = (pivot + 1..count).map(|term| rows[pivot][term] * solution[term]).sum();
        solution[pivot] = (rows[pivot][TERMS] - known) / rows[pivot][pivot];
    }
    solution
}

/// Divides a polynomial of the fourth degree, from its constant term on, into two quadratics, of which the first is the one
/// that is found from v + u φ + φ². None where none is found.
fn divided(whole: &[f64; 5], [mut v, mut u]: [f64; 2]) -> Option<[Quadratic; 2]> {
    let mut is_found = false;
    for _ in 0..STEPS_MAX {
        let b = quotient([whole[4], whole[3], whole[2], whole[1], whole[0]], u, v);
        let c = quotient(b, u, v);
        let determinant = c[2] * c[2] - c[1] * (c[3] - b[3]);
        let du = (b[3] * c[2] - b[4] * c[1]) / determinant;
        let dv = (b[4] * c[2] - b[3] * (c[3] - b[3])) / determinant;
        (u, v) = (u + du, v + dv);
        is_found = du.abs() <= 1e-11 * (1e-9 + u.abs()) && dv.abs() <= 1e-11 * (1e-18 + v.abs());
        if is_found || !(u + v).is_finite() {
            break;
        }
    }
    let b = quotient([whole[4], whole[3], whole[2], whole[1], whole[0]], u, v);
    let sign = if v < 0.0 { -1.0 } else { 1.0 };
    let is_usable = is_found && sign * b[2] > 0.0;
    is_usable.then_some([[sign * v, sign * u, sign], [sign * b[2], sign * b[1], sign * b[0]]])
}

/// The coefficients, from the highest on, of the quotient by φ² + u φ + v; behind them those of the rest.
fn quotient(of: [f64; 5], u: f64, v: f64) -> [f64; 5] {
    let mut b = of;
    b[1] -= u * b[0];
    for term in 2..5 {
        b[term] -= u * b[term - 1] + v * b[term - 2];
    }
    b
}
