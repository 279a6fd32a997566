"""Archives locked as the ZIP standard has it since 1993, which Python only reads: see APPNOTE.TXT, 6.1."""

from __future__ import annotations

import io
import zipfile
import zlib


class _Cipher:
    def __init__(self, password: str) -> None:
        self._keys = [0x12345678, 0x23456789, 0x34567890]
        for byte in password.encode():
            self._update(byte)

    def _update(self, byte: int) -> None:
        first, second, third = self._keys
        first = _crc(first, byte)
        second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self._keys = [first, second, _crc(third, second >> 24)]

    def encrypt(self, data: bytes) -> bytes:
        encrypted = bytearray()
        for byte in data:
            mixed = (self._keys[2] & 0xFFFF) | 2
            encrypted.append(byte ^ ((mixed * (mixed ^ 1)) >> 8) & 0xFF)
            self._update(byte)
        return bytes(encrypted)


def _crc(state: int, byte: int) -> int:
    """One step of the checksum without its inversions at both ends."""
    return zlib.crc32(bytes([byte]), state ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def locked_zip(members: dict[str, bytes], password: str) -> bytes:
    """An archive of `members`, not compressed, each locked with `password`."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            head = bytes(11) + bytes([zlib.crc32(content) >> 24])
            archive.writestr(name, _Cipher(password).encrypt(head + content))
    data = bytearray(written.getvalue())
    position = 0
    for content in members.values():
        position = _mark(data, data.index(b"PK\x03\x04", position), content, flags=6, sizes=14)
    for content in members.values():
        position = _mark(data, data.index(b"PK\x01\x02", position), content, flags=8, sizes=16)
    return bytes(data)


def _mark(data: bytearray, start: int, content: bytes, *, flags: int, sizes: int) -> int:
    """Say in a header that its member is locked, and what it unpacks to."""
    data[start + flags] |= 1
    data[start + sizes : start + sizes + 4] = zlib.crc32(content).to_bytes(4, "little")
    data[start + sizes + 8 : start + sizes + 12] = len(content).to_bytes(4, "little")
    return start + 4
