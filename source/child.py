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
from source.worker import OUT_OF_MEMORY

_SPLIT_IT = "Split it and add its parts."
_SAVE_ANEW = "Save it anew, or with another program, and add it again."
_TIME_TO_END_S = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What loading one file may take.

    A child is overdue when it has told of nothing, not even a page, for `silent_s` and `silent_s_per_mb` for each
    megabyte of its file. `max_message_bytes` bounds a document as it is passed on.
    """

    silent_s: float = 120
    silent_s_per_mb: float = 10
    max_memory_bytes: int = 3_000_000_000
    max_message_bytes: int = 1_000_000_000


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
        self._patience_s = 0.0
        self._heard_at: float | None = None
        self._was_overdue = False

    def load(self, task: Task) -> Iterator[Begun | PagesDone | Outcome]:
        """What `task` comes to, as the child tells it.

        Raises:
            ChildError: the child crashed, was overdue, or had too much to tell.
        """
        self._patience_s = self._limits.silent_s + self._limits.silent_s_per_mb * _megabytes(task.path)
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
        if self._was_overdue:
            return ChildError(
                f"reading it took too long (no sign of progress in {self._patience_s:,.0f} s)", _SAVE_ANEW
            )
        if status == OUT_OF_MEMORY:
            return ChildError("reading it takes more memory than a file may take", _SPLIT_IT)
        if is_alive:
            return ChildError("it holds more than a document may hold", _SPLIT_IT)
        return ChildError(f"what reads such files crashed over it (status {status})", _SAVE_ANEW)

    def end_if_overdue(self) -> None:
        """End the child if it has been silent for too long."""
        heard_at = self._heard_at
        if heard_at is not None and time.monotonic() - heard_at > self._patience_s:
            self._was_overdue = True
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


def _megabytes(path: Path) -> float:
    try:
        return path.stat().st_size / 1e6
    except OSError:
        return 0.0
