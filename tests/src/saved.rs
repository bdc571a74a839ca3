//! Saved states as hosts have them: a length of eight bytes, then the framework's JSON; and what they hold, in words that
//! do not depend on how a version writes it.

use crate::clap_host::HostFailure;
use linnet_music::{Idea, Note, Part, Session};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder of states, one folder a released version.
pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("states")
}

/// A state, taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The version that wrote it.
    pub version: String,
    /// The parameters, by id: the type, and the value in the parameter's unit.
    pub params: BTreeMap<String, Value>,
    /// What is saved beside them: the session, the editor's preferences.
    pub fields: BTreeMap<String, String>,
}

impl State {
    /// Takes the bytes of a state apart.
    ///
    /// # Errors
    /// Where they are no state.
    pub fn read(bytes: &[u8]) -> Result<Self, HostFailure> {
        let text = bytes.get(8..).unwrap_or_default();
        serde_json::from_slice(text).map_err(|_| HostFailure::Refused("its state cannot be read"))
    }

    /// The bytes again.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, HostFailure> {
        let text =
            serde_json::to_vec(self).map_err(|_| HostFailure::Refused("its state cannot be written"))?;
        Ok(framed(&text))
    }
}

/// `text` behind its length, as the framework reads it.
pub fn framed(text: &[u8]) -> Vec<u8> {
    [(text.len() as u64).to_le_bytes().as_slice(), text].concat()
}

/// What a state of the plug-in `id` holds: parameters, ideas, preferences, and what is marked for the next proposal.
///
/// # Errors
/// Where a part of it cannot be read.
pub fn contents(id: &str, state: &State) -> Result<Value, HostFailure> {
    let unreadable = |_| HostFailure::Refused("a part of its state cannot be read");
    let field = |name: &str| state.fields.get(name).map_or("null", String::as_str);
    let session =
        Session::from_json(field("session")).map_err(|_| HostFailure::Refused("it holds no session"))?;
    let editor: Value = serde_json::from_str(field("editor")).map_err(unreadable)?;
    let marks: Value = serde_json::from_str(field("marks")).map_err(unreadable)?;
    Ok(json!({
        "plugin": id,
        "parameters": state.params,
        "current": session.current().map(|idea| idea.id.0),
        "ideas": session.ideas().iter().map(idea).collect::<Vec<_>>(),
        "editor": editor,
        "marks": marks,
    }))
}

fn idea(idea: &Idea) -> Value {
    let chord = |span: &linnet_music::ChordSpan| {
        format!("{} from {} for {}", span.chord, span.onset.0, span.length.0)
    };
    let note = |note: &Note| {
        format!(
            "{} from {} for {} at {}",
            note.pitch.midi(),
            note.onset.0,
            note.length.0,
            note.velocity.midi()
        )
    };
    let notes = |part: Part| {
        let notes = idea.phrase(part).notes().iter().map(note).collect::<Vec<_>>();
        (part.id().to_owned(), json!(notes))
    };
    json!({
        "number": idea.id.0,
        "parent": idea.parent.map(|parent| parent.0),
        "kept": idea.kept,
        "beats": idea.length.0,
        "metre": idea.metre.to_string(),
        "key": idea.key.to_string(),
        "started_at": idea.started_at.map(|at| at.0),
        "seed": idea.controls.seed,
        "mode": idea.controls.mode.name(),
        "harmony": idea.harmony.iter().map(chord).collect::<Vec<_>>(),
        "notes": Part::ALL.into_iter().map(notes).collect::<serde_json::Map<_, _>>(),
        "models": idea.provenance.models,
        "heard": idea.provenance.heard.len(),
    })
}
