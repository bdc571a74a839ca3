"""The editor of the VST3 bundle in a third-party host (dawdreamer), on an X server without a screen.

The host's window needs a window manager; a second program asks it to close the window, as a user does.
"""

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import dawdreamer
import numpy as np
from common import BUNDLE, RATE_HZ

# Asks every window to close, some time after it has opened.
CLOSE = """
while [ -z "$(wmctrl -l)" ]; do sleep 0.05; done
sleep "$1"
while [ -n "$(wmctrl -l)" ]; do
  for window in $(wmctrl -l | cut -d ' ' -f 1); do wmctrl -i -c "$window"; done
  sleep 0.1
done
"""

# How often a session is tried where X's own handler of errors ends the host.
ATTEMPTS = 8


@contextmanager
def screen():
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
    os.environ["DISPLAY"] = ":" + server.stdout.readline().decode().strip()
    os.environ["LIBGL_ALWAYS_SOFTWARE"] = "1"
    manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        if subprocess.run(["wmctrl", "-m"], capture_output=True).returncode == 0:
            break
        time.sleep(0.05)
    try:
        yield
    finally:
        manager.kill()
        server.kill()
        manager.wait()
        server.wait()


def host():
    engine = dawdreamer.RenderEngine(RATE_HZ, 512)
    plugin = engine.make_plugin_processor("linnet", str(BUNDLE))
    engine.load_graph([(plugin, [])])
    return engine, plugin


def open_for(plugin, seconds):
    closer = subprocess.Popen(["sh", "-c", CLOSE, "close", str(seconds)])
    plugin.open_editor()
    assert closer.wait(timeout=20) == 0


@contextmanager
def meanwhile(act):
    """Repeats `act` on another thread."""
    over, failures = threading.Event(), []

    def run():
        try:
            while not over.is_set():
                act()
        except Exception as failure:  # it is raised again below, on the thread that waits
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failures:
        raise failures[0]


def session():
    """Every case in one session of the host, as with a user: cold, warm, and with something going on meanwhile.

    A state is not loaded meanwhile: this host opens a second editor for that, on the thread that loads. The CLAP
    validator has that case.
    """
    engine, plugin = host()
    open_for(plugin, 0.5)
    plugin.add_midi_note(60, 100, 0.0, 0.4)
    engine.render(0.5)
    open_for(plugin, 0.5)
    random = np.random.default_rng(5)
    count = plugin.get_plugin_parameter_size()

    def automate():
        # The plug-in's own come first; behind them stand the wrapper's MIDI controllers.
        plugin.set_parameter(int(random.integers(min(count, 90))), float(random.random()))
        time.sleep(0.001)

    with meanwhile(automate):
        for _ in range(2):
            open_for(plugin, 0.6)
    with meanwhile(lambda: engine.render(0.05)):
        for _ in range(2):
            open_for(plugin, 0.6)
    for _ in range(6):
        open_for(plugin, 0.3)
    engine.render(0.1)
    assert np.all(np.isfinite(engine.get_audio()))
    print("the session is over", flush=True)


def test_the_editor_lives_through_a_session_in_a_foreign_host():
    # In a process of its own: what an editor breaks takes the process along.
    for _ in range(ATTEMPTS):
        with screen():
            done = subprocess.run(
                [sys.executable, __file__], capture_output=True, text=True, timeout=120, check=False
            )
        # An error of X ends the host this way: it may ask for a window that was just closed. A crash ends it by a signal.
        if done.returncode != 1 or "BadWindow" not in done.stderr:
            break
    said = (done.stdout + done.stderr).strip().splitlines()[-6:]
    assert done.returncode == 0 and "the session is over" in done.stdout, f"{done.returncode}: {said}"


if __name__ == "__main__":
    session()
