"""Windows for the phrase model: how they are drawn for training, and cut for evaluation."""

import numpy as np
import torch

from . import attributes
from .augment import Augmenter
from .canvas import Score
from .phrase_features import Window, Wish, style_one_hot, window_arrays
from .tokens import BAR_EVENT
from .vocabulary import PARTS, ROLES

TARGET_BARS = ((8, 0.30), (4, 0.40), (2, 0.12), (16, 0.06), (1, 0.06), (3, 0.03), (6, 0.03))
ROLE_SHARES = {"lead": 0.4, "counter": 0.12, "chords": 0.24, "bass": 0.24}
CONTEXT_BARS_MAX = 8
NO_CONTEXT_SHARE, FUTURE_SHARE = 0.4, 0.3
CHORD_DROP, SCALE_DROP, STYLE_DROP = 0.15, 0.2, 0.25
ALL_DROP, ATTRIBUTES_DROP, ATTRIBUTE_DROP = 0.1, 0.25, 0.5
OFF_PHRASE_SHARE = 0.12
# Windows of a piece that was moved by an octave or written in other note values. Pieces are not spliced:
# most windows have no more than 8 bars before the target, which should follow from them.
CHANGED_SHARE = 0.15
# People's music is drawn so much more often than its size says: basses and chords by the grammar are many, and
# soon learnt.
PEOPLES_WEIGHT = 2.5
CHANGES = {"splice": 0, "mode": 0, "time": 0.5, "rhythm": 0, "register": 0.6, "swap": 0, "drop": 0}
FILLED_MIN = {"lead": 0.75, "counter": 0.6, "chords": 0.5, "bass": 0.5}
STEPS_MAX = 320


class PhraseSampler:
    """Draws windows, balanced over roles, then over sets and styles by notes^0.6."""

    def __init__(self, arrangements, seed):
        self.random, self.augmenter = np.random.default_rng(seed), Augmenter(**CHANGES)
        self.scores = [Score(a) for a in arrangements]
        self.tables = {role: table for role in ROLES if (table := self._table(role))}
        shares = np.array([ROLE_SHARES[role] for role in self.tables])
        self.roles, self.role_shares = list(self.tables), shares / shares.sum()

    def _table(self, role):
        """`(groups, shares of the groups, shares inside each)` of the scores that have the role."""
        groups = {}
        for score in self.scores:
            if len(score.rows.get(role, ())) >= 8:
                source = score.arrangement
                is_peoples = role not in source.by_grammar
                kind = source.set if is_peoples else source.style
                groups.setdefault((is_peoples, kind), []).append(score)
        if not groups:
            return None
        inside, sizes = [], []
        for (is_peoples, _), scores in groups.items():
            notes = np.array([len(score.rows[role]) for score in scores], float)
            sizes.append(notes.sum() ** 0.6 * (PEOPLES_WEIGHT if is_peoples else 1))
            inside.append(notes ** 0.75 / (notes ** 0.75).sum())
        return list(groups.values()), np.array(sizes) / sum(sizes), inside

    def _score(self, role):
        groups, shares, inside = self.tables[role]
        group = self.random.choice(len(groups), p=shares)
        score = groups[group][self.random.choice(len(groups[group]), p=inside[group])]
        if self.random.random() >= CHANGED_SHARE:
            return score
        changed = self.augmenter(score.arrangement, self.random)
        return Score(changed) if len(changed.parts.get(role, ())) else score

    def _window(self, score):
        """A window whose target ends where a phrase of four bars ends, or the piece."""
        random, begin_bar = self.random, score.arrangement.first_full
        bars = score.bars - begin_bar
        target = int(random.choice([b for b, _ in TARGET_BARS], p=[p for _, p in TARGET_BARS]))
        target = max(min(target, bars), 1)
        ends = [begin_bar + e for e in range(4, bars + 1, 4) if e >= target] + [score.bars]
        if random.random() < OFF_PHRASE_SHARE:
            ends = list(range(begin_bar + target, score.bars + 1))
        end = int(random.choice(ends))
        begin = max(end - target, 0)
        context = future = 0
        if random.random() >= NO_CONTEXT_SHARE:
            context = min(int(random.integers(1, CONTEXT_BARS_MAX + 1)), begin)
        if random.random() < FUTURE_SHARE:
            future = min(int(random.integers(1, 5)), score.bars - end)
        return Window(begin - context, context, end - begin, future)

    def _visible(self, score, role, window):
        """Which other parts are shown, and in which bars of the window."""
        random, others = self.random, [p for p in PARTS if p != role and p in score.rows]
        fate = random.random()
        if fate < 0.3 or not others:
            return {}
        if fate >= 0.6:
            others = [part for part in others if random.random() < 0.5]
        end = window.context if window.context and random.random() < 0.15 else window.all_bars
        return {part: (0, end) for part in others}

    def _wish(self, score, role, window):
        random, source = self.random, score.arrangement
        first = window.start + window.context
        asked = attributes.measure(score.rows[role], first, first + window.target, score.metre)
        present = (random.random(attributes.COUNT) >= ATTRIBUTE_DROP).astype(np.float32)
        is_bare = random.random() < ALL_DROP
        if is_bare or random.random() < ATTRIBUTES_DROP:
            present[:] = 0
        style = style_one_hot(source.style)
        if is_bare or random.random() < STYLE_DROP:
            style = None
        return Wish(asked, present, style, random.random() >= CHORD_DROP,
                    random.random() >= SCALE_DROP)

    def sample(self):
        """The arrays of one window with its dropouts drawn."""
        while True:
            role = self.roles[self.random.choice(len(self.roles), p=self.role_shares)]
            score = self._score(role)
            window = self._window(score)
            if is_filled(score, role, window):
                visible = self._visible(score, role, window)
                arrays = window_arrays(score, role, window, visible, self._wish(score, role, window))
                if len(arrays["events"]) <= STEPS_MAX:
                    return arrays


