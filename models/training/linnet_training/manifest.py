"""`manifest.toml` of a model: its files with hashes, what it was trained on, and its figures."""

import hashlib
import json
import re

from .export import VERSION
from .licences import SETS
from .vocabulary import vocabulary_sha256

# What else than graphs the plug-in reads of a model.
TABLES = ("attributes.json", "latent.json")


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.5g}" if "." in f"{value:.5g}" or "e" in f"{value:.5g}" else f"{value:.1f}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _key(key):
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else json.dumps(key, ensure_ascii=False)


def _table(rows):
    return [f"{_key(key)} = {_value(value)}" for key, value in rows.items()]


def _files(folder):
    lines = []
    for path in sorted([*folder.glob("*.onnx"), *(folder / name for name in TABLES)]):
        if path.exists():
            raw = path.read_bytes()
            lines += ["", "[[file]]", *_table({"path": path.name, "bytes": len(raw),
                                               "sha256": hashlib.sha256(raw).hexdigest()})]
    return lines


def flat_figures(figures):
    """Nested figures as `a_b = number` rows."""
    rows = {}
    for key, value in figures.items():
        if isinstance(value, dict):
            rows.update({f"{key}_{name}": number for name, number in flat_figures(value).items()})
        else:
            rows[key] = value
    return rows


def write(folder, name, hidden, date, seed, sets, figures):
    """Writes `folder/manifest.toml`; `sets` are names in `licences.SETS`, `date` is ISO."""
    head = {"name": f"linnet-{name}", "version": VERSION, "date": date,
            "tokens_sha256": vocabulary_sha256(), "hidden": hidden, "seed": seed,
            "licence": "MIT OR Apache-2.0"}
    lines = _table(head) + _files(folder)
    for set_name in sets:
        entry = SETS[set_name]
        lines += ["", "[[training_set]]", *_table({"name": set_name, **entry})]
    lines += ["", "[figures]", *_table(flat_figures(figures))]
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
