"""Readers of the training sets, one file a set; each yields `Piece`s."""

from . import chorales, folk, folder, hymns, lead_sheets, lieder, scores

LEAD_SOURCES = {
    "openewld": lead_sheets.read,
    "ceol-rince": folk.read,
    "openhymnal": hymns.read,
    "jsb-chorales": chorales.read,
    "openscore-lieder": lieder.read,
    "mutopia-pd-ccby": scores.read,
    "midi-folder": folder.read,
}
