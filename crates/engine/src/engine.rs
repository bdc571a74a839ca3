//! The whole of the callback.
//!
//! Runs on the audio thread, but for `new` and `prepare`.

use crate::asker::{Asker, Occasion};
use crate::block::Block;
use crate::capture::Capture;
use crate::clock::Clock;
use crate::clock::grid::Bar;
use crate::clock::segment::Timeline;
use crate::effect::reverb::OwnSpace;
use crate::listening::Listening;
use crate::live::Live;
use crate::midi_out::MidiOut;
use crate::note_bus::{NoteBus, NoteEvent, NoteEventKind};
use crate::sampler::PartInstrument;
use crate::sequencer::Sequencer;
use crate::sound::Sound;
use crate::strips::strips;
use crate::synth::PartSound;
use linnet_handover::audio_to_editor::AudioView;
use linnet_handover::delivery::Receiver;
use linnet_handover::recording;
use linnet_handover::{AudioPorts, audio_to_worker, editor_to_audio, listening};
use linnet_music::Part;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Everything that the audio callback runs.
pub struct Engine {
    to_worker: audio_to_worker::Sender,
    commands: editor_to_audio::Receiver,
    view: Arc<AudioView>,
    clock: Clock,
    bar: Bar,
    capture: Capture,
    asker: Asker,
    sequencer: Sequencer,
    live: Live,
    notes: NoteBus,
    midi_out: MidiOut,
    sound: Sound,
    recording: Option<recording::Sender>,
    listening: Listening,
}

impl Engine {
    /// An engine between these ports, silent until [`Engine::prepare`]. Allocates.
    pub fn new(ports: AudioPorts) -> Self {
        Self {
            to_worker: ports.to_worker,
            commands: ports.commands,
            view: ports.view,
            clock: Clock::new(),
            bar: Bar::default(),
            capture: Capture::new(),
            asker: Asker::new(),
            sequencer: Sequencer::new(ports.scores),
            live: Live::new(),
            notes: NoteBus::new(),
            midi_out: MidiOut::new(),
            sound: Sound::new(ports.spectrum),
            recording: None,
            listening: Listening::new(),
        }
    }

    /// Sampled instruments for the parts come from `receiver`. Called before the audio thread begins.
    pub fn take_instruments_from(&mut self, receiver: Receiver<PartInstrument>) {
        self.sound.take_instruments_from(receiver);
    }

    /// The user's own presets for the parts come from `receiver`. Called before the audio thread begins.
    pub fn take_sounds_from(&mut self, receiver: Receiver<PartSound>) {
        self.sound.take_sounds_from(receiver);
    }

    /// What is heard goes to `recording` too, while that is on. Called before the audio thread begins.
    pub fn record_to(&mut self, recording: recording::Sender) {
        self.recording = Some(recording);
    }

    /// A recording that the user listens to comes from `stretches`. Called before the audio thread begins.
    pub fn hear_from(&mut self, stretches: listening::Receiver) {
        self.listening.take_from(stretches);
    }

    /// Whether the user listens to a recording: then there is sound without notes.
    pub fn is_listened_to(&self) -> bool {
        self.listening.is_active()
    }

    /// Impulse responses of the user's come from there, each made ready for the sample rate that [`Engine::prepare`] was
    /// called with; others go back unused. Call it before the first block.
    pub fn listen_to(&mut self, spaces: Receiver<OwnSpace>) {
        self.sound.listen_to(spaces);
    }

    /// Makes ready for blocks at `sample_rate_hz`; a rate that is not in [1,000, 1,000,000] is taken for 48,000. Blocks
    /// may have any length, also more than the `max_frames` that a host announces. May be called again at any time:
    /// ideas stay, and notes end. Allocates.
    pub fn prepare(&mut self, sample_rate_hz: f64, _max_frames: usize) {
        let is_usable = (1e3..=1e6).contains(&sample_rate_hz);
        let sample_rate_hz = if is_usable { sample_rate_hz } else { 48_000.0 };
        self.clock.prepare(sample_rate_hz);
        self.sound.prepare(sample_rate_hz);
        self.listening.prepare(sample_rate_hz);
        self.view.sample_rate_hz.store(sample_rate_hz as f32, Relaxed);
        self.reset();
    }

    /// By how many frames the sound, not the MIDI, is late; known after [`Engine::prepare`].
    pub fn latency_frames(&self) -> u32 {
        self.sound.latency_frames() as u32
    }

    /// Ends every note and every tail, and forgets where the transport was; ideas stay, and a recording that the user
    /// listens to goes on. MIDI out gets its note-offs
    /// with the next block.
    ///
    /// # Realtime safety
    /// Never allocates or waits.
    #[cfg_attr(feature = "rtsan", rtsan_standalone::nonblocking)]
    pub fn reset(&mut self) {
        self.clock.reset();
        self.capture.reset();
        self.sequencer.reset();
        self.live.reset();
        self.notes.clear();
        self.midi_out.reset();
        self.sound.reset();
    }

