//! Runs on the composer thread. How the parts of an idea are played: each is shown to the groove model once, also where
//! several ideas share it.

use super::assembly::{self, Lines};
use super::request::Request;
use crate::compose_error::ComposeError;
use crate::drums::wish;
use crate::expression::{Performance, perform, perform_drums};
use crate::groove::{self, Feel, GrooveWishes, Touch};
use crate::models::GrooveModel;
use crate::phrase::wish::style_weights;
use crate::vocabulary::Role;
use linnet_music::{Mode, Note, Part};
use std::sync::Arc;

/// The touches that are known, by part and by what sounds in it.
#[derive(Default)]
pub(super) struct Touches(Vec<(Part, Vec<u16>, Touch)>);

/// A part whose touch is not known yet.
pub(super) struct Unplayed {
    part: Part,
    hits: Vec<u16>,
    feel: Feel,
}

impl Touches {
    /// The first composed part of `lines` whose touch is not known.
    pub(super) fn unplayed(&self, request: &Request, lines: &Lines) -> Option<Unplayed> {
        Part::ALL.into_iter().find_map(|part| {
            let (new, stays) = assembly::composed(request, lines, part)?;
            let (hits, feel) = heard_as(request, part, &new, &stays);
            self.of(part, &hits).is_none().then_some(Unplayed { part, hits, feel })
        })
    }

    /// Computes the touch of a part.
    pub(super) fn play(&mut self, model: &Arc<GrooveModel>, part: Unplayed) -> Result<(), ComposeError> {
        let touch = Touch::new(model, &part.hits, &part.feel)?;
        self.0.push((part.part, part.hits, touch));
        Ok(())
    }

    fn of(&self, part: Part, hits: &[u16]) -> Option<&Touch> {
        self.0.iter().find(|(of, known, _)| *of == part && known == hits).map(|(_, _, touch)| touch)
    }

    /// The notes `new` of a part, beside those that stay, as they are played.
    pub(super) fn played(&self, request: &Request, part: Part, new: &[Note], stays: &[Note]) -> Vec<Note> {
        let performance = Performance {
            metre: request.metre,
            length: request.length(),
            swing: request.controls.swing,
            humanise: request.controls.humanise,
            energy: request.controls.energy,
        };
        let touch = self.of(part, &heard_as(request, part, new, stays).0);
        let played = match role(request, part) {
            Some(role) => perform(new, stays, (part, role), touch, &performance),
            None => perform_drums(new, touch, &performance),
        };
        played.notes().to_vec()
    }
}

/// The notes `new` of a part, beside those that stay, as they are played; its touch is not kept.
///
/// # Errors
/// Where the network fails or answers with something that is not a number.
pub(super) fn play(
    request: &Request,
    model: &Arc<GrooveModel>,
    part: Part,
    new: &[Note],
    stays: &[Note],
) -> Result<Vec<Note>, ComposeError> {
    let (hits, feel) = heard_as(request, part, new, stays);
    let mut touches = Touches::default();
    touches.play(model, Unplayed { part, hits, feel })?;
    Ok(touches.played(request, part, new, stays))
}

fn role(request: &Request, part: Part) -> Option<Role> {
    Role::of(part, request.controls.chords_role)
}

/// A part as the groove model hears it.
fn heard_as(request: &Request, part: Part, new: &[Note], stays: &[Note]) -> (Vec<u16>, Feel) {
    let all: Vec<Note> = new.iter().chain(stays).copied().collect();
    let mut feel = Feel::new(request.metre, request.tempo, &all, style_weights(&request.controls));
    let (swing, lateness) = match request.controls.mode {
        Mode::Groove => feel.of_played(&assembly::heard_rhythm(request)),
        _ => (0.0, 0.0),
    };
    feel.wishes = GrooveWishes {
        energy: wish::wanted(&request.controls).wishes.energy,
        // The swing knob does that, and to all parts alike.
        swing: Some(swing),
        lateness: Some(lateness),
        touch: None,
    };
    let steps = request.bars() as usize * feel.grid.bar_steps as usize;
    (groove::hits(&all, role(request, part), &feel.grid, steps), feel)
}
