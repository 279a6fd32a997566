"""Evidence files: whether each quote of an exported conversation or answer stands in its document, on any machine.

Nothing that the file says of itself is believed: a document is known by its digest alone, and its words are read from
the library or from the original. `qa.evidence` reads the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.library import Library
from qa.evidence import EvidenceQuote
from source.container import Task
from source.document import Document
from source.errors import DocumentError, printable
from source.lines import LINE_END
from source.load_options import LoadOptions
from source.walk import find_files
from source.workers import Workers

Verification = Literal["verified", "changed", "missing"]


@dataclass(frozen=True, slots=True)
class Original:
    """A document that quotes can be held against: its names, in the library or on the disk, and its text."""

    names: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of one quote, and why if it is not verified."""

    quote: EvidenceQuote
    verification: Verification
    reason: str

    def as_dict(self) -> dict[str, object]:
        """The outcome as plain values, for JSON."""
        return {
            "document": self.quote.document,
            "sha256": self.quote.digests[0] if self.quote.digests else None,
            "start": self.quote.start,
            "end": self.quote.end,
            "text": self.quote.text,
            "verification": self.verification,
            "reason": self.reason,
        }


def verify_quotes(quotes: Iterable[EvidenceQuote], originals: Mapping[str, Original]) -> list[Verified]:
    """What became of each quote; `originals` are documents by their digest."""
    return [_verify(quote, originals) for quote in quotes]


def _verify(quote: EvidenceQuote, originals: Mapping[str, Original]) -> Verified:
    there = [originals[digest] for digest in quote.digests if digest in originals]
    if not there:
        reason = "no document has this digest" if quote.digests else "the file gives no digest for this document"
        return Verified(quote, "missing", reason)
    reasons = [_what_changed(quote, original) for original in there]
    return Verified(quote, "changed", reasons[0]) if all(reasons) else Verified(quote, "verified", "")


def _what_changed(quote: EvidenceQuote, original: Original) -> str:
    """Why the quote is not what the document says; empty if it is."""
    if quote.document not in original.names:
        return f"the document is called {original.names[0]}"
    if not quote.text.strip():
        return "there are no words in the quote"
    if not 0 <= quote.start <= quote.end <= len(original.text):
        return "there is no such place in the document"
    if not _is_same(quote.text, original.text[quote.start : quote.end]):
        return "the document says something else there"
    before = original.text[max(0, quote.start - len(quote.before)) : quote.start]
    after = original.text[quote.end : quote.end + len(quote.after)]
    return "" if (before, after) == (quote.before, quote.after) else "the document says something else around it"


def _is_same(quoted: str, text: str) -> bool:
    """True if they are the same but for line ends, which HTML and Markdown do not keep."""
    return LINE_END.sub("\n", quoted) == LINE_END.sub("\n", text)


# Where the documents come from


def library_originals(library: Library, digests: Iterable[str]) -> dict[str, Original]:
    """The documents of `library` with these digests."""
    wanted = set(digests)
    found: dict[str, Original] = {}
    with library.snapshot():
        for record in library.documents():
            if record.sha256 in wanted:
                names = found[record.sha256].names if record.sha256 in found else ()
                found[record.sha256] = Original((*names, record.name), library.text(record.id))
    return found


def folder_originals(folder: Path, options: LoadOptions) -> dict[str, Original]:
    """All documents in `folder`; otherwise as `folder_documents`."""
    return originals_of(folder_documents(folder, options))


def originals_of(documents: Iterable[Document]) -> dict[str, Original]:
    """The documents by their digests."""
    found: dict[str, Original] = {}
    for one in documents:
        names = found[one.sha256].names if one.sha256 in found else ()
        found[one.sha256] = Original((*names, one.name), one.text)
    return found


def folder_documents(folder: Path, options: LoadOptions) -> Iterator[Document]:
    """All documents in `folder` and the archives and messages in it; what cannot be read there is none.

    Raises:
        DocumentError: there is nothing in it that can be read.
    """
    files = find_files([folder])
    if files.failures and not files.files:
        error = files.failures[0].error
        raise DocumentError(f"Cannot look in {printable(str(folder))}", error.reason, error.remedy) from error
    with Workers() as workers:
        for outcome in workers.load(Task(path, options) for path in files.files):
            if isinstance(outcome, Document):
                yield outcome
