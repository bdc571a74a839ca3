//! Runs on the main thread. What the user did, to be undone and done again: 200 steps.

use super::control::Handle;
use super::locks::Locks;
use crate::instruments::{Target, Wish};
use crate::presets;
use linnet_music::{IdeaId, Part};
use std::collections::VecDeque;

/// Steps that are remembered.
const STEPS_MAX: usize = 200;

/// Another file is played, or none: the value of the parameter that says so, and the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OwnFile {
    pub(crate) target: Target,
    pub(crate) param: Handle,
    pub(crate) before: (f32, Option<Wish>),
    pub(crate) after: (f32, Option<Wish>),
}

/// A part plays another preset of the user's: the value of its sound, and the preset.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OwnPreset {
    pub(crate) part: Part,
    pub(crate) param: Handle,
    pub(crate) before: (f32, Option<presets::Own>),
    pub(crate) after: (f32, Option<presets::Own>),
}

/// One thing that the user did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// A parameter moved; values in [0, 1].
    Value { param: Handle, before: f32, after: f32 },
    /// Two parameters moved together; values in [0, 1].
    Point { params: [Handle; 2], before: [f32; 2], after: [f32; 2] },
    /// Many parameters moved together: each with its value before and after, in [0, 1].
    Values(Vec<(Handle, f32, f32)>),
    /// Bars or parts were locked, or freed.
    Lock { before: Locks, after: Locks },
    /// The other idea of Morph was chosen.
    MorphWith { before: Option<IdeaId>, after: Option<IdeaId> },
    /// Another idea was chosen, or a proposal came.
    Choose { before: Option<IdeaId>, after: Option<IdeaId> },
    /// An idea was kept, or let go.
    Keep { idea: IdeaId, kept: bool },
    /// A file was chosen, or taken away.
    File(Box<OwnFile>),
    /// A preset was loaded.
    Preset(Box<OwnPreset>),
}

impl Step {
    /// The step that takes this one back.
    fn reversed(self) -> Self {
        match self {
            Self::Value { param, before, after } => Self::Value { param, before: after, after: before },
            Self::Point { params, before, after } => Self::Point { params, before: after, after: before },
            Self::Values(values) => {
                let turned = values.into_iter().map(|(param, before, after)| (param, after, before));
                Self::Values(turned.collect())
            }
            Self::Lock { before, after } => Self::Lock { before: after, after: before },
            Self::MorphWith { before, after } => Self::MorphWith { before: after, after: before },
            Self::Choose { before, after } => Self::Choose { before: after, after: before },
            Self::Keep { idea, kept } => Self::Keep { idea, kept: !kept },
            Self::File(mut step) => {
                std::mem::swap(&mut step.before, &mut step.after);
                Self::File(step)
            }
            Self::Preset(mut step) => {
                std::mem::swap(&mut step.before, &mut step.after);
                Self::Preset(step)
            }
        }
    }

    /// Whether it changes nothing.
    fn is_idle(&self) -> bool {
        match self {
            Self::Value { before, after, .. } => before == after,
            Self::Point { before, after, .. } => before == after,
            Self::Values(values) => values.iter().all(|(_, before, after)| before == after),
            Self::Lock { before, after } => before == after,
            Self::MorphWith { before, after } | Self::Choose { before, after } => before == after,
            Self::Keep { .. } => false,
            Self::File(step) => step.before == step.after,
            Self::Preset(step) => step.before == step.after,
        }
    }
}

/// The steps that can be taken back, and those that can be taken again.
#[derive(Debug, Default)]
pub(crate) struct Undo {
    done: VecDeque<Step>,
    undone: Vec<Step>,
}

impl Undo {
    /// Remembers `step`. What was undone before can no longer be redone.
    pub(crate) fn push(&mut self, step: Step) {
        if step.is_idle() {
            return;
        }
        self.undone.clear();
        self.done.push_back(step);
        if self.done.len() > STEPS_MAX {
            self.done.pop_front();
        }
    }

    /// The step to perform in order to undo the last one.
    pub(crate) fn undo(&mut self) -> Option<Step> {
        let step = self.done.pop_back()?;
        self.undone.push(step.clone());
        Some(step.reversed())
    }

    /// The step to perform in order to redo the last one undone.
    pub(crate) fn redo(&mut self) -> Option<Step> {
        let step = self.undone.pop()?;
        self.done.push_back(step.clone());
        Some(step)
    }

    /// Whether there is something to undo.
    pub(crate) fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is something to redo.
    pub(crate) fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(n: u32) -> Step {
        Step::Keep { idea: IdeaId(n), kept: true }
    }

    #[test]
    fn undo_and_redo_mirror_each_other() {
        let mut undo = Undo::default();
        undo.push(keep(1));
        undo.push(Step::Choose { before: None, after: Some(IdeaId(2)) });
        assert_eq!(undo.undo(), Some(Step::Choose { before: Some(IdeaId(2)), after: None }));
        assert_eq!(undo.undo(), Some(Step::Keep { idea: IdeaId(1), kept: false }));
        assert_eq!(undo.undo(), None);
        assert_eq!(undo.redo(), Some(keep(1)));
        undo.push(keep(3));
        assert!(!undo.can_redo(), "a new step must drop what was undone");
    }

    #[test]
    fn only_the_last_two_hundred_steps_are_kept() {
        let mut undo = Undo::default();
        (0..500).for_each(|n| undo.push(keep(n)));
        assert_eq!(std::iter::from_fn(|| undo.undo()).count(), STEPS_MAX);
    }

    #[test]
    fn a_step_that_changes_nothing_is_not_remembered() {
        let mut undo = Undo::default();
        undo.push(Step::Choose { before: Some(IdeaId(1)), after: Some(IdeaId(1)) });
        assert!(!undo.can_undo());
    }
}
