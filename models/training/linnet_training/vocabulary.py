"""What the models of four parts share beyond `tokens`: parts, styles, attributes (`vocabulary.json`)."""

import hashlib
import json

from .tokens import MODELS_DIR, TOKENS_PATH

VOCABULARY_PATH = MODELS_DIR / "vocabulary.json"
_VOCABULARY = json.loads(VOCABULARY_PATH.read_text())

PARTS = _VOCABULARY["parts"]
ROLES = _VOCABULARY["roles"]
STYLES = _VOCABULARY["styles"]
GRAMMAR_STYLES = _VOCABULARY["grammar_styles"]
SET_STYLES = _VOCABULARY["set_styles"]
ATTRIBUTES = _VOCABULARY["attributes"]
COLUMN_TICKS = _VOCABULARY["column_ticks"]
CANVAS_FEATURES = _VOCABULARY["canvas_features"]
PHRASE_FEATURES = _VOCABULARY["phrase_features"]


def vocabulary_sha256():
    """SHA-256 of the bytes of `tokens.json` followed by those of `vocabulary.json`, in hex."""
    return hashlib.sha256(TOKENS_PATH.read_bytes() + VOCABULARY_PATH.read_bytes()).hexdigest()
