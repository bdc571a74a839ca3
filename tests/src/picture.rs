//! `demo.png`: the tune that was played and what Linnet proposed, in the editor's four lanes and colours.

pub(crate) mod canvas;
pub(crate) mod palette;

use crate::demo::{Report, Take};
use canvas::{Area, Canvas, Style};
use linnet_music::{Beats, Note, Part};
use palette::{ACCENT, BAR_LINE, BEAT_LINE, LABEL, PARTS, TEXT, WELL, WINDOW};

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// A picture of no size.
    #[error("it would have no size")]
    Size,
    /// The font.
    #[error("the font could not be read ({0})")]
    Font(String),
    /// The file.
    #[error("{0}")]
    Png(String),
}

const WIDTH: f32 = 1480.0;
const HEIGHT: f32 = 720.0;
const LEFT: f32 = 88.0;
const RIGHT: f32 = WIDTH - 24.0;
const CHORD_ROW: f32 = 96.0;
const RULER: f32 = 124.0;
const LANES: [(f32, f32); 4] = [(132.0, 200.0), (340.0, 128.0), (476.0, 88.0), (572.0, 88.0)];
const BOTTOM: f32 = 668.0;
/// Semitones that a lane shows at least.
const LANE_SEMITONES: i32 = 12;

const TITLE: Style = Style { size: 16.0, colour: TEXT, bold: true };
const BODY: Style = Style { size: 12.0, colour: LABEL, bold: false };
const CHORD: Style = Style { size: 12.0, colour: TEXT, bold: true };
const SCALE: Style = Style { size: 10.5, colour: LABEL, bold: false };
const MARK: Style = Style { size: 11.0, colour: ACCENT, bold: true };

/// Draws the take as a PNG.
pub fn draw(title: &str, take: &Take, report: &Report) -> Result<Vec<u8>, PictureError> {
    let mut roll = Roll { canvas: Canvas::new(WIDTH as u32, HEIGHT as u32, WINDOW)?, take };
    roll.heading(title, report);
    roll.wells();
    roll.grid();
    roll.chords();
    roll.heard();
    for part in Part::ALL {
        roll.proposal(part);
    }
    roll.marks(report);
    roll.canvas.to_png()
}

struct Roll<'a> {
    canvas: Canvas,
    take: &'a Take,
}

