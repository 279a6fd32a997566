"""Syncing: the library equals the folder, nothing is embedded twice, and a disk that is away empties nothing."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.ingest import Event, Failed, Found, Removed, Stored, add_paths
from index.library import Library
from index.records import StoredPassage
from index.sync import sync_folder
from index.vectors import Vectors
from source.container import CONTAINERS
from source.errors import DocumentError
from tests.fakes import WordEmbedder
from tests.privileges import open_folder, ordinary_user

BELL = "The bell of Dunmouth was cast by Jonas Trell.\n"
ROPE = "Ropes wear through in a year.\n"
TIDE = "The tide turns twice a day.\n"


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
    (folder / "deep").mkdir(parents=True)
    (folder / "bell.txt").write_text(BELL)
    (folder / "deep" / "rope.txt").write_text(ROPE)
    return folder


class Syncing:
    """Syncs one folder with one library, again and again."""

    def __init__(self, library: Library, folder: Path) -> None:
        self.library = library
        self.folder = folder
        self.embedder = CountingEmbedder()

    def __call__(self, *, may_empty: bool = False) -> list[tuple[str, str]]:
        """What was told: of each file, its path within the folder and what became of it, in order of the paths."""
        self.embedder.embedded.clear()
        events = list(sync_folder(self.library, lambda: self.embedder, self.folder, may_empty=may_empty))
        assert isinstance(events[0], Found)
        return sorted(filter(None, map(self._told, events)))

    def _told(self, event: Event) -> tuple[str, str] | None:
        match event:
            case Stored(path, outcome):
                return path.relative_to(self.folder).as_posix(), outcome
            case Removed(path):
                return path.relative_to(self.folder).as_posix(), "removed"
            case Failed(path, error):
                return path.relative_to(self.folder).as_posix(), error.reason
            case _:
                return None

    def held(self) -> dict[str, str]:
        """The texts in the library, by their paths within the folder."""
        return {
            Path(one.path).relative_to(self.folder).as_posix(): self.library.text(one.id)
            for one in self.library.documents_under(self.folder)
        }


@pytest.fixture
def sync(library: Library, folder: Path) -> Syncing:
    return Syncing(library, folder)


def test_what_is_new_is_added_what_changed_replaced_and_what_is_gone_removed(sync: Syncing) -> None:
    assert sync() == [("bell.txt", "added"), ("deep/rope.txt", "added")]
    assert sync() == [("bell.txt", "unchanged"), ("deep/rope.txt", "unchanged")]
    (sync.folder / "bell.txt").unlink()
    (sync.folder / "deep" / "rope.txt").write_text(ROPE + TIDE)
    (sync.folder / "tide.txt").write_text(TIDE)
    assert sync() == [("bell.txt", "removed"), ("deep/rope.txt", "updated"), ("tide.txt", "added")]
    assert sync.held() == {"deep/rope.txt": ROPE + TIDE, "tide.txt": TIDE}


NAMES = st.sampled_from(["a.txt", "b.txt", "c/a.txt", "c/d.md"])
TEXTS = st.sampled_from([BELL, ROPE, TIDE, BELL + "\n" + TIDE])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5)
@given(st.lists(st.dictionaries(NAMES, TEXTS, min_size=1), min_size=1, max_size=3))
def test_whatever_happens_to_a_folder_the_library_equals_it(sync: Syncing, states: list[dict[str, str]]) -> None:
    for state in states:
        shutil.rmtree(sync.folder)
        for name, text in state.items():
            (sync.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (sync.folder / name).write_text(text)
        sync()
        assert sync.held() == state


def test_a_renamed_or_copied_file_is_not_embedded_again(sync: Syncing) -> None:
    sync()
    assert sorted(sync.embedder.embedded) == [ROPE.strip(), BELL.strip()]
    before = sync.library.sentences([one.id for one in passages_of(sync.library)])
    (sync.folder / "bell.txt").rename(sync.folder / "deep" / "old bell.txt")
    shutil.copy(sync.folder / "deep" / "rope.txt", sync.folder / "copy.txt")
    assert sync() == [
        ("bell.txt", "removed"),
        ("copy.txt", "added"),
        ("deep/old bell.txt", "added"),
        ("deep/rope.txt", "unchanged"),
    ]
    assert sync.embedder.embedded == []
    after = sync.library.sentences([one.id for one in passages_of(sync.library)])
    vectors = {one.folded: one.vector.tobytes() for one in before}
    assert [(one.folded, one.vector.tobytes()) for one in after] == [(one.folded, vectors[one.folded]) for one in after]
    assert len(after) == 3


def passages_of(library: Library) -> list[StoredPassage]:
    return [passage for one in library.documents() for passage in library.passages_of(one.id)]


def test_only_the_new_paragraph_of_a_changed_file_is_embedded(sync: Syncing) -> None:
    sync()
    (sync.folder / "bell.txt").write_text(f"{TIDE}\n{BELL}")
    assert sync() == [("bell.txt", "updated"), ("deep/rope.txt", "unchanged")]
    assert sync.embedder.embedded == [TIDE.strip()]


def test_documents_from_elsewhere_stay(sync: Syncing, tmp_path: Path) -> None:
    """Also of a folder whose name begins as the one that is synced."""
    other = tmp_path / "documents of others"
    other.mkdir()
    (other / "tide.txt").write_text(TIDE)
    list(add_paths(sync.library, sync.embedder, [other]))
    sync()
    shutil.rmtree(other)
    (sync.folder / "bell.txt").unlink()
    sync()
    assert [one.path for one in sync.library.documents()] == [
        str(sync.folder / "deep" / "rope.txt"),
        str(other / "tide.txt"),
    ]


def test_a_file_that_can_no_longer_be_loaded_keeps_its_older_version(sync: Syncing) -> None:
    sync()
    (sync.folder / "bell.txt").write_bytes(b"")
    assert sync() == [("bell.txt", "it is empty"), ("deep/rope.txt", "unchanged")]
    assert sync.held() == {"bell.txt": BELL, "deep/rope.txt": ROPE}


def test_a_folder_that_is_not_there_changes_nothing(sync: Syncing) -> None:
    sync()
    sync.folder.rename(sync.folder.with_name("away"))
    with pytest.raises(DocumentError) as raised:
        sync(may_empty=True)
    assert str(raised.value) == (
        f"Cannot sync {sync.folder}: there is no such folder. Check the path, and that its disk is mounted."
    )
    assert sync.held() == {"bell.txt": BELL, "deep/rope.txt": ROPE}


def test_a_file_is_no_folder(sync: Syncing) -> None:
    sync.folder = sync.folder / "bell.txt"
    with pytest.raises(DocumentError, match="it is no folder"):
        sync()


def test_an_empty_folder_empties_the_library_only_when_that_is_said(sync: Syncing) -> None:
    """An empty folder is what the place of a disk looks like that is not mounted."""
    sync()
    shutil.rmtree(sync.folder)
    (sync.folder / "lost+found").mkdir(parents=True)
    (sync.folder / ".hidden.txt").write_text(TIDE)
    with pytest.raises(DocumentError) as raised:
        sync()
    assert str(raised.value) == (
        f"Cannot sync {sync.folder}: there is no readable file in it, but the library holds 2 documents from there. "
        "Check that its disk is mounted, or remove them with --empty."
    )
    assert sync.held() == {"bell.txt": BELL, "deep/rope.txt": ROPE}
    assert sync(may_empty=True) == [("bell.txt", "removed"), ("deep/rope.txt", "removed")]
    assert sync() == []


def test_what_cannot_be_looked_at_is_not_gone() -> None:
    with open_folder() as top:
        folder = top / "documents"
        (folder / "closed").mkdir(parents=True)
        (folder / "closed" / "bell.txt").write_text(BELL)
        with Library(top / "library") as library:
            Syncing(library, folder)()
        for path in (top / "library", *(top / "library").iterdir()):
            path.chmod(0o777)
        (folder / "closed").chmod(0o600)
        with ordinary_user(), Library(top / "library") as library:
            sync = Syncing(library, folder)
            assert sync() == [("closed", "you have no permission to read it")]
            assert sync.held() == {"closed/bell.txt": BELL}
        folder.chmod(0o600)
        with ordinary_user(), Library(top / "library") as library:
            with pytest.raises(DocumentError, match="permission denied"):
                Syncing(library, folder)()
            assert Syncing(library, folder).held() == {"closed/bell.txt": BELL}


@pytest.mark.skipif(".zip" not in CONTAINERS, reason="archives are not read")
def test_members_of_an_archive_are_there_while_it_is(sync: Syncing) -> None:
    archive = sync.folder / "papers.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("tide.txt", TIDE)
        written.writestr("more/bells.txt", "A bell rings.\n")
    sync()
    assert sync()[2:] == [("papers.zip/more/bells.txt", "unchanged"), ("papers.zip/tide.txt", "unchanged")]
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("tide.txt", TIDE)
    assert sync()[2:] == [("papers.zip/more/bells.txt", "removed"), ("papers.zip/tide.txt", "unchanged")]
    archive.unlink()
    assert sync()[2:] == [("papers.zip/tide.txt", "removed")]


def test_a_folder_in_place_of_a_file_is_not_the_file(sync: Syncing) -> None:
    sync()
    (sync.folder / "bell.txt").unlink()
    (sync.folder / "bell.txt").mkdir()
    (sync.folder / "bell.txt" / "tide.txt").write_text(TIDE)
    assert sync() == [("bell.txt", "removed"), ("bell.txt/tide.txt", "added"), ("deep/rope.txt", "unchanged")]
