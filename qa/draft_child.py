"""Checking drafts in a child process, as its parent sees it: `qa.draft_worker` is asked, and ended when overdue.

What makes a draft of a file parses it once more, and the draft is as foreign as any document.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index.library import Library
from qa.check import Finding, Kind, Verdict
from qa.check_sources import Source
from qa.draft_worker import CheckTask
from source.document import Span
from source.worker import OUT_OF_MEMORY

# Ctrl-C is told of by the parent; the child, which may still be importing, ends without a word.
_CODE = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); import qa.draft_worker as it; it.main()"
_BASE_S = 600.0
# Some hundred times as long as an ordinary draft takes.
_S_PER_CHAR = 0.006


@dataclass(frozen=True, slots=True)
class Line:
    """What a child says of a claim; `document` is the id of the one with its `place`, None of both if it has none."""

    kind: Kind
    span: Span
    verdict: Verdict
    document: int | None
    place: Span | None
    difference: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a child says of a draft, a line for each claim; and why not of all claims, empty if it does."""

    lines: tuple[Line, ...]
    unfinished: str


def generous_s(chars: int) -> float:
    """How long drafts of so many characters may take where somebody waits for just that, and can end it."""
    return _BASE_S + _S_PER_CHAR * chars


class DraftChild:
    """A process that checks drafts, once: made on entering the `with` block, ended on leaving it.

    It takes a moment to start, in which drafts can be loaded. What ends it but the bounds is told in the terminal, as
    all that goes wrong in the program.
    """

    def __enter__(self) -> Self:
        root = str(Path(__file__).parents[1])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(  # noqa: S603 - nothing of it comes from outside
            [sys.executable, "-P", "-c", _CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
        )
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes the pipes and waits
            self._process.kill()

    def check(self, task: CheckTask) -> list[Told]:
        """What it says of each draft of `task`, in their order."""
        try:
            output, _ = self._process.communicate(pickle.dumps(task), timeout=task.max_s)
            reason = _why_ended(self._process.returncode)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, _ = self._process.communicate()  # what it has written in time
            reason = f"checking took longer than {task.max_s:,.0f} s"
        return read_told(output, len(task.drafts), reason)


def _why_ended(status: int) -> str:
    if status == OUT_OF_MEMORY:
        return "checking takes more memory than a draft may take"
    return f"what checks drafts crashed (status {status})"


def read_told(output: bytes, count: int, reason: str) -> list[Told]:
    """What stands in the output of a child of each of `count` drafts; `reason` is why it may have been cut off.

    Behind a line that tells of no claim, nothing is read, and that is then the reason.
    """
    *written, _ = output.decode("ascii", "backslashreplace").split("\n")  # behind the last one is half a line
    drafts: list[list[Line]] = [[]]
    try:
        for line in written:
            if line:
                drafts[-1].append(_read_line(line))
            else:
                drafts.append([])
    except (ValueError, KeyError, TypeError):
        reason = "what checks drafts wrote a line that tells of no claim"
    *whole, cut_off = drafts
    told = [*(Told(tuple(lines), "") for lines in whole), Told(tuple(cut_off), reason)]
    return [*told, *[Told((), reason)] * count][:count]


def _read_line(written: str) -> Line:
    said = json.loads(written)
    document = said["document"]
    place = None if document is None else Span(*said["place"])
    return Line(said["kind"], Span(*said["span"]), said["verdict"], document, place, said["difference"])


class FindingReader:
    """Makes findings again of what a child wrote of the claims of drafts."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._sources: dict[int, Source | None] = {}

    def read(self, draft: str, line: Line) -> Finding:
        """A finding in the text of a draft; without a place if its document has been removed meanwhile."""
        source = self._source(line.document) if line.document is not None else None
        place = line.place if source else None
        return Finding(line.span.of(draft), line.kind, line.span, line.verdict, source, place, line.difference)

    def read_all(self, draft: str, told: Told) -> list[Finding]:
        """All findings, in the order of the draft."""
        return sorted((self.read(draft, line) for line in told.lines), key=lambda one: (one.span, one.kind))

    def _source(self, id_: int) -> Source | None:
        if id_ not in self._sources:
            try:
                document, text = self._library.document(id_), self._library.text(id_)
                self._sources[id_] = Source(id_, document.name, document.title, text, text)
            except KeyError:
                self._sources[id_] = None
        return self._sources[id_]
