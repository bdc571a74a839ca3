//! An order-5 Markov model of the lead's events: the baseline that the network must beat.
//!
//! Interpolated Witten–Bell smoothing (I. Witten, T. Bell, "The zero-frequency problem", IEEE Transactions on Information
//! Theory 37, 1991): the estimate of each order is mixed with that of the next shorter one by how many different
//! symbols followed. An event is a chain of three: position; pitch, given the position; duration, given both.

use super::dice::Dice;
use linnet_composer::tokens::{DURATIONS, Event, PITCHES, POSITIONS};
use std::collections::{BTreeMap, HashMap};

/// Events that a context holds at most.
const ORDER: usize = 5;
/// Draws that may not fit before any symbol that does is taken.
const TRIES: usize = 64;
/// How many symbols each part of an event can be.
const SYMBOLS: [usize; 3] = [POSITIONS + 1, PITCHES, DURATIONS.len()];

/// The part of an event that is predicted, what is known of that event, and the events before it. Unused places are 255.
type Context = [u8; 3 + 3 * ORDER];

/// What followed a context.
#[derive(Clone, Debug)]
pub(super) struct Followers<S> {
    total: u32,
    counts: BTreeMap<S, u32>,
}

impl<S> Default for Followers<S> {
    fn default() -> Self {
        Self { total: 0, counts: BTreeMap::new() }
    }
}

impl<S: Ord + Copy> Followers<S> {
    pub(super) fn count(&mut self, symbol: S) {
        self.total += 1;
        *self.counts.entry(symbol).or_default() += 1;
    }

    /// One that followed, or none where the next shorter context is to say: a draw from the smoothed estimate.
    pub(super) fn draw(&self, dice: &mut Dice) -> Option<S> {
        let mut at = dice.below(self.total + self.counts.len() as u32);
        for (symbol, count) in &self.counts {
            match at.checked_sub(*count) {
                None => return Some(*symbol),
                Some(rest) => at = rest,
            }
        }
        None
    }
}

/// The model.
#[derive(Clone, Debug, Default)]
pub struct Markov {
    contexts: HashMap<Context, Followers<u8>>,
}

impl Markov {
    /// Counts what follows what in `pieces`.
    pub fn new(pieces: &[Vec<Event>]) -> Self {
        let mut model = Self::default();
        for piece in pieces {
            model.count(piece);
        }
        model
    }

    /// Counts what follows what in one more piece.
    pub fn count(&mut self, piece: &[Event]) {
        each_symbol(piece, |_, context, _, symbol| self.contexts.entry(context).or_default().count(symbol));
    }

    /// Draws the next event after `events`: its position where `fits` allows it, then its pitch where `fits` allows both,
    /// then its duration. Where nothing that followed fits, any symbol that does, at random.
    pub fn draw(&self, events: &[Event], fits: impl Fn(u8, Option<u8>) -> bool, dice: &mut Dice) -> Event {
        let position = self.draw_part(events, (0, [255, 255]), |position| fits(position, None), dice);
        if usize::from(position) >= POSITIONS {
            return Event::BAR;
        }
        let pitch = self.draw_part(events, (1, [position, 255]), |pitch| fits(position, Some(pitch)), dice);
        let duration = self.draw_part(events, (2, [position, pitch]), |_| true, dice);
        Event { position, pitch, duration }
    }

    fn draw_part(
        &self,
        events: &[Event],
        (part, given): (usize, [u8; 2]),
        fits: impl Fn(u8) -> bool,
        dice: &mut Dice,
    ) -> u8 {
        for _ in 0..TRIES {
            let order = (0..=ORDER).rev();
            let drawn = order
                .filter_map(|order| self.contexts.get(&context(events, events.len(), part, given, order)))
                .find_map(|followers| followers.draw(dice));
            let symbol = drawn.unwrap_or_else(|| dice.below(SYMBOLS[part] as u32) as u8);
            if fits(symbol) {
                return symbol;
            }
        }
        let fitting: Vec<u8> = (0..SYMBOLS[part] as u8).filter(|symbol| fits(*symbol)).collect();
        fitting.get(dice.below(fitting.len().max(1) as u32) as usize).copied().unwrap_or(0)
    }

