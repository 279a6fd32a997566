"""Checking drafts for the page: one after the other, each in processes of its own, with bounds on length and time."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio import CapacityLimiter, to_thread

from index.library import Library
from index.records import StoredPassage
from qa.check import Finding
from qa.check_sources import Source
from source.child import Limits
from source.container import Task, Unloaded
from source.document import Document, Location, Span
from source.errors import DocumentError, printable
from source.load import absolute
from source.workers import Workers

MAX_DRAFT_BYTES = 5_000_000
"""Of a draft as it is sent."""

_MAX_CHARS = 300_000
_MAX_CLAIMS = 1_000
_MAX_S = 60.0
_MAX_WAITING = 8
_LIMITS = Limits(
    processor_s=20, processor_s_per_mb=5, clock_factor=5, max_memory_bytes=1_500_000_000, max_message_bytes=50_000_000
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a finding can be seen: `span` of a document, in the passage of that `number`; and that for people."""

    document_id: int
    number: int
    span: Span
    location: Location


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft's text with what was found of it, and where each is, if anywhere; not `is_whole` if that was too much."""

    text: str
    found: tuple[tuple[Finding, Shown | None], ...]
    is_whole: bool


class Drafts:
    """Checks drafts against libraries, one at a time."""

    def __init__(self, max_s: float = _MAX_S) -> None:
        self._max_s = max_s
        self._one_at_a_time = CapacityLimiter(1)
        self._waiting = 0

    async def check(self, library: Library, name: str, data: bytes) -> Checked:
        """What stands of a draft in `library`; `name` says what kind of file `data` is.

        Raises:
            DocumentError: it cannot be read, is too long, there is nothing to hold it against, or too many wait.
        """
        if self._waiting > _MAX_WAITING:
            raise DocumentError(_thing(name), "many others are being checked", "Try again in a minute.")
        self._waiting += 1
        try:
            return await to_thread.run_sync(self._check, library, name, data, limiter=self._one_at_a_time)
        finally:
            self._waiting -= 1

    def _check(self, library: Library, name: str, data: bytes) -> Checked:
        if not library.documents():
            raise DocumentError(_thing(name), "the library is empty", "Add documents to it first.")
        document = load_draft(name, data)
        if len(document.text) > _MAX_CHARS:
            reason = f"it has {len(document.text):,} characters, more than {_MAX_CHARS:,}"
            raise DocumentError(_thing(name), reason, "Check it in parts, or with qa check.")
        lines, is_whole = self._lines(pickle.dumps((library.folder, document, data)))
        finder = _Finder(library, document.text)
        found = sorted(map(finder.found, lines), key=lambda one: (one[0].span, one[0].kind))
        return Checked(document.text, tuple(found), is_whole)

    def _lines(self, task: bytes) -> tuple[list[str], bool]:
        """What a child says of the claims, a line for each, and whether it came to the end in time.

        What ends it otherwise is told in the terminal, as all that goes wrong in the program.
        """
        command = [sys.executable, "-P", "-m", "qa.web.draft_worker"]
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        try:
            run = subprocess.run(  # noqa: S603 - nothing of it comes from outside
                command, input=task, stdout=subprocess.PIPE, timeout=self._max_s,
                check=False, env=os.environ | {"PYTHONPATH": path},
            )  # fmt: skip
            output = run.stdout
        except subprocess.TimeoutExpired as overdue:
            output = overdue.stdout or b""
        *lines, _ = output.decode("ascii").split("\n")
        is_whole = bool(lines) and not lines[-1] and len(lines) <= _MAX_CLAIMS + 1
        return list(islice(filter(None, lines), _MAX_CLAIMS)), is_whole


def load_draft(name: str, data: bytes) -> Document:
    """The document that `data` is, loaded by a process of its own.

    Raises:
        DocumentError: it is none, or only holds some, as an archive does.
    """
    with TemporaryDirectory(prefix="qa-draft-") as folder, Workers(_LIMITS, children=1) as workers:
        path = Path(folder) / name
        try:
            path.write_bytes(data)
        except (OSError, ValueError) as error:
            raise DocumentError(_thing(name), "its name cannot be used here", "Rename it.") from error
        outcomes = list(workers.load([Task(path)]))
    for outcome in outcomes:
        if isinstance(outcome, Document) and outcome.path == str(absolute(path)):
            return outcome
        if isinstance(outcome, Unloaded) and outcome.path == path:
            raise DocumentError(_thing(name), outcome.error.reason, outcome.error.remedy)
    raise DocumentError(_thing(name), "it is no document by itself", "Use a Markdown, text, Word or HTML file.")


def _thing(name: str) -> str:
    return f"Cannot check {printable(name)}"


class _Finder:
    """Makes findings again of what a child wrote, and finds the passages that they stand in."""

    def __init__(self, library: Library, draft: str) -> None:
        self._library = library
        self._draft = draft
        self._sources: dict[int, Source | None] = {}
        self._passages: dict[int, list[StoredPassage]] = {}

    def found(self, line: str) -> tuple[Finding, Shown | None]:
        """A finding, and where it can be seen; of a place in several passages, the part in the first."""
        said = json.loads(line)
        span = Span(*said["span"])
        source = self._source(said["document"]) if said["document"] is not None else None
        place = Span(*said["place"]) if source else None
        finding = Finding(span.of(self._draft), said["kind"], span, said["verdict"], source, place, said["difference"])
        return finding, self._shown(source, place) if source and place else None

    def _source(self, id_: int) -> Source | None:
        """The document; None if it has been removed meanwhile."""
        if id_ not in self._sources:
            try:
                document, text = self._library.document(id_), self._library.text(id_)
                self._sources[id_] = Source(id_, document.name, document.title, text, text)
            except KeyError:
                self._sources[id_] = None
        return self._sources[id_]

    def _shown(self, source: Source, place: Span) -> Shown | None:
        if source.id not in self._passages:
            self._passages[source.id] = self._library.passages_of(source.id)
        passages = self._passages[source.id]
        at = max(bisect_right(passages, place.start, key=lambda one: one.span.start) - 1, 0)
        passage = next((one for one in passages[at : at + 2] if one.span.overlaps(place)), None)
        if passage is None:
            return None
        span = Span(max(place.start, passage.span.start), min(place.end, passage.span.end))
        return Shown(source.id, passage.number, span, passage.location_of(span))
