"""The vector index of a large library: it goes with what is added and removed, and leaves nothing of what is erased."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.clusters import Clusters
from index.database import Database
from index.erasure import erase_remains, note_remains
from index.rows import delete_document, insert_document
from index.vector_cache import VectorCache
from tests.documents import body_sentences, make_document
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
STEP = 20


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "library.sqlite3")) as opened:
        yield opened


def cache_of(database: Database) -> VectorCache:
    """An index with clusters of the first 20, 40, 60 … sentences."""
    return VectorCache(database, database.path.parent, step=STEP)


def put(database: Database, first: int, count: int) -> int:
    """Add a document of sentences about the numbers from `first` on; its id."""
    text = " ".join(f"The ship{number} sails." for number in range(first, first + count))
    document = make_document(text, f"/documents/{first}.txt")
    with database.write() as writer:
        return insert_document(writer, document, WORDS.embed_passages(body_sentences(document)))


def remove(database: Database, document_id: int) -> None:
    with database.write() as writer:
        note_remains(writer, document_id)
        delete_document(writer, document_id)


def exact(database: Database, question: str, k: int) -> list[int]:
    """The oracle: the ids of the nearest sentences, all compared."""
    rows = database.read("SELECT id, vector FROM sentences")
    vectors = np.stack([np.frombuffer(vector, dtype="<f2").astype(np.float32) for _, vector in rows])
    order = np.argsort(-(vectors @ WORDS.embed_question(question)), kind="stable")[:k]
    return [rows[place][0] for place in order]


def found(cache: VectorCache, question: str, k: int = 3) -> list[int]:
    return [id_ for id_, _ in cache.search(WORDS.embed_question(question), k)]


QUESTIONS = ("The ship3 sails.", "ship21 sails", "The ship44 sails.", "nothing")


def test_what_is_in_clusters_and_what_is_not_are_found_together(database: Database) -> None:
    cache = cache_of(database)
    for first, count in ((0, 15), (15, 10), (25, 30)):
        put(database, first, count)
        for question in QUESTIONS:
            assert found(cache, question) == exact(database, question, 3)
            assert found(cache_of(database), question) == exact(database, question, 3)
    assert len(Clusters(cache.clusters_path())) == 40


def test_what_was_removed_is_not_found_and_what_is_asked_for_is_still_all_there(database: Database) -> None:
    ids = [put(database, first, 5) for first in range(0, 50, 5)]
    cache = cache_of(database)
    found(cache, "ship3")
    for document_id in ids[:7]:
        remove(database, document_id)
    for opened in (cache, cache_of(database)):
        for question in QUESTIONS:
            assert found(opened, question, 12) == exact(database, question, 12)


def test_what_was_removed_before_and_after_others_erased_is_not_found(database: Database) -> None:
    """An index that is open is told of removals by the ids that are noted, until another one has erased them."""
    ids = [put(database, first, 3) for first in range(0, 18, 3)]
    opened, other = cache_of(database), cache_of(database)
    for step, document_id in enumerate(ids[:5]):
        found(opened, "ship3")
        remove(database, document_id)
        if step % 2:
            assert erase_remains(database, other)
            remove(database, put(database, 100 + step, 2))
        for question in QUESTIONS:
            assert found(opened, question, 12) == exact(database, question, 12)


def test_erasing_takes_what_was_removed_out_of_the_clusters_and_keeps_the_rest(database: Database) -> None:
    first, second = put(database, 0, 10), put(database, 10, 35)
    cache = cache_of(database)
    found(cache, "ship3")
    before = Clusters(cache.clusters_path())
    remove(database, first)
    assert erase_remains(database, cache)
    kept = Clusters(cache.clusters_path())
    assert (len(before), len(kept)) == (40, 30)
    [(lowest,)] = database.read("SELECT min(id) FROM sentences")
    assert min(ids.min() for ids, _ in kept.blocks()) == lowest
    assert database.read("SELECT * FROM removed_rows") == []
    for question in QUESTIONS:
        assert found(cache, question) == exact(database, question, 3)
    remove(database, second)
    assert erase_remains(database, cache)
    assert found(cache, "ship3") == []


def test_a_damaged_file_is_made_again(database: Database) -> None:
    put(database, 0, 45)
    cache = cache_of(database)
    found(cache, "ship3")
    path = cache.clusters_path()
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        path.write_bytes(damaged)
        assert found(cache_of(database), "The ship3 sails.") == exact(database, "The ship3 sails.", 3)
        assert path.read_bytes() == whole


def test_clusters_grown_in_steps_are_those_made_at_once(database: Database) -> None:
    cache = cache_of(database)
    for first in range(0, 70, 7):
        put(database, first, 7)
        found(cache, "ship3")
    grown = cache.clusters_path().read_bytes()
    cache.clusters_path().unlink()
    cache_of(database).grow(WORDS.identity.dimension)
    assert cache.clusters_path().read_bytes() == grown


def test_fewer_vectors_than_a_step_make_no_clusters(database: Database) -> None:
    put(database, 0, STEP - 1)
    cache = cache_of(database)
    cache.grow(WORDS.identity.dimension)
    assert found(cache, "ship3") == exact(database, "ship3", 3)
    assert not cache.clusters_path().exists()
