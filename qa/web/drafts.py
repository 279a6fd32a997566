"""Checking drafts for the page: one after the other, each in processes of its own, with bounds on length and time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread

from index.library import Library
from index.records import StoredPassage
from qa.check import Finding
from qa.draft_child import DraftChild, FindingReader, Told
from qa.draft_worker import CheckTask
from qa.looked_at import load_bytes_apart, without_adding
from source.child import Limits
from source.document import Document, Location, Span
from source.errors import DocumentError, printable
from source.workers import Workers

MAX_DRAFT_BYTES = 5_000_000
"""Of a draft as it is sent."""

_MAX_CHARS = 300_000
_MAX_CLAIMS = 1_000
_MAX_S = 60.0
_MAX_WAITING = 8
_NICENESS = 10
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
        with DraftChild() as child:
            [told] = child.check(CheckTask(library.folder, [(document, data)], self._max_s, _NICENESS))
        is_whole = not told.unfinished and len(told.lines) <= _MAX_CLAIMS
        shown = Told(told.lines[:_MAX_CLAIMS], told.unfinished)
        finder = _Finder(library)
        found = [(one, finder.shown(one)) for one in FindingReader(library).read_all(document.text, shown)]
        return Checked(document.text, tuple(found), is_whole)


def load_draft(name: str, data: bytes) -> Document:
    """The document that `data` is, loaded by a process of its own.

    Raises:
        DocumentError: it is none, or only holds some, as an archive does.
    """
    with Workers(_LIMITS, children=1) as workers, without_adding(_thing(name)):
        return load_bytes_apart(workers, name, data)


def _thing(name: str) -> str:
    return f"Cannot check {printable(name)}"


class _Finder:
    """Finds the passages that findings stand in."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._passages: dict[int, list[StoredPassage]] = {}

    def shown(self, finding: Finding) -> Shown | None:
        """Where it can be seen, if anywhere; of a place in several passages, the part in the first."""
        source, place = finding.source, finding.place
        if source is None or place is None:
            return None
        if source.id not in self._passages:
            self._passages[source.id] = self._library.passages_of(source.id)
        passages = self._passages[source.id]
        at = max(bisect_right(passages, place.start, key=lambda one: one.span.start) - 1, 0)
        passage = next((one for one in passages[at : at + 2] if one.span.overlaps(place)), None)
        if passage is None:
            return None
        span = Span(max(place.start, passage.span.start), min(place.end, passage.span.end))
        return Shown(source.id, passage.number, span, passage.location_of(span))
