"""What a loader may be told besides the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def note_nothing(_done: int, _all: int) -> None:
    """Hear of progress and do nothing."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """`password` opens what is locked; none if empty.

    `ocr_languages` are Tesseract's names, joined by "+", for pages without a text layer; empty for those that are
    installed. `note_page` is called after each page, with how many are done and how many there are, by formats that
    have pages and take long.
    """

    password: str = ""
    ocr_languages: str = ""
    note_page: Callable[[int, int], None] = note_nothing


NO_OPTIONS = LoadOptions()
