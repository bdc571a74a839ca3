"""What generated textures are measured by, against real ones.

Empty bars, qualified notes, drum patterns, tonal distance and used pitch classes follow Dong and Yang
(ISMIR 2018) and Dong et al., "MuseGAN", AAAI 2018; the tonal centroid is from C. Harte, M. Sandler and
M. Gasser, "Detecting Harmonic Change in Musical Audio", 2006.
"""

import math

import numpy as np
import torch

from .gan_model import NOISE, pitch_classes, wishes_of
from .ranks import spearman
from .texture import (BAR_COLUMNS, BASS, BASS_FIRST, BASS_HOLD, BASS_ROWS, COMP, COMP_FIRST, COMP_HOLD,
                      COMP_ROWS, DRUMS)
from .texture_windows import quantile_of

CHUNK = 512
_KICK, _HATS = 0, (2, 3, 8)


def _bars(rows):
    """`[B, N, 48]` → `[B, 2, N, 24]`."""
    return rows.unflatten(2, (2, BAR_COLUMNS)).transpose(1, 2)


def _share(part, whole):
    """part / whole, not a number where whole is 0."""
    return torch.where(whole > 0, part / whole.clamp(min=1e-9), torch.nan)


def _tonal_centroid(classes):
    """`f32[..., 12]` weights of pitch classes → `f32[..., 6]`."""
    at = torch.arange(12, device=classes.device, dtype=torch.float32) * math.pi
    rows = [radius * turn(at * step / 6) for radius, step in ((1, 7), (1, 9), (0.5, 4))
            for turn in (torch.sin, torch.cos)]
    weights = classes / classes.sum(-1, keepdim=True).clamp(min=1e-9)
    return weights @ torch.stack(rows, 1)


def _drum_features(drums, presence):
    hits = drums.sum((1, 2))
    there = presence[:, 0] > 0
    empty = (_bars(drums).sum((2, 3)) == 0).float().mean(1)
    return {"drums: empty bars": torch.where(there, empty, torch.nan),
            "drums: hits on eighths": _share(drums[:, :, ::2].sum((1, 2)), hits),
            "drums: hits on beats": _share(drums[:, :, ::4].sum((1, 2)), hits),
            "drums: hits a hit column": _share(hits, drums.amax(1).sum(1)),
            "drums: bar likeness": _likeness(drums),
            "drums: kick share": _share(drums[:, _KICK].sum(1), hits)}


def _likeness(rows):
    """The share of notes that both bars have: intersection over union."""
    first, second = _bars(rows).unbind(1)
    both = torch.minimum(first, second).sum((1, 2))
    return _share(both, torch.maximum(first, second).sum((1, 2)))


def _pitched_features(name, onsets, hold, presence, classes):
    struck = onsets.amax(1)
    notes = struck.sum(1)
    held = (struck[:, :-1] * hold[:, 0, 1:]).sum(1)
    empty = (_bars(onsets).sum((2, 3)) == 0).float().mean(1)
    used = (torch.einsum("cp,bnpt->bnc", classes, _bars(onsets)) > 0).float().sum(2).mean(1)
    height = torch.arange(onsets.shape[1], device=onsets.device, dtype=torch.float32)
    mean = _share((onsets.sum(2) * height).sum(1), onsets.sum((1, 2)))
    return {f"{name}: empty bars": torch.where(presence > 0, empty, torch.nan),
            f"{name}: notes of an eighth or more": _share(held, notes),
            f"{name}: pitch classes a bar": torch.where(presence > 0, used, torch.nan),
            f"{name}: onsets on beats": _share(struck[:, ::4].sum(1), notes),
            f"{name}: mean pitch": mean, f"{name}: bar likeness": _likeness(onsets),
            f"{name}: notes a strike": _share(onsets.sum((1, 2)), notes)}


