"""Opening ZIP files (archives, EPUB, Office files) safely: nothing unpacks to more than it may."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from source.errors import LoadError
from source.zip_aes import AES_METHOD, WrongPasswordError, read_aes

MAX_UNPACKED_BYTES = 500_000_000
"""All members together; text of this size is ten times the largest that a file may have."""
MAX_MEMBERS = 100_000

LOCKED = ("it is locked with a password", "Give it with --password, or save it without one, and add it again.")
WRONG_PASSWORD = ("the password is wrong", "Check it, and add the file again with the right one.")

_IS_LOCKED = 0x1
_DAMAGE = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, NotImplementedError, ValueError)


class Archive:
    """The members of a ZIP file, in memory; reading one never gives more than the file says it holds."""

    def __init__(self, data: bytes, suffix: str) -> None:
        self._damaged = f"it is not a whole {suffix} file"
        self._remedy = "Get it again, or save it anew."
        self._data = data
        with self._translated():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        self.members = tuple(self._zip.infolist())
        _refuse_bomb(self.members)
        # Members that lie one over the other make much of little; where they do not, this is damage.
        if sum(member.compress_size for member in self.members) > len(data):
            raise LoadError(self._damaged, self._remedy)
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
        return self.read_member(member)

    def read_member(self, member: zipfile.ZipInfo, password: str = "") -> bytes:
        """The bytes of one of `members`; LoadError if it is damaged, or `password` does not open its lock."""
        is_locked = bool(member.flag_bits & _IS_LOCKED)
        if is_locked and not password:
            raise LoadError(*LOCKED)
        if is_locked and member.compress_type == AES_METHOD:
            return self._read_aes(member, password)
        try:
            with self._translated(), self._zip.open(member, pwd=password.encode() if is_locked else None) as file:
                return file.read(member.file_size)
        except (RuntimeError, LoadError) as error:
            # One wrong password in 256 is only found out by what it unpacks to.
            if is_locked:
                raise LoadError(*WRONG_PASSWORD) from error
            raise

    def _read_aes(self, member: zipfile.ZipInfo, password: str) -> bytes:
        try:
            with self._translated():
                return read_aes(self._data, member, password)
        except WrongPasswordError as error:
            raise LoadError(*WRONG_PASSWORD) from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (LoadError, WrongPasswordError):
            raise
        except _DAMAGE as error:
            raise LoadError(self._damaged, self._remedy) from error


def _refuse_bomb(members: tuple[zipfile.ZipInfo, ...]) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        reason = f"it unpacks to {unpacked / 1e6:,.0f} MB, more than the limit of {MAX_UNPACKED_BYTES / 1e6:,.0f} MB"
        raise LoadError(reason, "Add its text in smaller files.")
    if len(members) > MAX_MEMBERS:
        reason = f"it holds {len(members):,} files, more than the limit of {MAX_MEMBERS:,}"
        raise LoadError(reason, "Unpack it and add what is in it.")
