"""The texture GAN: a generator with binary outputs, and its critic; convolutions over columns.

After H.-W. Dong and Y.-H. Yang, "Convolutional Generative Adversarial Networks with Binary Neurons for
Polyphonic Music Generation", ISMIR 2018 (straight-through binary neurons), T. Miyato and M. Koyama,
"cGANs with Projection Discriminator", ICLR 2018, and T. Karras et al., "Progressive Growing of GANs",
ICLR 2018 (pixel norm, minibatch deviation).
"""

import torch
from torch import nn
from torch.nn import functional

from .texture import (BASS, BASS_FIRST, BASS_HOLD, BASS_ROWS, COLUMNS, COMP, COMP_FIRST, COMP_HOLD,
                      COMP_ROWS, DRUMS)
from .tokens import PITCH_OFFSET
from .vocabulary import STYLES

NOISE = 64
CONDITIONS = len(STYLES) + 6
CHORD, GRID = 24, 2
_PITCHES = COMP_FIRST + COMP_ROWS - BASS_FIRST
_SLOPE = 0.2
# Few rows sound at once: the logit of a row before it has learnt anything.
_RARE = -1.5


def hard(probability):
    """1 where the probability is at least one half; the gradient passes straight through."""
    return probability + ((probability >= 0.5).float() - probability).detach()


def hard_choice(probability):
    """One-hot of the likeliest row of `f32[B, N, T]`; the gradient passes straight through."""
    best = functional.one_hot(probability.argmax(1), probability.shape[1]).transpose(1, 2)
    return probability + (best.float() - probability).detach()


def pitch_classes(first, rows):
    """`f32[12, rows]`: 1 where a pitch row of a part has that pitch class, relative to the tonic."""
    matrix = torch.zeros(12, rows)
    matrix[(torch.arange(rows) + first - PITCH_OFFSET) % 12, torch.arange(rows)] = 1
    return matrix


