"""What this process and all that it has started take together: memory while it runs, and processor time at the end."""

from __future__ import annotations

import contextlib
import os
import resource
import threading
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_INTERVAL_S = 1.0
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes in use: `own` by this process, and `children` by those that it has started, and by what these have."""

    own: int = 0
    children: int = 0

    @property
    def together(self) -> int:
        """Of all of them."""
        return self.own + self.children


def memory_now() -> Memory:
    """What is in use; pages that processes share count in parts (PSS). Only Linux tells: 0 elsewhere."""
    below = _descendants(os.getpid())
    return Memory(_proportional(os.getpid()), sum(map(_proportional, below)))


def _descendants(pid: int) -> list[int]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for folder in _PROC.iterdir() if _PROC.is_dir() else ():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                # The name may hold blanks and brackets; after it come the state and the parent.
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                children[int(fields[1])].append(int(folder.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        mine = children[waiting.pop()]
        found += mine
        waiting += mine
    return found


def _proportional(pid: int) -> int:
    with contextlib.suppress(OSError):  # it has ended meanwhile
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


class MemoryWatch:
    """The most memory that was in use at any of the moments at which it looked while the `with` block ran."""

    def __init__(self, interval_s: float = _INTERVAL_S) -> None:
        self.most = Memory()
        self._interval_s = interval_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.most = max(self.most, memory_now(), key=lambda one: one.together)
            if self._ended.wait(self._interval_s):
                return


def processor_seconds() -> tuple[float, float]:
    """Of this process, and of those it has started that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime
