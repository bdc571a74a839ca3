"""A biaxial LSTM-NADE with a copy head: the exact p(x_t | x_<t) as a product over the keys.

Two axes of LSTMs with weights shared by all keys, after D. D. Johnson, "Generating Polyphonic
Music Using Tied Parallel Networks" (EvoMUSART 2017): one runs over time for each key, one over the
keys of a frame, which makes the frame a NADE (Larochelle and Murray, AISTATS 2011). Beside them a
frame LSTM sees the whole past, and attends to earlier frames (pointer networks, Vinyals et al.,
NeurIPS 2015) to say what followed there. Teacher-forced training is parallel over all keys, and
over time except inside the LSTMs.

Layouts are time-major: T frames, B windows, N canvas places, H features; all float32.
"""

import torch
from torch import nn
from torch.nn import functional

PAST = 4  # earlier frames that the local convolution sees
REACH = 12  # semitones that it sees each way
BELOW = 24  # keys of the current frame that the key convolution sees
BEATS = (16, 12)  # cycles in which the place in the piece is told


def delay(x, frames):
    """`x` [T, ...] later by `frames`, filled with zeros."""
    return torch.cat([x.new_zeros(frames, *x.shape[1:]), x])[:len(x)]


def shared_dropout(x, rate, shared, training):
    """Dropout with one mask along the axis `shared`, so that all keys lose the same features."""
    if not training or rate == 0:
        return x
    shape = [1 if axis == shared else size for axis, size in enumerate(x.shape)]
    return x * functional.dropout(x.new_ones(shape), rate)


