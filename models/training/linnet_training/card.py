"""The model card of a model: its template in `cards/`, with the figures put in."""

from pathlib import Path
from string import Template

CARDS = Path(__file__).resolve().parent / "cards"


def _plain(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class _Figures(dict):
    def __missing__(self, key):
        return "–"


def write(name, values, hidden, folder):
    """Writes `folder/MODEL_CARD.md` from its template; a figure that is missing is a dash."""
    stated = _Figures({key: _plain(value) for key, value in values.items()}, hidden=str(hidden))
    template = Template((CARDS / f"{name}.md").read_text(encoding="utf-8"))
    (folder / "MODEL_CARD.md").write_text(template.substitute(stated), encoding="utf-8")
