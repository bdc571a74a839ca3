//! What happens to a saved state before it is loaded: values are brought into their ranges, those that meant something
//! else are translated, and parameters of newer versions are put aside, to be written back.
//!
//! Runs on the host's main thread.

use super::{BANK, SOUNDS, SavedState};
use crate::PluginKind;
use crate::params::LinnetParams;
use nice_plug::params::internals::ParamPtr;
use nice_plug::prelude::{Param, Params, PluginState};
use std::collections::{BTreeMap, HashMap};

/// Parameters that this build does not know, as JSON.
const UNREAD_PARAMS: &str = "params_unread";

type ParamValue = nice_plug::plugin::ParamValue;

/// Prepares `state` for this build of the plug-in of `kind`.
pub(crate) fn migrate(state: &mut PluginState, kind: PluginKind) {
    take_back(state);
    renumber_sounds(state);
    let (_, worker, editor) = linnet_handover::connect();
    let params = LinnetParams::new(kind, SavedState::new(worker.view, editor.orders));
    let known: HashMap<String, ParamPtr> =
        params.param_map().into_iter().map(|(id, param, _)| (id, param)).collect();
    let mut unread = BTreeMap::new();
    let values = std::mem::take(&mut state.params);
    for (id, value) in values {
        // SAFETY: `params` lives to the end of this function, and with it every parameter in `known`.
        match known.get(&id).map(|param| unsafe { within_range(*param, &value) }) {
            Some(Some(value)) => {
                state.params.insert(id, value);
            }
            // A value of the wrong type or no number at all: the parameter stays as it is.
            Some(None) => {}
            None => {
                unread.insert(id, value);
            }
        }
    }
    if !unread.is_empty()
        && let Ok(text) = serde_json::to_string(&unread)
    {
        state.fields.insert(UNREAD_PARAMS.to_owned(), text);
    }
}

/// Before there was a bank each part had three sounds, numbered from 0: they are the first nine presets and the first
/// three kits.
fn renumber_sounds(state: &mut PluginState) {
    if state.fields.contains_key(SOUNDS) {
        return;
    }
    state.fields.insert(SOUNDS.to_owned(), BANK.to_owned());
    for (id, first) in [("lead_sound", 1), ("chords_sound", 4), ("bass_sound", 7), ("drums_sound", 1)] {
        if let Some(ParamValue::I32(value)) = state.params.get_mut(id) {
            *value = first + (*value).clamp(0, 2);
        }
    }
}

/// Gives back to the parameters what an older build had put aside.
fn take_back(state: &mut PluginState) {
    let Some(text) = state.fields.get(UNREAD_PARAMS) else { return };
    let Ok(values) = serde_json::from_str::<BTreeMap<String, ParamValue>>(text) else { return };
    state.fields.remove(UNREAD_PARAMS);
    for (id, value) in values {
        state.params.entry(id).or_insert(value);
    }
}

/// `value` where it is one of the parameter's, else the nearest that is, or none where it is of another type.
///
/// # Safety
/// The parameter must still live.
unsafe fn within_range(param: ParamPtr, value: &ParamValue) -> Option<ParamValue> {
    match (param, value) {
        (ParamPtr::FloatParam(param), ParamValue::F32(value)) if value.is_finite() => {
            // SAFETY: the caller vouches for it.
            let param = unsafe { &*param };
            Some(ParamValue::F32(value.clamp(param.preview_plain(0.0), param.preview_plain(1.0))))
        }
        (ParamPtr::IntParam(param), ParamValue::I32(value)) => {
            // SAFETY: the caller vouches for it.
            let param = unsafe { &*param };
            Some(ParamValue::I32((*value).clamp(param.preview_plain(0.0), param.preview_plain(1.0))))
        }
        (ParamPtr::BoolParam(_), ParamValue::Bool(value)) => Some(ParamValue::Bool(*value)),
        _ => None,
    }
}
