"""Libraries of 10 thousand, 100 thousand and 1 million passages, built once and kept in a folder.

The first passages are the real paragraphs that `make bench` adds, embedded by the real model; then come others of SQuAD
1.1 train, and text drawn from an n-gram model of these, with vectors drawn around real ones. `Library.put` stores all.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from index.embed import Embedder
from index.library import Library
from index.vectors import Vectors
from source.document import Document, Lines, Passage, Sentence, Span
from tests.documents import body_sentences, make_document
from tests.measure.datasets import SHARED_DATA, QuestionSet, load_squad
from tests.measure.size_texts import SentenceModel, draw_vectors

Value = TypeVar("Value")

SIZES = (10_000, 100_000, 1_000_000)
"""How many passages the libraries hold."""

# To be raised whenever other passages or vectors are drawn, so that kept libraries are built again.
_WAY_OF_DRAWING = 1
_EMBEDDED_PASSAGES = 1_000
_REAL_PASSAGES = 9_000
_PASSAGES_PER_DOCUMENT = 50
_DOCUMENTS_PER_DRAW = 20


def library_folder(folder: Path, size: int) -> Path:
    """Where in `folder` the library of `size` passages is, once it is built."""
    return folder / f"{size}-passages"


def questions_asked() -> list[str]:
    """The questions whose paragraphs are in all libraries with vectors of the real model, in the order of the set."""
    embedded = {one.name for one in _squad("dev").paragraphs[:_EMBEDDED_PASSAGES]}
    return [one.question for one in _squad("dev").questions if one.documents <= embedded]


@cache
def _squad(part: str) -> QuestionSet:
    return load_squad(_squad_path(part))


def _squad_path(part: str) -> Path:
    return SHARED_DATA / "squad" / f"{part}-v1.1.json.gz"


def build_libraries(folder: Path, sizes: Sequence[int], load: Callable[[], Embedder]) -> Iterator[int]:
    """Build those of `sizes`, ascending, that are not in `folder` yet; how many passages are stored, as it goes on.

    One that was built of other texts, by another model or in another way than now is built again.
    """
    embedder = load()
    stamp = _stamp(embedder)
    missing = [size for size in sizes if not _is_built(library_folder(folder, size), stamp)]
    if not missing:
        return
    growing = folder / "growing"
    shutil.rmtree(growing, ignore_errors=True)
    stored = 0
    library = Library(growing)
    for document, vectors in _documents(embedder, max(missing)):
        library.put(document, vectors, embedder.identity)
        stored += len(document.passages)
        yield stored
        if missing and stored >= missing[0]:
            library.close()
            built = library_folder(folder, missing.pop(0))
            shutil.rmtree(built, ignore_errors=True)
            shutil.copytree(growing, built)
            _stamp_path(built).write_text(stamp, encoding="utf-8")
            library = Library(growing)
    library.close()
    shutil.rmtree(growing)


def _stamp(embedder: Embedder) -> str:
    """What the libraries are made of: the texts, the model, and how the rest is drawn."""
    texts = [hashlib.sha256(_squad_path(part).read_bytes()).hexdigest() for part in ("dev", "train")]
    return "\n".join([f"drawn in way {_WAY_OF_DRAWING}", embedder.identity.digest, *texts, ""])


def _stamp_path(built: Path) -> Path:
    return built.with_suffix(".made-of")


def _is_built(built: Path, stamp: str) -> bool:
    path = _stamp_path(built)
    return built.is_dir() and path.exists() and path.read_text(encoding="utf-8") == stamp


def _documents(embedder: Embedder, passages: int) -> Iterator[tuple[Document, list[Vectors]]]:
    generator = np.random.default_rng(1)
    embedded = list(_real_documents("dev", _EMBEDDED_PASSAGES))
    sample: list[Vectors] = []
    for document in embedded:
        vectors = embedder.embed_passages(body_sentences(document))
        sample += vectors
        yield document, vectors
    real = list(_real_documents("train", _REAL_PASSAGES))
    for document in real:
        counts = [len(sentences) for sentences in body_sentences(document)]
        yield document, draw_vectors(sample, counts, generator)
    model = SentenceModel(sentence for document in real for text in body_sentences(document) for sentence in text)
    lengths = [len(text) for document in real for text in body_sentences(document)]
    wanted = -(-(passages - sum(len(one.passages) for one in [*embedded, *real])) // _PASSAGES_PER_DOCUMENT)
    for start in range(0, wanted, _DOCUMENTS_PER_DRAW):
        counts = generator.choice(lengths, _DOCUMENTS_PER_DRAW * _PASSAGES_PER_DOCUMENT).tolist()
        sentences = iter(model.draw(sum(counts), generator))
        vectors = draw_vectors(sample, counts, generator)
        for number in range(min(_DOCUMENTS_PER_DRAW, wanted - start)):
            of_document = slice(number * _PASSAGES_PER_DOCUMENT, (number + 1) * _PASSAGES_PER_DOCUMENT)
            texts = [[next(sentences) for _ in range(count)] for count in counts[of_document]]
            yield _document_of(texts, f"/drawn/{start + number:06d}.txt"), vectors[of_document]


def _real_documents(part: str, passages: int) -> Iterator[Document]:
    texts = [" ".join(one.text.split()) for one in _squad(part).paragraphs[:passages]]
    for number, batch in enumerate(_parts(texts, _PASSAGES_PER_DOCUMENT)):
        yield make_document("\n\n".join(batch), f"/{part}/{number:06d}.txt")


def _parts(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _document_of(texts: Sequence[Sequence[str]], path: str) -> Document:
    """A plain text of these passages, each given as its sentences, which folding leaves as they are."""
    passages: list[Passage] = []
    start = 0
    for number, sentences in enumerate(texts, 1):
        spans = []
        for sentence in sentences:
            spans.append(Span(start, start + len(sentence)))
            start += len(sentence) + 1
        whole = Span(spans[0].start, spans[-1].end)
        found = tuple(Sentence(span, sentence) for span, sentence in zip(spans, sentences, strict=True))
        passages.append(Passage(number, whole, "body", (), Lines(2 * number - 1, 2 * number - 1), found))
        start += 1
    text = "\n\n".join(" ".join(sentences) for sentences in texts)
    data = text.encode()
    return Document(
        name=Path(path).name,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        format="text",
        encoding="utf-8",
        title="",
        text=text,
        passages=tuple(passages),
    )