class FrameSummary(nn.Module):
    """An LSTM over whole frames: [T, B, N] past, [T, B] position to [T, B, F]."""

    def __init__(self, size, hidden, dropout):
        super().__init__()
        self.beats = nn.ModuleList(nn.Embedding(beats, 8) for beats in BEATS)
        self.lstm = nn.LSTM(size + 8 * len(BEATS) + 2, hidden, num_layers=2, dropout=dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(self, past, position):
        opening = (position == 0).float()
        entry = torch.zeros_like(opening)
        entry[0] = 1
        places = [beat(position % beat.num_embeddings) for beat in self.beats]
        marks = torch.stack([opening, entry], -1)
        summary, _ = self.lstm(torch.cat([past, *places, marks], -1))
        return self.dropout(summary)


class Copy(nn.Module):
    """Attention from a frame's past to earlier pasts; gives the frames that followed them."""

    def __init__(self, hidden, heads, width, lags):
        super().__init__()
        self.heads, self.width, self.lags = heads, width, lags
        self.query = nn.Linear(hidden, heads * width)
        self.key = nn.Linear(hidden, heads * width)
        self.lag = nn.Parameter(self._first_lags(heads, lags))
        self.rest = nn.Parameter(torch.zeros(heads))

    @staticmethod
    def _first_lags(heads, lags):
        """Heads begin with a taste for lags of 2, 4, 8 ... frames, the last two with none."""
        taste = torch.zeros(heads, lags)
        for head in range(heads - 2):
            if 2 << head < lags:
                taste[head, 2 << head] = 3.0
        return taste

    def _scores(self, summary):
        """[B, heads, T, T] attention logits; frame s may be used by frame t > s only."""
        time, batch, _ = summary.shape
        shape = (time, batch, self.heads, self.width)
        query = self.query(summary).view(shape).permute(1, 2, 0, 3)
        key = self.key(summary).view(shape).permute(1, 2, 3, 0)
        scores = query @ key / self.width ** 0.5 + self._bias(time)
        future = torch.ones(time, time, dtype=torch.bool, device=summary.device).triu()
        return scores.masked_fill(future, -1e9)

    def _bias(self, time):
        """[heads, T, T] of lag[t - s]; lags beyond the table are like its last one."""
        table = self.lag[:, :time]
        far = table[:, -1:].expand(-1, time - table.shape[1])
        table = torch.cat([torch.zeros_like(self.lag[:, :1]).expand(-1, time - 1), table, far], 1)
        return table.unfold(1, time, 1).flip(2)

    def forward(self, summary, x):
        """`summary` [T, B, F] of x_<t and `x` [T, B, N] to copies [T, B, heads, N]."""
        scores = self._scores(summary)
        rest = self.rest.view(1, -1, 1, 1).expand(*scores.shape[:3], 1)
        weights = torch.cat([rest, scores], -1).softmax(-1)[..., 1:]
        copies = weights @ x.permute(1, 0, 2)[:, None]
        return copies.permute(2, 0, 1, 3)


class Local(nn.Module):
    """What each key knows of the past: neighbours, copies, the frame summary, its own place."""

    def __init__(self, size, frame, heads, hidden, dropout):
        super().__init__()
        self.conv = nn.Conv1d(PAST + heads, hidden, 2 * REACH + 1, padding=REACH)
        self.frame = nn.Linear(frame, hidden)
        self.place = nn.Parameter(torch.randn(size, hidden) * 0.02)
        self.rate = dropout

    def forward(self, x, copies, summary):
        """Returns [T, B, N, H]."""
        recent = torch.stack([delay(x, lag + 1) for lag in range(PAST)], 2)
        rolls = torch.cat([recent, copies], 2).flatten(0, 1)
        near = self.conv(rolls).transpose(1, 2).contiguous().unflatten(0, x.shape[:2])
        known = functional.relu(near + self.frame(summary)[:, :, None] + self.place)
        return shared_dropout(known, self.rate, 2, self.training)


class OverKeys(nn.Module):
    """The NADE: an LSTM over the keys of a frame, from the first canvas place to the last."""

    def __init__(self, hidden, layers, dropout):
        super().__init__()
        self.timed = nn.Linear(hidden, hidden)
        self.below = nn.Linear(BELOW, hidden)
        self.lstm = nn.LSTM(hidden, hidden, num_layers=layers, dropout=dropout * (layers > 1))
        self.mix = nn.Linear(2 * hidden, hidden)
        self.logit = nn.Linear(hidden, 1)
        self.rate = dropout
        nn.init.constant_(self.logit.bias, -3.0)

    def _earlier(self, x):
        """Features of the places before each one in the same frame, [T, B, N, H]."""
        return self.below(functional.pad(x, (BELOW, 0))[..., :-1].unfold(2, BELOW, 1))

    def forward(self, x, local, timed):
        """Logits [T, B, N] of `x`; place n is given the past and the places before n."""
        known = functional.relu(local + self.timed(timed) + self._earlier(x))
        known = known.flatten(0, 1).transpose(0, 1).contiguous()
        heard, _ = self.lstm(known)
        heard = shared_dropout(heard, self.rate, 0, self.training)
        mixed = functional.relu(self.mix(torch.cat([heard, known], -1)))
        logits = self.logit(shared_dropout(mixed, self.rate, 0, self.training)).squeeze(-1)
        return logits.transpose(0, 1).unflatten(0, x.shape[:2])


class Biaxial(nn.Module):
    """The whole model: [B, T, N] rolls and [B, T] positions in the piece to logits [B, T, N]."""

    def __init__(self, size, frame=256, hidden=128, heads=8, layers=1, dropout=0.2, lags=256):
        super().__init__()
        self.frame = FrameSummary(size, frame, dropout)
        self.copy = Copy(frame, heads, 32, lags)
        self.local = Local(size, frame, heads, hidden, dropout)
        self.over_time = nn.LSTM(hidden, hidden)
        self.rate = dropout
        self.over_keys = OverKeys(hidden, layers, dropout)

    def forward(self, x, position):
        x, position = x.transpose(0, 1).contiguous(), position.transpose(0, 1)
        summary = self.frame(delay(x, 1), position)
        local = self.local(x, self.copy(summary, x), summary)
        timed, _ = self.over_time(local.flatten(1, 2))
        timed = shared_dropout(timed.view_as(local), self.rate, 2, self.training)
        return self.over_keys(x, local, timed).transpose(0, 1).float()


def flatten_lstms(model):
    """Puts LSTM weights in one piece each, as cuDNN wants them after a copy."""
    for part in model.modules():
        if isinstance(part, nn.LSTM):
            part.flatten_parameters()
    return model
