"""Opening ZIP-based documents (EPUB, Office files) safely: nothing unpacks to more than it may."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from source.errors import LoadError

MAX_UNPACKED_BYTES = 500_000_000
"""All members together; text of this size is ten times the largest that a file may have."""


class Archive:
    """The members of a ZIP file, in memory, by name; reading one never gives more than the file says it holds."""

    def __init__(self, data: bytes, suffix: str) -> None:
        self._damaged = f"it is not a whole {suffix} file"
        self._remedy = "Get it again, or save it anew."
        with self._translated():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        unpacked = sum(member.file_size for member in self._zip.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            reason = (
                f"it unpacks to {unpacked / 1e6:,.0f} MB, more than the limit of {MAX_UNPACKED_BYTES / 1e6:,.0f} MB"
            )
            raise LoadError(reason, "Add its text in smaller files.")
        self.names = frozenset(self._zip.namelist())

    def size_bytes(self, name: str) -> int:
        """What a member unpacks to at most; LoadError if it is not there."""
        with self._translated():
            return self._zip.getinfo(name).file_size

    def check(self) -> None:
        """Raise LoadError unless every member unpacks to what its checksum says."""
        for name in self.names:
            if not name.endswith("/"):
                self.read(name)

    def read(self, name: str) -> bytes:
        """The bytes of a member; LoadError if it is not there, is locked, or is damaged."""
        with self._translated():
            member = self._zip.getinfo(name)
            if member.flag_bits & 1:
                raise LoadError("it is locked with a password", "Save it without one and add it again.")
            with self._zip.open(member) as file:
                return file.read(member.file_size)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except LoadError:
            raise
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise LoadError(self._damaged, self._remedy) from error
