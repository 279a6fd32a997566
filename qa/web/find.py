"""Finding words in one document, as they stand there: letter case and the length of gaps do not matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.records import StoredPassage

_MOST_FOUND = 500
_MAX_WORDS_CHARS = 200


def find_places(passages: Sequence[StoredPassage], words: str) -> list[tuple[int, int, int]]:
    """Where `words` stand: passage number, start and end in the document, in order; the first 500."""
    pieces = words[:_MAX_WORDS_CHARS].split()
    if not pieces:
        return []
    wanted = re.compile(r"\s+".join(map(re.escape, pieces)), re.IGNORECASE)
    found: list[tuple[int, int, int]] = []
    for passage in passages:
        start = passage.span.start
        found += [(passage.number, start + one.start(), start + one.end()) for one in wanted.finditer(passage.text)]
        if len(found) >= _MOST_FOUND:
            break
    return found[:_MOST_FOUND]
