//! What training wrote down of the networks, and how outputs are compared with it.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder of the models.
pub(crate) fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

/// A file of the models, by its path there.
pub(crate) fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(models().join(path)).unwrap()).unwrap()
}

/// The values of a list.
pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

/// A list of whole numbers.
pub(crate) fn ids(value: &Value) -> Vec<i64> {
    list(value).map(|v| v.as_i64().unwrap()).collect()
}

/// A list of numbers.
pub(crate) fn floats(value: &Value) -> Vec<f32> {
    list(value).map(|v| v.as_f64().unwrap() as f32).collect()
}

/// Fails where a number is further than `tolerance` from the one that is wanted.
pub(crate) fn assert_near(found: &[f32], wanted: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (place, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!((found - wanted).abs() <= tolerance, "{what}, place {place}: {found} in place of {wanted}");
    }
}

/// Compares the rows of `output` with the golden tensor; says of each whether its greatest value stands where it should.
pub(crate) fn compare_rows(output: &[f32], golden: &Value, tolerance: f32, what: &str) -> Vec<bool> {
    let last = |name: &str| *ids(&golden[name]).last().unwrap() as usize;
    let (width, kept) = (last("shape"), last("kept"));
    let wanted = floats(&golden["values"]);
    assert_eq!(output.len() / width, wanted.len() / kept, "{what}");
    let rows = output.chunks(width).zip(wanted.chunks(kept));
    rows.map(|(found, wanted)| {
        assert_near(&found[..kept], wanted, tolerance, what);
        greatest(&found[..kept]) == greatest(wanted)
    })
    .collect()
}

fn greatest(values: &[f32]) -> usize {
    (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap()
}
