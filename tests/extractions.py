"""What a loader made of a file, in a form that tests can compare."""

from __future__ import annotations

from source.document import Extraction
from tests.checks import check_passages


def blocks_of(extraction: Extraction) -> list[tuple[str, int, str]]:
    """The role, level and text of each block."""
    return [(block.role, block.level, block.span.of(extraction.text)) for block in extraction.blocks]


def folded_of(extraction: Extraction) -> list[str]:
    """The sentences as they are searched, of passages that are checked."""
    return [sentence.folded for passage in check_passages(extraction) for sentence in passage.sentences]
