"""The training sets: whose they are, under which terms, and what to say about them."""

SETS = {
    "openewld": {
        "licence": "MIT", "source": "00sapo/OpenEWLD",
        "attribution": "OpenEWLD, © 2018 00sapo (F. Simonetta), MIT; works in the public domain",
    },
    "ceol-rince": {
        "licence": "CC BY 4.0", "source": "polifonia-project/folk_ngram_analysis (cre_corpus)",
        "attribution": "Ceol Rince na hÉireann corpus, Polifonia project (D. Diamond and others), "
                       "CC BY 4.0, after the books of Breandán Breathnach; changed: cut, quantised",
    },
    "openhymnal": {
        "licence": "public domain", "source": "mzealey/openhymnal",
        "attribution": "Open Hymnal Project (B. J. Dumont and contributors), public domain",
    },
    "jsb-chorales": {
        "licence": "public domain", "source": "czhuang/JSB-Chorales-dataset",
        "attribution": "J. S. Bach's chorales, as prepared by Boulanger-Lewandowski and Huang",
    },
    "openscore-lieder": {
        "licence": "CC0 1.0", "source": "OpenScore Lieder Corpus",
        "attribution": "OpenScore Lieder Corpus, CC0 1.0, by the OpenScore community",
    },
    "mutopia-pd-ccby": {
        "licence": "public domain or CC BY", "source": "MutopiaProject/MutopiaProject",
        "attribution": "The Mutopia Project and its typesetters (named piece by piece in "
                       "models/corpus); only public-domain and CC BY pieces; changed: cut, quantised",
    },
    "midi-folder": {"licence": "your own", "source": "a folder of yours", "attribution": ""},
    "groove": {
        "licence": "CC BY 4.0", "source": "Groove MIDI Dataset 1.0.0 (Google Magenta)",
        "attribution": "Groove MIDI Dataset, Gillick, Roberts, Engel, Eck and Bamman, ICML 2019, "
                       "CC BY 4.0; changed: put on a grid, metres derived",
    },
    "mcgill-billboard": {
        "licence": "CC BY 4.0", "source": "corpusmusic/billboardcorpus",
        "attribution": "McGill Billboard annotations, J. A. Burgoyne, J. Wild and I. Fujinaga, 2011, "
                       "CC BY 4.0; chords only",
    },
    "free-midi-chords": {
        "licence": "MIT", "source": "ldrolez/free-midi-chords",
        "attribution": "free-midi-chords, © 2019 Ludovic Drolez, MIT",
    },
}


def licence_list(names):
    """One line a set, for the ONNX metadata."""
    return [f"{name}: {SETS[name]['licence']}" for name in names]
