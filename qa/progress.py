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
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from index.embedding import Embedding
from index.ingest import Event, Failed, FileDone, Found, Removed, Stored
from index.library import Library
from qa.gaps import describe_gaps
from qa.show import show_line
from source.container import LeftOut
from source.errors import printable
from source.workers import PagesLoaded

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
                self.left_out += event.left_out
            case Stored():
                self.outcomes[event.outcome] += 1
            case Failed():
                self.outcomes["failed"] += 1
            case Removed():
                self.outcomes["removed"] += 1
            case LeftOut(_, kind):
                self.left_out[kind] += 1

    @property
    def has_failures(self) -> bool:
        """True if a file could not be added."""
        return self.outcomes["failed"] > 0

    def lines(self) -> Iterator[str]:
        """The summary; nothing before the first event."""
        if not self.is_begun:
            return
        names = ["added", "updated", "unchanged", *(["removed"] if self.outcomes["removed"] else []), "failed"]
        yield ", ".join(f"{self.outcomes[name]:,} {name}" for name in names) + "."
        if self.left_out:
            common = self.left_out.most_common(_KINDS_SHOWN)
            others = self.left_out.total() - sum(count for _, count in common)
            kinds = [f"{printable(kind)} ({count:,})" for kind, count in common]
            kinds += [f"other kinds ({others:,})"] if others else []
            yield f"Left out of the folders: {', '.join(kinds)}."


def follow(console: Console, events: Iterable[Event], tally: Tally) -> None:
    """Count all `events` in `tally`, with a bar for the files and a line for each that failed."""
    with _files_bar(console) as bar:
        task = bar.add_task("Adding", total=None, files="", now="")
        files = done = size_bytes = 0
        for event in events:
            tally.note(event)
            match event:
                case Found():
                    files += event.files
                    size_bytes += event.size_bytes
                    bar.update(task, total=size_bytes, files=f"{done:,}/{files:,} files")
                case FileDone():
                    done += 1
                    bar.update(task, advance=event.size_bytes, files=f"{done:,}/{files:,} files", now="")
                case PagesLoaded():
                    now = f"{printable(event.path.name)}: page {event.done:,} of {event.total:,}"
                    bar.update(task, now=now)
                case Embedding():
                    now = f"{printable(event.path.name)}: {event.done:,} of {event.total:,} passages"
                    bar.update(task, now=now)
                case Failed():
                    show_line(bar.console, printable(str(event.error)), "red")
                case Stored() if event.gaps:
                    show_line(bar.console, f"{printable(str(event.path))}: {describe_gaps(event.gaps)}.", "yellow")
                case Removed():
                    show_line(bar.console, f"{printable(str(event.path))} is no more, and was removed.")
                case _:
                    pass


def track(console: Console, items: Iterable[Item], description: str, total: int) -> Iterator[Item]:
    """`items` as they are, with a bar for them."""
    with _bar(console) as bar:
        yield from bar.track(items, total=total, description=description)


def erase_removed(console: Console, library: Library) -> None:
    """Erase what removed documents have left in the files of `library`, with a sign that this takes a moment."""
    with waiting(console, "Erasing what was removed"):
        is_done = library.erase_removed()
    if not is_done:
        reader = "Another process is reading the library"
        show_line(console, f"{reader}: what was removed can be found in its files until that ends or more is removed.")


@contextmanager
def waiting(console: Console, what: str) -> Iterator[None]:
    """A sign on a terminal that something is under way."""
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def _files_bar(console: Console) -> Progress:
    """A bar that grows with the bytes of the files, whose time is guessed from those that are done."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[files]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[now]}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


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
