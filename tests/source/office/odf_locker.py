"""OpenDocument files locked with a password, as OpenDocument 1.2 has it: part 3, section 4."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.archives import unzipped, zipped

_URN = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_START, _SALT = bytes(range(16)), bytes(range(40, 56))
SHA256 = ("http://www.w3.org/2000/09/xmldsig#sha256", f"{_URN}#sha256-1k", "sha256")
SHA1 = ("SHA1", "SHA1/1K", "sha1")


def locked_odf(
    data: bytes,
    password: str,
    names: tuple[str, str, str] = SHA256,
    *,
    iterations: int = 1000,
    algorithm: str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
) -> bytes:
    """The file with each of its members of XML locked; `algorithm` is only what is said of it."""
    members = unzipped(data)
    key_hash, checksum_type, hash_name = names
    start_key = hashlib.new(hash_name, password.encode()).digest()
    key = hashlib.pbkdf2_hmac("sha1", start_key, _SALT, iterations, 32)
    entries = []
    for name in [name for name in members if name.endswith(".xml") and not name.startswith("META-INF")]:
        packing = zlib.compressobj(wbits=-15)
        packed = packing.compress(members[name]) + packing.flush()
        checksum = hashlib.new(hash_name, packed[:1024]).digest()
        locking = Cipher(AES(key), CBC(_START)).encryptor()
        padding = 16 - len(packed) % 16
        members[name] = locking.update(packed + bytes(padding - 1) + bytes([padding])) + locking.finalize()
        entries.append(
            f'<m:file-entry m:full-path="{name}"><m:encryption-data m:checksum-type="{checksum_type}" m:checksum="'
            f'{b64encode(checksum).decode()}"><m:algorithm m:algorithm-name="{algorithm}" m:initialisation-vector="'
            f'{b64encode(_START).decode()}"/><m:start-key-generation m:start-key-generation-name="{key_hash}"/>'
            f'<m:key-derivation m:key-derivation-name="PBKDF2" m:key-size="32" m:iteration-count="{iterations}" '
            f'm:salt="{b64encode(_SALT).decode()}"/></m:encryption-data></m:file-entry>'
        )
    members["META-INF/manifest.xml"] = f'<m:manifest xmlns:m="{_URN}">{"".join(entries)}</m:manifest>'.encode()
    return zipped(members)
