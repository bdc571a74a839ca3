"""LSTM cells written out, so that one step exports as two Gemms and element-wise operations.

As int8 the Gemms are products of whole numbers, and the rest is exact in IEEE 754, so that every engine
computes the same, to the bit. Engines' own tanh and sigmoid differ in the last one, which decides now and
then how a state is rounded to a byte, and from there on the notes are others.
"""

import torch
from torch import nn

# The least greatest error of `exact_tanh` on a grid of 0.001.
_SLOPE, _CURVE = 0.445, 0.203


def exact_tanh(x):
    """tanh of x / 0.445, off by 0.0027 at most: a third of a step of the bytes that states are rounded to.

    tanh is sinh / √(1 + sinh²); a cubic stands in for sinh.
    """
    y = x * (x * x + 1)
    return y / torch.sqrt(y * y + _CURVE)


def nearly_tanh(x):
    """`exact_tanh` of x itself."""
    return exact_tanh(x * _SLOPE)


def nearly_sigmoid(x):
    """A sigmoid is (1 + tanh(x / 2)) / 2."""
    return (exact_tanh(x * (_SLOPE / 2)) + 1) * 0.5


class StepCell(nn.Module):
    """One layer of an `nn.LSTM` as one Gemm on concat(x, h); gates in PyTorch's order i, f, g, o."""

    def __init__(self, lstm, layer):
        super().__init__()
        weights = [getattr(lstm, f"weight_{kind}_l{layer}").detach() for kind in ("ih", "hh")]
        bias = sum(getattr(lstm, f"bias_{kind}_l{layer}").detach() for kind in ("ih", "hh"))
        self.hidden = lstm.hidden_size
        self.gates = nn.Linear(weights[0].shape[1] + self.hidden, 4 * self.hidden)
        self.gates.weight = nn.Parameter(torch.cat(weights, 1), requires_grad=False)
        self.gates.bias = nn.Parameter(bias, requires_grad=False)
        # Those of sigmoids (see `nearly_sigmoid`) and of the tanh.
        slopes = torch.tensor([_SLOPE / 2, _SLOPE / 2, _SLOPE, _SLOPE / 2])
        self.register_buffer("slopes", slopes.repeat_interleave(self.hidden))

    def forward(self, x, h, c):
        """`x f32[B, I]`, `h`, `c f32[B, H]` → the next `h`, `c`."""
        gates = exact_tanh(self.gates(torch.cat([x, h], 1)) * self.slopes)
        i, f, g, o = torch.split(gates, self.hidden, 1)
        c = ((f + 1) * c + (i + 1) * g) * 0.5
        return (o + 1) * nearly_tanh(c) * 0.5, c


class StepStack(nn.Module):
    """All layers of an `nn.LSTM` for one step, state stacked as `f32[layers, B, H]`."""

    def __init__(self, lstm):
        super().__init__()
        self.cells = nn.ModuleList(StepCell(lstm, i) for i in range(lstm.num_layers))

    def forward(self, x, h, c):
        """`x f32[B, I]` → the top layer's output `f32[B, H]`, `h_out`, `c_out`."""
        states = []
        for layer, cell in enumerate(self.cells):
            states.append(cell(x, h[layer], c[layer]))
            x = states[-1][0]
        h_out = torch.stack([s[0] for s in states])
        return x, h_out, torch.stack([s[1] for s in states])


def run_lstm(lstm, x, state=None):
    """What an `nn.LSTM` answers, outputs and state; on a GPU in float32 always.

    There, autocast would run it in half precision, whose gradients vanish without loss scaling.
    """
    if x.device.type != "cuda":
        return lstm(x, state)
    with torch.autocast("cuda", enabled=False):
        return lstm(x.float(), state)
