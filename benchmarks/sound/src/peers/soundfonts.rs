//! oxisynth and rustysynth: players of SoundFonts. Each voice is one looped sample through a low-pass.

use super::filters::{Biquads, Reverb};
use crate::soundfont::sawtooth;
use crate::subject::{SAMPLE_RATE_HZ, Subject, keys};
use oxisynth::{MidiEvent, SynthDescriptor};
use rustysynth::{Synthesizer, SynthesizerSettings};
use std::io::Cursor;
use std::sync::Arc;

/// oxisynth. Its own reverb is on where the whole rig is wanted.
pub struct Oxi {
    count: u8,
    synth: oxisynth::Synth,
    rig: Option<Biquads>,
}

impl Oxi {
    /// With `count` voices; `rig` adds equaliser and reverb.
    pub fn new(count: u8, rig: bool) -> Self {
        Self { count, synth: Self::synth(rig), rig: rig.then(Biquads::new) }
    }

    fn synth(reverb_active: bool) -> oxisynth::Synth {
        let description = SynthDescriptor {
            reverb_active,
            chorus_active: false,
            sample_rate: SAMPLE_RATE_HZ as f32,
            ..SynthDescriptor::default()
        };
        let mut synth = oxisynth::Synth::new(description).expect("the settings are in their ranges");
        let font = oxisynth::SoundFont::load(&mut Cursor::new(sawtooth())).expect("the font is valid");
        synth.add_font(font, true);
        synth
    }
}

impl Subject for Oxi {
    fn restart(&mut self) {
        *self = Self::new(self.count, self.rig.is_some());
        for key in keys(self.count) {
            self.synth.send_event(MidiEvent::NoteOn { channel: 0, key, vel: 100 }).expect("it is a note");
        }
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.synth.write_f32(left.len(), left, 0, 1, right, 0, 1);
        if let Some(equalizer) = &mut self.rig {
            equalizer.process([left, right]);
        }
    }
}

/// rustysynth, with its own reverb and chorus off.
pub struct Rusty {
    count: u8,
    font: Arc<rustysynth::SoundFont>,
    synth: Synthesizer,
    rig: Option<(Biquads, Reverb)>,
}

impl Rusty {
    /// With `count` voices; `rig` adds equaliser and reverb.
    pub fn new(count: u8, rig: bool) -> Self {
        let font = rustysynth::SoundFont::new(&mut Cursor::new(sawtooth())).expect("the font is valid");
        let font = Arc::new(font);
        let synth = Self::synth(&font);
        Self { count, font, synth, rig: rig.then(|| (Biquads::new(), Reverb::new())) }
    }

    fn synth(font: &Arc<rustysynth::SoundFont>) -> Synthesizer {
        let mut settings = SynthesizerSettings::new(SAMPLE_RATE_HZ as i32);
        settings.enable_reverb_and_chorus = false;
        Synthesizer::new(font, &settings).expect("the settings are in their ranges")
    }
}

impl Subject for Rusty {
    fn restart(&mut self) {
        self.synth = Self::synth(&self.font);
        self.rig = self.rig.is_some().then(|| (Biquads::new(), Reverb::new()));
        keys(self.count).for_each(|key| self.synth.note_on(0, i32::from(key), 100));
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.synth.render(left, right);
        if let Some((equalizer, reverb)) = &mut self.rig {
            equalizer.process([left, right]);
            reverb.process(left, right);
        }
    }
}
