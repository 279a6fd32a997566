"""A child process that loads files, as its parent sees it: asked for one after the other, and ended when overdue."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from source.container import Outcome, Task
from source.messages import Begun, Finished, PagesDone, read_bytes_of_message, read_record, write_message
from source.patience import Overdue, Patience
from source.processor_time import used_processor_s
from source.worker import OUT_OF_MEMORY

_SPLIT_IT = "Split it and add its parts."
_SAVE_ANEW = "Save it anew, or with another program, and add it again."
_TIME_TO_END_S = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What loading one file may take.

    A child is overdue when, without telling of anything, not even a page, it and what it has started have used
    `processor_s` of processor time, and `processor_s_per_mb` for each megabyte of its file; or when `clock_factor`
    times as long has passed by the clock. `max_message_bytes` bounds a document as it is passed on.
    """

    processor_s: float = 120
    processor_s_per_mb: float = 10
    clock_factor: float = 10
    max_memory_bytes: int = 3_000_000_000
    max_message_bytes: int = 1_000_000_000

    def patience(self, size_bytes: int) -> Patience:
        """How long a child may be silent over a file of this size."""
        processor_s = self.processor_s + self.processor_s_per_mb * size_bytes / 1e6
        return Patience(processor_s, processor_s * self.clock_factor)


class ChildError(Exception):
    """A child came to its end over a file; the message is a reason, the remedy beside it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class Child:
    """A process that loads files for one thread; another may watch over it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        root = str(Path(__file__).parents[1])
        self._process = subprocess.Popen(  # noqa: S603 - nothing of it comes from outside
            [sys.executable, "-P", "-m", "source.worker", str(limits.max_memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))},
            start_new_session=True,  # Ctrl-C is for the parent; and what the child has started ends with it
        )
        self._tasks, self._replies = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
        self._patience = limits.patience(0)
        self._heard_at: float | None = None
        self._silence: _Silence | None = None
        self._overdue: Overdue | None = None

    def load(self, task: Task) -> Iterator[Begun | PagesDone | Outcome]:
        """What `task` comes to, as the child tells it.

        Raises:
            ChildError: the child crashed, was overdue, or had too much to tell.
        """
        self._patience = self._limits.patience(_size_bytes(task.path))
        self._heard_at = time.monotonic()
        try:
            write_message(self._tasks, task)
            while not isinstance(message := self._read(), Finished):
                self._heard_at = None  # what the parent makes of it is no silence of the child
                yield message
                self._heard_at = time.monotonic()
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise self._why_ended() from error
        finally:
            self._heard_at = None

    def _read(self) -> Begun | PagesDone | Finished | Outcome:
        data = read_bytes_of_message(self._replies, self._limits.max_message_bytes)
        if data is None:
            raise EOFError
        message: Begun | PagesDone | Finished | Outcome = read_record(data)  # type: ignore[assignment]
        return message

    def _why_ended(self) -> ChildError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_TIME_TO_END_S)
        is_alive = self._process.poll() is None
        status = self.end()
        if self._overdue:
            return ChildError(self._overdue.reason, self._overdue.remedy)
        if status == OUT_OF_MEMORY:
            return ChildError("reading it takes more memory than a file may take", _SPLIT_IT)
        if is_alive:
            return ChildError("it holds more than a document may hold", _SPLIT_IT)
        return ChildError(f"what reads such files crashed over it (status {status})", _SAVE_ANEW)

    def end_if_overdue(self) -> None:
        """End the child if it has told of nothing for too long; its processor time counts from when this first asks."""
        heard_at = self._heard_at
        if heard_at is None or self._overdue or self._process.returncode is not None:
            return
        used_s = used_processor_s(self._process.pid)
        if self._silence is None or self._silence.heard_at != heard_at:
            self._silence = _Silence(heard_at, used_s)
        self._overdue = self._patience.overdue(self._silence.used_since(used_s), time.monotonic() - heard_at)
        if self._overdue:
            self._kill()

    def end(self) -> int:
        """End the child and all that it has started; its exit status."""
        self._kill()
        for pipe in (self._tasks, self._replies):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        return self._process.wait()

    def _kill(self) -> None:
        if sys.platform == "win32":
            self._process.kill()
        elif self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class _Silence:
    """A child has told of nothing since `heard_at`; it had used so much of the processor when that was first seen."""

    heard_at: float
    used_s: float | None

    def used_since(self, used_s: float | None) -> float | None:
        """What it has used since, `used_s` being all that it has now: nothing more if it has ended meanwhile."""
        return None if self.used_s is None else (used_s or self.used_s) - self.used_s


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
