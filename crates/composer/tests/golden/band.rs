//! The inputs of the drum, groove and chord models, and the attributes that they can be asked for, against what training
//! wrote down of them.

use crate::file::{assert_near, floats, ids, json, list};
use linnet_composer::groove::{Feel, GROOVE_FEATURES, GrooveWishes};
use linnet_composer::harmony::features::{
    CHORD_FEATURES, Count, Degree, LENGTHS, Melody, START, Setting, complexity, length_classes, valence,
};
use linnet_composer::tokens::drum::{DRUM_FEATURES, DrumGrid, DrumWindow, DrumWishes, density, syncopation};
use linnet_music::{ChordQuality, STYLES, TimeSignature};
use serde_json::Value;

/// How far a feature may lie from the one that training wrote down.
const TOLERANCE: f32 = 1e-5;

fn number(value: &Value) -> f32 {
    value.as_f64().unwrap() as f32
}

fn is_asked(case: &Value, name: &str) -> bool {
    list(&case["asked"]).any(|asked| asked == name)
}

/// The value of `name` where it is asked for.
fn asked(case: &Value, name: &str) -> Option<f32> {
    is_asked(case, name).then(|| number(&case["measured"][name]))
}

fn style(case: &Value) -> [f32; STYLES] {
    if is_asked(case, "style") { floats(&case["style"]).try_into().unwrap() } else { [0.0; STYLES] }
}

/// The grid of a case, whose beats are quarters.
fn grid(case: &Value) -> DrumGrid {
    let (bar_steps, beat_steps) =
        (case["steps_a_bar"].as_u64().unwrap() as u32, case["steps_a_beat"].as_u64().unwrap() as u32);
    let (numerator, denominator) = match (bar_steps, beat_steps) {
        (14, 4) => (7, 8),
        _ => ((bar_steps / beat_steps) as i32, 4),
    };
    let grid = DrumGrid::new(TimeSignature::new(numerator, denominator).unwrap(), beat_steps == 3);
    assert_eq!((grid.bar_steps, grid.beat_steps), (bar_steps, beat_steps));
    grid
}

#[test]
fn drums_are_told_and_measured_as_in_training() {
    let golden = json("drums/features_golden.json");
    let mut metres = Vec::new();
    for case in list(&golden["cases"]) {
        let window = DrumWindow {
            grid: grid(case),
            beats_per_minute: number(&case["beats_per_minute"]),
            context: case["context_bars"].as_u64().unwrap() as usize,
            bars: case["bars"].as_u64().unwrap() as usize,
            fill_bars: ids(&case["fill_bars"]).into_iter().map(|bar| bar as usize).collect(),
            rhythm: case["rhythm"].is_array().then(|| floats(&case["rhythm"])),
            wishes: DrumWishes {
                density: asked(case, "density"),
                syncopation: asked(case, "syncopation"),
                energy: asked(case, "energy"),
            },
            style: style(case),
        };
        let hits: Vec<u16> = ids(&case["hits"]).into_iter().map(|hits| hits as u16).collect();
        assert_eq!(window.steps(), hits.len());
        for step in 0..hits.len() {
            let mut features = [0.0; DRUM_FEATURES];
            window.features(&hits[..step], &mut features);
            let what = format!("{}, step {step}", case["take"]);
            assert_near(&features, &floats(&case["features"][step]), TOLERANCE, &what);
        }
        let target = &hits[window.context * window.grid.bar_steps as usize..];
        let measured = [density(target), syncopation(target, &window.grid)];
        let wanted = ["density", "syncopation"].map(|name| number(&case["measured"][name]));
        assert_near(&measured, &wanted, TOLERANCE, "measured");
        metres.push(window.grid.bar_steps);
    }
    assert!(metres.contains(&16) && metres.contains(&14), "{metres:?}");
}

