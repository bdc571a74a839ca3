"""Finds and unpacks the `.tar.zst` sets, and reads the split table."""

import csv
import tarfile
from pathlib import Path


class MissingData(Exception):
    """A set or a table that training needs is not in the data folder."""


def unpack(data, name, work):
    """The folder of set `name`, unpacked from `data/name/name.tar.zst` once; None if absent."""
    plain = data / name
    archive = plain / f"{name}.tar.zst"
    if not archive.exists():
        return plain if plain.is_dir() and any(plain.iterdir()) else None
    target = work / name
    if not (target / ".complete").exists():
        import zstandard

        work.mkdir(parents=True, exist_ok=True)
        with open(archive, "rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                tar.extractall(work, filter="data")
        (target / ".complete").touch()
    return target


def read_splits(data):
    """`{(set, piece): (title, split)}` of `splits.tsv`."""
    path = data / "splits.tsv"
    if not path.exists():
        raise MissingData(
            f"{path} is missing. It says which piece is for training, validation and test; "
            "put it beside the sets, or pass another --data folder."
        )
    splits = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            splits[row["set"], row["piece"]] = (row["title"], row["split"])
    return splits


def require(path):
    """`path`, or a clear error where it does not exist."""
    path = Path(path)
    if not path.exists():
        raise MissingData(f"{path} is missing. Check the --data folder.")
    return path