    /// The log loss of a piece in nats: of its positions, pitches and durations.
    pub fn nats(&self, piece: &[Event]) -> [f64; 3] {
        let mut nats = [0.0; 3];
        let mut probability = 0.0;
        each_symbol(piece, |part, context, order, symbol| {
            let shorter = if order == 0 { 1.0 / SYMBOLS[part] as f64 } else { probability };
            probability = self.probability(&context, symbol, shorter);
            if order == ORDER {
                nats[part] -= probability.ln();
            }
        });
        nats
    }

    /// The probability of `symbol` after `context`, where it is `shorter` after a context one event shorter.
    fn probability(&self, context: &Context, symbol: u8, shorter: f64) -> f64 {
        let Some(followers) = self.contexts.get(context) else { return shorter };
        let count = f64::from(followers.counts.get(&symbol).copied().unwrap_or(0));
        let kinds = followers.counts.len() as f64;
        (count + kinds * shorter) / (f64::from(followers.total) + kinds)
    }
}

/// Calls `each` with part, context, order and symbol, for each symbol and each order from 0 up.
fn each_symbol(piece: &[Event], mut each: impl FnMut(usize, Context, usize, u8)) {
    for at in 0..piece.len() {
        let event = piece[at];
        let parts: &[(usize, [u8; 2], u8)] = &[
            (0, [255, 255], event.position),
            (1, [event.position, 255], event.pitch),
            (2, [event.position, event.pitch], event.duration),
        ];
        let parts = if event.is_note() { parts } else { &parts[..1] };
        for (part, given, symbol) in parts {
            for order in 0..=ORDER {
                each(*part, context(piece, at, *part, *given, order), order, *symbol);
            }
        }
    }
}

fn context(piece: &[Event], at: usize, part: usize, given: [u8; 2], order: usize) -> Context {
    let mut context = [255; 3 + 3 * ORDER];
    context[..3].copy_from_slice(&[part as u8, given[0], given[1]]);
    for (back, place) in context[3..].chunks_exact_mut(3).take(order).enumerate() {
        let event = at.checked_sub(back + 1).map_or(Event::START, |before| piece[before]);
        place.copy_from_slice(&[event.position, event.pitch, event.duration]);
    }
    context
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(position: u8, pitch: u8) -> Event {
        Event { position, pitch, duration: 6 }
    }

    #[test]
    fn what_was_often_seen_is_likelier() {
        let piece = vec![note(0, 36), note(12, 38), Event::BAR, note(0, 36), note(12, 38), Event::BAR];
        let model = Markov::new(&[piece.clone(), piece.clone()]);
        let other = vec![note(0, 40), note(12, 36), Event::BAR, note(0, 41), note(12, 38), Event::BAR];
        let sum = |piece: &[Event]| model.nats(piece).iter().sum::<f64>();
        assert!(sum(&piece) < 0.3 * sum(&other));
    }

    #[test]
    fn what_is_drawn_followed_and_fits() {
        let piece = vec![note(0, 36), note(12, 38), Event::BAR, note(0, 36), note(12, 40), Event::BAR];
        let model = Markov::new(&vec![piece.clone(); 50]);
        let mut dice = Dice::new(7);
        let drawn = |fits: fn(u8, Option<u8>) -> bool, dice: &mut Dice| -> Vec<Event> {
            (0..200).map(|_| model.draw(&piece[..1], fits, dice)).collect()
        };
        let seen = drawn(|_, _| true, &mut dice).iter().filter(|event| **event == piece[1]).count();
        assert!(seen > 80, "{seen} of 200");
        let fitting =
            drawn(|position, pitch| position == 24 && pitch.is_none_or(|pitch| pitch == 7), &mut dice);
        assert!(fitting.iter().all(|event| (event.position, event.pitch) == (24, 7)));
    }

    #[test]
    fn the_probabilities_of_all_positions_add_up_to_one() {
        let model = Markov::new(&[vec![note(0, 36), note(12, 38), Event::BAR, note(6, 40), Event::BAR]]);
        let first = note(0, 36);
        let before = model.nats(&[first])[0];
        let probability = |position: u8| {
            let next = Event { position, ..if position < 96 { first } else { Event::BAR } };
            (before - model.nats(&[first, next])[0]).exp()
        };
        let sum: f64 = (0..=96).map(probability).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
}