#[test]
fn the_groove_is_told_and_measured_as_in_training() {
    let golden = json("groove/features_golden.json");
    for case in list(&golden["cases"]) {
        let feel = Feel {
            grid: grid(case),
            beats_per_minute: number(&case["beats_per_minute"]),
            style: style(case),
            wishes: GrooveWishes {
                energy: asked(case, "energy"),
                swing: asked(case, "swing"),
                lateness: asked(case, "lateness"),
                touch: is_asked(case, "touch")
                    .then(|| floats(&case["measured"]["touch"]).try_into().unwrap()),
            },
        };
        for (step, wanted) in list(&case["features"]).enumerate() {
            let mut features = [0.0; GROOVE_FEATURES];
            feel.features(step, &mut features);
            assert_near(&features, &floats(wanted), TOLERANCE, &format!("{}, step {step}", case["take"]));
        }
        let mut hits = Vec::new();
        for (step, (velocity, shift)) in list(&case["velocity"]).zip(list(&case["shift"])).enumerate() {
            let sounding = floats(velocity).into_iter().zip(floats(shift));
            hits.extend(sounding.filter(|(velocity, _)| *velocity > 0.0).map(|(_, shift)| (step, shift)));
        }
        let (swing, lateness) = feel.swing_and_lateness(&hits);
        let wanted = ["swing", "lateness"].map(|name| number(&case["measured"][name]));
        assert_near(&[swing, lateness], &wanted, TOLERANCE, "measured");
    }
}

fn row(json: &Value) -> Vec<Degree> {
    list(json)
        .map(|chord| {
            let chord = ids(chord);
            Degree {
                root: chord[0] as u8,
                quality: ChordQuality::ALL[chord[1] as usize],
                beats: chord[2] as u32,
            }
        })
        .collect()
}

fn mask(json: &Value) -> u16 {
    ids(json).iter().enumerate().fold(0, |mask, (class, bit)| mask | (*bit as u16) << class)
}

fn metre(json: &Value) -> TimeSignature {
    let metre = ids(json);
    TimeSignature::new(metre[0] as i32, metre[1] as i32).unwrap()
}

fn check_attributes(case: &Value, measured: &Value) {
    let (row, mask) = (row(&case["row"]), mask(&case["scale_mask"]));
    let found = [valence(&row, mask), complexity(&row, mask, Count::new(metre(&case["metre"])).bar_beats)];
    assert_near(
        &found,
        &["valence", "complexity"].map(|name| number(&measured[name])),
        TOLERANCE,
        "measured",
    );
}

#[test]
fn chords_are_told_and_measured_as_in_training() {
    let golden = json("chords/features_golden.json");
    for case in list(&golden["attributes"]) {
        check_attributes(case, case);
    }
    for case in list(&golden["cases"]) {
        check_attributes(case, &case["measured"]);
        let count = Count::new(metre(&case["metre"]));
        let bars = case["bars"].as_u64().unwrap() as u32;
        let melody = is_asked(case, "melody").then(|| {
            let notes = list(&case["melody"]).map(ids);
            let notes = notes.map(|note| (note[0] as u32, note[1] as u32, note[2] as usize));
            Melody::new(notes, bars * count.bar_ticks)
        });
        let setting = Setting {
            mask: mask(&case["scale_mask"]),
            count,
            bars,
            style: style(case),
            valence: asked(case, "valence"),
            complexity: asked(case, "complexity"),
            melody,
        };
        let mut events = Vec::new();
        let (mut now, mut previous) = (0, START);
        for chord in row(&case["row"]) {
            let quality = ChordQuality::ALL.iter().position(|quality| *quality == chord.quality).unwrap();
            for class in length_classes(chord.beats) {
                let step = events.len();
                let mut features = [0.0; CHORD_FEATURES];
                setting.features(now, &mut features);
                let what = format!("{}, chord {step}", case["source"]);
                assert_near(&features, &floats(&case["features"][step]), TOLERANCE, &what);
                assert_eq!(previous[..], ids(&case["prev"][step]), "{what}");
                previous = [i64::from(chord.root), quality as i64, class as i64];
                assert_eq!(previous[..], ids(&case["events"][step]), "{what}");
                events.push(previous);
                now += LENGTHS[class];
            }
        }
    }
}
