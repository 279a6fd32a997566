"""PDF files with the quotes of an answer highlighted: which quotes can be, where they stand, and the copies.

Only what was verified is highlighted. The originals are read by a process of their own, and never written.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from index.library import Library
from qa.evidence import EvidenceQuote
from qa.verify import Original, verify_quotes
from source.boxes import LineBox, PageBoxes, boxes_of
from source.document import Document, Span
from source.errors import DocumentError, printable
from source.load_options import LoadOptions
from source.pdf.highlight import Highlight
from source.pdf.highlight_child import CHANGED, request_of

Outcome = Literal["highlighted", "no pdf", "no place", "changed", "missing", "unreadable"]

_TIMEOUT_S = 120
_MODULE = "source.pdf.highlight_child"


@dataclass(frozen=True, slots=True)
class Asked:
    """A quote to be highlighted, with the question that it answers."""

    quote: EvidenceQuote
    question: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A document that may be highlighted: the files that it is in, and where the words stand on its pages."""

    name: str
    paths: tuple[Path, ...]
    pages: tuple[PageBoxes, ...]


@dataclass(frozen=True, slots=True)
class Highlighted:
    """What became of a quote: the `copy` and the pages (1-based) that it is highlighted on, or why it is not."""

    quote: EvidenceQuote
    outcome: Outcome
    reason: str = ""
    pages: tuple[int, ...] = ()
    copy: Path | None = None

    def as_dict(self) -> dict[str, object]:
        """The outcome as plain values, for JSON."""
        return {
            "document": self.quote.document,
            "start": self.quote.start,
            "end": self.quote.end,
            "text": self.quote.text,
            "outcome": self.outcome.replace(" ", "_"),
            "reason": self.reason,
            "pages": list(self.pages),
            "copy": str(self.copy) if self.copy else None,
        }


def library_printed(library: Library, digests: Iterable[str]) -> dict[str, Printed]:
    """The PDF documents of `library` with these digests, by digest."""
    wanted = set(digests)
    found: dict[str, Printed] = {}
    with library.snapshot():
        for record in library.documents():
            if record.sha256 in wanted and record.format == "pdf":
                numbers = [part.number for part in library.parts_of(record.id)]
                pages = tuple(library.boxes_of(record.id, numbers))
                found[record.sha256] = _with(found.get(record.sha256), record.name, record.path, pages)
    return found


def documents_printed(documents: Iterable[Document]) -> dict[str, Printed]:
    """Those of `documents` that are PDF files, by digest."""
    found: dict[str, Printed] = {}
    for one in documents:
        if one.format == "pdf":
            found[one.sha256] = _with(found.get(one.sha256), one.name, one.path, one.boxes)
    return found


def _with(known: Printed | None, name: str, path: str, pages: tuple[PageBoxes, ...]) -> Printed:
    if known is None:
        return Printed(name, (Path(path),), pages)
    return replace(known, paths=(*known.paths, Path(path)))


def highlight(
    asked: Sequence[Asked],
    originals: Mapping[str, Original],
    printed: Mapping[str, Printed],
    folder: Path,
    options: LoadOptions,
) -> list[Highlighted]:
    """What became of each quote; the copies are written into `folder`, which is made if need be.

    Raises:
        DocumentError: a copy cannot be written there, or would take the place of a file.
    """
    outcomes: list[Highlighted] = []
    by_digest: dict[str, list[tuple[int, Highlight]]] = {}
    verified = verify_quotes([one.quote for one in asked], originals)
    for number, (one, found) in enumerate(zip(asked, verified, strict=True)):
        outcome = Highlighted(one.quote, "no pdf")
        if found.verification != "verified":
            outcome = Highlighted(one.quote, found.verification, found.reason)
        elif digest := _printed_digest(one.quote, originals, printed):
            outcome = Highlighted(one.quote, "no place", "where it stands on a page is not known")
            if boxes := _boxes(one.quote, printed[digest]):
                by_digest.setdefault(digest, []).append((number, Highlight(boxes, _note(one))))
        outcomes.append(outcome)
    names = _names([printed[digest].name for digest in by_digest])
    for (digest, wanted), name in zip(by_digest.items(), names, strict=True):
        made = _make_copy(printed[digest], digest, [mark for _, mark in wanted], folder / name, options)
        for number, mark in wanted:
            pages = tuple(dict.fromkeys(box.page for box in mark.boxes)) if made.copy else ()
            outcomes[number] = Highlighted(outcomes[number].quote, made.outcome, made.reason, pages, made.copy)
    return outcomes


def _names(names: Sequence[str]) -> Iterator[str]:
    """The names of the copies: "report.pdf", "report-2.pdf" where two documents are called alike."""
    used: set[str] = set()
    for name in names:
        path, number = Path(name), 2
        while path.name.casefold() in used:  # some file systems take "A.pdf" and "a.pdf" for one
            path, number = Path(f"{Path(name).stem}-{number}{Path(name).suffix}"), number + 1
        used.add(path.name.casefold())
        yield path.name


def _printed_digest(quote: EvidenceQuote, originals: Mapping[str, Original], printed: Mapping[str, Printed]) -> str:
    """The digest of the PDF file that says so, of those that the evidence gives for its name; empty if none is one."""
    for digest in quote.digests:
        [found] = verify_quotes([replace(quote, digests=(digest,))], originals)
        if digest in printed and found.verification == "verified":
            return digest
    return ""


def _boxes(quote: EvidenceQuote, printed: Printed) -> tuple[LineBox, ...]:
    return tuple(boxes_of(printed.pages, Span(quote.start, quote.end)))


def _note(asked: Asked) -> str:
    place = f"Characters {asked.quote.start:,} to {asked.quote.end:,} of the text."
    return f"{asked.question}\n\n{place}" if asked.question else place


@dataclass(frozen=True, slots=True)
class _Made:
    outcome: Outcome
    reason: str
    copy: Path | None


def _make_copy(printed: Printed, digest: str, highlights: list[Highlight], copy: Path, options: LoadOptions) -> _Made:
    for path in printed.paths:
        status, data, said = _run(request_of(path, digest, highlights, options))
        if status == 0:
            _write(data, copy)
            return _Made("highlighted", "", copy)
        if status != CHANGED:
            return _Made("unreadable", said, None)
    return _Made("changed", "the file has changed since it was quoted, or is gone", None)


def _run(request: bytes) -> tuple[int, bytes, str]:
    """The exit status of the child, the copy, and why there is none."""
    root = str(Path(__file__).parents[1])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    try:
        ended = subprocess.run(  # noqa: S603 - our own Python, and nothing of it comes from outside
            [sys.executable, "-P", "-m", _MODULE],
            input=request,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
            env=os.environ | {"PYTHONPATH": paths},
        )
    except subprocess.TimeoutExpired:
        return 1, b"", f"highlighting it took longer than {_TIMEOUT_S} seconds"
    words = ended.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    is_told = ended.returncode == 1 and 0 < len(words) < 200
    return ended.returncode, ended.stdout, printable(words) if is_told else "what highlights it crashed over it"


def _write(data: bytes, path: Path) -> None:
    """A new file; nothing is ever overwritten."""
    thing = f"Cannot write {printable(str(path))}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise DocumentError(thing, "there is a file of that name already", "Choose an empty folder.") from error
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise DocumentError(thing, reason, "Choose another folder.") from error
