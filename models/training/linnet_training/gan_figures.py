"""The figures of the texture GAN and of its critic on held-out windows, and what its card says."""

import time

import numpy as np
import torch

from .gan_corruptions import KINDS
from .gan_graphs import JUDGED, example, made_binary
from .gan_measures import chunks, compare, compare_real, diversity, generated, obedience
from .gan_model import NOISE, Critic
from .gan_train import Judge, judge_aucs, load_best, valid_numbers
from .ranks import auc
from .runtime import run, session
from .texture_windows import Textures, load

WINDOWS = 1200
CANDIDATES = 8
_TIMED = 30


def _keys(stack):
    """One hashable key a binary texture."""
    packed = np.packbits(stack.cpu().numpy().astype(bool).reshape(len(stack), -1), axis=1)
    return [row.tobytes() for row in packed]


@torch.no_grad()
def copies(generator, textures, numbers):
    """The share of textures, generated and held-out, that are note for note a training window."""
    known = set()
    for chunk in chunks(textures.numbers("train")):
        known.update(_keys(textures.batch(chunk)["stack"]))
    counts = {"generated": [], "real": []}
    for chunk in chunks(numbers):
        batch = textures.batch(chunk)
        counts["real"] += [key in known for key in _keys(batch["stack"])]
        counts["generated"] += [key in known for key in _keys(generated(generator, batch)["stack"])]
    return {kind: float(np.mean(hits)) for kind, hits in counts.items()}


@torch.no_grad()
def distinct(generator, textures, numbers, noises=64, wishes=16):
    """The share of different textures among 64 for the same wishes: 1 where none is repeated."""
    picked = numbers[:: max(1, len(numbers) // wishes)][:wishes]
    shares = []
    for number in picked:
        batch = textures.batch(number.repeat(noises))
        made = generated(generator, batch, torch.randn(noises, NOISE, device=textures.device))
        shares.append(len(set(_keys(made["stack"]))) / noises)
    return float(np.mean(shares))


@torch.no_grad()
def against_generated(judge, generator, textures, numbers):
    """AUC of real against generated textures: one half would be a perfect generator."""
    real, fake = [], []
    for chunk in chunks(numbers):
        batch = textures.batch(chunk)
        real.append(judge(batch).numpy())
        fake.append(judge(generated(generator, batch)).numpy())
    return auc(np.concatenate(real), np.concatenate(fake))


def milliseconds(folder):
    """Median time of both graphs for eight candidates, ONNX Runtime on one thread."""
    wishes, spent = example(CANDIDATES, np.random.default_rng(0)), {"generator": [], "critic": []}
    sessions = {name: session(folder / f"{name}.onnx") for name in spent}
    for _ in range(_TIMED):
        began = time.perf_counter()
        parts = run(sessions["generator"], **wishes)
        spent["generator"].append(time.perf_counter() - began)
        judged = made_binary(parts) | {name: wishes[name] for name in JUDGED}
        began = time.perf_counter()
        run(sessions["critic"], **judged)
        spent["critic"].append(time.perf_counter() - began)
    return {name: 1000 * float(np.median(times)) for name, times in spent.items()}


def _adversary(state, width):
    """The critic as the adversarial training left it, as a judge."""
    critic = Critic(width)
    critic.load_state_dict(state["critic"])
    return Judge(critic).eval()


def figures(out, folder, masters, width):
    """All figures, on the test split."""
    textures = Textures(load(out))
    gan, state = load_best(out, width)
    generator, judge, adversary = gan.generator, gan.judge, _adversary(state, width)
    numbers = valid_numbers(textures, WINDOWS, "test")
    human = numbers[textures.source[numbers] > 0]
    found = {"steps": state["step"], "minutes": round(state["minutes"], 1),
               "generator_parameters": sum(p.numel() for p in generator.parameters()),
               "critic_parameters": sum(p.numel() for p in judge.parameters()),
               "windows": {split: len(textures.numbers(split)) for split in ("train", "valid", "test")},
               "test": compare(generator, textures, numbers),
               "real_against_real": compare_real(textures, numbers, valid_numbers(textures, WINDOWS)),
               "density_spearman": obedience(generator, textures, numbers),
               "diversity": diversity(generator, textures, numbers),
               "distinct_of_64": distinct(generator, textures, numbers),
               "copies": copies(generator, textures, numbers)}
    for name, some in (("all", numbers), ("human", human)):
        if len(some) > 8:
            found[f"critic_auc_{name}"] = judge_aucs(judge, textures, some)
            found[f"adversarial_critic_auc_{name}"] = judge_aucs(adversary, textures, some)
    found["critic_auc_generated"] = against_generated(judge, generator, textures, numbers)
    found["milliseconds_of_8"] = milliseconds(folder)
    return found


def headline(figures):
    """The figures without the tables of features and of kinds."""
    rows = {key: figures[key] for key in ("steps", "minutes", "distinct_of_64", "critic_auc_generated")}
    rows["feature_distance"] = figures["test"]["gap"]
    rows["feature_distance_real"] = figures["real_against_real"]["gap"]
    rows["density_spearman"] = figures["density_spearman"]
    for name in ("all", "human"):
        if f"critic_auc_{name}" in figures:
            rows[f"critic_auc_{name}"] = figures[f"critic_auc_{name}"]["all"]
    return rows


def _table(head, rows):
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return lines + [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]


def card_tables(figures):
    """The figures as Markdown, for the model card."""
    tested, ceiling = figures["test"], figures["real_against_real"]
    rows = [(name, f"{row['generated']:.3f}", f"{row['real']:.3f}", f"{row['distance']:.2f}",
             f"{ceiling['features'].get(name, {}).get('distance', float('nan')):.2f}")
            for name, row in tested["features"].items()]
    rows.append(("mean distance", "", "", f"{tested['gap']:.3f}", f"{ceiling['gap']:.3f}"))
    rows.append(("kick and hats by 16th and style, mean difference", "", "",
                 f"{tested['kick_and_hat_distance']:.3f}", f"{ceiling['kick_and_hat_distance']:.3f}"))
    lines = _table(("feature", "generated", "real", "distance in deviations", "real to real"), rows)
    varied = [(part, f"{figures['density_spearman'].get(part, float('nan')):.3f}",
               f"{row['generated']:.3f}", f"{row['real']:.3f}")
              for part, row in figures["diversity"].items()]
    lines += [""] + _table(("part", "density asked and got, Spearman",
                            "distance of two for the same wishes", "of two real ones of a style"), varied)
    judged = [(kind, *(f"{figures[f'{who}_auc_{of}'].get(kind, float('nan')):.3f}"
                       if f"{who}_auc_{of}" in figures else "–"
                       for of in ("human", "all") for who in ("critic", "adversarial_critic")))
              for kind in (*KINDS, "all")]
    lines += [""] + _table(("spoilt by", "human windows", "before fine-tuning", "all windows",
                            "before fine-tuning"), judged)
    return "\n".join(lines) + "\n"


def card_values(figures):
    """What the model card states: numbers by name, and all tables."""
    def short(value):
        return f"{value:.3g}" if isinstance(value, float) else str(value)

    values = {key: short(value) for key, value in figures.items() if not isinstance(value, dict)}
    for name, short_name in (("windows", "windows"), ("copies", "copies"), ("milliseconds_of_8", "ms")):
        values |= {f"{short_name}_{key}": short(value) for key, value in figures[name].items()}
    return values | {"tables": card_tables(figures)}
