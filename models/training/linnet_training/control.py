"""Whether a wish is heard: the rank correlation of what was asked for and what was generated."""

import numpy as np

from . import chord_sheet, drum_sheet
from .chord_features import complexity, valence
from .drum_features import Feel, Wish, energy, hit_density, syncopation
from .drum_styles import style_weights
from .ranks import spearman

DRUM_RANGES = {"density": (0.3, 0.9), "syncopation": (0.1, 0.8), "energy": (0.3, 0.8)}
CHORD_RANGES = {"valence": (-0.9, 0.9), "complexity": (0.1, 0.7)}
DRUM_STYLES = ("rock", "funk", "hip-hop", "latin", "")
CHORD_SETTINGS = (("pop", "major"), ("pop", "minor"), ("swing", "major"), ("", "major"), ("", "minor"))
BARS = 4


def drum_control(model, each=8):
    """ρ of density, syncopation and energy over several styles."""
    feel, figures = Feel(16, 4, 110), {}
    for name, (low, high) in DRUM_RANGES.items():
        asked, got = [], []
        for i, style in enumerate(DRUM_STYLES):
            for j, value in enumerate(np.linspace(low, high, each)):
                weights = style_weights({style: 1}) if style else None
                wish = Wish(style=weights, **{name: float(value)})
                velocity, _ = drum_sheet.generate(model, BARS, feel, wish, seed=each * i + j)
                asked.append(value)
                got.append({"density": hit_density(velocity), "energy": energy(velocity),
                            "syncopation": syncopation(velocity, 16, 4)}[name])
        figures[name] = spearman(asked, got)
    return figures


def chord_control(model, each=12):
    """ρ of valence and complexity over several styles and modes."""
    figures = {}
    for name, (low, high) in CHORD_RANGES.items():
        asked, got = [], []
        for i, (style, scale) in enumerate(CHORD_SETTINGS):
            for j, value in enumerate(np.linspace(low, high, each)):
                wishes = {"valence": None, "complexity": None, name: float(value)}
                setting = chord_sheet.setting_of(style, scale, **wishes)
                row = chord_sheet.generate(model, setting, seed=each * i + j)
                asked.append(value)
                got.append({"valence": valence(row, setting.mask),
                            "complexity": complexity(row, setting.mask, 4)}[name])
        figures[name] = spearman(asked, got)
    return figures
