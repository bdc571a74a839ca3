"""All styles by name, and their shuffles."""

from dataclasses import replace
from functools import lru_cache

from ..tokens import bar_ticks, is_compound
from . import dance, downtempo, funk_soul, latin, pop_rock, scenic, swing
from .chance import chance
from .style import Family

_FAMILIES = (pop_rock, funk_soul, swing, dance, downtempo, latin, scenic)
STYLES = {style.name: style for module in _FAMILIES for style in module.STYLES}
SHUFFLE_FILLS = ("=========sss", "======s.ss.s", "======tttlll", "=========s.s", "======S..S.s",
                 "=========tml")


def _without_sixteenths(family):
    """The family's patterns without odd sixteenths, or None where it has none."""
    kept = tuple(p for p in family.patterns[""] if all(symbol in "-." for symbol in p[1::2]))
    return Family(family.name, family.weight, {"": kept}, family.options) if kept else None


@lru_cache(maxsize=32)
def _shuffled(name):
    """The style with the beat in three: its shuffle drums, and only lines of eighths."""
    style = STYLES[name]
    lines = {key: tuple(f for f in map(_without_sixteenths, getattr(style, key)) if f)
             for key in ("bass", "comps")}
    return replace(style, thirds=True, drums=style.shuffles, fills=SHUFFLE_FILLS, **lines)


def style_rules(name, metre, random):
    """The rules of a style, in metres of whole quarters sometimes as a shuffle."""
    style = STYLES[name]
    if style.shuffle and not is_compound(metre) and bar_ticks(metre) % 24 == 0 \
            and chance(random, style.shuffle):
        return _shuffled(name)
    return style
