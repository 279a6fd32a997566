"""What a process and what it has started have used of the processor, held against what they say of themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from source.processor_time import used_processor_s

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")

TICKS_S = 0.05  # a few of the system's ticks, each of which may be counted or not
SPIN = "import time\nwhile time.process_time() < 0.3: pass\n"
TELL = "print(time.process_time(), flush=True)\n"
WAIT = "input()\n"
# A child that spins, told of while it is alive, and again when it has ended and been waited for.
START = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SPIN + TELL + WAIT!r}], stdin=subprocess.PIPE)
{WAIT}
child.communicate(b"\\n")
{TELL + WAIT}
"""


def started(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def told_by(process: subprocess.Popen[str]) -> float:
    assert process.stdout
    return float(process.stdout.readline())


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def test_a_process_has_used_what_it_says() -> None:
    with started(SPIN + TELL + WAIT) as process:
        told_s = told_by(process)
        assert used_processor_s(process.pid) == pytest.approx(told_s, abs=TICKS_S)
        go_on(process)


def test_what_a_process_has_started_counts_while_it_lives_and_afterwards() -> None:
    with started(START) as process:
        of_its_child_s = told_by(process)
        alive_s = used_processor_s(process.pid)
        go_on(process)
        own_s = told_by(process)
        ended_s = used_processor_s(process.pid)
        go_on(process)
    assert alive_s is not None
    assert of_its_child_s >= 0.3
    assert alive_s >= of_its_child_s - TICKS_S
    assert ended_s == pytest.approx(own_s + of_its_child_s, abs=3 * TICKS_S)


def test_the_time_of_this_process_never_runs_back() -> None:
    times = [used_processor_s(os.getpid()) or 0.0 for _ in range(100)]
    assert times == sorted(times)
    assert times[0] > 0


def test_a_process_that_is_gone_has_no_time() -> None:
    with started("") as process:
        process.communicate()
    assert used_processor_s(process.pid) is None
