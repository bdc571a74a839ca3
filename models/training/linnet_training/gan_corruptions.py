"""Spoilt textures: what the critic must rank below whole ones, beside what the generator makes.

After A. Sinha et al., "Negative Data Augmentation", ICLR 2021. Each kind takes a batch of
`texture_windows.Textures` and returns one like it; a window can come out unchanged (a bass that is not
there cannot be transposed), which `spoilt` says.
"""

import torch
from torch.nn import functional

from .texture import BASS, BASS_HOLD, COMP, COMP_HOLD, COLUMNS, DRUMS
from .texture_windows import only_parts

_PARTS = (slice(DRUMS.start, DRUMS.stop), slice(BASS.start, BASS_HOLD.stop),
          slice(COMP.start, COMP_HOLD.stop))
SWITCH = 0.35
NOISE_SHARE = 0.2


def tidy(stack):
    """The stack with one bass note a column (the lowest) and holds only after an onset."""
    bass = stack[:, BASS]
    bass = bass * (bass.cumsum(1) < 1.5)
    comp = stack[:, COMP]
    holds = []
    for onsets, hold in ((bass, stack[:, BASS_HOLD]), (comp, stack[:, COMP_HOLD])):
        struck = onsets.amax(1, keepdim=True)
        holds.append(hold * (1 - struck) * torch.cummax(struck, 2).values)
    return torch.cat([stack[:, DRUMS], bass, holds[0], comp, holds[1]], 1)


def _orders(exists, keys):
    """`i64[B, 48]`: for each column, the column to take instead; the existing ones by `keys`."""
    own = torch.arange(COLUMNS, device=exists.device, dtype=torch.float32)
    places = torch.where(exists > 0, own, 1000 + own).argsort(1)
    taken = torch.where(exists > 0, keys, 1000 + own).argsort(1)
    return torch.zeros_like(places).scatter_(1, places, taken)


def _rearranged(stack, order):
    return stack.gather(2, order.unsqueeze(1).expand_as(stack))


def _one_part(batch, whole):
    """The batch whose stack is that of `whole` in one of the present parts, its own elsewhere."""
    stack = batch["stack"].clone()
    likely = batch["presence"] + 1e-6
    chosen = torch.multinomial(likely, 1)
    for number, rows in enumerate(_PARTS):
        mine = (chosen == number).float().unsqueeze(2)
        stack[:, rows] = mine * whole[:, rows] + (1 - mine) * stack[:, rows]
    return {**batch, "stack": stack}


def shuffled(batch):
    """The columns of all parts in one random order."""
    keys = torch.rand(len(batch["stack"]), COLUMNS, device=batch["stack"].device)
    order = _orders(batch["grid"][:, 0], keys)
    return {**batch, "stack": _rearranged(batch["stack"], order)}


def shuffled_part(batch):
    """The columns of one part in a random order."""
    return _one_part(batch, shuffled(batch)["stack"])


def late(batch):
    """One part moved round by one to seven columns, never by a whole beat."""
    exists = batch["grid"][:, 0]
    by = torch.randint(1, 7, (len(exists), 1), device=exists.device)
    by = by + (by >= 4).long()
    columns = exists.sum(1, keepdim=True)
    place = exists.cumsum(1) - 1
    keys = torch.remainder(place + by, columns) + 1e-3 * place
    return _one_part(batch, _rearranged(batch["stack"], _orders(exists, keys)))


def random_onsets(batch):
    """Every row (pitch or drum) with its onsets at random columns."""
    stack = batch["stack"]
    exists = batch["grid"][:, :1].expand(-1, stack.shape[1], -1)
    keys = torch.rand_like(stack)
    order = _orders(exists.flatten(0, 1), keys.flatten(0, 1)).view_as(stack)
    return {**batch, "stack": stack.gather(2, order)}


def _moved(rows, by):
    """Rows `f32[B, N, T]` moved up by `by i64[B]` places; what leaves comes back an octave away."""
    size = rows.shape[1]
    spot = torch.arange(size, device=rows.device).unsqueeze(0) + by.unsqueeze(1)
    spot = torch.where(spot < 0, spot + 12, torch.where(spot >= size, spot - 12, spot))
    moves = functional.one_hot(spot, size).to(rows.dtype)
    return torch.bmm(moves.transpose(1, 2), rows).clamp(max=1)


