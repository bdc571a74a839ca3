//! The parameters of both plug-ins. Ids never change once released.
//!
//! Values are atomics: read on any thread, set by the host and, through the framework, by the editor.

mod build;
mod groups;
mod pieces;
mod sound_groups;
pub mod sounds;
mod text;
mod values;

pub use groups::{
    AUTO_BARS, AUTOS, CHANNELS, CHORDS_ROLES, HarmonyParams, KEYS, MODES, MidiParams, PartParams,
    ProposeParams, QUANTISES, ROUTINGS, SCALES, STYLES, StyleParams,
};
pub use pieces::{PIECES, PieceParams};
pub use sound_groups::{
    BANDS, BandParams, DELAY_TIMES, DelayParams, OWN_SPACE, OutputParams, REVERBS, ReverbParams, SPACES,
};

use crate::PluginKind;
use crate::guard::{Place, guard};
use crate::state::SavedState;
use linnet_music::Part;
use nice_plug::prelude::{FloatParam, IntParam, IntRange, ParamPtr, Params, RemoteControlsContext};
use nice_plug::prelude::{RemoteControlsPage, RemoteControlsSection};
use std::collections::BTreeMap;

/// Ids that one part has, and that Linnet Notes lacks.
const SOUND_OF_PART: [&str; 7] =
    ["level_db", "pan", "reverb_send_db", "sound", "delay_send_db", "width", "low_cut"];

/// A parameter as the framework lists it: its id, where it is, and its group.
type Entry = (String, ParamPtr, String);

/// Every parameter, and what is saved beside them. Linnet Notes has the same fields but does not show those of the
/// sound to the host: leave them alone there.
pub struct LinnetParams {
    /// Which plug-in they belong to.
    pub kind: PluginKind,
    /// How and when to propose.
    pub propose: ProposeParams,
    /// What the notes must agree with.
    pub harmony: HarmonyParams,
    /// What the notes should be like.
    pub style: StyleParams,
    /// The parts, by [`Part`].
    pub parts: [PartParams; 4],
    /// The pieces of the drums' kit, in the order of [`PIECES`]. Not in Linnet Notes.
    pub pieces: [PieceParams; PIECES.len()],
    /// The EQ's bands, in the order of [`BANDS`]. Not in Linnet Notes.
    pub bands: [BandParams; 8],
    /// The reverb. Not in Linnet Notes.
    pub reverb: ReverbParams,
    /// The delay. Not in Linnet Notes.
    pub delay: DelayParams,
    /// The output. Not in Linnet Notes.
    pub output: OutputParams,
    /// MIDI out.
    pub midi: MidiParams,
    /// Counts changes of the session, so that the host marks the project as modified. Hidden; the editor sets it.
    pub revision: IntParam,
    /// What is saved beside the parameters.
    pub saved: SavedState,
}

impl LinnetParams {
    /// The parameters at their defaults.
    pub fn new(kind: PluginKind, saved: SavedState) -> Self {
        Self {
            kind,
            propose: ProposeParams::default(),
            harmony: HarmonyParams::default(),
            style: StyleParams::default(),
            parts: Part::ALL.map(PartParams::new),
            pieces: std::array::from_fn(PieceParams::new),
            bands: std::array::from_fn(BandParams::new),
            reverb: ReverbParams::default(),
            delay: DelayParams::default(),
            output: OutputParams::default(),
            midi: MidiParams::default(),
            revision: IntParam::new("Revision", 0, IntRange::Linear { min: 0, max: 65_535 }).hide(),
            saved,
        }
    }

    fn part_entries(&self, part: Part) -> impl Iterator<Item = Entry> {
        let is_absent = move |id: &str| {
            let is_sound = SOUND_OF_PART.contains(&id);
            (is_sound && self.kind == PluginKind::Notes) || (part == Part::Drums && id == "octave")
        };
        let entries = self.parts[part.index()].param_map().into_iter();
        entries
            .filter(move |(id, ..)| !is_absent(id))
            .map(move |(id, ptr, _)| (format!("{}_{id}", part.id()), ptr, format!("Parts/{}", part.name())))
    }

    fn band_entries(&self, index: usize) -> impl Iterator<Item = Entry> {
        let entries = self.bands[index].param_map().into_iter();
        entries
            .filter(move |(id, ..)| !(BandParams::is_cut(index) && id == "gain_db"))
            .map(move |(id, ptr, _)| (format!("eq{}_{id}", index + 1), ptr, format!("EQ/{}", BANDS[index])))
    }

    fn piece_entries(&self, index: usize) -> impl Iterator<Item = Entry> {
        let entries = self.pieces[index].param_map().into_iter();
        let group = format!("Parts/Drums/{}", PIECES[index]);
        entries.map(move |(id, ptr, _)| (format!("{}_{id}", pieces::id(index)), ptr, group.clone()))
    }

    fn sound_entries(&self) -> Vec<Entry> {
        let bands = (0..BANDS.len()).flat_map(|index| self.band_entries(index));
        let reverb = grouped(&self.reverb, "reverb_", "Reverb");
        let delay = grouped(&self.delay, "delay_", "Delay");
        let pieces = (0..PIECES.len()).flat_map(|index| self.piece_entries(index));
        let output = grouped(&self.output, "", "Output");
        bands.chain(reverb).chain(output).chain(delay).chain(pieces).collect()
    }

