use super::*;
use crate::editor::view::Now;
use crate::state::SavedState;
use linnet_handover::worker_view::{Failure, Heard};
use linnet_music::{
    Beats, ChordSpan, Controls, Idea, IdeaId, Key, PitchClass, Provenance, Scale, TimeSignature,
};
use std::sync::Arc;

fn params(kind: PluginKind) -> LinnetParams {
    LinnetParams::new(kind, SavedState::new(Arc::default(), linnet_handover::to_worker::channel().0))
}

fn idea(number: u32) -> Idea {
    Idea {
        id: IdeaId(number),
        parent: None,
        kept: false,
        length: Beats(16.0),
        metre: TimeSignature::COMMON,
        key: Key { tonic: PitchClass::new(2), scale: Scale::Minor },
        harmony: Vec::<ChordSpan>::new(),
        phrases: Default::default(),
        controls: Controls::default(),
        started_at: None,
        provenance: Provenance::default(),
        figures: Vec::new(),
        unread: serde_json::Map::new(),
    }
}

fn heard(bars: f64) -> Arc<Heard> {
    let note = linnet_music::Note {
        onset: Beats(0.0),
        length: Beats(1.0),
        pitch: linnet_music::Pitch::new(62),
        velocity: linnet_music::Velocity::new(90),
    };
    Arc::new(Heard {
        start: Beats(20.0),
        length: Beats(bars * 4.0),
        notes: vec![note],
        key: Some(Key { tonic: PitchClass::new(2), scale: Scale::Minor }),
        ..Heard::default()
    })
}

#[track_caller]
fn check(view: &View, expect: &str) {
    assert_eq!(of(view, &params(PluginKind::Instrument), false).sentence, expect);
}

#[test]
fn every_state_is_a_sentence() {
    let mut view = View::default();
    check(&view, "Nothing heard yet. Play something, or press Propose to start from nothing.");
    view.worker.heard = heard(3.0);
    view.now = Now { is_playing: true, position: 31.0, ..Now::default() };
    check(&view, "Listening: 3 bars heard, D minor so far. Propose answers from bar 9.");
    view.worker.heard = heard(4.0);
    view.worker.activity = Activity::Composing { progress: 0.4 };
    view.now = Now { next_start: 48.0, idea: 6, ..view.now };
    check(&view, "Heard 4 bars in D minor. Composing: starts at bar 13. Idea 6 plays on.");
    view.worker.activity = Activity::Ready;
    view.current = Some(Arc::new(idea(7)));
    view.now = Now { next_idea: 7, ..view.now };
    check(&view, "Idea 7 starts at bar 13. Idea 6 plays on.");
    view.now = Now { idea: 7, next_idea: 0, idea_start: 32.0, ..view.now };
    check(&view, "Playing idea 7, bars 9 to 12. It loops until you ask again.");
    view.now.is_playing = false;
    view.current = Some(Arc::new(Idea { kept: true, ..idea(7) }));
    check(&view, "Kept idea 7. It is saved with the project and replays exactly, offline too.");
    view.now.is_offline = true;
    check(&view, "Offline render: kept idea 7 plays note for note. Nothing new is composed.");
}

#[test]
fn a_mode_that_needs_something_says_what() {
    let params = params(PluginKind::Instrument);
    let set = |mode: Mode| {
        let param = crate::editor::control::Handle::of(&params.propose.mode);
        param.set_directly(mode as usize as f32 / 7.0);
    };
    let said = |view: &View| of(view, &params, false).sentence;
    let empty = View::default();
    let playing = View { current: Some(Arc::new(idea(7))), ..View::default() };
    for mode in [Mode::Vary, Mode::Morph, Mode::Fill] {
        set(mode);
        assert!(said(&empty).starts_with(&format!("{} begins from an idea.", mode.name())));
    }
    assert!(said(&playing).starts_with("Fill keeps what is locked, and nothing is"));
    params.saved.marks().lock_bars([0b1111; 4]);
    assert_eq!(said(&playing), "Fill has nothing to write: free a bar or a part.");
    params.saved.marks().lock_bars([0b0011; 4]);
    assert!(!said(&playing).starts_with("Fill"));
    set(Mode::Morph);
    assert_eq!(said(&playing), "Morph needs a second idea: Ctrl-click one in the history.");
}

#[test]
fn a_failure_is_told_before_anything_else() {
    let failure = Failure { title: "The model file is damaged.".into(), ..Failure::default() };
    let mut view = View::default();
    view.worker.activity = Activity::Failed(failure);
    check(&view, "Cannot compose: the model file is damaged. Sound, editing and kept ideas go on.");
}

#[test]
fn an_engine_that_stopped_is_told_before_a_failure() {
    let mut view = View::default();
    view.worker.activity = Activity::Failed(Failure::default());
    view.now.is_stopped = true;
    check(
        &view,
        "The sound stopped at an error inside Linnet. Ideas are safe: save, then reload the plug-in.",
    );
}

#[test]
fn linnet_notes_names_its_channels() {
    let mut view = View { current: Some(Arc::new(idea(7))), ..View::default() };
    view.now = Now { idea: 7, is_playing: true, ..Now::default() };
    let found = of(&view, &params(PluginKind::Notes), false).sentence;
    assert_eq!(found, "Playing idea 7 to MIDI out: lead 1, chords 2, bass 3, drums 10.");
}
