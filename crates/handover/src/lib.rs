//! Everything that crosses a thread, one file for each direction.
//!
//! | from → to | file | by |
//! |---|---|---|
//! | audio → worker | [`audio_to_worker`] | wait-free queue of `Copy` values |
//! | worker → audio | [`worker_to_audio`] | wait-free queue of boxes, sent back to be freed |
//! | audio → editor | [`audio_to_editor`] | atomics, and a wait-free queue of samples |
//! | editor → audio | [`editor_to_audio`] | wait-free queue of `Copy` values |
//! | any → audio | [`delivery`] | wait-free queue of boxes of any kind, sent back to be freed |
//! | audio → any | [`recording`] | wait-free ring of frames |
//! | any → audio | [`listening`] | stretches of a recording by [`delivery`], and an atomic that says which are heard |
//! | any → worker | [`to_worker`] | channel, never from the audio thread |
//! | worker → any | [`worker_view`] | a shared snapshot, never read by the audio thread |
#![forbid(unsafe_code)]

pub mod audio_to_editor;
pub mod audio_to_worker;
pub mod delivery;
pub mod editor_to_audio;
pub mod listening;
pub mod recording;
pub mod to_worker;
pub mod worker_to_audio;
pub mod worker_view;

use std::sync::Arc;

/// The ends of every queue that the audio thread holds.
pub struct AudioPorts {
    /// Notes heard, and proposals asked for by the host.
    pub to_worker: audio_to_worker::Sender,
    /// Ideas to play.
    pub scores: worker_to_audio::Receiver,
    /// Commands of the editor.
    pub commands: editor_to_audio::Receiver,
    /// What the editor shows.
    pub view: Arc<audio_to_editor::AudioView>,
    /// Samples for the spectrum.
    pub spectrum: audio_to_editor::SpectrumSender,
}

/// The ends that the composer thread holds.
pub struct WorkerPorts {
    /// What the audio thread heard.
    pub from_audio: audio_to_worker::Receiver,
    /// Ideas to play.
    pub scores: worker_to_audio::Sender,
    /// Orders of the editor, the state and the plug-in.
    pub orders: to_worker::Receiver,
    /// What the worker shows, and the session.
    pub view: Arc<worker_view::WorkerView>,
}

/// The ends that the editor holds while it is open.
pub struct EditorPorts {
    /// Orders to the composer thread.
    pub orders: to_worker::Sender,
    /// Commands to the audio thread.
    pub commands: editor_to_audio::Sender,
    /// What the audio thread shows.
    pub audio: Arc<audio_to_editor::AudioView>,
    /// What the worker shows, and the session.
    pub worker: Arc<worker_view::WorkerView>,
    /// Samples for the spectrum.
    pub spectrum: audio_to_editor::SpectrumReceiver,
}

/// Every queue of one instance.
pub fn connect() -> (AudioPorts, WorkerPorts, EditorPorts) {
    let (heard_in, heard_out) = audio_to_worker::queue();
    let (scores_in, scores_out) = worker_to_audio::queue();
    let (commands_in, commands_out) = editor_to_audio::queue();
    let (orders_in, orders_out) = to_worker::channel();
    let (spectrum_in, spectrum_out) = audio_to_editor::spectrum_queue();
    let audio_view = Arc::new(audio_to_editor::AudioView::default());
    let worker_view = Arc::new(worker_view::WorkerView::default());
    (
        AudioPorts {
            to_worker: heard_in,
            scores: scores_out,
            commands: commands_out,
            view: Arc::clone(&audio_view),
            spectrum: spectrum_in,
        },
        WorkerPorts {
            from_audio: heard_out,
            scores: scores_in,
            orders: orders_out,
            view: Arc::clone(&worker_view),
        },
        EditorPorts {
            orders: orders_in,
            commands: commands_in,
            audio: audio_view,
            worker: worker_view,
            spectrum: spectrum_out,
        },
    )
}
