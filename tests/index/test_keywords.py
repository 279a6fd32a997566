"""Keyword search in a library so large that common words are left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.counts import WordCounts
from index.database import Database
from index.keywords import search_keywords

PASSAGES = 20_003


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The keyword index of many passages: all say "bell" and "tower", three "rope", one of these "Dunmouth"."""
    path: Path = tmp_path_factory.mktemp("large") / "library.sqlite3"
    with closing(Database(path)) as database:
        with database.write() as writer:
            writer.run("INSERT INTO documents VALUES (1, '/a', 'a', '', 0, '', '', '', '', '')")
            writer.run(
                'INSERT INTO passages (id, document_id, number, role, "start", "end", headings)'
                " VALUES (?, 1, 1, 'body', 0, 1, '[]')",
                [PASSAGES],
            )
            also = {7: "rope", 8: "rope", 9: "rope of Dunmouth"}
            writer.run_many(
                "INSERT INTO keywords (rowid, headings, text) VALUES (?, '', ?)",
                [[id_, f"bell tower {also.get(id_, '')}"] for id_ in range(1, PASSAGES + 1)],
            )
        yield database


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["bell", "rope", "tower"], {7, 8, 9}),
        (["rope", "dunmouth"], {7, 8, 9}),
        (["tower", "dunmouth"], {9}),
        (["moth"], set()),
        (["moth", "belfry"], set()),
        (["moth", "rope", "bell"], {7, 8, 9}),
    ],
)
def test_the_rarest_words_find_passages_and_common_ones_do_not(
    large: Database, words: list[str], found: set[int]
) -> None:
    assert {id_ for id_, _ in search_keywords(large, WordCounts(large), words, 100)} == found


@pytest.mark.parametrize("words", [["bell"], ["bell", "tower"], ["moth", "bell", "tower"]])
def test_words_that_are_all_too_common_find_passages_all_the_same(large: Database, words: list[str]) -> None:
    """A word that stands nowhere is not the rarest of them: it must not be all that is searched for."""
    found = search_keywords(large, WordCounts(large), words, 100)
    assert len({id_ for id_, _ in found}) == 100
