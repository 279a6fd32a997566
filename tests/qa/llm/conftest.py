"""A few sentences, numbered as a language model is sent them."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.ingest import add_paths
from index.library import Library
from qa.llm.prompt import NumberedSentence, number_sentences
from tests.fakes import WordEmbedder

TEXT = (
    "The oldest bell of Dunmouth was cast by Jonas Trell in 1687. It weighs 640 kilograms and hangs “above the fish "
    "market” [7]. The tower was not built in Port Ellery, though many say so. If the tide has turned, the small bell "
    "rings twice. Anna Weber repaired the clock on 12 March 1901, and Jonas paid 30 crowns for 2 wheels.\n"
)
"""Its sentences are numbered 1 to 5."""


def numbered(library: Library, folder: Path, text: str, name: str = "bells.txt") -> list[NumberedSentence]:
    """The sentences of `text` as a document of `library`."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    list(add_paths(library, WordEmbedder(), [path]))
    document = next(one for one in library.documents() if one.name == name)
    return number_sentences(library, [(document, passage) for passage in library.passages_of(document.id)])


@pytest.fixture
def sentences(library: Library, tmp_path: Path) -> list[NumberedSentence]:
    """Those of `TEXT`."""
    found = numbered(library, tmp_path, TEXT)
    assert [one.number for one in found] == [1, 2, 3, 4, 5]
    return found