    /// Plays one block, of any length.
    ///
    /// # Realtime safety
    /// Never allocates, frees, locks or waits.
    #[cfg_attr(feature = "rtsan", rtsan_standalone::nonblocking)]
    pub fn process(&mut self, block: &mut Block) {
        let strips = strips(block.settings);
        let frames = block.frames() as u32;
        block.out.clear();
        self.notes.clear();
        self.live.follow(strips[Part::Lead.index()], &mut self.notes);
        self.obey_commands(strips[Part::Drums.index()].audible);
        self.sequencer.receive(&mut self.notes);
        self.clock.follow(&block.transport, frames);
        self.capture.record(block.events, &self.clock, &mut self.to_worker);
        self.sequencer.schedule(&self.clock, &strips, &mut self.notes, &mut self.to_worker);
        self.ask(block);
        self.live.play(block.events, frames, &mut self.notes);
        self.midi_out.send(&self.notes, block.out);
        let tempo_bpm = self.clock.last().tempo.bpm() as f32;
        self.sound.render(&self.notes, tempo_bpm, block, &self.view);
        if let Some(recording) = &mut self.recording {
            recording.send(block.audio[0], block.audio[1]);
        }
        let [left, right] = &mut block.audio;
        self.listening.add([left, right], block.offline, &self.view);
        self.publish_view(block);
    }

    fn obey_commands(&mut self, drums_are_audible: bool) {
        while let Some(command) = self.commands.receive() {
            match command {
                editor_to_audio::Command::Audition(on) => self.clock.audition(on),
                editor_to_audio::Command::NoteOn(pitch, velocity) => {
                    self.live.press_in_editor(pitch.midi(), velocity.unit(), &mut self.notes);
                }
                editor_to_audio::Command::NoteOff(pitch) => {
                    self.live.lift_in_editor(pitch.midi(), &mut self.notes);
                }
                editor_to_audio::Command::Strike(pitch, velocity) if drums_are_audible => {
                    self.strike_in_editor(pitch.midi(), velocity.unit());
                }
                editor_to_audio::Command::Strike(..) => {}
                editor_to_audio::Command::Panic => self.panic(),
            }
        }
    }

    /// One hit, which a kit plays to its end whenever its note-off comes.
    fn strike_in_editor(&mut self, key: u8, velocity: f32) {
        let note = self.notes.number();
        for kind in [NoteEventKind::NoteOn { key, velocity, note }, NoteEventKind::NoteOff { key, note }] {
            let event = NoteEvent { frame: 0, part: Part::Drums, channel: None, sounds: true, kind };
            self.notes.push(event);
        }
    }

    fn panic(&mut self) {
        self.sequencer.panic(&mut self.notes);
        self.live.panic(&mut self.notes);
        for part in Part::ALL {
            let kind = NoteEventKind::AllOff;
            self.notes.push(NoteEvent { frame: 0, part, channel: None, sounds: true, kind });
        }
    }

    fn ask(&mut self, block: &Block) {
        let heard = self.capture.notes_heard() > 0;
        let (settings, controls, offline) = (block.settings, block.controls, block.offline);
        let occasion = Occasion { settings, controls, heard, offline };
        let sequencer = &self.sequencer;
        let idea_start = |segment: &_| sequencer.playing(segment).map(|(_, start)| start);
        self.asker.ask(occasion, &self.clock, idea_start, &mut self.to_worker);
    }

    fn publish_view(&mut self, block: &Block) {
        let (view, segment, beat) = (&self.view, self.clock.last(), self.clock.end_beat());
        let metre = segment.grid.metre();
        let playing = self.sequencer.playing(segment);
        let next = self.sequencer.next(segment, beat);
        view.position_beats.store(beat, Relaxed);
        view.bar_start_beats.store(self.bar.start(&segment.grid, beat), Relaxed);
        view.tempo_bpm.store(segment.tempo.bpm(), Relaxed);
        view.metre.store(u32::from(metre.numerator()) * 256 + u32::from(metre.denominator()), Relaxed);
        view.playing.store(segment.timeline == Timeline::Host, Relaxed);
        view.auditioning.store(playing.is_some() && segment.timeline == Timeline::Own, Relaxed);
        view.idea.store(playing.map_or(0, |(idea, _)| idea.0), Relaxed);
        view.idea_start_beats.store(playing.map_or(0.0, |(_, start)| start), Relaxed);
        view.next_idea.store(next.map_or(0, |(idea, _)| idea.0), Relaxed);
        view.next_start_beats.store(next.map_or(0.0, |(_, start)| start), Relaxed);
        view.notes_in.store(self.capture.notes_heard(), Relaxed);
        view.offline.store(block.offline, Relaxed);
        let dropped_here = self.sequencer.dropped() + self.live.dropped() + self.notes.dropped();
        view.dropped.store(self.to_worker.dropped() + dropped_here + block.out.dropped(), Relaxed);
    }
}
