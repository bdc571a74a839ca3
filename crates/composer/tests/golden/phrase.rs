//! The phrase model's inputs against what training wrote down of them.

use crate::file::{ids, json, list};
use linnet_composer::attributes::{self, Running};
use linnet_composer::phrase::canvas::{Known, canvas};
use linnet_composer::phrase::line::{Line, events_of, on_grid};
use linnet_composer::phrase::window::{Span, Window};
use linnet_composer::tokens::line::GridNote;
use linnet_composer::tokens::{DURATIONS, Grid, position_tick, token_midi};
use linnet_composer::vocabulary::{CANVAS_FEATURES, COLUMN_TICKS, PHRASE_FEATURES, Role};
use linnet_music::{
    Beats, Chord, ChordQuality, ChordSpan, Key, Note, Pitch, PitchClass, Scale, Style, TimeSignature,
    Velocity,
};
use serde_json::Value;

fn role_of(name: &str) -> Role {
    Role::ALL.into_iter().find(|role| role.name() == name).unwrap()
}

fn beats(ticks: i64) -> Beats {
    Beats(ticks as f64 / 24.0)
}

/// One golden window.
struct Case<'a> {
    json: &'a Value,
    window: Window,
    role: Role,
}

impl<'a> Case<'a> {
    fn new(json: &'a Value) -> Self {
        let scale =
            Scale::ALL.into_iter().find(|scale| scale.name() == json["scale"].as_str().unwrap()).unwrap();
        let key = Key { tonic: PitchClass::new(json["tonic"].as_i64().unwrap() as i32), scale };
        let metre = ids(&json["metre"]);
        let grid = Grid::new(TimeSignature::new(metre[0] as i32, metre[1] as i32).unwrap());
        let span = ids(&json["span"]);
        let span = Span { context: span[0] as usize, target: span[1] as usize, future: span[2] as usize };
        let chords: Vec<ChordSpan> = list(&json["chords"])
            .map(|row| {
                let row = ids(row);
                let chord = Chord {
                    root: PitchClass::new(row[2] as i32),
                    quality: ChordQuality::ALL[row[3] as usize],
                };
                ChordSpan { onset: beats(row[0]), length: beats(row[1]), chord }
            })
            .collect();
        let role = role_of(json["role"].as_str().unwrap());
        let mut window = Window::new(grid, key, role, span, &chords);
        let style =
            Style::ALL.into_iter().find(|style| style.name().to_lowercase() == json["style"]).unwrap();
        window.style[style.index()] = 1.0;
        for (at, (asked, present)) in list(&json["asked"]).zip(ids(&json["present"])).enumerate() {
            window.asked[at] = (present == 1).then(|| asked.as_f64().unwrap() as f32);
        }
        Self { json, window, role }
    }

    fn notes(&self, part: &str) -> Vec<Note> {
        list(&self.json["parts"][part])
            .map(|row| {
                let row = ids(row);
                let tick =
                    row[0] * i64::from(self.window.grid.bar_ticks) + i64::from(position_tick(row[1] as u8));
                let (pitch, velocity) = (Pitch::new(row[2] as i32), Velocity::new(80));
                Note {
                    onset: beats(tick),
                    length: beats(i64::from(DURATIONS[row[3] as usize])),
                    pitch,
                    velocity,
                }
            })
            .collect()
    }

    fn own(&self) -> Vec<GridNote> {
        let notes = self.notes(self.role.name());
        on_grid(&notes, &self.window.grid, self.window.all_bars(), self.role.is_stacked())
    }
}

fn assert_sparse(found: &[f32], wanted: &Value, what: &str) {
    let mut dense = vec![0.0; found.len()];
    for pair in list(wanted) {
        dense[pair[0].as_u64().unwrap() as usize] = pair[1].as_f64().unwrap() as f32;
    }
    for (place, (found, wanted)) in found.iter().zip(&dense).enumerate() {
        // Training keeps columns in half precision.
        assert!((found - wanted).abs() < 5e-4, "{what}, place {place}: {found} in place of {wanted}");
    }
}

