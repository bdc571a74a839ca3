//! What the demo asks for, one idea after another: some modes have one to begin from, Morph two.

use super::{DemoError, Heard, Options};
use linnet_composer::texture::columns::Columns;
use linnet_music::Mode;

/// One ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// How to propose.
    pub mode: Mode,
    /// With which seed.
    pub seed: u16,
}

/// Everything that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In order; the last is what the demo is about.
    pub asks: Vec<Ask>,
    /// The bars of every part that Fill leaves alone; bit 0 is the first.
    pub locked_bars: u16,
    /// The number, in the history, of the idea that Morph goes to; none in other modes.
    pub morph_with: Option<u32>,
}

impl Plan {
    /// The plan for `options` and a tune.
    ///
    /// # Errors
    /// Where the mode cannot answer this tune.
    pub fn new(options: &Options, heard: &Heard) -> Result<Self, DemoError> {
        let mode = options.mode.unwrap_or_default();
        if mode == Mode::Accompany && heard.drums_alone {
            return Err(DemoError::DrumsAlone);
        }
        if mode == Mode::Sketch && Columns::new(heard.metre, false).is_none() {
            return Err(DemoError::NoSixteenths(heard.metre));
        }
        let last = Ask { mode, seed: options.seed.unwrap_or(1) };
        let first = Ask { mode: Mode::Continue, ..last };
        let asks = match mode {
            Mode::Vary | Mode::Fill => vec![first, last],
            // The first idea is the other one, as the one that was made last is the current one.
            Mode::Morph => vec![Ask { seed: last.seed.wrapping_add(1), ..first }, first, last],
            // Drums that were played are answered as they are; to a tune, Groove adds its own to an idea.
            Mode::Groove if !heard.drums_alone => vec![first, last],
            Mode::Continue | Mode::Invent | Mode::Groove | Mode::Accompany | Mode::Sketch => vec![last],
        };
        Ok(Self {
            asks,
            locked_bars: if mode == Mode::Fill { outer_bars(options.bars.unwrap_or(4)) } else { 0 },
            morph_with: (mode == Mode::Morph).then_some(1),
        })
    }
}

/// The first and the last of `bars` bars, so that there is something on both sides of what is filled; of two the first,
/// and of one none.
fn outer_bars(bars: u8) -> u16 {
    match bars {
        0 | 1 => 0,
        2 => 1,
        bars => 1 | 1 << (bars - 1).min(15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{Beats, Tempo, TimeSignature};

    fn heard(drums_alone: bool, metre: TimeSignature) -> Heard {
        Heard { notes: Vec::new(), length: Beats(4.0), tempo: Tempo::new(100.0), metre, drums_alone }
    }

    fn plan(line: &str, drums_alone: bool) -> Result<Plan, DemoError> {
        let options = Options::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).unwrap();
        Plan::new(&options, &heard(drums_alone, TimeSignature::COMMON))
    }

    #[test]
    fn every_mode_is_asked_for_last_and_has_what_it_needs() {
        for mode in Mode::ALL {
            let asks = plan(&format!("--mode {} --seed 65535", mode.name()), false).unwrap().asks;
            assert_eq!(asks.last(), Some(&Ask { mode, seed: 65_535 }));
            assert!(asks.len() > usize::from(mode.needs_an_idea()) + usize::from(mode == Mode::Morph));
            let mut seeds: Vec<u16> = asks[..asks.len() - 1].iter().map(|ask| ask.seed).collect();
            seeds.dedup();
            assert_eq!(seeds.len(), asks.len() - 1, "{}", mode.name());
        }
    }

    #[test]
    fn fill_leaves_the_outer_bars_alone() {
        let locked = |bars: &str| plan(&format!("--mode fill --bars {bars}"), false).unwrap().locked_bars;
        assert_eq!(["1", "2", "3", "4", "16"].map(locked), [0, 1, 0b101, 0b1001, 0x8001]);
        assert_eq!(plan("--mode vary", false).unwrap().locked_bars, 0);
    }

    #[test]
    fn what_a_mode_cannot_answer_is_said_in_words() {
        assert!(plan("--mode accompany", true).unwrap_err().to_string().contains("drums alone"));
        assert_eq!(plan("--mode groove", true).unwrap().asks.len(), 1);
        let odd = heard(false, TimeSignature::new(3, 32).unwrap());
        let options = Options::parse(&["--mode".to_owned(), "sketch".to_owned()]).unwrap();
        assert!(Plan::new(&options, &odd).unwrap_err().to_string().contains("3/32"));
    }
}
