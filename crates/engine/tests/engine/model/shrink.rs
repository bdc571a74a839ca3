//! Finds a short script that still fails.

use super::script::Step;

/// The shortest script found, by leaving out steps, changes and what is played while `fails` holds.
pub(super) fn shortest(steps: &[Step], fails: impl Fn(&[Step]) -> bool) -> Vec<Step> {
    let mut steps = steps.to_vec();
    let mut piece = steps.len().div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + piece).min(steps.len()));
            if fails(&fewer) {
                steps = fewer;
            } else {
                at += piece;
            }
        }
        piece /= 2;
    }
    for at in 0..steps.len() {
        leave_out(&mut steps, &fails, |steps| &mut steps[at].changes);
        leave_out(&mut steps, &fails, |steps| &mut steps[at].played);
        let ideas = steps[at].changes.len();
        for change in 0..ideas {
            leave_out_notes(&mut steps, &fails, at, change);
        }
    }
    steps
}

fn leave_out<T>(
    steps: &mut Vec<Step>,
    fails: &impl Fn(&[Step]) -> bool,
    list: impl Fn(&mut Vec<Step>) -> &mut Vec<T>,
) {
    let mut index = 0;
    while index < list(steps).len() {
        let mut fewer = steps.clone();
        list(&mut fewer).remove(index);
        if fails(&fewer) {
            *steps = fewer;
        } else {
            index += 1;
        }
    }
}

fn leave_out_notes(steps: &mut Vec<Step>, fails: &impl Fn(&[Step]) -> bool, at: usize, change: usize) {
    let mut index = 0;
    loop {
        let mut fewer = steps.clone();
        let super::Change::Idea(idea) = &mut fewer[at].changes[change] else { return };
        if index >= idea.notes.len() {
            return;
        }
        idea.notes.remove(index);
        if fails(&fewer) {
            *steps = fewer;
        } else {
            index += 1;
        }
    }
}