    /// The pages that a controller with eight knobs shows.
    pub(crate) fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        context.add_section("Linnet", |section| {
            section.add_page("Propose", |page| self.add_propose_page(page));
            section.add_page("Style", |page| self.add_style_page(page));
            section.add_page("Mood and shape", |page| self.add_mood_page(page));
            section.add_page("Relatives", |page| self.add_relatives_page(page));
        });
        if self.kind == PluginKind::Instrument {
            context.add_section("Sound", |section| {
                section.add_page("Levels", |page| self.add_level_page(page));
                section.add_page("Width and low cut", |page| self.add_width_page(page));
                section.add_page("Reverb", |page| self.add_reverb_page(page));
                section.add_page("Delay", |page| self.add_delay_page(page));
                section.add_page("Tune of drums", |page| self.add_pieces_page(page, |piece| &piece.tune));
                section.add_page("Decay of drums", |page| self.add_pieces_page(page, |piece| &piece.decay));
                section
                    .add_page("Level of drums", |page| self.add_pieces_page(page, |piece| &piece.level_db));
            });
        }
    }

    fn add_propose_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.propose.propose);
        page.add_param(&self.propose.mode);
        page.add_param(&self.propose.bars);
        page.add_param(&self.propose.quantise);
        page.add_param(&self.propose.auto);
        page.add_param(&self.propose.seed);
        page.add_param(&self.harmony.key);
        page.add_param(&self.harmony.scale);
    }

    fn add_style_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.style.density);
        page.add_param(&self.style.surprise);
        page.add_param(&self.style.register);
        page.add_param(&self.style.range);
        page.add_param(&self.style.swing);
        page.add_param(&self.style.humanise);
        page.add_param(&self.harmony.follow_chords);
        page.add_param(&self.propose.seed_lock);
    }

    fn add_mood_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.style.style_a);
        page.add_param(&self.style.style_b);
        page.add_param(&self.style.style_blend);
        page.add_param(&self.style.valence);
        page.add_param(&self.style.energy);
        page.add_param(&self.style.complexity);
        page.add_param(&self.style.repetition);
        page.add_param(&self.style.leaps);
    }

    fn add_relatives_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.style.similarity);
        page.add_param(&self.style.morph);
        page.add_param(&self.style.chords_role);
        for part in &self.parts {
            page.add_param(&part.lock);
        }
    }

    fn add_level_page(&self, page: &mut impl RemoteControlsPage) {
        for part in &self.parts {
            page.add_param(&part.level_db);
        }
        for part in &self.parts {
            page.add_param(&part.reverb_send_db);
        }
    }

    fn add_width_page(&self, page: &mut impl RemoteControlsPage) {
        for part in &self.parts {
            page.add_param(&part.width);
        }
        for part in &self.parts {
            page.add_param(&part.low_cut);
        }
    }

    fn add_delay_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.delay.time);
        page.add_param(&self.delay.feedback);
        page.add_param(&self.delay.mix);
        page.add_param(&self.delay.ping_pong);
        for part in &self.parts {
            page.add_param(&part.delay_send_db);
        }
    }

    /// One knob for each of the eight pieces that are played most.
    fn add_pieces_page(&self, page: &mut impl RemoteControlsPage, knob: fn(&PieceParams) -> &FloatParam) {
        for piece in self.pieces.iter().take(8) {
            page.add_param(knob(piece));
        }
    }

    fn add_reverb_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.reverb.kind);
        page.add_param(&self.reverb.decay_s);
        page.add_param(&self.reverb.size);
        page.add_param(&self.reverb.pre_delay_ms);
        page.add_param(&self.reverb.damping_hz);
        page.add_param(&self.reverb.width);
        page.add_param(&self.reverb.mix);
        page.add_param(&self.output.output_db);
    }
}

/// The parameters of `group`, their ids behind `prefix`.
fn grouped(group: &impl Params, prefix: &str, name: &str) -> impl Iterator<Item = Entry> {
    let entries = group.param_map().into_iter();
    entries.map(move |(id, ptr, _)| (format!("{prefix}{id}"), ptr, name.to_owned()))
}

// SAFETY: every pointer in the map points to a field of `self`, which the framework holds in an `Arc`.
unsafe impl Params for LinnetParams {
    fn param_map(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = grouped(&self.propose, "", "Propose").collect();
        entries.extend(grouped(&self.harmony, "", "Harmony"));
        entries.extend(grouped(&self.style, "", "Style"));
        entries.extend(Part::ALL.into_iter().flat_map(|part| self.part_entries(part)));
        if self.kind == PluginKind::Instrument {
            entries.extend(self.sound_entries());
        }
        entries.extend(grouped(&self.midi, "", "MIDI"));
        let revision = nice_plug::prelude::Param::as_ptr(&self.revision);
        entries.push(("revision".to_owned(), revision, String::new()));
        entries
    }

    fn serialize_fields(&self) -> BTreeMap<String, String> {
        let fields = guard(Place::SaveState, || self.saved.to_fields());
        fields.unwrap_or_else(|| self.saved.last_fields())
    }

    fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        if guard(Place::LoadState, || self.saved.load_fields(fields)).is_none() {
            self.saved.could_not_load(fields);
        }
    }
}