fn check(case: &Case) {
    let (window, role) = (&case.window, case.role);
    let piece = case.json["piece"].as_str().unwrap();
    let own = case.own();
    let events = events_of(&own, &window.grid, window.tonic, window.bars());
    let wanted: Vec<Vec<i64>> = list(&case.json["events"]).map(ids).collect();
    let (mut line, mut written) = (Line::new(role.is_stacked()), Running::default());
    assert_eq!(events.len(), wanted.len(), "{piece}");
    for (step, event) in events.into_iter().enumerate() {
        let at = format!("{piece} {} step {step}", role.name());
        assert_eq!([event.position, event.pitch, event.duration].map(i64::from)[..], wanted[step], "{at}");
        assert_eq!(line.look_ahead()[..], ids(&case.json["look"][step]), "{at}, look");
        let mut features = [0.0; PHRASE_FEATURES];
        window.features(&line, &written, &mut features);
        assert_sparse(&features, &case.json["features"][step], &at);
        let bar_line = line.bar() as u32 * window.grid.bar_ticks;
        let onset = bar_line + position_tick(event.position);
        let column = |tick: u32| i64::from(tick / COLUMN_TICKS).min(window.columns() as i64 - 1);
        let columns = ids(&case.json["columns"][step]);
        let now = bar_line + position_tick(line.previous().position);
        assert_eq!(
            columns[..3],
            [now, now + 24, bar_line + window.grid.bar_ticks].map(column),
            "{at}, columns"
        );
        if event.is_note() {
            assert_eq!(line.look_at(event.position, window)[..], ids(&case.json["pitch_look"][step]), "{at}");
            assert_eq!(columns[3], column(onset), "{at}, column of the onset");
            if line.bar() >= window.span.context {
                let midi = token_midi(event.pitch, window.tonic);
                let length = DURATIONS[usize::from(event.duration)];
                written.push(GridNote { onset, length, midi }, &window.grid);
            }
        }
        line.push(event);
    }
}

fn check_canvas(case: &Case) {
    let window = &case.window;
    let known: Vec<Known> = list(&case.json["visible"])
        .map(|part| {
            let part = part.as_str().unwrap();
            Known { role: Some(role_of(part)), notes: case.notes(part), bars: 0..window.all_bars() }
        })
        .collect();
    let end = window.bars() as u32 * window.grid.bar_ticks;
    // Notes before the future that sound into it are shown there too.
    let sounds = |note: &GridNote| note.onset + note.length > end;
    let future: Vec<GridNote> = case.own().into_iter().filter(sounds).collect();
    let found = canvas(window, &known, &future);
    for (index, column) in found.chunks(CANVAS_FEATURES).enumerate() {
        let what = format!("{} {} column {index}", case.json["piece"], case.role.name());
        assert_sparse(column, &case.json["canvas"][index], &what);
    }
}

fn check_attributes(case: &Case) {
    let window = &case.window;
    let inside = |note: &GridNote| note.onset >= window.begin();
    let end = window.bars() as u32 * window.grid.bar_ticks;
    let moved: Vec<GridNote> = case
        .own()
        .into_iter()
        .filter(|note| inside(note) && note.onset < end)
        .map(|note| GridNote { onset: note.onset - window.begin(), ..note })
        .collect();
    let values = attributes::measure(&moved, &window.grid, window.span.target);
    for (value, wanted) in values.iter().zip(list(&case.json["asked"])) {
        assert!(
            (f64::from(*value) - wanted.as_f64().unwrap()).abs() < 1e-5,
            "{} {values:?}",
            case.json["piece"]
        );
    }
}

#[test]
fn inputs_and_attributes_are_those_of_training() {
    let json = json("phrase/features_golden.json");
    let mut roles = Vec::new();
    for json in list(&json["cases"]) {
        let case = Case::new(json);
        check_attributes(&case);
        check(&case);
        check_canvas(&case);
        roles.push(case.role);
    }
    assert!(Role::ALL.iter().all(|role| roles.contains(role)), "{roles:?}");
}
