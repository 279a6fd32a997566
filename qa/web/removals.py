"""Removals that can be taken back: what is removed is hidden at once, and gone only when the time for that is over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from source.errors import QuotedAnswersError

Key = tuple[str, int | str]
"""What is removed: its kind ("document", "conversation") and its id."""

_LOG = logging.getLogger(__name__)


class Removals:
    """Removals that are put off for `undo_s` seconds; those still put off when this is closed are not done."""

    def __init__(self, undo_s: float) -> None:
        self.undo_s = undo_s
        self._lock = threading.Lock()
        self._timers: dict[Key, threading.Timer] = {}

    def put_off(self, key: Key, remove: Callable[[], None]) -> None:
        """Call `remove` in time, unless it is taken back; nothing if that is so already."""
        timer = threading.Timer(self.undo_s, self._carry_out, [key, remove])
        timer.daemon = True
        with self._lock:
            if key in self._timers:
                return
            self._timers[key] = timer
        timer.start()

    def take_back(self, key: Key) -> bool:
        """Whether what was removed is there again: false if it is gone for good."""
        with self._lock:
            timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
        return timer is not None

    def pending(self, kind: str) -> frozenset[int | str]:
        """The ids of what is hidden and not gone yet, of one kind."""
        with self._lock:
            return frozenset(id_ for one, id_ in self._timers if one == kind)

    def close(self) -> None:
        """Take back all that is left."""
        with self._lock:
            timers, self._timers = self._timers, {}
        for timer in timers.values():
            timer.cancel()

    def _carry_out(self, key: Key, remove: Callable[[], None]) -> None:
        with self._lock:
            if key not in self._timers:
                return
        try:
            remove()
        except QuotedAnswersError:
            _LOG.exception("What was removed could not be deleted, and is shown again")
        finally:
            with self._lock:
                self._timers.pop(key, None)
