//! The peers, one file each.

pub mod filters;
pub mod fundsp;
pub mod soundfonts;

use crate::subject::{Subject, Task};

/// Everything that can be compared with: what it does, who does it, and the subject itself.
pub fn subjects() -> Vec<(Task, &'static str, Box<dyn Subject>)> {
    let mut all: Vec<(Task, &'static str, Box<dyn Subject>)> = vec![
        (Task::Equalizer, "biquad", Box::new(filters::Biquads::new())),
        (Task::Equalizer, "fundsp", Box::new(fundsp::Effect::equalizer())),
        (Task::Reverb, "freeverb", Box::new(filters::Reverb::new())),
        (Task::Reverb, "fundsp", Box::new(fundsp::Effect::reverb())),
        (Task::Convolution, "fft-convolver, two stages", Box::new(filters::Convolver::new())),
        (Task::Rig, "oxisynth + biquad", Box::new(soundfonts::Oxi::new(16, true))),
        (Task::Rig, "rustysynth + biquad + freeverb", Box::new(soundfonts::Rusty::new(16, true))),
    ];
    for count in crate::VOICES {
        all.push((Task::Voices(count), "oxisynth", Box::new(soundfonts::Oxi::new(count, false))));
        all.push((Task::Voices(count), "rustysynth", Box::new(soundfonts::Rusty::new(count, false))));
        all.push((Task::Voices(count), "fundsp", Box::new(fundsp::Voices::new(count))));
    }
    all
}
