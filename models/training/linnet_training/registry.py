"""The models: how big each is, what it needs, and what trains, loads, exports and measures it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import (
    chord_figures,
    chord_golden,
    chord_graphs,
    chord_train,
    drum_figures,
    drum_golden,
    drum_graphs,
    drum_train,
    gan_figures,
    gan_graphs,
    gan_train,
    groove_train,
    phrase_figures,
    phrase_golden,
    phrase_graphs,
    phrase_train,
    texture_windows,
    vae_golden,
    vae_graphs,
    vae_report,
    vae_train,
)
from .manifest import flat_figures


@dataclass(frozen=True)
class Size:
    """How big a model is and how long it trains, unless the command line says otherwise."""

    hidden: int
    batch: int
    steps: int
    valid_every: int


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model. `out` is the folder of prepared data and checkpoints, `folder` the exported model's,
    `masters` that of its fp32 graphs.

    `inputs` are files of `out`, all needed or, where `any_input`, any of them; `pack(out)` puts the
    windows into one of these, which then is enough.
    `train(out, hidden, batch, schedule)` gives the best valid figure, `load(out, hidden)` the best model
    and what its checkpoint says, `sets(out)` the names of the training sets; `sheet(model, out, path)`
    draws samples. `graphs(model)` and `draw` are what `export` and `golden` take;
    `describe(model, out, folder)` writes what else the folder holds. A model that `goes_on` has all its
    weights in its graphs.
    `figures(out, folder, masters, hidden)` measures; `headline(figures)` is what the manifest says of
    it, `card_values(figures)` what the card does. `calibrate(model, out, folder)` runs the graphs of a
    folder on training windows; a model without int8 graphs has none.
    """

    full: Size
    small: Size
    weight_decay: float
    inputs: tuple
    any_input: bool = False
    pack: Callable = None
    train: Callable
    load: Callable
    sets: Callable
    sheet: Callable
    graphs: Callable
    draw: Callable
    calibrate: Callable = None
    describe: Callable = None
    goes_on: bool = True
    figures: Callable
    headline: Callable = dict
    card_values: Callable = flat_figures

    def has_inputs(self, out):
        """Whether the prepared data is there."""
        return (any if self.any_input else all)((out / name).exists() for name in self.inputs)


def _learned(training, **rest):
    """A model of one training module."""
    return Model(train=training.train, load=training.load_best, sets=training.sets,
                 sheet=training.sheet, **rest)


def _vae(name, **rest):
    """One of the two VAEs, which share their code."""
    return Model(any_input=True, pack=partial(vae_train.pack, name), train=partial(vae_train.train, name),
                 load=partial(vae_train.load_best, name), sets=partial(vae_train.sets, name),
                 sheet=partial(vae_train.sheet, name), graphs=vae_graphs.graphs,
                 calibrate=partial(vae_report.calibrate, name), figures=partial(vae_report.figures, name), **rest)


MODELS = {
    "phrase": _learned(
        phrase_train, full=Size(512, 128, 20000, 1000), small=Size(48, 8, 60, 20), weight_decay=0.02,
        inputs=("arrangements.npz",), graphs=phrase_graphs.graphs, draw=phrase_graphs.draw,
        calibrate=phrase_figures.calibrate, describe=phrase_golden.write_phrase, figures=phrase_figures.figures),
    "drums": _learned(
        drum_train, full=Size(320, 256, 6000, 400), small=Size(32, 8, 40, 20), weight_decay=0.05,
        inputs=("drums.pt",), graphs=drum_graphs.drum_graphs, draw=drum_graphs.draw_drums,
        calibrate=drum_figures.calibrate_drums, describe=drum_golden.write_drums, figures=drum_figures.drum_figures),
    "groove": _learned(
        groove_train, full=Size(128, 256, 6000, 400), small=Size(16, 8, 40, 20), weight_decay=0.02,
        inputs=("drums.pt",), graphs=drum_graphs.groove_graphs, draw=drum_graphs.draw_groove,
        describe=drum_golden.write_groove, figures=drum_figures.groove_figures),
    "chords": _learned(
        chord_train, full=Size(256, 256, 8000, 400), small=Size(32, 16, 60, 20), weight_decay=0.05,
        inputs=("pieces.json.gz", "progressions.json.gz"), graphs=chord_graphs.graphs,
        draw=chord_graphs.draw, calibrate=chord_figures.calibrate, describe=chord_golden.write_chords,
        figures=chord_figures.figures),
    "line_vae": _vae(
        "line_vae", full=Size(384, 512, 60000, 2500), small=Size(24, 32, 45, 15), weight_decay=0.01,
        inputs=("line_windows.npz", "pieces.json.gz", "arrangements.npz", "composed.npz"),
        draw=vae_graphs.draw_line, describe=vae_golden.write_line),
    "drum_vae": _vae(
        "drum_vae", full=Size(256, 512, 40000, 2500), small=Size(24, 32, 45, 15), weight_decay=0.02,
        inputs=("drum_steps.npz", "drums.pt", "arrangements.npz", "composed.npz"),
        draw=vae_graphs.draw_drums, describe=vae_golden.write_drums),
    "gan": _learned(
        gan_train, full=Size(108, 256, 100000, 1000), small=Size(14, 16, 60, 20), weight_decay=0.0,
        inputs=("textures.npz", "composed.npz", "arrangements.npz"), any_input=True,
        goes_on=False, pack=texture_windows.pack, graphs=gan_graphs.graphs, draw=gan_graphs.draw,
        figures=gan_figures.figures, headline=gan_figures.headline,
        card_values=gan_figures.card_values),
}
