"""The files that the evaluation reads, from made-up arrangements and drums."""

import gzip
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

from linnet_training import parts_corpus
from linnet_training.arrangement import Arrangement, as_rows
from linnet_training.drum_data import Take
from linnet_training.drum_styles import style_weights


def composition(number, style, split="test"):
    lead = as_rows([(bar, 0, 60 + bar % 5, 12) for bar in range(16)])
    drums = as_rows([(bar, 0, 0, 90, 0) for bar in range(8, 16)])
    return Arrangement("set", f"piece-{number}", "Title", "CC0", split, style, 0, "major", (4, 4), 16,
                       chords=[(0, 96 * 16, 0, 0)], bpm=100, by_grammar=["drums"],
                       parts={"lead": lead, "drums": drums})


def read(path):
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


class PartsCorpusTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "pieces.json.gz"
        self.addCleanup(self.folder.cleanup)

    def test_compositions_are_excerpts_with_all_parts_of_held_out_tunes(self):
        items = [composition(n, "rock") for n in range(50)] + [composition(99, "pop", "train")]
        count = parts_corpus.write_composed(items, self.path)
        rows = read(self.path)
        self.assertEqual(count, parts_corpus.COMPOSED_PER_STYLE)
        self.assertEqual({row["style"] for row in rows}, {"rock"})
        self.assertEqual(len({row["piece"] for row in rows}), count)
        for row in rows:
            self.assertEqual((row["bars"], sorted(row["parts"])), (8, ["drums", "lead"]))
            self.assertEqual(row["chords"], [[0, 96 * 8, 0, 0]])

    def test_drums_keep_their_metre_and_their_loudness(self):
        velocity = np.zeros((8 * 12, 9), np.float32)
        velocity[::12, 0] = 0.5
        name = "drummer1/session1/5_rock_90_beat_3-4.mid"
        take = Take(velocity, velocity * 0, 3, 4, 90, False, "test", name, style_weights({"rock": 1}))
        fill = Take(velocity, velocity * 0, 3, 4, 90, True, "test", name, style_weights({"rock": 1}))
        self.assertEqual(parts_corpus.write_drums([take, fill], self.path), 1)
        row = read(self.path)[0]
        self.assertEqual((row["metre"], row["bars"], row["bpm"], row["style"]), ([3, 4], 8, 90, "rock"))
        self.assertEqual(row["parts"]["drums"][1], [1, 0, 0, 64])


if __name__ == "__main__":
    unittest.main()
