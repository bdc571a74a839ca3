//! Runs on the composer thread. Sketch: what is asked of a texture, and how it joins the idea. Its bass and chords are
//! played anew by the phrase model, which leans on what is drawn.
//!
//! The critic speaks on textures alone. It was tried on the comping that the phrase model writes, too: ranked by it, the
//! overlap with people's music did not grow, and it took a hundredth of a second.

use super::assembly::Written;
use super::parts::Parts;
use super::request::Request;
use crate::phrase::wish::{ENERGY_TO_DENSITY, style_weights};
use crate::texture::rules::TextureScores;
use crate::texture::{BASS, COMP, DRUMS, PARTS, Texture, TextureRequest};
use linnet_music::{ChordSpan, ChordsRole, Figure, Mode, Note, Part, STYLES, Style};

/// The parts of a texture, by their places in it.
const OF_TEXTURE: [Part; PARTS] = [Part::Drums, Part::Bass, Part::Chords];
/// Whether `part` is drawn with the texture, and not written by the phrase model.
pub(super) fn draws(request: &Request, part: Part) -> bool {
    let is_counter = part == Part::Chords && request.controls.chords_role == ChordsRole::CounterLine;
    request.controls.mode == Mode::Sketch
        && OF_TEXTURE.contains(&part)
        && !is_counter
        && request.is_wanted(part)
}

/// Whether any part is.
pub(super) fn draws_any(request: &Request) -> bool {
    OF_TEXTURE.into_iter().any(|part| draws(request, part))
}

/// Whether eighths are swung: in the style of that name they are, unless another outweighs it.
fn is_swung(request: &Request) -> bool {
    style_weights(&request.controls)[Style::Swing.index()] > 0.5
}

/// Weights of the styles: those of which training had no textures count as none, as the generator takes them.
fn style(request: &Request) -> [f32; STYLES] {
    let mut weights = style_weights(&request.controls);
    for unheard in [Style::Folk, Style::Songbook] {
        weights[unheard.index()] = 0.0;
    }
    weights
}

/// What is asked of the texture.
pub(super) fn texture_request(request: &Request, harmony: &[ChordSpan], parts: &Parts) -> TextureRequest {
    let controls = request.controls;
    let density = controls.density + ENERGY_TO_DENSITY * (controls.energy - 0.5);
    TextureRequest {
        key: request.key,
        metre: request.metre,
        bars: request.bars() as u8,
        chords: harmony.to_vec(),
        wanted: OF_TEXTURE.map(|part| draws(request, part)),
        known: OF_TEXTURE.map(|part| known(request, parts, part)),
        swung: is_swung(request),
        style: style(request),
        density: if density.is_finite() { density.clamp(0.0, 1.0) } else { 0.5 },
        controls,
    }
}

/// The notes of a part where it belongs to a texture: a counter-line does not.
fn known(request: &Request, parts: &Parts, part: Part) -> Vec<Note> {
    let is_counter = part == Part::Chords && request.controls.chords_role == ChordsRole::CounterLine;
    if is_counter { Vec::new() } else { parts[part.index()].clone().unwrap_or_default() }
}

/// The parts of `texture` that were drawn.
pub(super) fn take(request: &Request, texture: &Texture) -> Vec<Written> {
    let drawn = OF_TEXTURE.into_iter().zip(&texture.notes).filter(|(part, _)| draws(request, *part));
    drawn.map(|(part, notes)| Written { part, hole: (0, request.bars()), notes: notes.clone() }).collect()
}

/// Gives `part` of `texture` other notes.
pub(super) fn voice(texture: &mut Texture, part: Part, notes: Vec<Note>) {
    if let Some(place) = OF_TEXTURE.iter().position(|of| *of == part) {
        texture.notes[place] = notes;
    }
}

/// What a texture was judged by, beside held-out windows of two bars: hits of drummers (Groove), the rest of people's
/// pieces.
pub(super) fn figures(request: &Request, scores: &TextureScores) -> Vec<Figure> {
    let figure = |name: &str, value: f32, human: (f32, f32)| Figure {
        name: name.into(),
        value,
        human: Some(human),
        asked: None,
    };
    let mut figures = vec![figure("Critic, log odds of a person's", scores.critic, (0.1, 5.75))];
    if draws(request, Part::Drums) {
        figures.push(figure("Drum hits a beat", scores.densities[DRUMS], (3.0, 7.38)));
    }
    if draws(request, Part::Bass) {
        figures.push(figure("Bass notes a beat", scores.densities[BASS], (0.33, 1.5)));
    }
    if draws(request, Part::Chords) {
        figures.push(figure("Chords struck a beat", scores.densities[COMP], (0.67, 2.18)));
        figures.push(figure("Chord tones in the chords", scores.chord_tones, (0.53, 1.0)));
    }
    figures
}
