//! Runs on the main thread. What a host does while it looks for plug-ins.

use super::Subject;
use crate::validator::finding::{Verdict, expect, failed, function, warning};
use crate::validator::host::Host;
use crate::validator::library::Library;
use crate::validator::plugin::Plugin;
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_plugin_audio_ports};
use std::collections::BTreeSet;
use std::ffi::CString;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a file may take to be loaded, and each plug-in to be created and destroyed.
const LIMIT: Duration = Duration::from_millis(100);

/// Categories of which a plug-in needs at least one.
const CATEGORIES: [&str; 5] = ["instrument", "audio-effect", "note-effect", "note-detector", "analyzer"];

pub(super) fn time(path: &Path) -> Verdict {
    // The file's pages come from the disk once; a second and third scan say what the plug-in itself takes.
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        let library = Library::open(path)?;
        let all = library.descriptors()?;
        for descriptor in &all {
            drop(Plugin::create(&library, descriptor.id.as_deref().unwrap_or_default())?);
        }
        let plugins = (all.len() as u32).max(1);
        fastest = fastest.min(start.elapsed() / plugins);
    }
    println!("a scan takes {:.1} ms a plug-in", fastest.as_secs_f64() * 1000.0);
    expect(fastest < LIMIT, || {
        format!("a scan takes {} ms a plug-in, of {} allowed", fastest.as_millis(), LIMIT.as_millis())
    })
}

pub(super) fn nonexistent_factory(path: &Path) -> Verdict {
    let library = Library::open(path)?;
    let factory = library.factory_of(c"org.linnet-audio.no-such-factory")?;
    expect(factory.is_null(), || "it gives a factory of a kind that does not exist".into())
}

pub(super) fn trailing_garbage(path: &Path) -> Verdict {
    let library = Library::open(path)?;
    let all: Vec<String> =
        library.descriptors()?.into_iter().filter_map(|descriptor| descriptor.id).collect();
    let factory = library.factory()?;
    for id in &all {
        let wrong = format!("{id}foo");
        if all.contains(&wrong) {
            continue;
        }
        let host = Host::new();
        let text = CString::new(wrong.as_str()).map_err(|_| failed("its id holds a zero byte"))?;
        // SAFETY: factory, host and id are alive.
        let plugin = unsafe { function!(factory, create_plugin)?(factory, host.raw(), text.as_ptr()) };
        if !plugin.is_null() {
            // The instance may hold the host.
            std::mem::forget(host);
            return Err(failed(format!("it created a plug-in named \"{wrong}\", which it does not have")));
        }
    }
    Ok(())
}

pub(super) fn descriptor_consistency(subject: &Subject) -> Verdict {
    let said = &subject.descriptor;
    expect(said.version.0 >= 1, || format!("its version of CLAP is {:?}", said.version))?;
    let due = [("id", &said.id), ("name", &said.name)];
    for (what, text) in due {
        expect(text.as_ref().is_some_and(|text| !text.is_empty()), || format!("it has no {what}"))?;
    }
    let all = subject.library.descriptors()?;
    let same = all.iter().filter(|other| other.id == said.id).count();
    expect(same == 1, || format!("{same} plug-ins of the file have the id {}", subject.id))?;
    let (plugin, _) = subject.open()?;
    let own = plugin.descriptor().ok_or_else(|| failed("an instance of it points to no descriptor"))?;
    expect(own == *said, || format!("the file says {said:?}, and an instance {own:?}"))?;
    if said.vendor.as_deref().unwrap_or_default().is_empty()
        || said.release.as_deref().unwrap_or_default().is_empty()
    {
        return Err(warning("it names no vendor or no version"));
    }
    Ok(())
}

pub(super) fn features(subject: &Subject) -> Verdict {
    let said = subject.descriptor.features.as_ref().ok_or_else(|| failed("its list of features is null"))?;
    let has_category = said.iter().any(|feature| CATEGORIES.contains(&feature.as_str()));
    expect(has_category, || format!("none of its features {said:?} is one of {CATEGORIES:?}"))?;
    let distinct: BTreeSet<&String> = said.iter().collect();
    expect(distinct.len() == said.len(), || format!("one of its features is there twice: {said:?}"))?;
    let (plugin, layout) = subject.open()?;
    // SAFETY: the id and the layout belong together.
    let ports = unsafe { plugin.extension::<clap_plugin_audio_ports>(CLAP_EXT_AUDIO_PORTS) };
    let is = |feature: &str| said.iter().any(|own| own == feature);
    if is("audio-effect") && (ports.is_none() || layout.inputs.is_empty() || layout.outputs.is_empty()) {
        return Err(warning("it is an audio effect without audio input or output"));
    }
    if is("instrument") && layout.note_inputs.is_empty() {
        return Err(warning("it is an instrument without a note input"));
    }
    Ok(())
}
