//! What a project saves: the same state gives the same bytes, and nothing that cannot be read is lost.

use linnet::state::SavedState;
use linnet::{Linnet, PluginKind, params::LinnetParams};
use linnet_handover::worker_view::WorkerView;
use linnet_music::{Beats, Controls, Idea, IdeaId, Key, Note, Phrase, Pitch, PitchClass, Scale, Velocity};
use nice_plug::prelude::{Params, Plugin, PluginState};
use std::collections::BTreeMap;
use std::sync::Arc;

struct Instance {
    state: SavedState,
    worker: Arc<WorkerView>,
}

fn instance() -> Instance {
    let (_, worker, editor) = linnet_handover::connect();
    Instance { state: SavedState::new(Arc::clone(&worker.view), editor.orders), worker: worker.view }
}

fn idea(id: u32) -> Idea {
    let note = Note {
        onset: Beats(f64::from(id) / 3.0),
        length: Beats(0.1 + 0.2),
        pitch: Pitch::new(60),
        velocity: Velocity::new(99),
    };
    Idea {
        id: IdeaId(id),
        parent: None,
        kept: id.is_multiple_of(2),
        length: Beats(16.0),
        metre: linnet_music::TimeSignature::COMMON,
        key: Key { tonic: PitchClass::new(2), scale: Scale::Minor },
        harmony: Vec::new(),
        phrases: [Phrase::new(vec![note]), Phrase::default(), Phrase::default(), Phrase::default()],
        controls: Controls::default(),
        started_at: Some(Beats(4.0 / 3.0)),
        provenance: linnet_music::Provenance::default(),
        figures: Vec::new(),
        unread: serde_json::Map::new(),
    }
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn a_state_saved_twice_gives_the_same_bytes() {
    let saved = instance();
    saved.worker.session().push(idea(1));
    saved.worker.session().push(idea(2));
    saved.state.editor().zoom = 1.25;
    let first = saved.state.to_fields();
    assert_eq!(saved.state.to_fields(), first);

    let loaded = instance();
    loaded.state.load_fields(&first);
    assert_eq!(loaded.state.to_fields(), first);
    assert_eq!(loaded.worker.session().current().map(|idea| idea.id), Some(IdeaId(2)));
    assert_eq!(*loaded.worker.session(), *saved.worker.session());
    assert_eq!(loaded.state.editor().zoom, 1.25);
}

#[test]
fn fields_of_a_newer_version_are_written_back() {
    let newer = fields(&[
        ("session", r#"{"version":9,"current":null,"ideas":[{"id":7,"shape":"unknown"}],"moods":[1,2]}"#),
        ("editor", r#"{"version":3,"zoom":1.5,"panels":["a"]}"#),
        ("lyrics", r#"{"version":1}"#),
    ]);
    let loaded = instance();
    loaded.state.load_fields(&newer);
    let saved = loaded.state.to_fields();
    assert_eq!(saved["lyrics"], newer["lyrics"]);
    assert!(saved["session"].contains(r#"{"id":7,"shape":"unknown"}"#), "{}", saved["session"]);
    assert!(saved["session"].contains(r#""moods":[1,2]"#));
    assert!(saved["editor"].contains(r#""panels":["a"]"#));
    assert!(loaded.worker.snapshot().note.contains("could not be read"));
}

#[test]
fn a_broken_session_is_kept_word_for_word_and_the_user_is_told() {
    let broken = "{\"version\":1,\"ideas\":[{\"id\":1";
    let loaded = instance();
    loaded.state.load_fields(&fields(&[("session", broken)]));
    assert!(loaded.worker.snapshot().note.contains("damaged"));
    assert_eq!(loaded.state.to_fields()["session"], broken);

    // Once new ideas exist, the old text moves aside and stays through further saves.
    loaded.worker.session().push(idea(1));
    let saved = loaded.state.to_fields();
    assert_eq!(saved["session_unread"], broken);
    assert!(saved["session"].contains("\"ideas\":[{"));
    let again = instance();
    again.state.load_fields(&saved);
    assert_eq!(again.state.to_fields(), saved);
}

#[test]
fn broken_preferences_are_kept_and_the_session_is_restored() {
    let saved = instance();
    saved.worker.session().push(idea(1));
    let mut damaged = saved.state.to_fields();
    damaged.insert("editor".to_owned(), "[]".to_owned());
    let loaded = instance();
    loaded.state.load_fields(&damaged);
    assert_eq!(loaded.worker.session().ideas().len(), 1);
    assert_eq!(loaded.state.to_fields()["editor_unread"], "[]");
}

#[test]
fn sizes_out_of_range_are_brought_back() {
    let loaded = instance();
    loaded.state.load_fields(&fields(&[("editor", r#"{"width":1e30,"height":-5,"zoom":0}"#)]));
    let editor = loaded.state.editor().clone();
    assert_eq!((editor.width, editor.height, editor.zoom), (4000.0, 480.0, 0.75));
}

#[test]
fn parameters_of_a_newer_version_survive_a_save_by_this_one() {
    let text = r#"{"version":"9.0.0","params":{"mood":{"f32":0.5},"density":{"f32":0.25}},"fields":{}}"#;
    let mut state: PluginState = serde_json::from_str(text).unwrap();
    Linnet::filter_state(&mut state);
    assert_eq!(state.params.keys().collect::<Vec<_>>(), ["density"]);

    // The framework now loads the parameters and hands the fields to the plug-in.
    let loaded = instance();
    loaded.state.load_fields(&state.fields);
    let fields = loaded.state.to_fields();
    assert_eq!(fields["params_unread"], r#"{"mood":{"f32":0.5}}"#);

    // And once more, by this same build: it is put aside again, not lost.
    let mut again = PluginState { version: String::new(), params: BTreeMap::new(), fields };
    Linnet::filter_state(&mut again);
    assert_eq!(again.fields["params_unread"], r#"{"mood":{"f32":0.5}}"#);
}

#[test]
fn saved_values_out_of_range_are_brought_back_and_wrong_types_left_out() {
    let text = r#"{"version":"","params":{
        "density":{"f32":1e30},"bars":{"i32":-2147483648},"seed":{"i32":2147483647},
        "limiter":{"f32":1.0},"mode":{"string":"x"},"lead_on":{"bool":false}},"fields":{}}"#;
    let mut state: PluginState = serde_json::from_str(text).unwrap();
    Linnet::filter_state(&mut state);
    let json = serde_json::to_string(&state.params).unwrap();
    assert_eq!(
        json,
        r#"{"bars":{"i32":1},"density":{"f32":1.0},"lead_on":{"bool":false},"seed":{"i32":65535}}"#
    );
}

#[test]
fn locked_bars_and_the_other_idea_are_saved_and_a_state_without_them_has_none() {
    let saved = instance();
    let without = saved.state.to_fields();
    assert!(!without.contains_key("marks"), "an older version's bytes stay as they are");
    saved.state.marks().lock_bars([0b10, 0, 0x8001, 0]);
    saved.state.marks().set_morph_with(Some(IdeaId(3)));
    let first = saved.state.to_fields();
    assert_eq!(first["marks"], r#"{"locked_bars":[2,0,32769,0],"morph_with":3}"#);

    let loaded = instance();
    loaded.state.load_fields(&first);
    assert_eq!(loaded.state.to_fields(), first);
    loaded.state.load_fields(&without);
    assert_eq!(loaded.state.marks().locked_bars(), [0; 4]);
    assert_eq!(loaded.state.marks().morph_with(), None);
}

#[test]
fn marks_of_a_newer_version_and_broken_ones_are_written_back() {
    let loaded = instance();
    let newer = r#"{"locked_bars":[1,0,0,0],"morph_with":null,"tags":["a"]}"#;
    loaded.state.load_fields(&fields(&[("marks", newer)]));
    assert_eq!(loaded.state.to_fields()["marks"], newer);

    let broken = r#"{"locked_bars":"all"}"#;
    loaded.state.load_fields(&fields(&[("marks", broken)]));
    let again = loaded.state.to_fields();
    assert_eq!(again["marks_unread"], broken);
    assert!(!again.contains_key("marks"));
    loaded.state.load_fields(&again);
    assert_eq!(loaded.state.to_fields(), again);
}

#[test]
fn the_audio_thread_asks_with_the_marks() {
    let (_, worker, editor) = linnet_handover::connect();
    let params = LinnetParams::new(PluginKind::Instrument, SavedState::new(worker.view, editor.orders));
    params.saved.marks().lock_bars([1, 2, 4, 8]);
    params.saved.marks().set_morph_with(Some(IdeaId(9)));
    let controls = params.controls();
    assert_eq!((controls.locked_bars, controls.morph_with), ([1, 2, 4, 8], Some(IdeaId(9))));
}

#[test]
fn the_framework_sees_the_same_fields() {
    let (_, worker, editor) = linnet_handover::connect();
    let params = LinnetParams::new(PluginKind::Notes, SavedState::new(worker.view, editor.orders));
    let fields = params.serialize_fields();
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["editor", "session", "sounds"]);
    params.deserialize_fields(&fields);
    assert_eq!(params.serialize_fields(), fields);
}

/// The sounds of `text` as it is loaded, by part.
fn sounds(text: &str) -> String {
    let mut state: PluginState = serde_json::from_str(text).expect("a state is JSON");
    Linnet::filter_state(&mut state);
    assert_eq!(state.fields["sounds"], "1");
    serde_json::to_string(&state.params).expect("a state is JSON")
}

#[test]
fn sounds_from_before_the_bank_are_the_same_sounds_and_those_of_the_bank_stay() {
    for old in 0..3 {
        let text = format!(
            r#"{{"version":"0.1.0","params":{{"lead_sound":{{"i32":{old}}},"chords_sound":{{"i32":{old}}},
            "bass_sound":{{"i32":{old}}},"drums_sound":{{"i32":{old}}}}},"fields":{{}}}}"#
        );
        let [lead, chords, bass, drums] = [1, 4, 7, 1].map(|first| first + old);
        let expect = format!(
            r#"{{"bass_sound":{{"i32":{bass}}},"chords_sound":{{"i32":{chords}}},"drums_sound":{{"i32":{drums}}},"lead_sound":{{"i32":{lead}}}}}"#
        );
        assert_eq!(sounds(&text), expect);
    }
    let new = r#"{"version":"0.1.0","params":{"lead_sound":{"i32":0},"bass_sound":{"i32":254}},"fields":{"sounds":"1"}}"#;
    assert_eq!(sounds(new), r#"{"bass_sound":{"i32":254},"lead_sound":{"i32":0}}"#);
}
