"""Keyword search: the passages with the highest BM25 for the words of a question.

FTS5 scores every passage that holds any of the words, so that in a large library common ones would take seconds. They
find few passages that rarer ones do not, and are weighed with them when what was found is ranked.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.counts import WordCounts
from index.database import Database
from index.words import divide_words, match_expression

# bm25() weights of the two columns, chosen on development data.
_HEADINGS_WEIGHT = 0.5
_TEXT_WEIGHT = 1.0

_ALL_IDS = range(2**63)
MAX_SCORED = 20_000
"""So many passages are scored, in some tens of milliseconds; a library of fewer is searched for all words."""


def search_keywords(
    database: Database, counts: WordCounts, words: Sequence[str], k: int, ids: range = _ALL_IDS
) -> list[tuple[int, float]]:
    """The `k` body passages with the highest BM25 for any of `words`: (passage id, score > 0), best first.

    Only passages with `ids` are scored, as they are among all.

    In a large library those words are searched for that stand in `MAX_SCORED` passages together, the rarest first. If
    even the rarest is too common, a passage has to hold it and another one.

    Raises:
        LibraryError: the database cannot be read.
    """
    return match(database, expression_for(counts, words, MAX_SCORED), k, ids) if words else []


def match(database: Database, expression: str, k: int, ids: range = _ALL_IDS) -> list[tuple[int, float]]:
    """As `search_keywords`, for what FTS5 is asked."""
    return database.read(
        "SELECT rowid, -bm25(keywords, ?, ?) AS score FROM keywords WHERE keywords MATCH ?"
        " AND rowid BETWEEN ? AND ?"
        " ORDER BY score DESC, rowid LIMIT ?",
        [_HEADINGS_WEIGHT, _TEXT_WEIGHT, expression, ids.start, ids.stop - 1, k],
    )


def passages_with_all(database: Database, words: Sequence[str]) -> list[int]:
    """The ids of all body passages and furniture that hold each of `words` in some form, and of all headings.

    Headings have no place of their own in the keyword index; there are few of them.

    Raises:
        LibraryError: the database cannot be read.
    """
    every_word = " AND ".join(map(match_expression, words))
    rows = database.read(
        "SELECT rowid FROM keywords WHERE keywords MATCH ?1 UNION ALL"
        " SELECT rowid FROM furniture_keywords WHERE furniture_keywords MATCH ?2 UNION ALL"
        " SELECT id FROM passages WHERE role = 'heading'",
        [f"text : ({every_word})", every_word],
    )
    return [row[0] for row in rows]


def passages_with_phrase(database: Database, phrase: str) -> frozenset[int]:
    """The ids of all body passages that hold the words of `phrase`, of which there is one, one after the other.

    Each may stand in any form, in the text or in the headings above it.

    Raises:
        LibraryError: the database cannot be read.
    """
    expression = match_expression(divide_words(phrase))
    return frozenset(row[0] for row in database.read("SELECT rowid FROM keywords WHERE keywords MATCH ?", [expression]))


def expression_for(counts: WordCounts, words: Sequence[str], most_scored: int) -> str:
    """What FTS5 is asked to find `words`, of which there is at least one, when `most_scored` passages may be scored."""
    if counts.passages() <= most_scored:
        return _any(words)
    counted = {word: counts.of(word).body for word in dict.fromkeys(words)}
    held = {word: count for word, count in counted.items() if count}
    if not held:
        return _any(words)
    rarest, *others = sorted(held, key=lambda word: (held[word], word))
    if held[rarest] > most_scored and others:
        return f"{match_expression(rarest)} AND ({_any(others)})"
    scored, chosen = held[rarest], [rarest]
    for word in others:
        scored += held[word]
        if scored <= most_scored:
            chosen.append(word)
    return _any(chosen)


def _any(words: Sequence[str]) -> str:
    return " OR ".join(map(match_expression, words))
