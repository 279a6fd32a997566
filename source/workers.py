"""Loading files in child processes, several at once, so that no file can harm more than itself.

A file that hangs, crashes or bloats its loader costs a child and one line; the child is replaced, and what else is in
the same archive is loaded by the next one.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Self

from source.child import Child, ChildError, Limits
from source.container import Outcome, Task, Unloaded
from source.errors import DocumentError, printable
from source.load import absolute
from source.messages import Begun, PagesDone

# One for each core; more than these only wait for the model.
_MAX_CHILDREN = 4
# Files that are loaded before they are asked for, and what is kept of each until then.
_FILES_AHEAD = 8
_OUTCOMES_AHEAD = 4
_WATCH_INTERVAL_S = 0.25


@dataclass(frozen=True, slots=True)
class PagesLoaded:
    """So many of the pages of the document at `path` have been loaded so far."""

    path: Path
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class TaskDone:
    """All that a task comes to has been told."""

    task: Task


@dataclass(slots=True)
class _Slot:
    """A file that is being loaded: what it comes to, in order and with None at the end; and how far it is."""

    task: Task
    outcomes: queue.Queue[Outcome | None] = field(default_factory=lambda: queue.Queue(maxsize=_OUTCOMES_AHEAD))
    pages: PagesLoaded | None = None


class Workers:
    """Child processes that load files: made when first needed, ended on leaving the `with` block."""

    def __init__(self, limits: Limits | None = None, children: int | None = None) -> None:
        self._limits = limits or Limits()
        count = children or min(os.cpu_count() or 1, _MAX_CHILDREN)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="load")
        self._lock = threading.Lock()
        self._children: set[Child] = set()
        self._idle: list[Child] = []
        self._is_closed = threading.Event()
        self._watchman = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watchman.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed.set()
        self._end_children()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._end_children()  # one may have been made meanwhile
        self._watchman.join()

    def load(self, tasks: Iterable[Task]) -> Iterator[PagesLoaded | Outcome | TaskDone]:
        """What the files come to, in the order of `tasks`; see `source.container.load_file`."""
        upcoming = iter(tasks)
        ahead: deque[tuple[_Slot, Future[None]]] = deque()
        while True:
            for task in islice(upcoming, _FILES_AHEAD - len(ahead)):
                slot = _Slot(task)
                ahead.append((slot, self._threads.submit(self._fill, slot)))
            if not ahead:
                return
            slot, filled = ahead.popleft()
            yield from _follow(slot)
            filled.result()
            yield TaskDone(slot.task)

    def _fill(self, slot: _Slot) -> None:
        """Have a child load the file of `slot`, and other children what is left of it should that one end over it."""
        told: set[tuple[type, Path]] = set()
        loaded = set(slot.task.skipped)
        try:
            while not self._is_closed.is_set():
                latest = slot.task.path
                child = self._take_child()
                try:
                    for message in child.load(replace(slot.task, skipped=frozenset(loaded))):
                        if isinstance(message, Begun):
                            latest = message.path
                        elif isinstance(message, PagesDone):
                            slot.pages = PagesLoaded(latest, message.done, message.total)
                        elif (type(message), _path_of(message)) not in told:
                            told.add((type(message), _path_of(message)))
                            loaded.add(str(absolute(_path_of(message))))
                            self._tell(slot, message)
                except ChildError as end:
                    self._forget(child)
                    error = DocumentError(f"Cannot read {printable(str(latest))}", end.reason, end.remedy)
                    self._tell(slot, Unloaded(latest, error))
                    loaded.add(str(absolute(latest)))
                    if latest == slot.task.path:
                        return
                else:
                    self._idle.append(child)
                    return
        finally:
            self._tell(slot, None)

    def _tell(self, slot: _Slot, outcome: Outcome | None) -> None:
        while not self._is_closed.is_set():
            try:
                slot.outcomes.put(outcome, timeout=_WATCH_INTERVAL_S)
            except queue.Full:
                continue
            return

    def _take_child(self) -> Child:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            child = Child(self._limits)
            self._children.add(child)
            return child

    def _forget(self, child: Child) -> None:
        with self._lock:
            self._children.discard(child)

    def _end_children(self) -> None:
        with self._lock:
            for child in self._children:
                child.end()
            self._children.clear()

    def _watch(self) -> None:
        while not self._is_closed.wait(_WATCH_INTERVAL_S):
            with self._lock:
                for child in self._children:
                    child.end_if_overdue()


def _follow(slot: _Slot) -> Iterator[PagesLoaded | Outcome]:
    told: PagesLoaded | None = None
    while True:
        try:
            outcome = slot.outcomes.get(timeout=_WATCH_INTERVAL_S)
        except queue.Empty:
            if slot.pages != told and (told := slot.pages):
                yield told
            continue
        if outcome is None:
            return
        yield outcome


def _path_of(outcome: Outcome) -> Path:
    return Path(outcome.path)
