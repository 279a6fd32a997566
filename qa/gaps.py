"""Saying what of a document could not be read: which pages, slides or sheets, and why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from index.records import DocumentRecord
from source.document import Part

_REASONS = {"no text": "no text (a scan, or empty)", "unreadable": "no readable text"}


def describe_gaps(gaps: Sequence[Part]) -> str:
    """`gaps`, which are in order, in words: "pages 3 and 7-9 have no text (a scan, or empty)"."""
    sentences = []
    for state, reason in _REASONS.items():
        parts = [part for part in gaps if part.state == state]
        if parts:
            kind = parts[0].kind if len(parts) == 1 else f"{parts[0].kind}s"
            verb = "has" if len(parts) == 1 else "have"
            sentences.append(f"{kind} {_ranges([part.number for part in parts])} {verb} {reason}")
    return "; ".join(sentences)


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in words: "3, 7-9 and 12"."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def read_share(document: DocumentRecord) -> str:
    """How much of a document was read, in words: "10 of 12 parts"; empty where it has no parts or all were read."""
    unread = document.parts_without_text + document.parts_unreadable
    return f"{document.parts - unread:,} of {document.parts:,} parts read" if unread else ""
