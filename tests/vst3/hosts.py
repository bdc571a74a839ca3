"""The VST3 bundle in two third-party hosts (pedalboard and dawdreamer, which are made with JUCE).

`common.py` says what it needs of the environment. Prints one line a test, and at the end "N passed, N failed". A word
as argument runs only the tests whose names hold it.
"""

import sys
import traceback

import behaviour
import editor
import numpy as np
import pedalboard
import window
from common import BUNDLE, REFERENCE, instrument, level_db, note_effect, render
from pedalboard.io import AudioFile


def test_both_plugins_are_in_the_bundle():
    names = pedalboard.VST3Plugin.get_plugin_names_for_file(str(BUNDLE))
    assert sorted(names) == ["Linnet", "Linnet Notes"], names


def test_it_sounds_like_the_clap_bundle():
    with AudioFile(str(REFERENCE)) as file:
        expect = file.read(file.frames)
    audio = render(instrument())
    frames = min(audio.shape[1], expect.shape[1])
    apart = level_db(audio[:, :frames] - expect[:, :frames]) - level_db(expect)
    assert level_db(expect) > -50, f"the reference is silent: {level_db(expect):.1f} dBFS"
    assert apart < -60, f"the difference is {apart:.1f} dB of the sound"


def test_the_size_of_a_block_does_not_matter():
    plugin = instrument()
    first, second = render(plugin, 512), render(plugin, 333)
    apart = level_db(first - second) - level_db(first)
    assert apart < -80, f"the difference is {apart:.1f} dB of the sound"


def test_the_note_effect_is_silent():
    assert np.all(render(note_effect()) == 0.0)


def test_parameters_have_names_and_can_be_set():
    plugin = instrument()
    names = list(plugin.parameters)
    assert len(names) > 60, names
    before = plugin.parameters["bars"].raw_value
    plugin.parameters["bars"].raw_value = 1.0
    assert plugin.parameters["bars"].raw_value != before


def test_the_state_comes_back_byte_for_byte():
    plugin = instrument()
    plugin.parameters["bars"].raw_value = 1.0
    render(plugin)
    state = plugin.raw_state
    other = instrument()
    other.raw_state = state
    render(other)
    assert other.raw_state == state
    assert other.parameters["bars"].raw_value == plugin.parameters["bars"].raw_value


def main():
    modules = [globals(), vars(behaviour), vars(editor), vars(window)]
    tests = [(name, run) for module in modules for name, run in module.items() if name.startswith("test_")]
    tests = [(name, run) for name, run in tests if all(word in name for word in sys.argv[1:])]
    failed = 0
    for name, run in tests:
        try:
            run()
            print(f"passed: {name}", flush=True)
        except Exception:  # every failure of a test is reported, and the others still run
            failed += 1
            traceback.print_exc()
            print(f"FAILED: {name}", flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
