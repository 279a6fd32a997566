"""Progress on the terminal: a bar while files are added or embedded again, and a tally of what happened to them.

Only a terminal sees a bar; failures are printed in any case, each on a line of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from index.ingest import Event, Failed, Found, Stored
from qa.gaps import describe_gaps
from qa.show import show_line
from source.errors import printable

_KINDS_SHOWN = 8

Item = TypeVar("Item")


@dataclass(slots=True)
class Tally:
    """What has happened to the files so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    is_begun: bool = False

    def note(self, event: Event) -> None:
        """Count `event`."""
        match event:
            case Found():
                self.is_begun = True
                self.left_out = event.left_out
            case Stored():
                self.outcomes[event.outcome] += 1
            case Failed():
                self.outcomes["failed"] += 1

    @property
    def has_failures(self) -> bool:
        """True if a file could not be added."""
        return self.outcomes["failed"] > 0

    def lines(self) -> Iterator[str]:
        """The summary; nothing before the first event."""
        if not self.is_begun:
            return
        yield ", ".join(f"{self.outcomes[name]:,} {name}" for name in ("added", "updated", "unchanged", "failed")) + "."
        if self.left_out:
            common = self.left_out.most_common(_KINDS_SHOWN)
            others = self.left_out.total() - sum(count for _, count in common)
            kinds = [f"{printable(kind)} ({count:,})" for kind, count in common]
            kinds += [f"other kinds ({others:,})"] if others else []
            yield f"Left out of the folders: {', '.join(kinds)}."


def follow(console: Console, events: Iterable[Event], tally: Tally) -> None:
    """Count all `events` in `tally`, with a bar for the files and a line for each that failed."""
    with _bar(console) as bar:
        task = bar.add_task("Adding", total=None)
        for event in events:
            tally.note(event)
            if isinstance(event, Found):
                bar.update(task, total=event.files)
                continue
            if isinstance(event, Failed):
                show_line(bar.console, printable(str(event.error)), "red")
            elif event.gaps:
                show_line(bar.console, f"{printable(str(event.path))}: {describe_gaps(event.gaps)}.", "yellow")
            bar.advance(task)


def track(console: Console, items: Iterable[Item], description: str, total: int) -> Iterator[Item]:
    """`items` as they are, with a bar for them."""
    with _bar(console) as bar:
        yield from bar.track(items, total=total, description=description)


@contextmanager
def waiting(console: Console, what: str) -> Iterator[None]:
    """A sign on a terminal that something is under way."""
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
