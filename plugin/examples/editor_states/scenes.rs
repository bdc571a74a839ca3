//! What the editor is shown with: a session of seven ideas, heard notes, and each state of the worker and the engine.

#[path = "tune.rs"]
mod tune;

use crate::stage::Stage;
use linnet::recovery::Offer;
use linnet_handover::worker_view::{Activity, Failure, Heard};
use linnet_music::{Beats, Controls, Idea, IdeaId, Mode, Phrase, Provenance, TimeSignature};
use nice_plug::prelude::Param;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tune::{bass, chords, comping, drums, figures, key, lead, note};

fn idea(number: u32, parent: Option<u32>, mode: Mode, shift: i32) -> Idea {
    Idea {
        id: IdeaId(number),
        parent: parent.map(IdeaId),
        kept: number == 3,
        length: Beats(16.0),
        metre: TimeSignature::COMMON,
        key: key(),
        harmony: chords(),
        phrases: [lead(shift), comping(), bass(), drums()].map(Phrase::new),
        controls: Controls { mode, ..Controls::default() },
        started_at: Some(Beats(32.0)),
        provenance: Provenance::default(),
        figures: Vec::new(),
        unread: serde_json::Map::new(),
    }
}

/// What was heard: `bars` bars from bar 5 on.
fn heard(bars: u32) -> Heard {
    let played = [
        (0.0, 1.0, 57),
        (1.0, 0.5, 60),
        (1.5, 1.0, 62),
        (3.0, 1.0, 65),
        (4.5, 1.0, 59),
        (5.0, 0.5, 57),
        (6.0, 1.5, 65),
        (8.0, 0.75, 62),
        (9.0, 0.5, 66),
        (9.5, 1.5, 71),
        (12.0, 1.0, 69),
        (13.0, 1.0, 67),
        (14.0, 1.0, 66),
        (15.0, 1.0, 66),
    ];
    let length = f64::from(bars) * 4.0;
    let notes = played.iter().filter(|(on, ..)| *on < length);
    Heard {
        start: Beats(16.0),
        length: Beats(length),
        notes: notes.map(|(on, length, pitch)| note(*on, *length, *pitch, 90)).collect(),
        metre: TimeSignature::COMMON,
        key: Some(key()),
        key_confidence: 0.86,
        chords: chords().into_iter().filter(|span| span.onset.0 < length).collect(),
    }
}

fn transport(stage: &Stage, position: f64) {
    let audio = &stage.ports.audio;
    audio.position_beats.store(position, Relaxed);
    audio.bar_start_beats.store((position / 4.0).floor() * 4.0, Relaxed);
    audio.tempo_bpm.store(96.0, Relaxed);
    audio.metre.store(4 * 256 + 4, Relaxed);
    audio.playing.store(true, Relaxed);
    audio.sample_rate_hz.store(48_000.0, Relaxed);
}

fn worker(stage: &Stage, activity: Activity, heard: Heard) {
    let mut snapshot = stage.ports.worker.snapshot();
    snapshot.activity = activity;
    snapshot.heard = Arc::new(heard);
    "built-in engine".clone_into(&mut snapshot.engine);
    snapshot.models =
        ["lead 1.0", "drums 1.0", "harmony 1.0"].map(|model| format!("{model} {}", "3f".repeat(32))).into();
    snapshot.proposal_ms = 48.0;
    drop(snapshot);
    stage.ports.worker.touch();
}

fn session(stage: &Stage, count: u32) {
    let tree = [
        (1, None, Mode::Invent, 0),
        (2, Some(1), Mode::Vary, 2),
        (3, Some(2), Mode::Continue, -1),
        (4, Some(3), Mode::Morph, 1),
        (5, Some(3), Mode::Fill, 3),
        (6, Some(5), Mode::Continue, -3),
        (7, Some(5), Mode::Continue, 0),
    ];
    let mut session = stage.ports.worker.session();
    for (number, parent, mode, shift) in tree.into_iter().take(count as usize) {
        session.push(idea(number, parent, mode, shift));
    }
    if let Some(morphed) = session.idea_mut(IdeaId(4)) {
        morphed.controls.morph_with = Some(IdeaId(2));
    }
    if let Some(latest) = session.idea_mut(IdeaId(count)) {
        latest.figures = figures();
    }
    drop(session);
    let mut snapshot = stage.ports.worker.snapshot();
    snapshot.latest = Some(IdeaId(count));
    snapshot.alternatives =
        vec![Arc::new(idea(0, Some(5), Mode::Continue, 2)), Arc::new(idea(0, Some(5), Mode::Continue, 4))];
    drop(snapshot);
    stage.ports.worker.touch();
}