def _conv(inputs, outputs, width=3, stride=1):
    return nn.Conv1d(inputs, outputs, width, stride, (width - 1) // 2)


def _norm(x):
    return x / torch.sqrt((x * x).mean(1, keepdim=True) + 1e-6)


def _doubled(x, channels, columns):
    """Each column twice: `f32[B, C, T]` → `f32[B, C, 2T]`; `columns` is 2T."""
    return torch.cat([x.unsqueeze(3), x.unsqueeze(3)], 3).reshape(-1, channels, columns)


def _wishes(style, density, presence):
    """Style, densities and presence as one row an item, each about as wide as the noise."""
    return torch.cat([2 * style, 4 * (density - 0.5) * presence, presence], 1)


class _Block(nn.Module):
    """Two convolutions with a way round them, scaled and shifted by the code of noise and wishes."""

    def __init__(self, inputs, outputs, code):
        super().__init__()
        self.first, self.second = _conv(inputs, outputs), _conv(outputs, outputs)
        self.around = nn.Conv1d(inputs, outputs, 1)
        self.touch, self.outputs = nn.Linear(code, 2 * outputs), outputs
        nn.init.zeros_(self.touch.bias)

    def forward(self, x, code):
        touch = self.touch(code).unsqueeze(2)
        scale, shift = touch[:, :self.outputs], touch[:, self.outputs:]
        inside = _norm(self.first(x)) * (1 + scale) + shift
        inside = self.second(functional.leaky_relu(inside, _SLOPE))
        return functional.leaky_relu(_norm(inside + self.around(x)), _SLOPE)


class _Head(nn.Module):
    """A part's own layers: logits of `rows` rows, plus what the chord says of its pitches."""

    def __init__(self, inputs, hidden, rows, first=None):
        super().__init__()
        self.inner, self.out = _conv(inputs + GRID + CHORD, hidden), nn.Conv1d(hidden, rows, 1)
        self.chord, self.pitches = None, rows - 2
        nn.init.constant_(self.out.bias, _RARE)
        if first is not None:
            pitches = self.pitches
            self.chord = nn.Conv1d(CHORD, pitches, 1, bias=False)
            classes = pitch_classes(first, pitches).T
            with torch.no_grad():
                self.chord.weight[:, :, 0] = torch.cat([1.5 * classes, 0.5 * classes], 1)
                self.out.bias[self.pitches:] = 0

    def forward(self, x, chord, grid):
        """Logits of the drums; or those of the pitches, and those of the strike and the hold."""
        inside = functional.leaky_relu(self.inner(torch.cat([x, chord, grid], 1)), _SLOPE)
        logits = self.out(inside)
        if self.chord is None:
            return logits
        return logits[:, :self.pitches] + self.chord(chord), logits[:, self.pitches:]


class Generator(nn.Module):
    """Noise and wishes → probabilities of every row and column.

    `width` channels at 16ths; 8/7 of it at eighths, 12/7 at quarters.
    """

    def __init__(self, width=112):
        super().__init__()
        wide, middle, known = 12 * width // 7, 8 * width // 7, 4 * width // 7
        self.code_size, self.seed_size = 10 * width // 7, 5 * width // 7
        self.wide, self.middle = wide, middle
        self.code = nn.Sequential(nn.Linear(NOISE + CONDITIONS, self.code_size), nn.LeakyReLU(_SLOPE),
                                  nn.Linear(self.code_size, self.code_size), nn.LeakyReLU(_SLOPE))
        self.seed = nn.Linear(self.code_size, self.seed_size * COLUMNS // 4)
        self.place = nn.Parameter(0.1 * torch.randn(known, COLUMNS))
        self.known16 = _conv(CHORD + GRID, known)
        self.known8, self.known4 = _conv(known, known, 4, 2), _conv(known, known, 4, 2)
        self.block4 = _Block(self.seed_size + known, wide, self.code_size)
        self.block8 = _Block(wide + known, middle, self.code_size)
        self.block16 = _Block(middle + known, width, self.code_size)
        self.drums = _Head(width, known, 9)
        self.bass = _Head(width, known, BASS_ROWS + 2, BASS_FIRST)
        self.comp = _Head(width, known, COMP_ROWS + 2, COMP_FIRST)

    def leave_out_styles(self, styles):
        """Styles that training never says (numbers) count as no style."""
        with torch.no_grad():
            self.code[0].weight[:, [NOISE + style for style in styles]] = 0

    def forward(self, z, style, chord, grid, density, presence):
        """`drums f32[B, 9, 48]`, `bass f32[B, 32, 48]`, its hold `f32[B, 1, 48]`, `comp f32[B, 40, 48]`,
        its hold: probabilities. Those of the bass pitches of a column sum to that of an onset; of
        comping, each is the lesser of the strike's and the pitch's.
        """
        heads = self._heads(z, style, chord, grid, density, presence)
        drums, bass_strike, bass_pitch, bass_hold, comp_strike, comp_pitch, comp_hold = heads
        return (drums, bass_strike * bass_pitch, bass_hold, torch.minimum(comp_strike, comp_pitch),
                comp_hold)

    def played(self, z, style, chord, grid, density, presence):
        """The binary stack `f32[B, 83, 48]`; gradients go straight through the binary neurons."""
        heads = self._heads(z, style, chord, grid, density, presence)
        drums, bass_strike, bass_pitch, bass_hold, comp_strike, comp_pitch, comp_hold = heads
        bass = hard(bass_strike) * hard_choice(bass_pitch)
        comp = hard(comp_strike) * hard(comp_pitch)
        return torch.cat([hard(drums), bass, _sounding(bass, hard(bass_hold)), comp,
                          _sounding(comp, hard(comp_hold))], 1)

    def _heads(self, z, style, chord, grid, density, presence):
        code = self.code(torch.cat([z, _wishes(style, density, presence)], 1))
        known16 = functional.leaky_relu(self.known16(torch.cat([chord, grid], 1)) + self.place, _SLOPE)
        known8 = functional.leaky_relu(self.known8(known16), _SLOPE)
        known4 = functional.leaky_relu(self.known4(known8), _SLOPE)
        x = self.seed(code).reshape(-1, self.seed_size, COLUMNS // 4)
        x = self.block4(torch.cat([x, known4], 1), code)
        x = _doubled(x, self.wide, COLUMNS // 2)
        x = _doubled(self.block8(torch.cat([x, known8], 1), code), self.middle, COLUMNS)
        x = self.block16(torch.cat([x, known16], 1), code)
        there = grid[:, :1] * presence.unsqueeze(2)
        drums = torch.sigmoid(self.drums(x, chord, grid)) * there[:, 0:1]
        bass_pitch, bass_rhythm = self.bass(x, chord, grid)
        comp_pitch, comp_rhythm = self.comp(x, chord, grid)
        bass_rhythm = torch.sigmoid(bass_rhythm) * there[:, 1:2]
        comp_rhythm = torch.sigmoid(comp_rhythm) * there[:, 2:3]
        return (drums, bass_rhythm[:, :1], torch.softmax(bass_pitch, 1), bass_rhythm[:, 1:],
                comp_rhythm[:, :1], torch.sigmoid(comp_pitch), comp_rhythm[:, 1:])


def _sounding(onsets, hold):
    """The hold of a part where a note has begun and none begins: not in an onset's column."""
    struck = onsets.amax(1, keepdim=True)
    begun = torch.cummax(struck, 2).values.detach()
    return hold * (1 - struck) * begun


def batch_deviation(h, group=8):
    """How the items of a group differ: `f32[B, 1]`, the mean deviation over the items of its group."""
    if len(h) % group:
        return torch.zeros_like(h[:, :1])
    groups = h.reshape(-1, group, h.shape[1])
    deviation = torch.sqrt(groups.var(1, unbiased=False) + 1e-6).mean(1, keepdim=True)
    return deviation.repeat_interleave(group, 0)


class Critic(nn.Module):
    """Scores a texture under its conditions: high is real."""

    def __init__(self, width=112):
        super().__init__()
        middle, wide, known = 9 * width // 7, 11 * width // 7, 6 * width // 7
        self.pitch_rows = 1 + (_PITCHES - 12) // 4
        self.intervals = nn.Conv2d(2, 16, (12, 3), (4, 1), (0, 1))
        self.register_buffer("bass_classes", pitch_classes(BASS_FIRST, BASS_ROWS).unsqueeze(2))
        self.register_buffer("comp_classes", pitch_classes(COMP_FIRST, COMP_ROWS).unsqueeze(2))
        inputs = 16 * self.pitch_rows + 9 + 2 + 6 * 12 + CHORD + GRID
        self.first, self.place = _conv(inputs, width), nn.Parameter(0.1 * torch.randn(width, COLUMNS))
        self.wishes = nn.Linear(CONDITIONS, width)
        self.layers = nn.ModuleList([
            _conv(width, width), _conv(width, middle, 4, 2), _conv(middle, middle),
            _conv(middle, wide, 4, 2), _conv(wide, wide), _conv(wide, wide, 4, 2)])
        self.dense = nn.Linear(wide * COLUMNS // 8 + 1, known)
        self.out, self.project = nn.Linear(known, 1), nn.Linear(CONDITIONS, known, bias=False)

    def forward(self, stack, style, chord, grid, density, presence, compares=True):
        """`f32[B]`. Where `compares` is False, an item's score does not depend on its batch."""
        wishes = _wishes(style, density, presence)
        x = self.first(self._columns(stack, chord, grid))
        x = functional.leaky_relu(x + self.place + self.wishes(wishes).unsqueeze(2), _SLOPE)
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), _SLOPE)
        x = x.flatten(1)
        deviation = batch_deviation(x) if compares else x[:, :1] * 0
        h = functional.leaky_relu(self.dense(torch.cat([x, deviation], 1)), _SLOPE)
        return self.out(h)[:, 0] + (h * self.project(wishes)).sum(1)

    def _columns(self, stack, chord, grid):
        """What the critic sees of each column: intervals, drums, pitch classes against the chord."""
        bass, comp = stack[:, BASS], stack[:, COMP]
        above, below = _PITCHES - BASS_ROWS, COMP_FIRST - BASS_FIRST
        # Zeros cut from the rows at hand: `pad` would export as a dozen operators.
        roll = torch.stack([torch.cat([bass, 0 * comp[:, :above]], 1),
                            torch.cat([0 * bass[:, :below], comp], 1)], 1)
        intervals = functional.leaky_relu(self.intervals(roll), _SLOPE)
        intervals = intervals.reshape(-1, 16 * self.pitch_rows, COLUMNS)
        bass = functional.conv1d(bass, self.bass_classes)
        comp = functional.conv1d(comp, self.comp_classes)
        chord_classes, roots = chord[:, :12], chord[:, 12:]
        return torch.cat([intervals, stack[:, DRUMS], stack[:, BASS_HOLD], stack[:, COMP_HOLD], bass,
                          comp, bass * chord_classes, comp * chord_classes, bass * roots,
                          comp * roots, chord, grid], 1)


class Ranking(nn.Module):
    """The critic as it is shipped: it knows no wished density, and takes the parts apart."""

    def __init__(self, critic):
        super().__init__()
        self.critic = critic

    def forward(self, drums, bass, bass_hold, comp, comp_hold, style, chord, grid, presence):
        """`score f32[B]`: the log odds that the texture is whole and not spoilt or made up."""
        stack = torch.cat([drums, bass, bass_hold, comp, comp_hold], 1)
        return self.critic(stack, style, chord, grid, presence * 0, presence, compares=False)


def wishes_of(batch):
    """The conditions of a batch in the order that both networks take."""
    return [batch[key] for key in ("style", "chord", "grid", "density", "presence")]
