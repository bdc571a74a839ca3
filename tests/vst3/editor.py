"""The editor of the VST3 bundle in a third-party host (dawdreamer), on an X server without a screen.

The host's window needs a window manager; a second program asks it to close the window, as a user does.
"""

import ctypes
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


class XError(ctypes.Structure):
    """The head of Xlib's XErrorEvent."""

    _fields_ = [
        ("type", ctypes.c_int), ("display", ctypes.c_void_p), ("resource", ctypes.c_ulong), ("serial", ctypes.c_ulong),
        ("error", ctypes.c_ubyte), ("request", ctypes.c_ubyte), ("minor", ctypes.c_ubyte),
    ]


BAD_WINDOW = 3
NO_WINDOW = 0
# What asks for a window without changing it: GetWindowAttributes, QueryTree, GetProperty.
QUESTIONS = {3, 15, 20}


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(XError))
def on_x_error(_display, event):
    error = event.contents
    # These hosts ask for windows that have just gone, or for none at all, and have no handler of their own: Xlib's would
    # end them.
    if error.error == BAD_WINDOW and (error.request in QUESTIONS or error.resource == NO_WINDOW):
        return 0
    print(f"X error {error.error} at request {error.request}.{error.minor}", file=sys.stderr, flush=True)
    os._exit(3)


def host():
    ctypes.CDLL("libX11.so.6").XSetErrorHandler(on_x_error)
    engine = dawdreamer.RenderEngine(RATE_HZ, 512)
    plugin = engine.make_plugin_processor("linnet", str(BUNDLE))
    engine.load_graph([(plugin, [])])
    return engine, plugin


def open_for(plugin, seconds):
    # Without its own outputs the closer would outlive a host that dies, and hold the pipes that its end is read from.
    closer = subprocess.Popen(
        ["timeout", "20", "sh", "-c", CLOSE, "close", str(seconds)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    plugin.open_editor()
    assert closer.wait() == 0, "the window did not close within 20 s"


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
        open_for(plugin, 0.05)
    engine.render(0.1)
    assert np.all(np.isfinite(engine.get_audio()))
    print("the session is over", flush=True)


def test_the_editor_lives_through_a_session_in_a_foreign_host():
    # In a process of its own: what an editor breaks takes the process along.
    with screen():
        done = subprocess.run(
            [sys.executable, __file__], capture_output=True, text=True, timeout=120, check=False
        )
    said = (done.stdout + done.stderr).strip().splitlines()[-6:]
    assert done.returncode == 0 and "the session is over" in done.stdout, f"{done.returncode}: {said}"


if __name__ == "__main__":
    session()
