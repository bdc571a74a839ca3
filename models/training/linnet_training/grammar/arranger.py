"""A whole arrangement in a style over a melody and its chords."""

from ..arrangement import Arrangement, as_rows
from ..tokens import is_compound
from .bass import Bassist
from .chance import chance, pick, spread
from .comping import Comper
from .counter import counter_rows
from .drumming import Drummer
from .form import draw_traits, make_form, own_traits
from .grid import make_grid
from .harmony import Timeline, approached, coloured, plan_chords, source_chords, turned
from .hook import Hook
from .lead import fitted, lead_rows, notes_of, restyled, strong_share
from .styles import style_rules

BARS_MIN = 4
HOOK_SHARE, HOOK_STRONG_SHARE = 0.7, 0.75


def arrange(piece, style, random):
    """An `Arrangement` of `piece` in `style` (one of `GRAMMAR_STYLES`), or None where it does not fit.

    All draws come from `random`, a NumPy generator. None: metres without beats that the grammar knows,
    fewer than four bars, or neither chords nor melody.
    A piece without rows gets a melody of the grammar's own, or none; a lead named in `by_grammar` is such
    a one, or a riff made of the piece's notes.
    """
    metre = tuple(piece.metre)
    rules = style_rules(style, metre, random)
    variant = int(random.integers(2))
    grid, beat = make_grid(metre, False, variant), make_grid(metre, rules.thirds, variant)
    first = piece.first_full
    if grid is None or piece.bars - first < BARS_MIN:
        return None
    traits, total = draw_traits(random), piece.bars * grid.ticks
    form = make_form(rules, first, piece.bars, random)
    notes = [n for n in notes_of(piece, grid.ticks) if n[0] < total]
    source = source_chords(piece, notes, total)
    if not source:
        return None
    if notes:
        wanted = strong_share(notes, Timeline(source), grid)
        lead, is_ours = restyled(notes, rules, traits, form, grid, random)
    else:
        wanted, is_ours = HOOK_STRONG_SHARE, chance(random, HOOK_SHARE)
        lead = Hook(piece, rules, traits, grid, random).play(form) if is_ours else []
    chords = coloured(plan_chords(piece, rules, lead or notes, form, grid, random), rules, piece, random)
    chords = turned(chords, rules.harmony.turns, grid.step_ticks * 2, random)
    if rules.harmony.turns >= 0.3:
        chords = approached(chords, lead, grid.ticks, rules.harmony.turns, random)
    timeline = Timeline(chords)
    lead = fitted(lead, timeline, grid, wanted, random)
    parts = _parts(rules, traits, form, (grid, beat), timeline, lead, (piece.tonic, piece.scale), random)
    by_grammar = [name for name in ("counter", "chords", "bass", "drums") if name in parts]
    by_grammar = ["lead", *by_grammar] if is_ours and "lead" in parts else by_grammar
    return Arrangement(
        piece.set, piece.piece, piece.title, piece.licence, piece.split, style, piece.tonic,
        piece.scale, metre, piece.bars, first, [tuple(int(v) for v in c) for c in chords], True,
        _tempo(rules, metre, random), beat.steps_a_beat, by_grammar, parts)


def _tempo(rules, metre, random):
    """Quarters a minute; in compound metres the dotted beat is slower than the style's beat."""
    return float(round(spread(random, *rules.bpm) * (1.2 if is_compound(metre) else 1.0)))


def _parts(rules, traits, form, grids, timeline, lead, key, random):
    """The parts' rows by name; empty ones are left out."""
    grid, beat = grids
    drummer = Drummer(rules, own_traits(traits, random), beat, random)
    comper = Comper(rules, own_traits(traits, random), grid, timeline, lead, drummer.kick, random)
    bassist = Bassist(rules, own_traits(traits, random), grid, timeline, key, drummer.kick, random)
    rows = {
        "lead": lead_rows(lead, rules, traits, form, grid, random),
        "chords": comper.play(form),
        "bass": bassist.play(form),
        "drums": drummer.play(form),
    }
    kind = pick(random, list(rules.counters), list(rules.counters.values()))
    if kind != "none":
        rows["counter"] = counter_rows(kind, lead, timeline, form, grid, key, traits, random)
    return {name: as_rows(part) for name, part in rows.items() if len(part)}
