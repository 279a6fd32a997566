"""How many passages hold a word: counted once, and from then on only in what has been added since.

In a large library counting "the" takes longer than all else that a question needs.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.database import Database
from index.words import match_expression

REMOVALS = "removals"
"""The fact that counts how often something was removed: what was counted before is then void."""

# More different words than anybody asks for before something is removed.
_MAX_WORDS = 50_000

_ADDED = """
SELECT (SELECT count(*) FROM keywords WHERE keywords MATCH ?1 AND rowid > ?2),
       (SELECT count(*) FROM furniture_keywords WHERE furniture_keywords MATCH ?1 AND rowid > ?2)
"""
_LAST_PASSAGE = "SELECT seq FROM sqlite_sequence WHERE name = 'passages'"


@dataclass(frozen=True, slots=True)
class WordCount:
    """In how many body passages a word stands, and in how many of furniture, up to the passage with the id `last`."""

    body: int
    furniture: int
    last: int


class WordCounts:
    """The counts for one library; to be used within its snapshots.

    Raises:
        LibraryError: from every method, when the database cannot be read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: dict[str, WordCount] = {}
        self._removals = ""

    def passages(self) -> int:
        """How many body passages there are."""
        last = self._last_passage()
        # Of each body passage, and of no other, the keyword index keeps the length.
        [(added,)] = self._database.read("SELECT count(*) FROM keywords_docsize WHERE id > ?", [self._known("").last])
        return self._remember("", WordCount(self._known("").body + added, 0, last)).body

    def of(self, word: str) -> WordCount:
        """In how many passages `word` or another form of it stands."""
        last, known = self._last_passage(), self._known(word)
        if known.last == last:
            return known
        [(body, furniture)] = self._database.read(_ADDED, [match_expression(word), known.last])
        return self._remember(word, WordCount(known.body + body, known.furniture + furniture, last))

    def _last_passage(self) -> int:
        """The largest id that a passage ever had: ids only grow. What was counted before a removal is forgotten."""
        removals = self._database.fact(REMOVALS)
        if removals != self._removals or len(self._counts) > _MAX_WORDS:
            self._counts.clear()
            self._removals = removals
        rows = self._database.read_once(_LAST_PASSAGE)
        return int(rows[0][0]) if rows else 0

    def _known(self, word: str) -> WordCount:
        return self._counts.get(word, WordCount(0, 0, 0))

    def _remember(self, word: str, count: WordCount) -> WordCount:
        self._counts[word] = count
        return count