def is_filled(score, role, window):
    """Whether enough of the window's target bars have an onset of the role."""
    first = window.start + window.context
    bar = score.rows[role][:, 0]
    inside = bar[(bar >= first) & (bar < first + window.target)]
    return len(np.unique(inside)) >= FILLED_MIN[role] * window.target


_FILL = {"events": np.array(BAR_EVENT)}


def collate(arrays):
    """Pads window arrays to one batch of tensors: steps are time-major, the canvas is batch-major.

    Adds `mask f32[T, B]` and `columns_mask f32[B, columns]`; features and canvas are float16.
    """
    steps = max(len(a["events"]) for a in arrays)
    width = max(len(a["canvas"]) for a in arrays)
    batch = {}
    for key in ("events", "prev", "look", "pitch_look", "features", "chord", "columns"):
        first = arrays[0][key]
        kind = np.float16 if first.dtype == np.float32 else np.int16
        out = np.zeros((steps, len(arrays), first.shape[1]), kind)
        out[:] = _FILL.get(key, 0)
        for i, a in enumerate(arrays):
            out[: len(a[key]), i] = a[key]
        batch[key] = torch.from_numpy(out)
    canvas = np.zeros((len(arrays), width, arrays[0]["canvas"].shape[1]), np.float16)
    mask, target = (np.zeros((steps, len(arrays)), np.float32) for _ in range(2))
    columns = np.zeros((len(arrays), width), np.float32)
    for i, a in enumerate(arrays):
        canvas[i, : len(a["canvas"])] = a["canvas"]
        columns[i, : len(a["canvas"])] = 1
        mask[: len(a["events"]), i] = 1
        target[: len(a["events"]), i] = a["target"]
    batch |= {"canvas": canvas, "mask": mask, "target": target, "columns_mask": columns,
              "role": np.stack([a["role"] for a in arrays])}
    return {key: torch.as_tensor(value) for key, value in batch.items()}


def evaluation_windows(score, target_bars=8):
    """Windows that cover every bar of a score once as target, each after up to 8 bars of context."""
    first = score.arrangement.first_full
    starts = sorted({0, first})
    while starts[-1] + target_bars < score.bars:
        starts.append(starts[-1] + target_bars)
    return [Window(start - min(start, CONTEXT_BARS_MAX), min(start, CONTEXT_BARS_MAX), end - start)
            for start, end in zip(starts, [*starts[1:], score.bars], strict=True)]


def evaluation_batches(arrangements, size=64, windows_max=None, seed=0, **shown):
    """Batches of evaluation windows with the name `role/kind` of each: all other parts are hidden.

    `windows_max` draws that many of them; `shown` are fields of the `Wish` (`chords`, `scale`).
    """
    rows = []
    for arrangement in arrangements:
        score = Score(arrangement)
        wish = Wish(style=style_one_hot(arrangement.style), **shown)
        for role in (r for r in ROLES if len(score.rows.get(r, ())) >= 8):
            kind = arrangement.style if role in arrangement.by_grammar else arrangement.set
            rows += [(f"{role}/{kind}", score, role, window, wish)
                     for window in evaluation_windows(score) if is_filled(score, role, window)]
    if windows_max and len(rows) > windows_max:
        chosen = np.random.default_rng(seed).permutation(len(rows))[:windows_max]
        rows = [rows[i] for i in chosen]
    made = [(name, window_arrays(score, role, window, {}, wish))
            for name, score, role, window, wish in rows]
    made = sorted((row for row in made if len(row[1]["events"]) <= STEPS_MAX),
                  key=lambda row: len(row[1]["events"]))
    for i in range(0, len(made), size):
        part = made[i:i + size]
        yield [name for name, _ in part], collate([a for _, a in part])
