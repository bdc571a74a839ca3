//! Runs on the composer thread. Classifier-free guidance by style: a network that is asked with a style is asked a second
//! time without it, and what it says is moved away from that answer.
//!
//! J. Ho and T. Salimans, "Classifier-Free Diffusion Guidance", 2022; for sequences G. Sanchez et al., "Stay on Topic with
//! Classifier-Free Guidance", ICML 2024.

use crate::phrase::wish::is_styled;
use linnet_music::STYLES;

/// How far logits are moved towards the style that is asked for, against those without one: at 1 not at all. Found on
/// the validation split (`models/SCORECARD.md`).
const STYLE_GUIDANCE: f32 = 3.0;

/// The tensors of a network that is told the style, and where one is asked for those of the same network without it.
pub(crate) struct Guided<B> {
    told: B,
    untold: Option<B>,
}

/// What the network says of one head.
pub(crate) struct Logits<'a> {
    /// As it is, told all that is asked for.
    pub(crate) told: &'a [f32],
    /// Moved towards the style, where one is asked for.
    pub(crate) guided: Vec<f32>,
}

impl<B> Guided<B> {
    /// For the weights `style`; `batch` makes tensors that are told the style, or are not.
    pub(crate) fn new(style: &[f32; STYLES], batch: impl Fn(bool) -> B) -> Self {
        Self { told: batch(true), untold: is_styled(style).then(|| batch(false)) }
    }

    /// Those that are told all that is asked for.
    pub(crate) fn told(&self) -> &B {
        &self.told
    }

    /// See [`Self::told`].
    pub(crate) fn told_mut(&mut self) -> &mut B {
        &mut self.told
    }

    /// All, which take the same steps.
    pub(crate) fn each(&mut self) -> impl Iterator<Item = &mut B> {
        [Some(&mut self.told), self.untold.as_mut()].into_iter().flatten()
    }

    /// The logits that `of` finds.
    pub(crate) fn logits<'a>(&'a self, of: impl Fn(&'a B) -> &'a [f32]) -> Logits<'a> {
        let told = of(&self.told);
        let guided = self.untold.as_ref().map_or_else(|| told.to_vec(), |untold| guided(told, of(untold)));
        Logits { told, guided }
    }
}

fn guided(told: &[f32], untold: &[f32]) -> Vec<f32> {
    told.iter().zip(untold).map(|(told, untold)| untold + STYLE_GUIDANCE * (told - untold)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a network of three classes says that is told the style, or is not.
    fn batch(told: bool) -> Vec<f32> {
        if told { vec![0.5, -1.0, 2.0] } else { vec![0.0, -1.0, 2.5] }
    }

    #[test]
    fn guidance_doubles_down_on_what_the_style_changes_and_leaves_the_rest() {
        let mut style = [0.0; STYLES];
        style[3] = 0.2;
        let network = Guided::new(&style, batch);
        let Logits { told, guided } = network.logits(Vec::as_slice);
        assert_eq!(told, [0.5, -1.0, 2.0]);
        assert_eq!(guided, [0.5 * STYLE_GUIDANCE, -1.0, 2.5 - 0.5 * STYLE_GUIDANCE]);
    }

    #[test]
    fn without_a_style_there_is_one_network_and_its_word_stands() {
        let mut network = Guided::new(&[0.0; STYLES], batch);
        assert_eq!(network.each().count(), 1);
        assert_eq!(network.logits(Vec::as_slice).guided, [0.5, -1.0, 2.0]);
    }
}
