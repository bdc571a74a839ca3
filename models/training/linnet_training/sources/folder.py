"""midi-folder: any folder of monophonic MIDI files of your own, named in `splits.tsv` by file name."""

from .assemble import make_piece
from .midi import one_metre, read_midi


def read(folder, splits, progress):
    """Yields the first track of each file; bars are counted from tick 0."""
    for path in progress(sorted(folder.glob("*.mid"))):
        title, split = splits.get(("midi-folder", path.name), (path.stem, "train"))
        midi = read_midi(path)
        if midi is None or not midi.tracks or one_metre(midi) is None:
            continue
        meta = {"set": "midi-folder", "piece": path.name, "title": title, "split": split,
                "licence": "your own"}
        line = [n[:3] for n in midi.tracks[0].notes]
        piece = make_piece(meta, one_metre(midi), line, key=midi.signature)
        if piece:
            yield piece
