use super::*;
use crate::bench::{compose, four_bar_request};
use crate::worker::stand_in::{self, Behaviour};

fn job(seed: u16) -> PhraseJob {
    let model = Arc::clone(&stand_in::models(Behaviour::Even).phrase);
    PhraseJob::new(&model, &four_bar_request(&model, seed)).unwrap()
}

#[test]
fn of_eight_parts_the_six_that_stand_best_are_drawn_to_their_end() {
    for seed in 0..8 {
        let mut job = job(seed);
        while job.candidates.len() < CANDIDATES || job.growing.len() == CANDIDATES {
            assert!(matches!(job.advance(), Ok(JobStep::Continue { .. })), "seed {seed}");
        }
        assert_eq!(job.growing.len(), FINALISTS);
        let window = job.setting.window.cut(1);
        let standing = |index: &usize| {
            let (steering, quantiles) = (&job.setting.steering, &job.model.quantiles);
            job.judge.standing(&window, steering, quantiles, &job.candidates[*index])
        };
        let worst = job.growing.iter().map(standing).fold(f32::INFINITY, f32::min);
        let given_up = (0..CANDIDATES).filter(|index| !job.growing.contains(index));
        assert!(given_up.map(|index| standing(&index)).all(|standing| standing <= worst), "seed {seed}");
        let done = loop {
            if let JobStep::Done(parts) = job.advance().unwrap() {
                break parts;
            }
        };
        assert_eq!(done.len(), FINALISTS);
    }
}

#[test]
fn a_part_of_one_bar_has_all_its_candidates() {
    let model = Arc::clone(&stand_in::models(Behaviour::Even).phrase);
    let request = PhraseRequest { bars: 1, ..four_bar_request(&model, 3) };
    assert_eq!(compose(&model, &request).unwrap().len(), CANDIDATES);
}
