//! Runs on the main thread. One parameter as a widget sees it: without its type, and set through the host.

use super::text;
use nice_plug::context::gui::GuiContext;
use nice_plug::prelude::{FloatParam, Param, ParamPtr};
use std::hash::{Hash, Hasher};

/// A parameter of this instance.
///
/// Handles are made from parameters inside the `Arc<LinnetParams>` that the editor holds, and they live no longer
/// than the editor does: that makes every call below sound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handle(ParamPtr, Kind);

/// What a hand moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Any,
    /// A pitch, in semitones.
    Semitones,
}

/// A parameter is the same, whatever the handle says of it.
impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Handle {}

impl Hash for Handle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Handle {
    /// The handle of a parameter that the editor's `Arc<LinnetParams>` owns.
    pub(crate) fn of(param: &impl Param) -> Self {
        Self(param.as_ptr(), Kind::Any)
    }

    /// The same of one that tunes in semitones, and is moved by whole ones.
    pub(crate) fn of_semitones(param: &FloatParam) -> Self {
        Self(param.as_ptr(), Kind::Semitones)
    }

    /// The name that users read.
    pub(crate) fn name(&self) -> &str {
        // SAFETY: the editor's `Arc` keeps the parameter alive.
        unsafe { self.0.name() }
    }

    /// The value in [0, 1], without the host's modulation.
    pub(crate) fn value(self) -> f32 {
        // SAFETY: as above.
        unsafe { self.0.unmodulated_normalized_value() }
    }

    /// The value in [0, 1] with the host's modulation.
    pub(crate) fn modulated(self) -> f32 {
        // SAFETY: as above.
        unsafe { self.0.modulated_normalized_value() }
    }

    /// The default in [0, 1].
    pub(crate) fn default_value(self) -> f32 {
        // SAFETY: as above.
        unsafe { self.0.default_normalized_value() }
    }

    /// The number of steps of a discrete parameter: one less than its values.
    pub(crate) fn steps(self) -> Option<usize> {
        // SAFETY: as above.
        unsafe { self.0.step_count() }
    }

    /// The plain value at `value` in [0, 1].
    pub(crate) fn plain(self, value: f32) -> f32 {
        // SAFETY: as above.
        unsafe { self.0.preview_plain(value) }
    }

    /// The value in [0, 1] of a plain value.
    pub(crate) fn normalized(self, plain: f32) -> f32 {
        // SAFETY: as above.
        unsafe { self.0.preview_normalized(plain) }
    }

    /// How much of the range a semitone is, where the parameter is one that tunes.
    pub(crate) fn semitone(self) -> Option<f32> {
        (self.1 == Kind::Semitones).then(|| 1.0 / (self.plain(1.0) - self.plain(0.0)))
    }

    /// The nearest value that the parameter can have.
    pub(crate) fn snapped(self, value: f32) -> f32 {
        self.normalized(self.plain(value.clamp(0.0, 1.0)))
    }

    /// `value` in words, with its unit.
    pub(crate) fn text_of(self, value: f32) -> String {
        // SAFETY: as above.
        text::minus(&unsafe { self.0.normalized_value_to_string(value, true) })
    }

    /// The present value in words, with its unit.
    pub(crate) fn text(self) -> String {
        self.text_of(self.value())
    }

