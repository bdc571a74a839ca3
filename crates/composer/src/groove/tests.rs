use super::*;
use crate::inference::{Graph, InferenceError, Network};
use crate::models::{ModelInfo, signatures};
use linnet_music::{Beats, Pitch, Velocity};

/// Answers with a velocity of half, and with a shift that grows with the step.
struct Late;

impl Network for Late {
    fn run(&self, steps: usize, _: &[Tensor<'_>], outputs: &mut [Vec<f32>]) -> Result<(), InferenceError> {
        outputs[0] = vec![0.5; steps * CLASSES];
        outputs[1] = (0..steps * CLASSES).map(|place| (place / CLASSES) as f32 / 1_000.0).collect();
        Ok(())
    }
}

fn model() -> Arc<GrooveModel> {
    let groove = Graph::new(Box::new(Late), &signatures::GROOVE, 0);
    Arc::new(GrooveModel { info: ModelInfo::default(), groove })
}

fn note(onset: f64, key: i32) -> Note {
    Note { onset: Beats(onset), length: Beats(0.25), pitch: Pitch::new(key), velocity: Velocity::new(80) }
}

fn feel() -> Feel {
    Feel::new(TimeSignature::COMMON, Tempo::new(100.0), &[], [0.0; STYLES])
}

#[test]
fn a_note_is_played_as_its_step_and_class_are() {
    let feel = feel();
    let notes = [note(0.0, 36), note(0.26, 38), note(3.75, 60)];
    assert_eq!(hits(&notes, None, &feel.grid, 16)[..2], [1, 2]);
    let of_bass = hits(&notes, Some(Role::Bass), &feel.grid, 16);
    assert_eq!((of_bass[0], of_bass[1], of_bass[15]), (1, 1, 1));
    let touch = Touch::new(&model(), &of_bass, &feel).unwrap();
    let (velocity, late) = touch.of(&notes[2], Some(Role::Bass)).unwrap();
    assert!((velocity - 0.5).abs() < 1e-6 && (late - 0.015 * 0.25).abs() < 1e-6);
    assert_eq!(touch.of(&note(4.0, 60), Some(Role::Bass)), None);
}

#[test]
fn a_part_of_any_length_is_played_to_its_end() {
    let metre = TimeSignature::new(32, 1).unwrap();
    let feel = Feel { grid: DrumGrid::new(metre, false), ..feel() };
    for steps in [1, 512, 1_300] {
        let touch = Touch::new(&model(), &vec![1; steps], &feel).unwrap();
        assert_eq!(touch.velocity.len(), steps * CLASSES);
    }
}

#[test]
fn thirds_are_told_from_quarters() {
    let every = |beats: f64| (0..16).map(|index| note(f64::from(index) * beats, 60)).collect::<Vec<_>>();
    assert!(in_thirds(&every(1.0 / 3.0)));
    assert!(!in_thirds(&every(0.25)) && !in_thirds(&every(0.5)) && !in_thirds(&[]));
}

#[test]
fn what_was_played_late_and_swung_is_told() {
    let feel = feel();
    let (swing, late) = feel.of_played(&[note(0.025, 60), note(0.25 + 0.05, 60), note(1.025, 60)]);
    assert!((swing - 0.2).abs() < 1e-5 && (late - 0.1).abs() < 1e-5);
    assert_eq!(feel.of_played(&[]), (0.0, 0.0));
}
