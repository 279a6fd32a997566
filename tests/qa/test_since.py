"""qa ask --since: only documents that were added or changed since then are looked at."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.library import Library
from qa.since import documents_since, read_time
from source.errors import QuestionError
from tests.command import Command
from tests.documents import put_text
from tests.fakes import WordEmbedder


def set_added(folder: Path, name: str, added_at: str) -> None:
    [file] = [path for path in folder.iterdir() if path.suffix in {".db", ".sqlite", ".sqlite3"}]
    with sqlite3.connect(file) as database:
        assert database.execute("UPDATE documents SET added_at = ? WHERE name = ?", [added_at, name]).rowcount == 1
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of an old document and a newer one that says the same."""
    with Library(tmp_path / "library") as library:
        put_text(library, WordEmbedder(), "The bell was cast by Jonas Trell.", "/documents/old.txt")
        put_text(library, WordEmbedder(), "The bell was cast by Jonas Trell.", "/documents/new.txt")
    set_added(tmp_path / "library", "old.txt", "2026-03-01T10:00:00+00:00")
    set_added(tmp_path / "library", "new.txt", "2026-03-31T22:30:00+00:00")
    return tmp_path / "library"


@pytest.mark.parametrize(
    ("since", "names"),
    [
        ("2026-01-01T00:00+00:00", ["new.txt", "old.txt"]),
        ("2026-03-01T10:00:00+00:00", ["new.txt", "old.txt"]),
        ("2026-03-01T10:00:01+00:00", ["new.txt"]),
        ("2026-04-01T00:30:00+02:00", ["new.txt"]),
    ],
)
def test_documents_since_a_time(folder: Path, since: str, names: list[str]) -> None:
    with Library(folder) as library:
        found = documents_since(library, datetime.fromisoformat(since))
        assert sorted(library.document(id_).name for id_ in found) == names


def test_nothing_new_is_told(folder: Path) -> None:
    with Library(folder) as library, pytest.raises(QuestionError) as told:
        documents_since(library, datetime.fromisoformat("2026-05-01T00:00+00:00"))
    assert str(told.value) == (
        "Cannot answer from what is new: no document was added or changed since 2026-05-01 00:00 UTC. "
        "Choose an earlier date, or leave out --since."
    )


def test_a_time_too_far_off_to_be_compared_is_told(folder: Path) -> None:
    with Library(folder) as library, pytest.raises(QuestionError, match=r"0001-01-01 is too far off\. Choose another"):
        documents_since(library, datetime(1, 1, 1))  # noqa: DTZ001 - as it is given, in local time


def test_ask_since_quotes_new_documents_only(qa: Command, folder: Path) -> None:
    everything = qa("ask", "Who cast the bell?", "--json", "--since", "2026-01-01").value
    new = qa("ask", "Who cast the bell?", "--json", "--since", "2026-03-15").value
    named = [{one["document"] for one in [*value["citations"], *value["nearest"]]} for value in (everything, new)]
    assert named[1] == {"new.txt"}
    assert "old.txt" in named[0]
    assert qa("ask", "Who cast the bell?", "--since", "2027-01-01").status == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-31", datetime(2026, 3, 31)),  # noqa: DTZ001 - as it is given, in local time
        ("2026-03-31T14:00", datetime(2026, 3, 31, 14)),  # noqa: DTZ001 - the same
        ("2026-03-31 14:00:30", datetime(2026, 3, 31, 14, 0, 30)),  # noqa: DTZ001 - the same
        ("2026-03-31T14:00+02:00", datetime(2026, 3, 31, 12, tzinfo=UTC)),
    ],
)
def test_the_ways_to_write_a_time(written: str, read: datetime) -> None:
    assert read_time(written) == read


@pytest.mark.parametrize("written", ["tomorrow", "2026-02-30", "31.03.2026", ""])
def test_what_is_no_date_is_told_before_anything_is_loaded(qa: Command, written: str) -> None:
    result = qa("ask", "Who cast the bell?", "--since", written)
    assert result.status == 2
    assert f"'{written}' is no date. Write it as 2026-03-31 or 2026-03-31T14:00." in result.errors
