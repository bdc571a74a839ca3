//! Runs on the main thread. Transports: none, any, and any within a block.

use super::{Subject, USUAL, needs_ports};
use crate::validator::events::{Event, Inputs};
use crate::validator::finding::Verdict;
use crate::validator::notes::{Manner, Notes};
use crate::validator::random::Random;
use crate::validator::runner::processing;
use crate::validator::transports;

/// How the transport reaches the plug-in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Never,
    WithTheBlock,
    WithinTheBlock,
}

pub(super) fn null(subject: &Subject) -> Verdict {
    run(subject, Way::Never)
}

pub(super) fn fuzz(subject: &Subject) -> Verdict {
    run(subject, Way::WithTheBlock)
}

pub(super) fn fuzz_sample_accurate(subject: &Subject) -> Verdict {
    run(subject, Way::WithinTheBlock)
}

fn run(subject: &Subject, way: Way) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    processing::<f32, ()>(&plugin, &layout, USUAL, |runner| {
        let mut random = Random::new(31);
        let mut notes = Notes::new(Manner::Orderly, runner.layout, 31);
        for _ in 0..300 {
            let mut events = notes.events(512, 6);
            if way == Way::WithinTheBlock {
                let some = (0..random.below(5)).map(|_| {
                    let (time, transport) = (random.below(512), transports::random(&mut random));
                    Event::transport(time, transport)
                });
                events.extend(some.collect::<Vec<_>>());
            }
            let transport = (way != Way::Never).then(|| transports::random(&mut random));
            runner.block(512, &Inputs::new(events), transport.as_ref())?;
        }
        Ok(())
    })
}
