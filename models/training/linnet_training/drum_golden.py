"""Golden features of the drum and groove models: a few held-out windows with every input."""

from .drum_data import load_takes, reread
from .drum_features import (
    Feel,
    Wish,
    drum_features,
    energy,
    hit_density,
    syncopation,
    window_arrays,
)
from .golden import plain, write_json
from .groove_windows import groove_features, lateness, swing, touch
from .vocabulary import vocabulary_sha256

CASE_BARS = 3
DRUM_NOTE = (
    "`hits` are the sounding classes of each step as nine-bit numbers; `velocity` and `shift` rows "
    "are per step and class. Row t of features belongs to the step that predicts hits[t]; prev[t] is "
    "what that step is given. `rhythm` holds velocities (0: no onset) or is null. `measured` are the "
    "attributes of the bars from `context_bars` on; features hold those named in `asked`."
)
GROOVE_NOTE = (
    "`velocity` and `shift` rows are per step and class; hits are the classes with a velocity. "
    "`measured` are the attributes of the window; features hold those named in `asked`."
)


def _windows(takes):
    """Held-out takes: straight, in threes, and re-read in 3/4 and 7/8."""
    held_out = [t for t in takes if t.split == "test" and not t.is_fill and t.bars > CASE_BARS]
    held_out = held_out or [t for t in takes if t.bars > CASE_BARS]
    straight = [t for t in held_out if t.a_beat == 4 and t.beats == 4]
    thirds = [t for t in held_out if t.a_beat == 3 and t.beats == 4]
    picked = [straight[0], reread(straight[-1], 3), reread(straight[0], 3.5)] if straight else []
    return picked + [reread(take, 2) for take in thirds[:1]]


def _shared(take, velocity, shift, feel):
    return {"take": take.name, "steps_a_bar": feel.bar_steps, "steps_a_beat": feel.a_beat,
            "beats_per_minute": round(feel.bpm, 6), "style": plain(take.style),
            "velocity": plain(velocity), "shift": plain(shift)}


def _drum_case(take, fill_bars, context, asked):
    feel = Feel(take.bar_steps, take.a_beat, take.bpm)
    steps = feel.bar_steps * CASE_BARS
    velocity, shift = take.velocity[:steps], take.shift[:steps]
    target = velocity[context * feel.bar_steps:]
    measured = {"density": hit_density(target),
                "syncopation": syncopation(target, feel.bar_steps, feel.a_beat),
                "energy": energy(target)}
    rhythm = velocity[:, 0].round(6) if "rhythm" in asked else None
    wish = Wish(rhythm=rhythm, style=take.style if "style" in asked else None,
                **{key: value for key, value in measured.items() if key in asked})
    features = drum_features(velocity, feel, fill_bars, context, wish)
    arrays = window_arrays(velocity, shift, features)
    return {**_shared(take, velocity, shift, feel), "bars": CASE_BARS, "fill_bars": list(fill_bars),
            "context_bars": context, "asked": list(asked), "measured": measured,
            "rhythm": None if rhythm is None else plain(rhythm), "prev": arrays["prev"].tolist(),
            "hits": arrays["event"].tolist(), "features": plain(features)}


def _groove_case(take, asked):
    feel = Feel(take.bar_steps, take.a_beat, take.bpm)
    steps = feel.bar_steps * CASE_BARS
    velocity, shift = take.velocity[:steps], take.shift[:steps]
    measured = {"energy": energy(velocity), "swing": swing(velocity, shift, feel),
                "lateness": lateness(velocity, shift, feel), "touch": touch(velocity)}
    wishes = [measured[key] if key in asked else None for key in measured]
    features = groove_features(steps, feel, take.style if "style" in asked else None, *wishes)
    return {**_shared(take, velocity, shift, feel), "asked": list(asked),
            "measured": {**measured, "touch": plain(measured["touch"])},
            "features": plain(features)}


def _write(note, cases, folder):
    write_json(folder / "features_golden.json",
               {"tokens_sha256": vocabulary_sha256(), "note": note, "cases": cases})


def write_drums(model, out, folder):
    """Writes `folder/features_golden.json` of the drum model."""
    plans = (((2,), 0, ("rhythm", "density", "style")), ((), 1, ("syncopation", "energy")),
             ((1, 2), 0, ("density", "syncopation", "energy", "style")), ((), 2, ("rhythm",)))
    takes = _windows(load_takes(out / "drums.pt"))
    cases = [_drum_case(take, *plan) for take, plan in zip(takes, plans, strict=False)]
    _write(DRUM_NOTE, cases, folder)


def write_groove(model, out, folder):
    """Writes `folder/features_golden.json` of the groove model."""
    plans = (("style", "energy"), ("swing", "lateness"), ("style", "touch"),
             ("energy", "swing", "lateness"))
    takes = _windows(load_takes(out / "drums.pt"))
    cases = [_groove_case(take, plan) for take, plan in zip(takes, plans, strict=False)]
    _write(GROOVE_NOTE, cases, folder)
