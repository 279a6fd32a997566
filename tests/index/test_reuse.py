"""Vectors used again: by the sentences of a passage, whatever document it stands in, while the model is the same."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.digest import passage_digest
from index.embedding import embed_again
from index.library import Library
from index.vectors import Vectors
from source.document import Document
from source.errors import LibraryError
from tests.documents import body_sentences, make_document, put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
BELLS = "The Bells\n\nThey ring. The tide has turned.\n\nPhoto: Marta Quill\n\nThe oldest of them was cast in 1687.\n"
RING = hashlib.sha256(b"They ring.\nThe tide has turned.").digest()[:16]
OLDEST = hashlib.sha256(b"The oldest of them was cast in 1687.").digest()[:16]
UNKNOWN = b"\0" * 16


def digests_of(document: Document) -> list[bytes]:
    return [passage_digest(passage) for passage in document.passages if passage.role == "body"]


def half(vectors: Vectors) -> Vectors:
    """`vectors` as precise as they are kept."""
    return vectors.astype("<f2").astype(np.float32)


def check(known: dict[bytes, Vectors], expected: dict[bytes, list[str]]) -> None:
    """`known` are the vectors of the `expected` sentences, to the bit."""
    assert known.keys() == expected.keys()
    for digest, sentences in expected.items():
        np.testing.assert_array_equal(known[digest], half(WORDS.embed_passages([sentences])[0]))


def spare_digests(library: Library) -> list[bytes]:
    return [row[0] for row in library._database.read("SELECT digest FROM spare_vectors ORDER BY digest")]


def test_vectors_of_passages_in_the_library_are_known_by_their_sentences(library: Library) -> None:
    assert digests_of(make_document(BELLS)) == [RING, OLDEST]
    assert library.known_vectors([RING, OLDEST]) == {}
    put_text(library, WORDS, BELLS)
    known = library.known_vectors([OLDEST, UNKNOWN, RING, RING])
    check(known, {RING: ["They ring.", "The tide has turned."], OLDEST: ["The oldest of them was cast in 1687."]})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.lists(
        st.lists(st.sampled_from(["A bell.", "A rope.", "A tide."]), min_size=1, max_size=3), min_size=2, max_size=4
    )
)
def test_known_is_what_stands_in_any_document_or_was_kept(library: Library, passages: list[list[str]]) -> None:
    paragraphs = [" ".join(sentences) for sentences in passages]
    documents = [make_document(paragraph, f"/{place}.txt") for place, paragraph in enumerate(paragraphs)]
    expected: dict[bytes, list[str]] = {}
    for place, document in enumerate(documents):
        vectors = WORDS.embed_passages(body_sentences(document))
        if place % 2:
            library.put(document, vectors, WORDS.identity)
        else:
            library.keep_vectors(zip(digests_of(document), vectors, strict=True), WORDS.identity)
        expected.update(zip(digests_of(document), body_sentences(document), strict=True))
    check(library.known_vectors(list(expected)), expected)
    library.remove(one.id for one in library.documents())
    assert library.known_vectors(list(expected)) == {}


def test_kept_vectors_are_there_the_next_time_and_go_when_their_document_is_put(library: Library) -> None:
    document = make_document(BELLS)
    ring, oldest = WORDS.embed_passages(body_sentences(document))
    library.keep_vectors([(RING, ring), (UNKNOWN, oldest)], WORDS.identity)
    before = library.generation
    with Library(library.folder) as other:
        assert other.model == WORDS.identity
        check(other.known_vectors([RING]), {RING: ["They ring.", "The tide has turned."]})
    assert library.generation == before, "nothing that can be found has changed"
    library.put(document, [ring, oldest], WORDS.identity)
    assert spare_digests(library) == [UNKNOWN]
    library.drop_spare_vectors()
    assert spare_digests(library) == []
    check(library.known_vectors([RING, UNKNOWN]), {RING: ["They ring.", "The tide has turned."]})


def test_vectors_of_another_model_are_neither_kept_nor_known(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    new = WordEmbedder("new")
    with pytest.raises(LibraryError, match="Cannot use the model new"):
        library.keep_vectors([(UNKNOWN, new.embed_passages([["A bell."]])[0])], new.identity)
    library.keep_vectors([(UNKNOWN, WORDS.embed_passages([["A bell."]])[0])], WORDS.identity)
    library.replace_vectors(embed_again(library, new), new.identity)
    known = library.known_vectors([UNKNOWN, OLDEST])
    assert known.keys() == {OLDEST}
    np.testing.assert_array_equal(
        known[OLDEST], half(new.embed_passages([["The oldest of them was cast in 1687."]])[0])
    )


def test_many_digests_at_once(library: Library) -> None:
    text = "\n\n".join(f"Bell {number} hangs on quay {number}." for number in range(1200))
    put_text(library, WORDS, text)
    document = make_document(text)
    check(
        library.known_vectors(digests_of(document)),
        dict(zip(digests_of(document), body_sentences(document), strict=True)),
    )
