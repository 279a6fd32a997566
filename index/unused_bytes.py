"""A child process that overwrites the bytes of a SQLite file in which no row stands.

SQLite overwrites what it deletes. But where it lays out the rows of a page anew, copies of those that have moved stay
in the unused middle of the page (https://www.sqlite.org/fileformat2.html, "B-tree Pages"). Nothing refers to these
bytes, so that whoever reads the file meanwhile sees no difference; nobody may write to it. This is a process of its
own because a process that closes a file loses all its locks on it (POSIX), SQLite's too.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

Ranges = Sequence[tuple[int, int]]
"""First and last of some keys, both included."""

_INDEX_INNER, _TABLE_INNER, _INDEX_LEAF, _TABLE_LEAF = 2, 5, 10, 13
# Rows move between a page and its neighbours, three at a time.
_NEIGHBOURS = 6


def overwrite_unused(path: Path, trees: Sequence[tuple[int, Ranges | None]]) -> int:
    """Write zeros to the unused bytes of `trees`, and onto the disk; how many pages had others.

    Each tree is the number of its root page, and the keys near which to look; everywhere if None.

    Raises:
        OSError: the file cannot be written.
        ValueError: it is not laid out as SQLite does.
    """
    with path.open("r+b", buffering=0) as file:
        pages = _Pages(file)
        written = sum(pages.overwrite(number) for root, ranges in trees for number in pages.below(root, ranges))
        os.fsync(file.fileno())
    return written


def run_overwriting(path: Path, trees: Sequence[tuple[int, Ranges | None]]) -> bool:
    """As `overwrite_unused`, in a child process; False if it failed."""
    root = str(Path(__file__).parents[1])
    done = subprocess.run(  # noqa: S603 - nothing of it comes from outside
        [sys.executable, "-P", "-m", "index.unused_bytes", str(path)],
        input=json.dumps(trees).encode(),
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))},
        check=False,
    )
    return done.returncode == 0


class _Pages:
    """The pages of trees, by their number, from 1."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        header = file.read(21)
        stored = int.from_bytes(header[16:18], "big")
        self._size = 65_536 if stored == 1 else stored
        self._usable = self._size - header[20]

    def below(self, root: int, ranges: Ranges | None) -> Iterator[int]:
        """The pages with rows of the tree at `root`: all of them, or those that may hold keys of `ranges` or did."""
        todo, seen = [root], set[int]()
        while todo:
            number = todo.pop()
            if number in seen:
                message = f"page {number} is in a tree twice"
                raise ValueError(message)
            seen.add(number)
            page = self._read(number)
            kind = page[0]
            if kind not in (_INDEX_INNER, _TABLE_INNER, _INDEX_LEAF, _TABLE_LEAF):
                message = f"page {number} is of no tree"
                raise ValueError(message)
            if kind != _TABLE_INNER:  # which holds nothing but keys
                yield number
            if kind in (_INDEX_INNER, _TABLE_INNER):
                todo += _children(page, ranges if kind == _TABLE_INNER else None)

    def overwrite(self, number: int) -> bool:
        """Write zeros to the unused bytes of a page; False if they are all zero."""
        page = self._read(number)
        count, content = struct.unpack_from(">HH", page, 3)
        start = (12 if page[0] in (_INDEX_INNER, _TABLE_INNER) else 8) + 2 * count
        unused = [(start, content or 65_536), *_free_blocks(page)]
        places = [place for block in unused for place in block]
        if places != sorted(places) or places[-1] > self._usable:  # of a damaged page no more is to be lost
            message = f"page {number} is damaged"
            raise ValueError(message)
        found = [(first, end) for first, end in unused if page.count(0, first, end) < end - first]
        for first, end in found:
            self._file.seek((number - 1) * self._size + first)
            self._file.write(bytes(end - first))
        return bool(found)

    def _read(self, number: int) -> bytes:
        self._file.seek((number - 1) * self._size)
        page = self._file.read(self._size)
        if number < 2 or len(page) < self._size:  # the first page holds no rows of a library
            message = f"there is no page {number}"
            raise ValueError(message)
        return page


def _children(page: bytes, ranges: Ranges | None) -> list[int]:
    """The pages below a page that has some: all, or those that may hold keys of `ranges` and their neighbours."""
    (count,) = struct.unpack_from(">H", page, 3)
    cells = struct.unpack_from(f">{count}H", page, 12)
    children = [int.from_bytes(page[at : at + 4]) for at in (*cells, 8)]
    if ranges is None:
        return children
    return [children[place] for place in _near([_varint(page, cell + 4) for cell in cells], ranges)]


def _near(keys: Sequence[int], ranges: Ranges) -> list[int]:
    """Which children may hold a key of `ranges`, or are near to one that may; `keys` are the last of each but one."""
    chosen: set[int] = set()
    for first, last in ranges:
        low, high = bisect_left(keys, first) - _NEIGHBOURS, bisect_left(keys, last) + _NEIGHBOURS
        chosen.update(range(max(0, low), min(len(keys), high) + 1))
    return sorted(chosen)


def _free_blocks(page: bytes) -> Iterator[tuple[int, int]]:
    """Where those blocks between rows are free, but for the four bytes that link them."""
    before, block = 0, int.from_bytes(page[1:3])
    while block:
        if not before < block <= len(page) - 4:
            message = "free blocks are in order, and in their page"
            raise ValueError(message)
        following, size = struct.unpack_from(">HH", page, block)
        yield block + 4, block + size
        before, block = block, following


def _varint(page: bytes, at: int) -> int:
    """The key of a row of a table: up to nine bytes, seven bits of each but the last."""
    value = 0
    for byte in page[at : at + 8]:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value
    return value << 8 | page[at + 8]


def main() -> None:
    """Overwrite what the standard input says of the file that is named."""
    overwrite_unused(Path(sys.argv[1]), json.load(sys.stdin))


if __name__ == "__main__":
    main()
