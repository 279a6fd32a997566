"""The vector index of a library: a copy of the vectors in its database, kept in a file and brought up to date."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np

from index.database import Database
from index.rows import unpack_vectors
from index.vectors import VectorIndex, Vectors

_IDS_PER_STEP = 500
_FILES = "vectors-*"


class VectorCache:
    """The index for the vectors in `database`, kept in `folder` between runs.

    Raises:
        LibraryError: from every method, when the database cannot be read.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._index: VectorIndex | None = None
        self._state = ("", "")
        self._is_saved = True

    def path(self) -> Path:
        """Where the index is kept between runs, if it has been needed yet."""
        return self._folder / f"vectors-{self._database.fact('vectors')}.faiss"

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` sentences nearest to `vector`: (sentence id, cosine), best first."""
        return self._current(len(vector)).search(vector, k)

    def discard_file(self) -> None:
        """Delete the file, which may hold vectors of what was removed; it is made again when next saved.

        Raises:
            OSError: it cannot be deleted.
        """
        for path in self._folder.glob(_FILES):
            path.unlink(missing_ok=True)
        self._is_saved = False

    def save(self, dimension: int) -> None:
        """Keep the index for next time, as the library is now. Where that cannot be written, it is made again."""
        with self._database.snapshot(), contextlib.suppress(OSError):
            path, state = self.path(), self._library_state()
            if self._is_saved or self._index is None:
                return
            self._current(dimension).save(path)
            self._is_saved = True
            for old in self._folder.glob(_FILES):  # unfinished ones of processes that were killed, too
                if old != path:
                    old.unlink()
        if self._library_state() != state:  # something may have been removed while this was written
            with contextlib.suppress(OSError):
                path.unlink()

    def _library_state(self) -> tuple[str, str]:
        return self._database.fact("generation"), self._database.fact("vectors")

    def _current(self, dimension: int) -> VectorIndex:
        """The index, brought to the state of the library if anyone has changed that."""
        state = self._library_state()
        if self._index is None or state[1] != self._state[1]:
            self._index = VectorIndex.load(self.path(), dimension) or VectorIndex(dimension)
        if state != self._state:
            self._synchronize(self._index)
            self._state = state
        return self._index

    def _synchronize(self, index: VectorIndex) -> None:
        stored = np.array(
            [row[0] for row in self._database.read("SELECT id FROM sentences WHERE vector IS NOT NULL")], dtype=np.int64
        )
        held = index.ids()
        gone, new = np.setdiff1d(held, stored), np.setdiff1d(stored, held)
        index.remove(gone)
        for start in range(0, len(new), _IDS_PER_STEP):
            ids = new[start : start + _IDS_PER_STEP].tolist()
            rows = self._database.read_by_ids("SELECT id, vector FROM sentences WHERE id", ids, "ORDER BY id")
            index.add(np.array([row[0] for row in rows]), unpack_vectors([row[1] for row in rows], index.dimension))
        if len(gone) or len(new):
            self._is_saved = False
