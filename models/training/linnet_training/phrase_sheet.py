"""Samples of the phrase model as piano rolls, beside what people or the style grammar wrote."""

from copy import copy

import numpy as np
import torch

from . import tokens
from .phrase_features import Window, Wish, style_one_hot, window_arrays
from .phrase_windows import is_filled
from .processes import device_of
from .tokens import BAR, DURATIONS, POSITION_TICKS
from .vocabulary import ROLES

SHOWN, CONTEXT, TARGET = 4, 2, 4
STEPS_MAX = 160
STACK_MAX = 5
TEMPERATURE = 0.9
_TICKS = np.array(POSITION_TICKS)
_COLOURS = {"context": "0.6", "target": "tab:blue"}


class _Player:
    """The model one event at a time, for one window of one part of a score."""

    def __init__(self, model, score, role, window, visible, seed):
        self.model, self.score, self.role, self.window = model, copy(score), role, window
        self.visible = visible
        self.wish = Wish(style=style_one_hot(score.arrangement.style))
        self.draws, self.state = torch.Generator().manual_seed(seed), None
        rows = score.rows[role]
        self.rows = rows[rows[:, 0] < window.start + window.context]
        self.memory = self.summary = None

    def arrays(self, *more):
        """All inputs of the window, as tensors, with the notes so far and `more` rows."""
        rows = np.concatenate([self.rows, np.array(more, np.int64).reshape(-1, self.rows.shape[1])])
        self.score.rows = self.score.rows | {self.role: rows}
        made = window_arrays(self.score, self.role, self.window, self.visible, self.wish)
        return {key: torch.from_numpy(np.asarray(value)).to(device_of(self.model))
                for key, value in made.items()}

    def pick(self, logits, legal=None):
        """A class drawn from logits `f32[K]`, of the legal ones."""
        logits = logits.float().cpu() / TEMPERATURE
        if legal is not None:
            logits = logits.masked_fill(~torch.from_numpy(legal), -torch.inf)
        return int(torch.multinomial(torch.softmax(logits, -1), 1, generator=self.draws))

    def step(self, made, at):
        """The context after the event before `at`: `f32[1, H]`."""
        seen = self.memory[0, made["columns"][at, :3]].flatten()
        x = self.model.inputs(made["prev"][at], made["look"][at], made["features"][at], seen,
                              self.summary[0])
        out, self.state = self.model.lstm(x[None, None], self.state)
        return out[0]

    def note(self, context, at, bar, position):
        """The row of a note at a position, its pitch and duration drawn."""
        place = torch.tensor([position], device=context.device)
        made = self.arrays([bar, position, 60, 0, 80][: self.rows.shape[1]])
        logits = self.model.pitch_head(context, place, made["pitch_look"][at:at + 1],
                                       made["chord"][at:at + 1], self.memory[0, made["columns"][at, 3:]])
        pitch = self.pick(logits[0])
        duration = self.pick(self.model.duration_head(context, place, place * 0 + pitch)[0])
        midi = pitch + 60 + tokens.signed_tonic(self.score.tonic) - tokens.PITCH_OFFSET
        return [bar, position, midi, duration, 80][: self.rows.shape[1]]

    def legal(self, bar):
        """The positions that may follow in a bar, and BAR: `bool[97]`."""
        last = self.rows[self.rows[:, 0] == bar][-STACK_MAX:]
        first = 0
        if len(last):
            stacked = (last[:, 1] == last[-1, 1]).sum()
            first = last[-1, 1] + (self.role != "chords" or stacked >= STACK_MAX)
        return np.append((np.arange(BAR) >= first) & (_TICKS[:BAR] < self.score.bar_ticks), True)

    def play(self):
        """The rows of the window, its target composed."""
        made = self.arrays()
        canvas = (made["canvas"][None].float(), made["role"][None])
        self.memory, self.summary = self.model.encoder(*canvas)
        known = int((made["target"] == 0).sum())
        for at in range(known):
            self.step(made, at)
        bar, end = self.window.start + self.window.context, self.window.start + self.window.bars
        for at in range(known, STEPS_MAX):
            context = self.step(self.arrays(), at)
            look = self.arrays()["look"][at:at + 1]
            position = self.pick(self.model.position_head(context, look)[0], self.legal(bar))
            if position == BAR:
                bar += 1
                if bar == end:
                    break
            else:
                self.rows = np.concatenate([self.rows, [self.note(context, at, bar, position)]])
        return self.rows[self.rows[:, 0] >= self.window.start]


@torch.no_grad()
def generate(model, score, role, window, visible=None, seed=1):
    """Note rows of a window of one part, its target composed, its context as it is."""
    return _Player(model, score, role, window, visible or {}, seed).play()


def _roll(axis, score, rows, window):
    for bar, position, midi, duration, *_ in rows.tolist():
        at = (bar - window.start) * score.bar_ticks + POSITION_TICKS[position]
        kind = "context" if bar < window.start + window.context else "target"
        axis.barh(midi, DURATIONS[duration], left=at, height=0.9, color=_COLOURS[kind])
    for bar in range(window.bars + 1):
        axis.axvline(bar * score.bar_ticks, color="0.85", lw=0.6, zorder=0)
    axis.set_xlim(0, window.bars * score.bar_ticks)
    low, high = axis.get_ylim()
    axis.set_ylim(min(low, (low + high) / 2 - 8), max(high, (low + high) / 2 + 8))
    axis.tick_params(labelsize=5)
    axis.set_xticks([])


def draw_sheet(model, scores, path):
    """A PNG: for each role a few windows as written, and composed anew after the same context with
    the chords and all other parts known.
    """
    from matplotlib import pyplot

    window = Window(0, CONTEXT, TARGET)
    figure, axes = pyplot.subplots(2 * len(ROLES), SHOWN, figsize=(4 * SHOWN, 14), dpi=60)
    for number, role in enumerate(ROLES):
        fitting = [s for s in scores if s.bars >= window.bars and len(s.rows.get(role, ())) >= 8
                   and is_filled(s, role, window)]
        for column, score in enumerate(fitting[:: max(1, len(fitting) // SHOWN)][:SHOWN]):
            written = score.rows[role]
            visible = {part: (0, window.bars) for part in score.rows if part != role}
            made = generate(model, score, role, window, visible, seed=column)
            pair = (written[written[:, 0] < window.bars], made)
            for which, (title, rows) in enumerate(zip(("written", "composed"), pair, strict=True)):
                axis = axes[2 * number + which, column]
                _roll(axis, score, rows, window)
                axis.set_title(f"{role}, {score.arrangement.style}: {title}", fontsize=7)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