/// Sound for the meters and the spectrum: falling noise with a few partials.
fn sound(stage: &mut Stage) {
    stage.ports.audio.peak[0].store(0.56, Relaxed);
    stage.ports.audio.peak[1].store(0.44, Relaxed);
    stage.ports.audio.reduction_db.store(0.8, Relaxed);
    let mut state = 1_u32;
    let mut brown = 0.0_f32;
    let samples: Vec<f32> = (0..8192)
        .map(|i| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            brown = 0.97 * brown + 0.03 * (state as f32 / u32::MAX as f32 - 0.5);
            let partial =
                |hz: f32, level: f32| level * (std::f32::consts::TAU * hz * i as f32 / 48_000.0).sin();
            brown + partial(110.0, 0.05) + partial(330.0, 0.03) + partial(700.0, 0.02)
        })
        .collect();
    stage.audio.spectrum.send(&samples, &samples);
}

fn steer(stage: &Stage) {
    let put = |param: &dyn Fn() -> (nice_plug::prelude::ParamPtr, f32)| {
        let (ptr, value) = param();
        // SAFETY: the stage holds the parameters.
        unsafe { ptr._internal_set_normalized_value(value) };
    };
    let params = &stage.params;
    let bands = &params.bands;
    put(&|| (params.propose.seed.as_ptr(), params.propose.seed.preview_normalized(48_213)));
    put(&|| (params.style.density.as_ptr(), 0.28));
    put(&|| (params.style.surprise.as_ptr(), 0.38));
    put(&|| (params.style.swing.as_ptr(), 0.52));
    put(&|| (params.style.style_a.as_ptr(), 16.0 / 20.0));
    put(&|| (params.style.style_b.as_ptr(), 17.0 / 20.0));
    put(&|| (params.style.style_blend.as_ptr(), 0.26));
    put(&|| (params.style.valence.as_ptr(), 0.35));
    put(&|| (params.style.energy.as_ptr(), 0.24));
    put(&|| (params.style.complexity.as_ptr(), 0.55));
    put(&|| (params.style.leaps.as_ptr(), 0.3));
    params.saved.marks().lock_bars([0b10; 4]);
    put(&|| (params.parts[2].lock.as_ptr(), 1.0));
    put(&|| (params.parts[1].pan.as_ptr(), 0.44));
    put(&|| (params.parts[3].pan.as_ptr(), 0.54));
    for (band, gain) in [(1, 3.0), (2, 1.0), (3, -3.6), (4, 2.0), (5, 1.0), (6, 4.0)] {
        put(&|| (bands[band].gain_db.as_ptr(), bands[band].gain_db.preview_normalized(gain)));
    }
    put(&|| (bands[0].on.as_ptr(), 1.0));
    put(&|| (bands[7].on.as_ptr(), 1.0));
}

/// Nothing heard, nothing proposed.
pub(crate) fn first_open(stage: &mut Stage) {
    stage.ports.audio.tempo_bpm.store(96.0, Relaxed);
    stage.ports.audio.metre.store(4 * 256 + 4, Relaxed);
    worker(stage, Activity::Ready, Heard::default());
}

/// Three bars heard.
pub(crate) fn listening(stage: &mut Stage) {
    transport(stage, 27.2);
    worker(stage, Activity::Ready, heard(3));
    sound(stage);
}

/// A seventh idea is being made while the sixth plays.
pub(crate) fn composing(stage: &mut Stage) {
    playing(stage);
    *stage.ports.worker.session() = linnet_music::Session::default();
    session(stage, 6);
    worker(stage, Activity::Composing { progress: 0.62 }, heard(4));
    stage.ports.audio.idea.store(6, Relaxed);
    stage.ports.audio.next_start_beats.store(48.0, Relaxed);
}

/// Idea 7 plays.
pub(crate) fn playing(stage: &mut Stage) {
    steer(stage);
    transport(stage, 38.3);
    session(stage, 7);
    worker(stage, Activity::Ready, heard(4));
    let audio = &stage.ports.audio;
    audio.idea.store(7, Relaxed);
    audio.idea_start_beats.store(32.0, Relaxed);
    audio.notes_in.store(14, Relaxed);
    sound(stage);
}

/// The same, where a recording that is listened to is at its 2.5th second.
#[allow(dead_code, reason = "tests listen by themselves")]
pub(crate) fn heard_again(stage: &mut Stage) {
    playing(stage);
    let (sender, wanted, receiver) = linnet_handover::listening::way();
    // The pieces wait there for ever.
    std::mem::forget(receiver);
    stage.params.saved.recordings().connect(sender, wanted);
    stage.params.saved.recordings().activated(48_000.0, false);
    stage.ports.audio.listened_run.store(1, Relaxed);
    stage.ports.audio.listened_frames.store(120_000, Relaxed);
}