    /// What `typed` means, in [0, 1].
    pub(crate) fn read(self, typed: &str) -> Option<f32> {
        // SAFETY: as above.
        let value = unsafe { self.0.string_to_normalized_value(typed.trim()) };
        value.filter(|value| value.is_finite()).map(|value| value.clamp(0.0, 1.0))
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(self) -> bool {
        self.value() > 0.5
    }

    /// Sets the value without a host.
    #[cfg(test)]
    pub(crate) fn set_directly(self, value: f32) {
        // SAFETY: as above.
        unsafe { self.0._internal_set_normalized_value(value) };
    }

    /// Tells the host that a gesture begins.
    pub(crate) fn begin(self, host: &GuiContext) {
        // SAFETY: as above.
        unsafe { host.raw_begin_set_parameter(self.0) }
    }

    /// Sets the value, within a gesture.
    pub(crate) fn set(self, host: &GuiContext, value: f32) {
        let value = if value.is_finite() { value.clamp(0.0, 1.0) } else { return };
        // SAFETY: as above.
        unsafe { host.raw_set_parameter_normalized(self.0, value) }
    }

    /// Tells the host that the gesture ended.
    pub(crate) fn end(self, host: &GuiContext) {
        // SAFETY: as above.
        unsafe { host.raw_end_set_parameter(self.0) }
    }

    /// A whole gesture with one value.
    pub(crate) fn put(self, host: &GuiContext, value: f32) {
        self.begin(host);
        self.set(host, value);
        self.end(host);
    }
}

/// `value` moved by `amount` in [−1, 1] of the range; a discrete parameter moves at least one step.
pub(crate) fn nudge(value: f32, amount: f32, steps: Option<usize>) -> f32 {
    let moved = match steps {
        Some(steps) if steps > 0 => {
            let steps = steps as f32;
            let by = (amount * steps).abs().round().max(1.0) * amount.signum();
            ((value * steps).round() + by) / steps
        }
        _ => value + amount,
    };
    moved.clamp(0.0, 1.0)
}

/// The same of what tunes, `semitone` of the range a semitone: by whole semitones, or by whole tenths where `is_fine`.
pub(crate) fn nudge_pitch(value: f32, amount: f32, semitone: f32, is_fine: bool) -> f32 {
    let step = if is_fine { 0.1 * semitone } else { semitone };
    let by = (amount * 50.0).abs().round().max(1.0) * amount.signum();
    // Counted from the middle, where nothing is changed.
    (0.5 + (((value - 0.5) / step).round() + by) * step).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nudge_moves_a_discrete_value_by_whole_steps() {
        for (value, amount, steps, expect) in [
            (0.5, 0.02, None, 0.52),
            (0.99, 0.02, None, 1.0),
            (0.0, -0.02, Some(4), 0.0),
            (0.25, 0.02, Some(4), 0.5),
            (0.25, -0.02, Some(4), 0.0),
            (0.0, 0.1, Some(100), 0.1),
        ] {
            assert!((nudge(value, amount, steps) - expect).abs() < 1e-6, "{value} {amount} {steps:?}");
        }
    }

    #[test]
    fn what_tunes_is_nudged_to_whole_semitones() {
        let semitone = 1.0 / 48.0;
        let at = |semitones: f32| 0.5 + semitones * semitone;
        for (from, amount, is_fine, expect) in [
            (0.0, 0.02, false, 1.0),
            (0.0, -0.01, false, -1.0),
            (2.3, 0.02, false, 3.0),
            (0.0, 0.1, false, 5.0),
            (2.0, 0.06, true, 2.3),
            (23.5, 0.1, false, 24.0),
        ] {
            let found = nudge_pitch(at(from), amount, semitone, is_fine);
            assert!((found - at(expect)).abs() < 1e-5, "{from} {amount} {is_fine}: {found}");
        }
    }

    #[test]
    fn typed_text_goes_through_the_parameters_own_parser_and_only_what_tunes_has_semitones() {
        let params = crate::params::LinnetParams::new(
            crate::PluginKind::Instrument,
            crate::state::SavedState::new(std::sync::Arc::default(), linnet_handover::to_worker::channel().0),
        );
        let density = Handle::of(&params.style.density);
        assert_eq!(density.text(), "50 %");
        assert_eq!(density.read(" 24 % "), Some(0.24));
        assert_eq!(density.read("900 %"), Some(1.0));
        assert_eq!(density.read("loud"), None);
        let tune = &params.pieces[0].tune;
        let tuning = Handle::of_semitones(tune);
        assert!(tuning.semitone().is_some_and(|semitone| (semitone - 1.0 / 48.0).abs() < 1e-6));
        assert_eq!((density.semitone(), tuning), (None, Handle::of(tune)));
    }
}
