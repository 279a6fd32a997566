"""Members of ZIP files that are locked with AES, as WinZip, 7-Zip and macOS's Archive Utility lock them.

As in WinZip's "AES Encryption Information", versions AE-1 and AE-2; Python's `zipfile` knows only the lock of 1993.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipInfo

from source.errors import LoadError

AES_METHOD = 99
"""What stands in place of the method by which such a member was packed."""

_EXTRA_ID = 0x9901
_EXTRA = struct.Struct("<H2sBH")
_HEADER = struct.Struct("<4s22xHH")
_HEADER_MARK = b"PK\x03\x04"
_KEY_BYTES = {1: 16, 2: 24, 3: 32}
_CHECK_BYTES, _SEAL_BYTES = 2, 10
_ROUNDS = 1000
_BLOCK_BYTES = 16
_BLOCKS_AT_ONCE = 1 << 16


class WrongPasswordError(ValueError):
    """The password does not open a member, or, once in 65,536 times, the member is damaged."""


def read_aes(archive: bytes, member: ZipInfo, password: str) -> bytes:
    """What is in a member of `archive`, of at most the size that it says it has.

    Raises:
        WrongPasswordError: `password` is wrong.
        LoadError: it is packed by another method than deflation.
        BadZipFile: it is damaged.
    """
    strength, method = _read_extra(member.extra)
    key_bytes = _KEY_BYTES[strength]
    locked = _packed(archive, member)
    salt, locked = locked[: key_bytes // 2], locked[key_bytes // 2 :]
    derived = hashlib.pbkdf2_hmac(
        "sha1", password.encode("utf-8", "surrogateescape"), salt, _ROUNDS, 2 * key_bytes + _CHECK_BYTES
    )
    if derived[-_CHECK_BYTES:] != locked[:_CHECK_BYTES]:
        raise WrongPasswordError
    locked, seal = locked[_CHECK_BYTES:-_SEAL_BYTES], locked[-_SEAL_BYTES:]
    if not hmac.compare_digest(hmac.digest(derived[key_bytes:-_CHECK_BYTES], locked, "sha1")[:_SEAL_BYTES], seal):
        raise WrongPasswordError
    return _unpack(_decrypt(locked, derived[:key_bytes]), method, member.file_size)


def _read_extra(extra: bytes) -> tuple[int, int]:
    """The strength of the key, 1 to 3, and the method by which the member was packed."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _EXTRA_ID and size == _EXTRA.size and len(extra) >= 4 + size:
            _, vendor, strength, method = _EXTRA.unpack_from(extra, 4)
            if vendor == b"AE" and strength in _KEY_BYTES:
                return strength, method
        extra = extra[4 + size :]
    raise BadZipFile


def _packed(archive: bytes, member: ZipInfo) -> bytes:
    """The bytes of a member as they are; the sizes of its name and extra field may differ from the directory's."""
    if len(archive) < member.header_offset + _HEADER.size:
        raise BadZipFile
    mark, name_size, extra_size = _HEADER.unpack_from(archive, member.header_offset)
    start = member.header_offset + _HEADER.size + name_size + extra_size
    if mark != _HEADER_MARK or len(archive) < start + member.compress_size:
        raise BadZipFile
    return archive[start : start + member.compress_size]


def _decrypt(locked: bytes, key: bytes) -> bytes:
    """AES in counter mode, whose counter here begins with 1 and its lowest byte."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    mask = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 - counters are encrypted, not the text
    step = _BLOCKS_AT_ONCE * _BLOCK_BYTES
    opened = []
    for start in range(0, len(locked), step):
        piece = locked[start : start + step]
        first = start // _BLOCK_BYTES + 1
        counters = b"".join(
            number.to_bytes(_BLOCK_BYTES, "little") for number in range(first, first + -(-len(piece) // _BLOCK_BYTES))
        )
        masked = int.from_bytes(piece, "big") ^ int.from_bytes(mask.update(counters)[: len(piece)], "big")
        opened.append(masked.to_bytes(len(piece), "big"))
    return b"".join(opened)


def _unpack(packed: bytes, method: int, size: int) -> bytes:
    if method == ZIP_STORED:
        unpacked = packed
    elif method == ZIP_DEFLATED:
        unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, max(size, 1))
    else:
        reason = "it is packed in a way that cannot be opened here"
        raise LoadError(reason, "Unpack it and add what is in it.")
    if len(unpacked) != size:
        raise BadZipFile
    return unpacked
