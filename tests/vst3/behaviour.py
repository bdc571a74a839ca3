"""What VST3 hosts do to plug-ins, as far as these hosts reach: rates, blocks, parameters, text, states, automation."""

import threading

import dawdreamer
import numpy as np
from common import BUNDLE, RATE_HZ, instrument, level_db, note_effect, randomise, render

RATES_HZ = [1000.0, 1234.5678, 12_345.678, 44_100.0, 88_200.0, 192_000.0, 768_000.0]
BLOCKS = [1, 7, 64, 511, 8191, 16_384]
# Some of a parameter's places, its ends among them.
PLACES = [0.0, 0.1, 0.25, 0.333, 0.5, 0.77, 1.0]


def assert_sane(audio, what):
    assert np.all(np.isfinite(audio)), f"{what}: the output is not finite"


def test_any_sample_rate_gives_finite_sound():
    for make in (instrument, note_effect):
        plugin = make()
        for rate_hz in RATES_HZ:
            assert_sane(render(plugin, rate_hz=rate_hz, seconds=0.2, reset=False), f"{rate_hz} Hz")
    assert level_db(render(instrument(), rate_hz=96_000.0, seconds=0.3)) > -60


def test_blocks_of_any_size_give_the_same_sound():
    plugin = instrument()
    expect = render(plugin, 512, seconds=0.3)
    for block in BLOCKS:
        audio = render(plugin, block, seconds=0.3)
        assert_sane(audio, f"blocks of {block}")
        apart = level_db(audio - expect) - level_db(expect)
        assert apart < -80, f"blocks of {block}: the difference is {apart:.1f} dB of the sound"


def test_parameters_at_random_and_at_their_bounds_keep_it_sane():
    random = np.random.default_rng(1)
    for make in (instrument, note_effect):
        plugin = make()
        for turn in range(12):
            randomise(plugin, random, at_bounds=turn % 2 == 0)
            assert_sane(render(plugin, seconds=0.1, reset=False), f"setting {turn}")


def test_parameters_set_from_two_threads_keep_it_sane():
    plugin = instrument()
    # The host's public list makes tables whenever it is asked, which it cannot do on two threads.
    parameters = plugin._parameters
    over = threading.Event()

    def turn(seed):
        random = np.random.default_rng(seed)
        while not over.is_set():
            for one in parameters:
                one.raw_value = float(random.random())

    threads = [threading.Thread(target=turn, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    try:
        # 500 blocks.
        assert_sane(render(plugin, seconds=500 * 512 / RATE_HZ, reset=False), "two threads")
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_every_parameter_reads_the_text_that_it_prints():
    for make in (instrument, note_effect):
        plugin = make()
        # The public list reads values from tables of its own; these are the plug-in's answers.
        # The wrapper's MIDI controllers print numbers, and read none.
        for one in (one for one in plugin._parameters if not one.name.startswith("MIDI/")):
            for place in PLACES:
                text = one.get_text_for_raw_value(place)
                assert text.isascii(), f"{one.name} prints {text}, and VST3 hosts give back 8 bits of a letter"
                again = one.get_text_for_raw_value(one.get_raw_value_for_text(text))
                assert text == again, f"{one.name} at {place} prints {text}, which is read as {again}"


def test_random_settings_come_back_byte_for_byte():
    random = np.random.default_rng(2)
    for make in (instrument, note_effect):
        for turn in range(2):
            plugin = make()
            randomise(plugin, random, at_bounds=turn == 0)
            render(plugin, seconds=0.05, reset=False)
            # A button that is down proposes; the state to compare is that without it.
            plugin.parameters["propose"].raw_value = 0.0
            render(plugin, seconds=0.05, reset=False)
            state = plugin.raw_state
            other = make()
            other.raw_state = state
            render(other, seconds=0.05, reset=False)
            assert other.raw_state == state, f"setting {turn}: the state differs"
            for one, same in zip(plugin._parameters, other._parameters):
                # The wrapper's MIDI controllers are events, which no state holds; the revision is not the host's.
                is_same = one.string_value == same.string_value or one.name.startswith("MIDI/") or one.name == "Revision"
                assert is_same, f"{one.name}: {one.string_value}"


def test_broken_states_do_no_harm():
    random = np.random.default_rng(3)
    plugin = instrument()
    render(plugin, seconds=0.05, reset=False)
    good = plugin.raw_state
    for turn in range(60):
        bad = bytearray(good)
        if turn % 3 == 0:
            bad = bytearray(random.bytes(int(random.integers(5000))))
        elif turn % 3 == 1:
            bad = bad[: int(random.integers(len(bad)))]
        else:
            for place in random.integers(len(bad), size=8):
                bad[int(place)] = int(random.integers(256))
        try:
            plugin.raw_state = bytes(bad)
        except (ValueError, RuntimeError):
            pass  # the host may see that it is broken
    assert_sane(render(plugin, seconds=0.1, reset=False), "after broken states")
    plugin.raw_state = good
    render(plugin, seconds=0.05, reset=False)
    assert plugin.raw_state == good, "a good state after broken ones"


def test_a_reset_leaves_nothing_behind():
    fresh = render(instrument(), seconds=0.5)
    plugin = instrument()
    # Notes that are still held when the host resets.
    plugin.process(
        [(bytes([0x90, key, 120]), 0.0) for key in range(40, 70)],
        duration=0.3, sample_rate=RATE_HZ, num_channels=2, buffer_size=512, reset=False,
    )
    plugin.reset()
    apart = level_db(render(plugin, seconds=0.5) - fresh) - level_db(fresh)
    assert apart < -80, f"the difference is {apart:.1f} dB of the sound"


def automated(step_s):
    """Half a second of a held note, and the output turned down from `step_s` on."""
    engine = dawdreamer.RenderEngine(RATE_HZ, 512)
    plugin = engine.make_plugin_processor("linnet", str(BUNDLE))
    index = next(one["index"] for one in plugin.get_parameters_description() if one["name"] == "Output")
    if step_s is not None:
        curve = np.full(RATE_HZ, plugin.get_parameter(index), dtype=np.float32)
        curve[int(step_s * RATE_HZ):] = 0.0
        assert plugin.set_automation(index, curve)
    plugin.add_midi_note(60, 100, 0.0, 0.9)
    engine.load_graph([(plugin, [])])
    engine.render(0.5)
    return engine.get_audio()


def test_automation_takes_effect_in_its_place():
    plain = automated(None)
    assert level_db(plain[:, 10_000:]) > -50, "the note does not sound"
    step = 20 * 512
    audio = automated(step / RATE_HZ)
    before = np.max(np.abs(audio[:, : step - 512] - plain[:, : step - 512]))
    assert before < 1e-6, f"the sound differs by {before} before the automation"
    # A smoothed gain, and the limiter's look-ahead: a twentieth of a second.
    after = step + RATE_HZ // 20
    assert level_db(audio[:, after:]) < level_db(plain[:, after:]) - 20, "the automation has no effect"


def test_automation_gives_the_same_sound_every_time():
    first, second = automated(0.2), automated(0.2)
    assert np.array_equal(first, second), np.max(np.abs(first - second))
