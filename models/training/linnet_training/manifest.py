"""`manifest.toml` of a model: its files with hashes, what it was trained on, and its figures."""

import hashlib
import json

from . import tokens
from .export import VERSION
from .licences import SETS


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.5g}" if "." in f"{value:.5g}" or "e" in f"{value:.5g}" else f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False)


def _table(rows):
    return [f"{key} = {_value(value)}" for key, value in rows.items()]


def _files(folder):
    lines = []
    for path in sorted(folder.glob("**/*.onnx")):
        raw = path.read_bytes()
        lines += ["", "[[file]]", *_table({
            "path": path.relative_to(folder).as_posix(), "bytes": len(raw),
            "sha256": hashlib.sha256(raw).hexdigest()})]
    return lines


def _flat_figures(figures):
    """Nested figures as `a_b = number` rows, sets apart."""
    rows = {}
    for key, value in figures.items():
        if isinstance(value, dict) and "all" in value:
            rows[f"{key}_nats_per_note"] = value["all"]["nats"]
        elif isinstance(value, dict) and value:
            rows.update({f"{key}_{name}": number for name, number in value.items()})
        elif not isinstance(value, dict):
            rows[key] = value
    return rows


def write(folder, name, hidden, date, seed, sets, figures):
    """Writes `folder/manifest.toml`; `sets` are names in `licences.SETS`, `date` is ISO."""
    head = {"name": f"linnet-{name}", "version": VERSION, "date": date,
            "tokens_sha256": tokens.tokens_sha256(), "hidden": hidden, "layers": 2, "seed": seed,
            "licence": "MIT OR Apache-2.0"}
    lines = _table(head) + _files(folder)
    for set_name in sets:
        entry = SETS[set_name]
        lines += ["", "[[training_set]]", *_table({"name": set_name, **entry})]
    lines += ["", "[figures]", *_table(_flat_figures(figures))]
    by_set = {split: figures[split] for split in ("valid", "test", "markov_order_5")
              if isinstance(figures.get(split), dict) and "all" in figures[split]}
    for split, rows in by_set.items():
        numbers = {key: row["nats"] for key, row in rows.items() if key != "all"}
        lines += ["", f"[figures.{split}_by_set]", *_table(numbers)]
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
