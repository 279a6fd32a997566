"""Adding files: one event for each, past every failure, and nothing is embedded twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embed import Embedder
from index.embedding import embed_again
from index.ingest import Event, Failed, Found, Stored, add_paths, add_paths_lazily
from index.library import Library
from index.vectors import Vectors
from source.errors import LibraryError
from source.load import FORMATS, load_document
from tests.conftest import DEMO_DOCUMENTS
from tests.documents import body_sentences
from tests.fakes import WordEmbedder

BELL = "The bell of Dunmouth was cast by Jonas Trell.\n"


class CountingEmbedder(WordEmbedder):
    """Notes what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed_passages(self, passages: Sequence[Sequence[str]]) -> list[Vectors]:
        self.embedded += [sentence for passage in passages for sentence in passage]
        return super().embed_passages(passages)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text(BELL)
    (folder / "b.md").write_text("# Ropes\n\nRopes wear through in a year.\n")
    return folder


def told(events: list[Event]) -> list[tuple[str, str]]:
    """The name of each file and what became of it."""
    outcomes = [(one.path.name, one.outcome) for one in events if isinstance(one, Stored)]
    return outcomes + [(one.path.name, one.error.reason) for one in events if isinstance(one, Failed)]


def test_files_are_added_then_unchanged_then_updated(library: Library, folder: Path) -> None:
    embedder = CountingEmbedder()
    events = list(add_paths(library, embedder, [folder]))
    assert events[0] == Found(2, Counter(), sum(path.stat().st_size for path in folder.iterdir()))
    assert told(events) == [("a.txt", "added"), ("b.md", "added")]
    assert embedder.embedded == [BELL.strip(), "Ropes wear through in a year."]
    assert told(list(add_paths(library, embedder, [folder]))) == [("a.txt", "unchanged"), ("b.md", "unchanged")]
    (folder / "a.txt").write_text("A new bell was hung.\n")
    embedder.embedded.clear()
    events = list(add_paths(library, embedder, [str(folder)]))
    assert sorted(told(events)) == [("a.txt", "updated"), ("b.md", "unchanged")]
    assert embedder.embedded == ["A new bell was hung."]
    assert [library.text(record.id) for record in library.documents()] == [
        "A new bell was hung.\n",
        (folder / "b.md").read_text(),
    ]


def test_a_stored_document_is_on_the_disk_when_it_is_told(library: Library, folder: Path) -> None:
    for event in add_paths(library, WordEmbedder(), [folder]):
        if isinstance(event, Stored):
            with Library(library.folder) as other:
                assert other.document(event.document.id) == event.document


def test_a_bad_file_is_told_and_the_others_are_added(library: Library, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"")
    (folder / "c.iso").write_bytes(b"%PDF")
    events = list(add_paths(library, WordEmbedder(), [folder, folder / "missing.txt", folder / "c.iso"]))
    assert events[0] == Found(4, Counter({".iso": 1}), 4 + (folder / "b.md").stat().st_size)
    assert told(events) == [
        ("b.md", "added"),
        ("missing.txt", "there is no such file or folder"),
        ("a.txt", "it is empty"),
        ("c.iso", "files of the kind .iso are not known"),
    ]


def test_an_older_version_stays_when_the_new_one_cannot_be_read(library: Library, folder: Path) -> None:
    list(add_paths(library, WordEmbedder(), [folder / "a.txt"]))
    (folder / "a.txt").write_bytes(b"\0\1\2" * 100)
    assert told(list(add_paths(library, WordEmbedder(), [folder / "a.txt"]))) == [
        ("a.txt", "it is not text but binary data")
    ]
    assert [library.text(record.id) for record in library.documents()] == [BELL]


def test_many_small_files_and_a_large_one_are_stored_each_with_its_own_vectors(
    library: Library, tmp_path: Path
) -> None:
    """More passages than are embedded at once: none may get its neighbour's vectors."""
    for number in range(80):
        (tmp_path / f"{number:02}.txt").write_text(
            f"Bell {number} hangs on quay {number}.\n\nIt was cast in {1600 + number} by Trell.\n"
        )
    (tmp_path / "large.txt").write_text(
        "".join(f"Rope {number} is on boat {number} today.\n\n" for number in range(150))
    )
    words = WordEmbedder()
    assert Counter(outcome for _, outcome in told(list(add_paths(library, words, [tmp_path])))) == {"added": 81}
    for record in library.documents():
        for passage in library.passages_of(record.id):
            for sentence in library.sentences([passage.id]):
                np.testing.assert_allclose(sentence.vector, words.embed_question(sentence.folded), atol=1e-3)


def test_the_model_is_loaded_only_when_there_is_something_to_embed(library: Library, folder: Path) -> None:
    loaded: list[Embedder] = []

    def load() -> Embedder:
        loaded.append(WordEmbedder())
        return loaded[-1]

    assert told(list(add_paths_lazily(library, load, [folder / "missing.txt"])))[0][0] == "missing.txt"
    assert loaded == []
    list(add_paths_lazily(library, load, [folder]))
    list(add_paths_lazily(library, load, [folder]))
    assert len(loaded) == 1


def test_files_are_not_added_with_another_model(library: Library, folder: Path) -> None:
    list(add_paths(library, WordEmbedder(), [folder / "a.txt"]))
    with pytest.raises(LibraryError, match="Cannot use the model other"):
        list(add_paths(library, WordEmbedder("other"), [folder]))
    assert [record.name for record in library.documents()] == ["a.txt"]


def test_stopping_in_the_midst_keeps_what_was_told(library: Library, tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number:02}.txt").write_text(f"Bell {number} hangs on quay {number} today.\n")
    events = add_paths(library, WordEmbedder(), [tmp_path])
    stored = (event for event in events if isinstance(event, Stored))
    names = [next(stored).path.name for _ in range(9)]
    events.close()  # type: ignore[attr-defined]
    assert [record.name for record in library.documents()] == names


def test_the_demo_is_embedded_again_as_it_was_the_first_time(demo_library: Library, embedder: Embedder) -> None:
    again = dict(embed_again(demo_library, embedder))
    stored = {
        sentence.id: sentence.vector
        for record in demo_library.documents()
        for passage in demo_library.passages_of(record.id)
        for sentence in demo_library.sentences([passage.id])
    }
    assert sorted(again) == sorted(stored)
    for sentence_id, vector in stored.items():
        np.testing.assert_allclose(again[sentence_id], vector, atol=2e-3)


def test_the_demo_library_holds_every_sentence_of_its_files(demo_library: Library) -> None:
    records = {record.name: record for record in demo_library.documents()}
    assert sorted(records) == sorted(path.name for path in DEMO_DOCUMENTS.iterdir() if path.suffix in FORMATS)
    for path in DEMO_DOCUMENTS.iterdir():
        document = load_document(path)
        passages = [one for one in demo_library.passages_of(records[path.name].id) if one.role == "body"]
        folded = [[sentence.folded for sentence in demo_library.sentences([passage.id])] for passage in passages]
        assert folded == body_sentences(document)
