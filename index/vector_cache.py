"""The vector index of a library: a copy of the vectors in its database, kept in files and brought up to date.

Below 100,000 sentences every vector is compared (`index.vectors`). With more, the first so many hundred thousand are in
clusters (`index.clusters`), which propose candidates that are then compared exactly; those after them are compared all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

import numpy as np
import numpy.typing as npt

from index.clusters import Clusters, DamagedClustersError, file_version, write_clusters
from index.counts import REMOVALS
from index.database import Database
from index.learn_clusters import joined, learn_clusters, sort_into_clusters
from index.removed_rows import are_noted, removed_ranges, within
from index.rows import cosines_with, unpack_vectors
from index.vectors import Ids, VectorIndex, Vectors
from source.errors import LibraryError

STEP = 100_000
"""So many vectors come into the clusters at once; fewer are compared one by one, which takes milliseconds."""

_IDS_PER_STEP = 500
_VECTORS_PER_BATCH = 10_000
_FILES = "vectors-*"
# Candidates beyond the vectors that are wanted: 8 bits tell nearly as well as 16 which ones these are.
_MORE_CANDIDATES = 100

_IDS_WITH_VECTOR = "SELECT id FROM sentences WHERE vector IS NOT NULL AND id > ?"
# Of sentences without a vector, too: an index knows these ids, so that no text is read.
_EVERY_ID = "SELECT id FROM sentences INDEXED BY sentences_by_passage WHERE +id > ?"


@dataclass(frozen=True, slots=True)
class _State:
    """What the library is at: it holds other vectors if any of these facts is another."""

    generation: str
    vectors: str
    removals: str


_UNKNOWN = _State("", "", "")


class VectorCache:
    """The index for the vectors in `database`, kept in `folder` between runs.

    Raises:
        LibraryError: from every method, when the database cannot be read.
    """

    def __init__(self, database: Database, folder: Path, *, step: int = STEP) -> None:
        self._database = database
        self._folder = folder
        self._step = step
        self._index: VectorIndex | None = None
        self._clusters: Clusters | None = None
        self._refused = (0, 0)  # a damaged file that cannot be deleted
        self._state = _UNKNOWN
        self._last_id = 0
        self._is_saved = True

    def path(self) -> Path:
        """Where those vectors are kept between runs that are compared one by one, if they have been needed yet."""
        return self._folder / f"vectors-{self._database.fact('vectors')}.faiss"

    def clusters_path(self) -> Path:
        """Where the clusters are kept, if there are any."""
        return self.path().with_suffix(".clusters")

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` sentences nearest to `vector`: (sentence id, cosine), best first."""
        near = self._current(len(vector)).search(vector, k)
        try:
            near += self._search_clusters(vector, k)
        except DamagedClustersError:
            self._discard_clusters()
            return self.search(vector, k)
        return sorted(near, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _search_clusters(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The nearest in the clusters, candidates compared exactly; those that have been removed are left out."""
        asked = k + _MORE_CANDIDATES
        while self._clusters is not None:
            ids = self._clusters.candidates(vector, asked)
            rows = self._database.read_by_ids("SELECT id, vector FROM sentences WHERE vector IS NOT NULL AND id", ids)
            if len(rows) >= k or asked >= len(self._clusters):
                cosines = cosines_with(vector, [row[1] for row in rows])
                return list(zip([row[0] for row in rows], cosines, strict=True))
            asked *= 4
        return []

    def erase(self, gone: Callable[[Ids], npt.NDArray[np.bool_]]) -> None:
        """Leave nothing in the files of the vectors whose ids `gone` says are; what goes with them is made again.

        Raises:
            OSError: they cannot be written.
        """
        with self._database.snapshot():  # the file could not be replaced under the hands of whoever searches
            self._clusters, self._state = None, replace(self._state, generation="")
        clusters, temporary = self.clusters_path(), self._temporary_path()
        with self._database.write(changes_documents=False):  # nobody may put them back meanwhile
            for path in self._folder.glob(_FILES):
                if path != clusters:
                    path.unlink(missing_ok=True)
            try:
                if clusters.exists():
                    Clusters(clusters).write_without(temporary, gone)
                    temporary.replace(clusters)
            except DamagedClustersError:
                clusters.unlink(missing_ok=True)
            finally:
                temporary.unlink(missing_ok=True)
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
                if old not in {path, self.clusters_path()}:
                    old.unlink()
        if self._library_state() != state:  # something may have been removed while this was written
            with contextlib.suppress(OSError):
                path.unlink()

    def _library_state(self) -> _State:
        fact = self._database.fact
        return _State(fact("generation"), fact("vectors"), fact(REMOVALS))

    def _current(self, dimension: int) -> VectorIndex:
        """The vectors that are compared one by one, brought with the clusters to the state of the library."""
        state = self._library_state()
        if self._index is None or state.vectors != self._state.vectors:
            self._index, self._state = VectorIndex.load(self.path(), dimension) or VectorIndex(dimension), _UNKNOWN
        if state != self._state:
            before = self._clusters
            self._open_clusters(dimension)
            self._grow_clusters(dimension)
            # Ids only grow: what is new comes after what has been seen.
            is_compared = self._clusters is before and bool(self._state.generation)
            has_removed = not is_compared or self._state.removals != state.removals
            self._synchronize(self._index, self._last_id if is_compared else None, has_removed=has_removed)
            self._state = state
        return self._index

    def _synchronize(self, index: VectorIndex, compared_to: int | None, *, has_removed: bool) -> None:
        """Bring `index` to what is not in the clusters; up to the id `compared_to` it lacks nothing of that."""
        in_clusters = self._clusters.last_id if self._clusters else 0
        held = index.ids()
        gone = self._gone(held, in_clusters) if has_removed else held[:0]
        stored = self._ids(_IDS_WITH_VECTOR, in_clusters if compared_to is None else compared_to)
        new = np.setdiff1d(stored, held)
        index.remove(gone)
        for start in range(0, len(new), _IDS_PER_STEP):
            ids = new[start : start + _IDS_PER_STEP].tolist()
            rows = self._database.read_by_ids("SELECT id, vector FROM sentences WHERE id", ids, "ORDER BY id")
            index.add(np.array([row[0] for row in rows]), unpack_vectors([row[1] for row in rows], index.dimension))
        self._last_id = int(stored.max(initial=compared_to or in_clusters))
        if len(gone) or len(new):
            self._is_saved = False

    def _gone(self, held: Ids, in_clusters: int) -> Ids:
        """Which of the ids `held` are in the clusters now, or of sentences that were removed."""
        if self._state.generation and are_noted(self._database, self._state.removals):
            removed = removed_ranges(self._database).get("sentences", ())
            return held[(held <= in_clusters) | within(removed, held)]
        return np.setdiff1d(held, self._ids(_EVERY_ID, in_clusters))

    def _ids(self, statement: str, after: int) -> Ids:
        return np.array([row[0] for row in self._database.read(statement, [after])], dtype=np.int64)

    # Clusters

    def _open_clusters(self, dimension: int) -> None:
        try:
            if self._clusters is None or file_version(self.clusters_path()) != self._clusters.version:
                self._clusters = Clusters(self.clusters_path())
            if self._clusters.dimension != dimension or self._clusters.version == self._refused:
                self._clusters = None
        except OSError:
            self._clusters = None
        except DamagedClustersError:
            self._discard_clusters()

    def _discard_clusters(self) -> None:
        if self._clusters is not None:
            self._refused = self._clusters.version
        self._clusters, self._state = None, replace(self._state, generation="")
        with contextlib.suppress(OSError):
            self.clusters_path().unlink()

    def grow(self, dimension: int) -> None:
        """Take vectors into the clusters until fewer than a step are outside; none if the library is read only.

        Clusters are learnt anew whenever there are twice as many vectors as they were learnt from, which takes minutes
        for millions.
        """
        with self._database.snapshot():
            self._open_clusters(dimension)
            self._grow_clusters(dimension)

    def _grow_clusters(self, dimension: int) -> None:
        if not self._database.is_writable:
            return
        removals, temporary = self._database.fact(REMOVALS), self._temporary_path()
        scratch = temporary.with_suffix(".unsorted.tmp")
        try:
            if not self._write_clusters(temporary, scratch, dimension):
                return
            with self._database.write(changes_documents=False) as writer:
                now = writer.read("SELECT value FROM facts WHERE name = ?", [REMOVALS])
                if (now[0][0] if now else "") != removals:  # what was removed meanwhile may be in it
                    return
                temporary.replace(self.clusters_path())
        except (OSError, LibraryError):  # no room, or somebody else writes for long: nothing is found any worse
            return
        finally:
            temporary.unlink(missing_ok=True)
            scratch.unlink(missing_ok=True)
        self._open_clusters(dimension)

    def _write_clusters(self, path: Path, scratch: Path, dimension: int) -> bool:
        """Write what the clusters are to be to `path`; False if that is what they are."""
        older = self._clusters
        held, last_id = (len(older), older.last_id) if older else (0, 0)
        given = self._database.read("SELECT seq FROM sqlite_sequence WHERE name = 'sentences'")
        if not given or given[0][0] - last_id < self._step:  # counting takes longer
            return False
        counted = "SELECT count(*) FROM sentences WHERE vector IS NOT NULL AND id > ?"
        [(outside,)] = self._database.read(counted, [last_id])
        steps = (held + outside) // self._step
        if steps * self._step <= held:
            return False
        learnt_from = self._step * 2 ** (steps.bit_length() - 1)
        if older and older.learnt_from == learnt_from:
            learnt = older.learnt()
            added = sort_into_clusters(learnt, self._batches(last_id, dimension), steps * self._step - held, scratch)
            write_clusters(path, learnt, joined(older.blocks(), added))
        else:
            learnt = learn_clusters(self._batches(0, dimension), learnt_from)
            every = sort_into_clusters(learnt, self._batches(0, dimension), steps * self._step, scratch)
            write_clusters(path, learnt, every)
        return True

    def _batches(self, after: int, dimension: int) -> Iterator[tuple[Ids, Vectors]]:
        """The ids, ascending, and vectors of all sentences whose id is larger than `after`."""
        statement = "SELECT id, vector FROM sentences WHERE vector IS NOT NULL AND id > ? ORDER BY id LIMIT ?"
        while rows := self._database.read(statement, [after, _VECTORS_PER_BATCH]):
            after = rows[-1][0]
            yield np.array([row[0] for row in rows]), unpack_vectors([row[1] for row in rows], dimension)

    def _temporary_path(self) -> Path:
        return self.clusters_path().with_suffix(f".clusters.{token_hex(8)}.tmp")  # threads write, too
