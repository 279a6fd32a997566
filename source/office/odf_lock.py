"""The members of an OpenDocument file that is locked with a password: each has a lock of its own.

As OpenDocument 1.2 has it (part 3, section 4): AES in CBC mode under a key that PBKDF2 derives, around a deflated
member. The locks of programs before 2011 (Blowfish), and LibreOffice's newest one around the whole file, are told
apart but not opened.
"""

from __future__ import annotations

import binascii
import hashlib
import zlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from source.archive import LOCKED, MAX_UNPACKED_BYTES, WRONG_PASSWORD
from source.errors import LoadError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_AES = {f"http://www.w3.org/2001/04/xmlenc#aes{bits}-cbc" for bits in (128, 192, 256)}
_HASHES = {
    "SHA1": "sha1",
    "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
    "http://www.w3.org/2000/09/xmldsig#sha256": "sha256",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
}
# Of the first bytes, so that a wrong password is found out without reading all of a large member.
_CHECKSUMS = {
    "SHA1/1K": "sha1",
    f"{_MANIFEST[1:-1]}#sha1-1k": "sha1",
    f"{_MANIFEST[1:-1]}#sha256-1k": "sha256",
}
_CHECKED_BYTES = 1024
_BLOCK_BYTES = 16
_KEY_BYTES = (16, 24, 32)
# LibreOffice derives keys in 100,000; this many take about a second.
_MAX_ITERATIONS = 2_000_000


@dataclass(frozen=True, slots=True)
class Lock:
    """How one member is locked; `hash` and `checksum_hash` are names that `hashlib` knows."""

    hash: str
    salt: bytes
    iterations: int
    key_bytes: int
    start: bytes
    checksum_hash: str
    checksum: bytes

    def open(self, data: bytes, password: str) -> bytes:
        """What is inside.

        Raises:
            LoadError: `password` is empty or wrong, or what is inside unpacks to too much.
        """
        if not password:
            raise LoadError(*LOCKED)
        packed = self._decrypt(data, password)
        digest = hashlib.new(self.checksum_hash, packed[:_CHECKED_BYTES], usedforsecurity=False).digest()
        if digest != self.checksum:
            raise LoadError(*WRONG_PASSWORD)
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            unpacked = unpacking.decompress(packed, MAX_UNPACKED_BYTES)
        except zlib.error as error:
            raise LoadError("it is damaged behind its lock", "Get it again, or save it anew.") from error
        if unpacking.unconsumed_tail:
            raise LoadError("it unpacks to more than a file may", "Add its text in smaller files.")
        return unpacked

    def _decrypt(self, data: bytes, password: str) -> bytes:
        """The deflated member; anything if the password is wrong."""
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import CBC

        start_key = hashlib.new(self.hash, password.encode("utf-8", "surrogateescape"), usedforsecurity=False).digest()
        key = hashlib.pbkdf2_hmac("sha1", start_key, self.salt, self.iterations, self.key_bytes)
        opening = Cipher(AES(key), CBC(self.start)).decryptor()
        padded = opening.update(data[: len(data) // _BLOCK_BYTES * _BLOCK_BYTES]) + opening.finalize()
        return padded[: len(padded) - min(padded[-1], _BLOCK_BYTES)] if padded else b""


def find_locks(manifest: Element) -> Iterator[tuple[str, Lock]]:
    """The locks of the members that have one, by name.

    Raises:
        LoadError: one of them cannot be opened here.
    """
    for entry in manifest.iter(f"{_MANIFEST}file-entry"):
        written = entry.find(f"{_MANIFEST}encryption-data")
        if written is not None:
            try:
                yield entry.get(f"{_MANIFEST}full-path") or "", _read_lock(written)
            except (KeyError, ValueError, binascii.Error) as error:
                reason = "it is locked in a way that cannot be opened here"
                raise LoadError(reason, "Save it without a password and add it again.") from error


def _read_lock(written: Element) -> Lock:
    """KeyError or ValueError if it is of another kind, or asks for too much."""
    algorithm, derivation, key = (
        {name.rpartition("}")[2]: value for name, value in one.attrib.items()} if one is not None else {}
        for one in (
            written.find(f"{_MANIFEST}{name}") for name in ("algorithm", "key-derivation", "start-key-generation")
        )
    )
    lock = Lock(
        hash=_HASHES[key.get("start-key-generation-name", "SHA1")],
        salt=b64decode(derivation["salt"]),
        iterations=int(derivation["iteration-count"]),
        key_bytes=int(derivation.get("key-size", "16")),
        start=b64decode(algorithm["initialisation-vector"]),
        checksum_hash=_CHECKSUMS[written.get(f"{_MANIFEST}checksum-type") or ""],
        checksum=b64decode(written.get(f"{_MANIFEST}checksum") or ""),
    )
    is_known = (
        algorithm["algorithm-name"] in _AES and derivation["key-derivation-name"].rpartition("#")[2].upper() == "PBKDF2"
    )
    is_sound = len(lock.start) == _BLOCK_BYTES and lock.key_bytes in _KEY_BYTES
    if not is_known or not is_sound or not 0 < lock.iterations <= _MAX_ITERATIONS:
        raise ValueError(algorithm["algorithm-name"])
    return lock
