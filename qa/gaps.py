"""Saying what of a document could not be read: which pages, slides or sheets, and why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from index.records import DocumentRecord
from source.document import Part

_REASONS = {"no text": "no text", "unreadable": "no readable text"}


def describe_gaps(gaps: Sequence[Part]) -> str:
    """`gaps`, which are in order, in words: "pages 3 and 7-9 have no text (a scan, or empty)"."""
    sentences = []
    for state, reason in _REASONS.items():
        parts = [part for part in gaps if part.state == state]
        if parts:
            may_be_scans = " (a scan, or empty)" if state == "no text" and parts[0].kind == "page" else ""
            sentences.append(f"{_numbered(parts)} {'has' if len(parts) == 1 else 'have'} {reason}{may_be_scans}")
    return "; ".join(sentences)


def describe_coverage(parts: Sequence[Part]) -> str:
    """As `describe_gaps`, and which of `parts` were read by OCR; empty if all of them have a text of their own."""
    scans = [part for part in parts if part.state == "OCR"]
    verb = "was" if len(scans) == 1 else "were"
    return "; ".join(filter(None, [describe_gaps(parts), f"{_numbered(scans)} {verb} read by OCR" if scans else ""]))


def _numbered(parts: Sequence[Part]) -> str:
    """`parts`, of which there is at least one, by their numbers: "pages 3 and 7-9"."""
    kind = parts[0].kind if len(parts) == 1 else f"{parts[0].kind}s"
    return f"{kind} {_ranges([part.number for part in parts])}"


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in words: "3, 7-9 and 12"."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def read_share(document: DocumentRecord) -> str:
    """How much of a document was read, in words: "10 of 12 parts"; empty where it has no parts or all were read."""
    unread = document.parts_without_text + document.parts_unreadable
    return f"{document.parts - unread:,} of {document.parts:,} parts read" if unread else ""
