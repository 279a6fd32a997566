"""What loading a file may be told besides which file it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DEFAULT_MAX_BYTES = 50_000_000
"""Text of this size is about 8,000 pages; a larger file is more often data or a log than something to read."""


def note_nothing(_done: int, _all: int) -> None:
    """Hear of progress and do nothing."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """A file of more than `max_bytes` is not loaded. `password` opens what is locked; none if empty.

    `ocr_languages` are Tesseract's names, joined by "+", for pages without a text layer; empty for those that are
    installed. `note_page` is called after each page, with how many are done and how many there are, by formats that
    have pages and take long.
    """

    max_bytes: int = DEFAULT_MAX_BYTES
    password: str = ""
    ocr_languages: str = ""
    note_page: Callable[[int, int], None] = note_nothing


NO_OPTIONS = LoadOptions()