fn choose(stage: &Stage, mode: Mode) {
    let value = mode as usize as f32 / (Mode::ALL.len() - 1) as f32;
    // SAFETY: the stage holds the parameters.
    unsafe { stage.params.propose.mode.as_ptr()._internal_set_normalized_value(value) };
}

/// Idea 7 plays; all but two bars, and some cells, are locked for Fill.
pub(crate) fn filling(stage: &mut Stage) {
    playing(stage);
    choose(stage, Mode::Fill);
    stage.params.saved.marks().lock_bars([0b1001, 0b0101, 0, 0b0001]);
}

/// Fill with nothing locked.
pub(crate) fn nothing_locked(stage: &mut Stage) {
    filling(stage);
    stage.params.saved.marks().lock_bars([0; 4]);
    // SAFETY: the stage holds the parameters.
    unsafe { stage.params.parts[2].lock.as_ptr()._internal_set_normalized_value(0.0) };
}

/// Ideas 7 and 3 are to be morphed.
pub(crate) fn morphing(stage: &mut Stage) {
    playing(stage);
    choose(stage, Mode::Morph);
    stage.params.saved.marks().set_morph_with(Some(IdeaId(3)));
}

/// Morph without a second idea.
pub(crate) fn one_idea_to_morph(stage: &mut Stage) {
    morphing(stage);
    stage.params.saved.marks().set_morph_with(None);
}

/// An idea of an earlier version, without figures.
pub(crate) fn without_figures(stage: &mut Stage) {
    playing(stage);
    if let Some(idea) = stage.ports.worker.session().idea_mut(IdeaId(7)) {
        idea.figures.clear();
    }
    stage.ports.worker.touch();
}

/// Idea 7 is kept, and the transport stands.
pub(crate) fn kept(stage: &mut Stage) {
    playing(stage);
    if let Some(idea) = stage.ports.worker.session().idea_mut(IdeaId(7)) {
        idea.kept = true;
    }
    stage.ports.worker.touch();
    stage.ports.audio.playing.store(false, Relaxed);
}

/// The model file is damaged.
pub(crate) fn model_error(stage: &mut Stage) {
    playing(stage);
    let failure = Failure {
        title: "The model file is damaged".to_owned(),
        detail: "lead/step.onnx ends after 3.1 of 20.4 MB.".to_owned(),
        remedy:
            "Put a complete copy into the models folder, then press Try again. Your kept ideas still play."
                .to_owned(),
    };
    worker(stage, Activity::Failed(failure), heard(4));
}

/// The host renders.
pub(crate) fn offline(stage: &mut Stage) {
    kept(stage);
    stage.ports.audio.playing.store(true, Relaxed);
    stage.ports.audio.offline.store(true, Relaxed);
}

/// The sound stopped at a defect.
pub(crate) fn stopped(stage: &mut Stage) {
    playing(stage);
    stage.ports.audio.stopped.store(true, Relaxed);
    stage.ports.audio.sample_rate_hz.store(48_000.0, Relaxed);
}

/// Another session ended unexpectedly.
pub(crate) fn crashed(stage: &mut Stage) {
    first_open(stage);
    stage.params.saved.recovery().show(Some(Offer { ideas: 3, saved_at_s: 1_795_684_325 }));
}

/// Everything as odd as it can come: no sound rate, no tempo, one long idea with an empty harmony, 400 ideas.
pub(crate) fn odd(stage: &mut Stage) {
    let mut session = stage.ports.worker.session();
    for number in 1..=400 {
        let mut idea =
            idea(number, number.checked_sub(3).filter(|p| *p > 0), Mode::Continue, number as i32 % 9);
        idea.harmony.clear();
        idea.length = Beats(if number == 400 { 64.0 } else { 0.0 });
        idea.metre = TimeSignature::new(7, 8).unwrap_or_default();
        idea.kept = true;
        session.push(idea);
    }
    drop(session);
    worker(stage, Activity::Ready, heard(2));
    stage.ports.audio.position_beats.store(f64::NAN, Relaxed);
    stage.ports.audio.idea.store(400, Relaxed);
    stage.ports.audio.playing.store(true, Relaxed);
    stage.ports.worker.snapshot().note = "A very long note of the worker, ".repeat(12);
}

/// The reverb is a space.
pub(crate) fn in_a_space(stage: &mut Stage) {
    playing(stage);
    let kind = stage.params.reverb.kind.as_ptr();
    // SAFETY: the stage holds the parameters as long as it lives.
    unsafe { kind._internal_set_normalized_value(1.0) };
}
