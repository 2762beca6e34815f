"""A signal that comes at any moment of a wait is obeyed, and never waits for the thread that it interrupts."""

import subprocess
import sys

WAITS = """
import os, subprocess, sys
from contextlib import suppress
from campaign.jobs import stop

flag = stop._stop
os.set_blocking(flag._read, False)
stop.catch_signals()
shoot = "import os, time\\nfor _ in range(4000):\\n    os.kill(int(os.sys.argv[1]), 15); time.sleep(0.0001)"
with subprocess.Popen([sys.executable, "-c", shoot, str(os.getpid())]) as shooter:
    obeyed = 0
    while shooter.poll() is None:
        flag._set = False
        with suppress(BlockingIOError):
            os.read(flag._read, 1000)
        obeyed += stop.wait(0.0002)
print(obeyed)
"""


def test_thousands_of_signals_at_any_moment_of_a_wait_do_not_lock_it_up() -> None:
    done = subprocess.run([sys.executable, "-c", WAITS], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 100


FORKS = """
import os, select
from campaign.jobs import stop

child = os.fork()
if child == 0:
    stop.request_stop()
    os._exit(0 if stop.stopping() else 1)
assert os.waitpid(child, 0)[1] == 0
print(stop.stopping(), select.select([stop._stop._read], [], [], 0)[0])
"""


def test_a_fork_that_is_asked_to_stop_wakes_nobody_else() -> None:
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "False []\n", done.stderr[-2000:]
