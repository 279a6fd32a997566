"""Vectors for documents that are to be stored: each passage is embedded once, wherever and however often it stands.

What has been embedded of a long document is kept in the library as it comes, so that an interrupted run goes on where
it stopped.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index.digest import passage_digest
from index.embed import Embedder
from index.library import Library
from index.memory import give_back_memory
from index.vectors import Vectors
from source.document import Document

PASSAGES_PER_BATCH = 64
"""Enough for the model to work on full batches; few enough that progress shows."""

# About a minute of work on two slow cores: what an interruption may cost.
_PASSAGES_PER_SAVE = 512


@dataclass(frozen=True, slots=True)
class Embedding:
    """So many of the passages that are embedded with those of the document at `path` are done."""

    path: Path
    done: int
    total: int


def embed_documents(
    library: Library, embedder: Embedder, documents: Sequence[Document]
) -> Generator[Embedding, None, list[list[Vectors]]]:
    """For each document, the vectors of its body passages: (sentences, dimension) each. Tells of progress meanwhile."""
    library.check_model(embedder.identity)
    bodies = [[passage for passage in document.passages if passage.role == "body"] for document in documents]
    digests = [[passage_digest(passage) for passage in body] for body in bodies]
    vectors = library.known_vectors([digest for of_document in digests for digest in of_document])
    missing = {
        digest: [sentence.folded for sentence in passage.sentences]
        for body, of_document in zip(bodies, digests, strict=True)
        for passage, digest in zip(body, of_document, strict=True)
        if digest not in vectors
    }
    longest = max(documents, key=lambda document: len(document.passages))
    unsaved: list[tuple[bytes, Vectors]] = []
    done = 0
    for batch in _batches(missing):
        unsaved += zip(batch, embedder.embed_passages([missing[digest] for digest in batch]), strict=True)
        vectors.update(unsaved[-len(batch) :])
        if len(unsaved) >= _PASSAGES_PER_SAVE:
            library.keep_vectors(unsaved, embedder.identity)
            unsaved = []
        give_back_memory()
        done += len(batch)
        yield Embedding(Path(longest.path), done, len(missing))
    return [[vectors[digest] for digest in of_document] for of_document in digests]


def _batches(missing: dict[bytes, list[str]]) -> Iterator[list[bytes]]:
    digests = iter(missing)
    while batch := list(islice(digests, PASSAGES_PER_BATCH)):
        yield batch


def embed_again(library: Library, embedder: Embedder) -> Iterator[tuple[int, Vectors]]:
    """A new vector for every body sentence, by its id: what `Library.replace_vectors` takes."""
    passages = library.folded_passages()
    while batch := list(islice(passages, PASSAGES_PER_BATCH)):
        embedded = embedder.embed_passages([sentences for _, sentences in batch])
        for (sentence_ids, _), vectors in zip(batch, embedded, strict=True):
            yield from zip(sentence_ids, vectors, strict=True)
