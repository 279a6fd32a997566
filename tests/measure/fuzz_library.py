"""Broken files added to a real library, and whether it is as sound afterwards as before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from index.ingest import FileDone, add_paths
from index.library import DATABASE_NAME, Library
from qa.ask import search
from tests.fakes import WordEmbedder
from tests.measure.fuzz_cases import make_case

_GOOD = "The great bell of Dunmouth was cast in 1687 by a founder called Jonas Trell.\n"
# Words are embedded one by one here; more of them only take time.
_MAX_BYTES = 100_000


def add_cases(numbers: Iterable[int], library_folder: Path) -> None:
    """Add the files of these cases, but for large ones, and a good one; AssertionError if one is not accounted for."""
    with TemporaryDirectory(prefix="qa-fuzz-") as name, Library(library_folder) as library:
        folder = Path(name)
        (folder / "good.txt").write_text(_GOOD, encoding="utf-8")
        for number in numbers:
            case = make_case(number)
            if len(case.data) <= _MAX_BYTES:
                (folder / case.name).write_bytes(case.data)
        paths = sorted(folder.iterdir())
        events = add_paths(library, WordEmbedder(), paths)
        done = sorted(event.path for event in events if isinstance(event, FileDone))
    assert done == paths


def check_library(library_folder: Path) -> None:
    """AssertionError unless the database is whole and the good file is found."""
    with Library(library_folder) as library:
        found = search(library, WordEmbedder(), "Who was the founder of the great bell of Dunmouth?", k=1)
        assert ["Jonas Trell" in hit.passage.text for hit in found] == [True]
    with closing(sqlite3.connect(library_folder / DATABASE_NAME)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
