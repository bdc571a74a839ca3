"""Sizes and schedules of the four sets, chosen by the valid splits."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Recipe:
    """How one set is modelled and trained. Lengths in frames; `batch` in windows.

    A seed trains for `steps`, or for its share of the minutes; where that share is less than
    `least_steps`, it takes more of them and fewer seeds are trained.
    """

    window: int
    batch: int
    steps: int
    seeds: int
    margin: int = 4
    frame: int = 256
    hidden: int = 128
    layers: int = 1
    heads: int = 8
    dropout: float = 0.2
    learning_rate: float = 4e-3
    weight_decay: float = 0.05
    ema: float = 0.998
    warm_up: int = 100
    least_steps: int = 800

    @property
    def overlap(self):
        """Frames of past that every scored frame of a long piece has."""
        return self.window // 2


RECIPES = {
    "jsb": Recipe(window=96, batch=16, steps=1500, seeds=6, dropout=0.3, weight_decay=0.1),
    "nottingham": Recipe(window=256, batch=12, steps=12000, seeds=2, dropout=0.15),
    "musedata": Recipe(window=256, batch=12, steps=12000, seeds=2, margin=88),
    "piano-midi": Recipe(window=256, batch=8, steps=4000, seeds=3, margin=88, dropout=0.25,
                         weight_decay=0.1),
}


def changed(recipe, settings):
    """A recipe with `name=value` settings from the command line."""
    kinds = {name: type(value) for name, value in vars(recipe).items()}
    pairs = (setting.split("=", 1) for setting in settings)
    return replace(recipe, **{name: kinds[name](float(value)) for name, value in pairs})