def features(batch):
    """Features of each texture, `name → f32[B]`, not a number where a texture has no such notes."""
    stack, chord, presence = batch["stack"], batch["chord"], batch["presence"]
    drums, bass, comp = stack[:, DRUMS], stack[:, BASS], stack[:, COMP]
    classes = [pitch_classes(BASS_FIRST, BASS_ROWS).to(stack.device),
               pitch_classes(COMP_FIRST, COMP_ROWS).to(stack.device)]
    found = {**_drum_features(drums, presence),
             **_pitched_features("bass", bass, stack[:, BASS_HOLD], presence[:, 1], classes[0]),
             **_pitched_features("comping", comp, stack[:, COMP_HOLD], presence[:, 2], classes[1])}
    bass_classes, comp_classes = classes[0] @ bass, classes[1] @ comp
    on_one = bass_classes[:, :, ::BAR_COLUMNS]
    has_chord = chord[:, :12].amax(1)
    heard = on_one.sum((1, 2)) * (has_chord[:, 0] > 0)
    found["bass: chord tones on one"] = _share((on_one * chord[:, :12, ::BAR_COLUMNS]).sum((1, 2)), heard)
    found["bass: roots on one"] = _share((on_one * chord[:, 12:, ::BAR_COLUMNS]).sum((1, 2)), heard)
    harmonic = (comp_classes * has_chord.unsqueeze(1)).sum((1, 2))
    found["comping: chord tones"] = _share((comp_classes * chord[:, :12]).sum((1, 2)), harmonic)
    found["tonal distance"] = _tonal_distance(_bars(bass_classes).sum(3), _bars(comp_classes).sum(3))
    return found


def _tonal_distance(bass, comp):
    """The distance of bass and comping a bar, where both play: `f32[B]`."""
    apart = (_tonal_centroid(bass) - _tonal_centroid(comp)).norm(dim=2)
    both = ((bass.sum(2) > 0) & (comp.sum(2) > 0)).float()
    return _share((apart * both).sum(1), both.sum(1))


def raw_densities(batch):
    """Hits, bass notes and comping strikes a quarter of binary stacks: `f32[B, 3]`."""
    stack = batch["stack"]
    counts = torch.stack([stack[:, DRUMS].sum((1, 2)), stack[:, BASS].amax(1).sum(1),
                          stack[:, COMP].amax(1).sum(1)], 1)
    return counts / batch["quarters"].unsqueeze(1)


@torch.no_grad()
def generated(generator, batch, z=None):
    """The batch with textures that the generator makes for its wishes."""
    device = batch["stack"].device
    z = torch.randn(len(batch["stack"]), NOISE, device=device) if z is None else z
    return {**batch, "stack": generator.played(z, *wishes_of(batch))}


def chunks(numbers):
    """A list of window numbers in pieces that fit in memory."""
    return numbers.split(CHUNK)


def rhythm_histograms(batch, metre, four_four=0):
    """Mean hits of kick and hats in each 16th of a 4/4 bar, a style: `f32[20, 2, 16]`, count."""
    drums = _bars(batch["stack"][:, DRUMS])[:, :, :, :16].mean(1)
    rows = torch.stack([drums[:, _KICK], drums[:, list(_HATS)].amax(1)], 1)
    fits = ((metre == four_four) & (batch["presence"][:, 0] > 0)).float()
    weights = batch["style"] * fits.unsqueeze(1)
    return torch.einsum("bs,bkt->skt", weights, rows), weights.sum(0)


def histogram_distance(one, two, least=8):
    """Mean absolute difference of hit rates over the styles that have windows enough in both."""
    enough = (one[1] >= least) & (two[1] >= least)
    if not enough.any():
        return float("nan")
    means = [h[0][enough] / h[1][enough].view(-1, 1, 1) for h in (one, two)]
    return (means[0] - means[1]).abs().mean().item()


@torch.no_grad()
def obedience(generator, textures, numbers, repeats=2):
    """Density asked, at random in 0–1, against density realised as a quantile: Spearman a part."""
    asked, got, there = [], [], []
    for chunk in [c for c in chunks(numbers) for _ in range(repeats)]:
        batch = textures.batch(chunk)
        batch["density"] = torch.rand_like(batch["density"])
        made = generated(generator, batch)
        style = textures.style[chunk].cpu().numpy()
        got.append(quantile_of(raw_densities(made).cpu().numpy(), style, textures.tables))
        asked.append(batch["density"].cpu().numpy())
        there.append(batch["presence"].cpu().numpy() > 0)
    asked, got, there = (np.concatenate(x) for x in (asked, got, there))
    return {part: spearman(asked[there[:, i], i], got[there[:, i], i])
            for i, part in enumerate(("drums", "bass", "comping")) if there[:, i].sum() > 8}