impl Roll<'_> {
    fn end(&self) -> Beats {
        self.take.end()
    }

    fn x(&self, at: Beats) -> f32 {
        LEFT + (RIGHT - LEFT) * (at.0 / self.end().0) as f32
    }

    fn heading(&mut self, title: &str, report: &Report) {
        self.canvas.text(24.0, 34.0, &format!("Linnet answers {title}"), TITLE);
        let line = format!(
            "{} · {} · {:.0} beats per minute · {} · seed {} · answered in {:.0} ms on {}",
            report.key,
            report.metre,
            report.tempo_bpm,
            report.mode,
            report.seed,
            report.proposal_ms,
            report.engine
        );
        self.canvas.text(24.0, 58.0, &line, BODY);
    }

    fn wells(&mut self) {
        for (part, (y, h)) in Part::ALL.into_iter().zip(LANES) {
            self.canvas.fill(Area { x: LEFT, y, w: RIGHT - LEFT, h }, WELL, 1.0);
            self.canvas.fill(Area { x: 24.0, y: y + 8.0, w: 4.0, h: 14.0 }, PARTS[part.index()], 1.0);
            self.canvas.text(34.0, y + 20.0, part.name(), BODY);
        }
    }

    fn grid(&mut self) {
        let metre = self.take.heard.metre;
        let (bar, beat) = (metre.bar().0, 4.0 / f64::from(metre.denominator()));
        let beats = (self.end().0 / beat).round() as u32;
        for index in 0..=beats {
            let at = Beats(f64::from(index) * beat);
            let x = self.x(at);
            let bars = at.0 / bar;
            let is_bar = (bars - bars.round()).abs() < 1e-6;
            for (y, h) in LANES {
                self.canvas.line((x, y), (x, y + h), if is_bar { BAR_LINE } else { BEAT_LINE }, 1.0, false);
            }
            if is_bar && at < self.end() {
                self.canvas.text(x + 4.0, RULER, &format!("{}", bars.round() as u32 + 1), SCALE);
                let seconds = at.0 * 60.0 / self.take.heard.tempo.bpm();
                self.canvas.text(x + 4.0, BOTTOM + 14.0, &format!("{seconds:.2} s"), SCALE);
            }
        }
    }

    fn chords(&mut self) {
        self.canvas.text(34.0, CHORD_ROW, "Chords", BODY);
        for span in self.take.chords() {
            let x = self.x(span.onset);
            self.canvas.text(x + 4.0, CHORD_ROW, &span.chord.symbol_in(self.take.answer.idea.key), CHORD);
            self.canvas.line((x, CHORD_ROW - 14.0), (x, CHORD_ROW + 4.0), BAR_LINE, 1.0, false);
        }
    }

    fn heard(&mut self) {
        let notes: Vec<Note> = self.take.heard.notes.iter().map(|(_, note)| *note).collect();
        let lane = Lane::new(Part::Lead, notes.iter().chain(&self.take.sounded[0]));
        for note in &notes {
            let area = self.area(note, lane);
            self.canvas.fill(area, LABEL, 0.18);
            self.canvas.outline(area, LABEL);
        }
    }

    fn proposal(&mut self, part: Part) {
        let heard: Vec<Note> = self.take.heard.notes.iter().map(|(_, note)| *note).collect();
        let own = &self.take.sounded[part.index()];
        let lane = Lane::new(part, own.iter().chain(heard.iter().filter(|_| part == Part::Lead)));
        let colour = PARTS[part.index()];
        for note in own {
            let area = self.area(note, lane);
            let opacity = 0.55 + 0.45 * note.velocity.unit();
            match part {
                Part::Lead => self.canvas.fill(area, colour, opacity),
                Part::Chords => {
                    self.canvas.fill(area, colour, 0.27);
                    self.canvas.outline(area, colour);
                }
                Part::Bass => {
                    self.canvas.hatch(area, colour);
                    self.canvas.outline(area, colour);
                }
                Part::Drums => self.canvas.diamond(area.x, area.y + area.h / 2.0, 4.0, colour, opacity),
            }
        }
    }

    fn area(&self, note: &Note, lane: Lane) -> Area {
        let row = lane.h / (lane.highest - lane.lowest + 1) as f32;
        let x = self.x(note.onset);
        let w = (self.x(note.end()) - x - 1.0).max(2.0);
        let y = lane.y + row * (lane.highest - i32::from(note.pitch.midi())) as f32;
        Area { x, y, w, h: (row - 1.0).clamp(3.0, 14.0) }
    }

    fn marks(&mut self, report: &Report) {
        let asked = self.x(self.take.answer.asked_at);
        self.canvas.line((asked, RULER + 4.0), (asked, BOTTOM), ACCENT, 1.0, true);
        let label = format!("asked at {:.2} s", self.seconds(self.take.answer.asked_at));
        self.canvas.text(asked - 96.0, BOTTOM + 34.0, &label, MARK);
        if let (Some(at), Some(bar)) = (self.take.first_note_at, report.started_in_bar) {
            let start = Beats(f64::from(bar - 1) * self.take.heard.metre.bar().0);
            let x = self.x(start);
            self.canvas.line((x, RULER - 10.0), (x, BOTTOM), ACCENT, 2.0, false);
            let label = format!("starts in bar {bar}, first note at {:.3} s", self.seconds(at));
            self.canvas.text(x + 4.0, BOTTOM + 34.0, &label, MARK);
        }
    }

    fn seconds(&self, at: Beats) -> f64 {
        at.0 * 60.0 / self.take.heard.tempo.bpm()
    }
}

/// A lane's place and the pitches it shows.
#[derive(Clone, Copy)]
struct Lane {
    y: f32,
    h: f32,
    lowest: i32,
    highest: i32,
}

impl Lane {
    fn new<'a>(part: Part, notes: impl Iterator<Item = &'a Note>) -> Self {
        let (y, h) = LANES[part.index()];
        let pitches = notes.map(|note| i32::from(note.pitch.midi()));
        let (lowest, highest) =
            pitches.fold((127, 0), |(low, high), pitch| (low.min(pitch), high.max(pitch)));
        let missing = (LANE_SEMITONES - 1 - (highest - lowest)).max(0);
        Self {
            y: y + 4.0,
            h: h - 8.0,
            lowest: lowest - missing / 2,
            highest: highest + missing - missing / 2,
        }
    }
}