def _transposed(batch, rows):
    count = len(batch["stack"])
    by = torch.randint(1, 12, (count,), device=batch["stack"].device)
    stack = batch["stack"].clone()
    stack[:, rows] = _moved(stack[:, rows], torch.where(by > 6, by - 12, by))
    return {**batch, "stack": stack}


def transposed_bass(batch):
    """The bass moved by up to six semitones against all else."""
    return _transposed(batch, BASS)


def transposed_comp(batch):
    """The comping moved by up to six semitones against all else."""
    return _transposed(batch, COMP)


def spliced(batch):
    """Columns of other windows in their own places: after each column, a change with chance 0.35."""
    stack, grid = batch["stack"], batch["grid"]
    count = len(stack)
    changes = torch.rand(count, COLUMNS, device=stack.device) < SWITCH
    by = torch.randint(1, max(count, 2), (count, COLUMNS), device=stack.device)
    last = torch.cummax(changes * torch.arange(COLUMNS, device=stack.device), 1).values
    own = torch.arange(count, device=stack.device).unsqueeze(1)
    source = (own + by.gather(1, last)) % count
    fits = (grid[source[:, :1].squeeze(1)] == grid).flatten(1).all(1, keepdim=True)
    source = torch.where(fits & (grid[:, 0][source, torch.arange(COLUMNS, device=stack.device)]
                                 == grid[:, 0]), source, own)
    columns = stack.transpose(1, 2)[source, torch.arange(COLUMNS, device=stack.device)]
    return only_parts({**batch, "stack": columns.transpose(1, 2)}, batch["presence"])


def noisy(batch):
    """A fifth of the onsets taken out, and as many put in anywhere."""
    stack = batch["stack"]
    gone = stack * (torch.rand_like(stack) < NOISE_SHARE)
    rows = torch.cat([stack[:, part].sum((1, 2), keepdim=True).expand(-1, part.stop - part.start, 1)
                      / (part.stop - part.start) for part in _PARTS], 1)
    chance = NOISE_SHARE * rows / batch["grid"][:, :1].sum(2, keepdim=True)
    added = (torch.rand_like(stack) < chance).float() * batch["grid"][:, :1]
    return {**batch, "stack": torch.maximum(stack - gone, added)}


def other_chords(batch):
    """The same notes over the harmony of another window."""
    return {**batch, "chord": batch["chord"].roll(1, 0) * batch["grid"][:, :1]}


KINDS = {"shuffled columns": shuffled, "one part shuffled": shuffled_part, "one part late": late,
         "random onsets": random_onsets, "bass transposed": transposed_bass,
         "comping transposed": transposed_comp, "spliced (Markov-like)": spliced,
         "noise": noisy, "other chords": other_chords}


def spoil(batch, kind):
    """The batch spoilt by one of `KINDS`, tidy."""
    spoilt = KINDS[kind](batch)
    return {**spoilt, "stack": tidy(spoilt["stack"])}


def spoil_all(batch):
    """The batch in as many shares as there are kinds, each spoilt by another."""
    count = len(batch["stack"])
    edges = [round(i * count / len(KINDS)) for i in range(len(KINDS) + 1)]
    shares = [spoilt({k: v[a:b] for k, v in batch.items()})
              for spoilt, a, b in zip(KINDS.values(), edges, edges[1:], strict=False)]
    joined = {key: torch.cat([share[key] for share in shares]) for key in batch}
    return {**joined, "stack": tidy(joined["stack"])}


def changed(batch, spoilt):
    """`bool[B]`: where a window, or the harmony of its pitched parts, is not what it was."""
    notes = (batch["stack"] != spoilt["stack"]).flatten(1).any(1)
    harmony = (batch["chord"] != spoilt["chord"]).flatten(1).any(1)
    return notes | (harmony & (batch["presence"][:, 1:] > 0).any(1))
