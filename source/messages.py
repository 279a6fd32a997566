"""What a child process that loads files and its parent say to each other, and how that is written and read."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Begun:
    """What stands at `path` is about to be loaded."""

    path: Path


@dataclass(frozen=True, slots=True)
class PagesDone:
    """So many of the pages of what is being loaded are done."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Finished:
    """All that a task comes to has been told."""


def write_message(stream: BinaryIO, message: object) -> None:
    """Write `message` so that its reader finds the end of it."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_bytes_of_message(stream: BinaryIO, max_bytes: int) -> bytes | None:
    """The next message, still pickled; None where the stream ends, or it would have more than `max_bytes`."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > max_bytes:
        return None
    data = stream.read(length)
    return data if len(data) == length else None


def read_record(data: bytes) -> object:
    """The record that `data` is; `UnpicklingError` where it is anything else: a file may have taken its child over."""
    return _RecordUnpickler(BytesIO(data)).load()


class _RecordUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _RECORDS:
            raise pickle.UnpicklingError(f"{module}.{name} is no record")
        return super().find_class(module, name)


_RECORDS = {
    *(("source.messages", name) for name in ("Begun", "Finished", "PagesDone")),
    *(("source.container", name) for name in ("LeftOut", "Unchanged", "Unloaded")),
    *(("source.document", name) for name in ("Document", "Lines", "Part", "Passage", "Sentence", "Span")),
    ("source.boxes", "PageBoxes"),
    ("source.errors", "DocumentError"),
    *((module, name) for module in ("pathlib", "pathlib._local") for name in ("PosixPath", "WindowsPath")),
}