def _distances(one, two):
    """Jaccard distances of drums and of the rhythms of bass and comping: three lists."""
    found = []
    for rows in (DRUMS, BASS, COMP):
        pair = [s[:, rows] if rows == DRUMS else s[:, rows].amax(1, keepdim=True) for s in (one, two)]
        union = torch.maximum(*pair).sum((1, 2))
        apart = 1 - torch.minimum(*pair).sum((1, 2)) / union.clamp(min=1)
        found.append(apart[union > 0])
    return found


@torch.no_grad()
def diversity(generator, textures, numbers):
    """Mean distance of two textures made for the same wishes, and of two real ones of one style."""
    made, real = [[], [], []], [[], [], []]
    mixed = numbers[torch.randperm(len(numbers), device=numbers.device)]
    style = textures.style[mixed].long() * 64 + textures.metre[mixed].long()
    by_style = mixed[style.argsort(stable=True)]
    for chunk in chunks(by_style):
        batch = textures.batch(chunk)
        pair = [generated(generator, batch)["stack"] for _ in range(2)]
        same = textures.style[chunk] == textures.style[chunk.roll(1)]
        other = batch["stack"].roll(1, 0)
        for lists, found in ((made, _distances(*pair)),
                             (real, _distances(batch["stack"][same], other[same]))):
            for part in range(3):
                lists[part].append(found[part])
    names = ("drums", "bass", "comping")
    return {name: {kind: torch.cat(lists[i]).mean().item() for kind, lists in
                   (("generated", made), ("real", real))} for i, name in enumerate(names)}


class Collected:
    """Features and rhythms of many textures."""

    def __init__(self):
        self.features, self.rhythm = [], (0, 0)

    def add(self, batch, metre):
        self.features.append(features(batch))
        sums, count = rhythm_histograms(batch, metre)
        self.rhythm = (self.rhythm[0] + sums, self.rhythm[1] + count)

    def values(self, name):
        """The feature of all textures that have it: `f32[N]`."""
        joined = torch.cat([found[name] for found in self.features])
        return joined[~joined.isnan()]


def distance(made, real):
    """Means of all features of two `Collected`, how far apart in deviations; kick and hat rhythms."""
    means = {}
    for name in real.features[0]:
        pair = [one.values(name) for one in (made, real)]
        if min(map(len, pair)) < 8:
            continue
        deviation = max(pair[1].std().item(), 0.02)
        means[name] = {"generated": pair[0].mean().item(), "real": pair[1].mean().item(),
                       "distance": _wasserstein(*pair) / deviation}
    gap = np.mean([row["distance"] for row in means.values()]) if means else math.nan
    return {"features": means, "gap": float(gap),
            "kick_and_hat_distance": histogram_distance(made.rhythm, real.rhythm)}


@torch.no_grad()
def compare(generator, textures, numbers):
    """The `distance` of textures made for the wishes of windows from these windows."""
    made, real = Collected(), Collected()
    for chunk in chunks(numbers):
        batch = textures.batch(chunk)
        made.add(generated(generator, batch), textures.metre[chunk])
        real.add(batch, textures.metre[chunk])
    return distance(made, real)


def compare_real(textures, numbers, others):
    """The `distance` of two sets of real windows: as near as can be asked for."""
    collected = Collected(), Collected()
    for one, wanted in zip(collected, (others, numbers), strict=True):
        for chunk in chunks(wanted):
            one.add(textures.batch(chunk), textures.metre[chunk])
    return distance(*collected)


def _wasserstein(one, two, points=101):
    at = torch.linspace(0, 1, points, device=one.device)
    return (torch.quantile(one.float(), at) - torch.quantile(two.float(), at)).abs().mean().item()


def score(generator, textures, numbers):
    """What chooses the checkpoint, and the mean distance of features in it, in deviations; added to
    it is what is missing of the density's obedience (below 0.9) and of the variety of real textures.
    """
    gap = compare(generator, textures, numbers)["gap"]
    obeys = obedience(generator, textures, numbers, 1)
    varies = diversity(generator, textures, numbers)
    missing = [max(0.0, 0.9 - rho) for rho in obeys.values()]
    same = [max(0.0, 1 - np.nan_to_num(v["generated"]) / max(v["real"], 1e-6)) for v in varies.values()
            if not math.isnan(v["real"])]
    return gap + float(np.mean(missing or [1])) + float(np.mean(same or [1])), gap
