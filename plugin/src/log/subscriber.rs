//! Runs on any thread. What the framework and the window library trace, from warnings to errors, becomes lines of the
//! log.

use nice_plug::tracing::field::{Field, Visit};
use nice_plug::tracing::level_filters::LevelFilter;
use nice_plug::tracing::span::{Attributes, Id, Record};
use nice_plug::tracing::{Event, Level, Metadata, Subscriber, subscriber::set_global_default};
use std::fmt::{Debug, Write};

/// Becomes the subscriber of this library, where it has none.
pub(super) fn install() {
    // Where there is one already, a program that holds the plug-in as a library has chosen it.
    let _ = set_global_default(Lines);
}

struct Lines;

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        super::note(&format!("{} {}:{}", event.metadata().level(), event.metadata().target(), words.0));
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// The message of an event, and its fields by name.
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
