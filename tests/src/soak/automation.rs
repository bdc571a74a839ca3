//! Random automation: every parameter of the sound, and those that steer the next ideas; none that a note which plays
//! depends on.

use crate::clap_host::{HostFailure, Input, Instance, Parameter, parameter_id};
use crate::evaluation::dice::Dice;
use linnet_music::Part;

/// The groups all of whose parameters are the sound's.
const GROUPS: [&str; 5] = ["EQ/", "Reverb", "Delay", "Output", "Parts/Drums/"];
/// The sound's parameters of each part.
const OF_PART: [&str; 6] = ["level_db", "pan", "width", "low_cut", "reverb_send_db", "delay_send_db"];
/// What steers the next ideas.
const STEERING: [&str; 5] = ["density", "surprise", "register", "swing", "humanise"];
/// Fewer than these would be a plug-in that lost some: eight bands, reverb, delay, output, four strips, ten
/// pieces, and the steering.
const COUNT_MIN: usize = 106;
/// The number of the user's own instrument.
const OWN: f64 = 255.0;
/// Numbers of presets that are tried; some stand for none.
const PRESETS: u32 = 80;
/// The same of kits.
const KITS: u32 = 10;

pub(super) struct Automation {
    parameters: Vec<Parameter>,
    /// By part: which of its sounds.
    sounds: [Parameter; 4],
    settings: u64,
}

impl Automation {
    pub(super) fn new(instance: &mut Instance) -> Result<Self, HostFailure> {
        const LACKS: HostFailure = HostFailure::Refused("it lacks a parameter that the soak automates");
        let all = instance.parameters();
        let of_parts = Part::ALL.iter().flat_map(|part| OF_PART.map(|id| format!("{}_{id}", part.id())));
        let single: Vec<_> =
            of_parts.chain(STEERING.map(str::to_owned)).map(|id| parameter_id(&id)).collect();
        let is_automated = |it: &&Parameter| {
            single.contains(&it.id) || GROUPS.iter().any(|group| it.module.starts_with(group))
        };
        let parameters: Vec<Parameter> = all.iter().filter(is_automated).cloned().collect();
        if parameters.len() < COUNT_MIN || single.iter().any(|id| all.iter().all(|it| it.id != *id)) {
            return Err(LACKS);
        }
        let sound = |part: Part| {
            let id = parameter_id(&format!("{}_sound", part.id()));
            all.iter().find(|it| it.id == id).cloned().ok_or(LACKS)
        };
        let [lead, chords, bass, drums] = Part::ALL.map(sound);
        Ok(Self { parameters, sounds: [lead?, chords?, bass?, drums?], settings: 0 })
    }

    /// One parameter takes any of its values, or one part another sound.
    pub(super) fn next(&mut self, dice: &mut Dice) -> Input {
        self.settings += 1;
        let place = dice.below((self.parameters.len() + self.sounds.len()) as u32) as usize;
        match self.parameters.get(place) {
            Some(Parameter { id, min, max, .. }) => {
                // Whole numbers of a few choices come out as the nearest.
                Input::Parameter { id: *id, value: min + (max - min) * f64::from(dice.below(1000)) / 999.0 }
            }
            None => self.sound(place - self.parameters.len(), dice),
        }
    }

    /// Another sound for a part: in one of four cases the user's own instrument.
    fn sound(&self, part: usize, dice: &mut Dice) -> Input {
        let numbers = if part == Part::Drums.index() { KITS } else { PRESETS };
        let value = if dice.below(4) == 0 { OWN } else { f64::from(dice.below(numbers)) };
        Input::Parameter { id: self.sounds[part].id, value }
    }

    /// Everything as it was at first, but for which sounds play.
    pub(super) fn back_to_first(&self) -> impl Iterator<Item = Input> {
        self.parameters.iter().map(|it| Input::Parameter { id: it.id, value: it.default })
    }

    /// How many times anything was set.
    pub(super) fn settings(&self) -> u64 {
        self.settings
    }

    /// How many parameters are set.
    pub(super) fn parameters(&self) -> usize {
        self.parameters.len() + self.sounds.len()
    }
}
