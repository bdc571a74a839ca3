"""The VST3 bundle in a third-party host (pedalboard, which is made with JUCE).

LINNET_BUNDLES names the folder with Linnet.vst3, LINNET_REFERENCE a WAV file with what the CLAP bundle gives for NOTES.
Prints one line a test, and at the end "N passed, N failed".
"""

import os
import sys
import traceback
from pathlib import Path

import numpy as np
import pedalboard
from pedalboard.io import AudioFile

RATE_HZ = 48_000
SECONDS = 4.0
# Key, start and end in seconds. The same rows stand in reference.rs.
NOTES = [(60, 0.0, 0.5), (64, 0.5, 1.0), (67, 1.0, 2.0), (48, 1.0, 2.0)]
VELOCITY = 100
BUNDLE = Path(os.environ["LINNET_BUNDLES"]) / "Linnet.vst3"
REFERENCE = Path(os.environ["LINNET_REFERENCE"])
# Linnet Notes never sounds; the host would wait this long for it to do so.
SILENT_TIMEOUT_S = 1.0


def instrument():
    return pedalboard.load_plugin(str(BUNDLE), plugin_name="Linnet")


def note_effect():
    return pedalboard.load_plugin(
        str(BUNDLE), plugin_name="Linnet Notes", initialization_timeout=SILENT_TIMEOUT_S
    )


def messages(notes=NOTES):
    events = []
    for key, start, end in notes:
        events.append((bytes([0x90, key, VELOCITY]), start))
        events.append((bytes([0x80, key, 0]), end))
    return sorted(events, key=lambda event: event[1])


def render(plugin, block=512):
    return plugin.process(
        messages(), duration=SECONDS, sample_rate=RATE_HZ, num_channels=2, buffer_size=block, reset=True
    )


def level_db(audio):
    return 20 * np.log10(max(np.sqrt(np.mean(audio**2)), 1e-10))


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
    tests = [(name, run) for name, run in globals().items() if name.startswith("test_")]
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
