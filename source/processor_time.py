"""The processor time that a process and what it has started have used, where the system tells of it: on Linux."""

from __future__ import annotations

import os
from pathlib import Path

_PROCESSES = Path("/proc")
# In proc(5)'s `stat`, counted from behind the name: utime and stime, and cutime and cstime of children waited for.
_TIMES = slice(11, 15)


def used_processor_s(pid: int) -> float | None:
    """Seconds of processor time used so far by the process `pid`, what it has started, and what that has started.

    Those that have ended count once they have been waited for, those whose parent is gone no longer. None if there is
    no such process, or the system does not tell.
    """
    ticks = _ticks(pid)
    if ticks is None:
        return None
    # Parents before children: one that is waited for meanwhile is missed this time, and never counted twice.
    left = _children(pid)
    while left:
        process = left.pop()
        ticks += _ticks(process) or 0
        left += _children(process)
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int | None:
    try:
        stat = (_PROCESSES / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    return sum(map(int, stat.rpartition(b")")[2].split()[_TIMES]))


def _children(pid: int) -> list[int]:
    """What the threads of a process have started and not waited for; none if it has ended meanwhile."""
    found: list[int] = []
    try:
        for thread in (_PROCESSES / str(pid) / "task").iterdir():
            found += map(int, (thread / "children").read_bytes().split())
    except OSError:
        return found
    return found
