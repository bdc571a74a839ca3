//! The dark palette of the editor.

use super::canvas::Rgb;

pub(crate) const WINDOW: Rgb = Rgb(0x001D_1C1E);
pub(crate) const WELL: Rgb = Rgb(0x0014_1315);
pub(crate) const BAR_LINE: Rgb = Rgb(0x003F_3B42);
pub(crate) const BEAT_LINE: Rgb = Rgb(0x002A_282C);
pub(crate) const TEXT: Rgb = Rgb(0x00F0_ECE7);
pub(crate) const LABEL: Rgb = Rgb(0x00B8_B1AB);
pub(crate) const ACCENT: Rgb = Rgb(0x00F2_7A62);
pub(crate) const PARTS: [Rgb; 4] = [Rgb(0x00F4_C95A), Rgb(0x004F_B3C9), Rgb(0x00A0_7BE0), Rgb(0x00ED_E9E2)];
