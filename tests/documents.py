"""Documents made from text, for tests of what becomes of them later."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Sequence

from index.embed import Embedder
from index.library import Library
from index.records import DocumentRecord
from source.document import Document
from source.load import FORMATS
from source.load_options import NO_OPTIONS
from source.split import split_passages


def make_document(text: str, path: str = "/documents/bells.txt") -> Document:
    """The document that a file with this text at this path would become."""
    data = codecs.BOM_UTF8 + text.encode("utf-8")
    name = path.rsplit("/", 1)[-1]
    file_format = FORMATS["." + name.rsplit(".", 1)[-1]]
    extraction = file_format.load(data, NO_OPTIONS)
    return Document(
        name=name,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        format=file_format.name,
        encoding=extraction.encoding,
        title=extraction.title,
        text=extraction.text,
        passages=split_passages(extraction),
    )


def body_sentences(document: Document) -> list[list[str]]:
    """The folded sentences of each body passage, which is what is embedded."""
    bodies = [passage for passage in document.passages if passage.role == "body"]
    return [[sentence.folded for sentence in passage.sentences] for passage in bodies]


def put_text(library: Library, embedder: Embedder, text: str, path: str = "/documents/bells.txt") -> DocumentRecord:
    """Add a document of this text."""
    document = make_document(text, path)
    return library.put(document, embedder.embed_passages(body_sentences(document)), embedder.identity)


def quotes_of(library: Library, words: Sequence[str]) -> list[str]:
    """The texts of the passages that keyword search finds, best first."""
    ids = [passage_id for passage_id, _ in library.search_keywords(words, 100)]
    passages = library.passages(ids)
    return [passages[passage_id].text for passage_id in ids]
