"""What the tests of the VST3 bundle share.

LINNET_BUNDLES names the folder with Linnet.vst3, LINNET_REFERENCE a WAV file with what the CLAP bundle gives for NOTES.
"""

import os
from pathlib import Path

import numpy as np
import pedalboard

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


def render(plugin, block=512, rate_hz=RATE_HZ, seconds=SECONDS, reset=True):
    """The notes' sound. This host resets a plug-in by making another, which takes its time."""
    return plugin.process(
        messages(), duration=seconds, sample_rate=rate_hz, num_channels=2, buffer_size=block, reset=reset
    )


def level_db(audio):
    return 20 * np.log10(max(np.sqrt(np.mean(audio**2)), 1e-10))


def randomise(plugin, random, at_bounds=False):
    for one in plugin.parameters.values():
        one.raw_value = float(random.integers(2)) if at_bounds else float(random.random())
