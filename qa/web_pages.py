"""The library's own copies of web pages, so that what was quoted stays readable as it was.

A copy is at `pages/<host>-<first 16 hexadecimal digits of the sha256 of its address><suffix>` in the library's
folder: saving the same page again takes the place of the older copy.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from source.charset import codec_of_charset
from source.errors import DocumentError, printable
from source.load import absolute
from source.web.fetch import FetchedPage

_FOLDER = "pages"
_DIGEST_DIGITS = 16
# With the rest of its name, a file's name may have 255 bytes at the most.
_MAX_HOST_CHARS = 200
_UNFINISHED = ".tmp"
_TEXT_SUFFIXES = {".csv", ".html", ".markdown", ".md", ".text", ".tsv", ".txt"}
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A copy of a page, and the bytes of the older one whose place it took; None if there was none."""

    path: Path
    older: bytes | None


def keep_page(library_folder: Path, page: FetchedPage) -> KeptPage:
    """Save `page` in the library's folder, whole or not at all.

    Its bytes are kept as they came, but for text in a legacy charset that only the server has told of: this is saved
    as UTF-8 with a byte order mark, since the file alone would not say how to decode it.

    Raises:
        DocumentError: the copy cannot be written.
    """
    path = absolute(library_folder) / _FOLDER / f"{page_stem(page.url)}{page.suffix}"
    data = _self_contained(page.data, page.charset) if page.suffix in _TEXT_SUFFIXES else page.data
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        older = path.read_bytes() if path.exists() else None
        _write_whole(path, data)
    except OSError as error:
        raise _unkept(page.url, error) from error
    return KeptPage(path, older)


def _unkept(name: str, error: OSError) -> DocumentError:
    reason = (error.strerror or str(error)).lower()
    remedy = "Check the disk and the library's folder, then add it again."
    return DocumentError(f"Cannot keep {printable(name)}", reason, remedy)


def put_back(kept: KeptPage) -> None:
    """Undo `keep_page`, for a page that could not become a document: the older copy is there again, or none.

    Raises:
        DocumentError: the copy cannot be written.
    """
    try:
        if kept.older is None:
            kept.path.unlink(missing_ok=True)
        else:
            _write_whole(kept.path, kept.older)
    except OSError as error:
        raise _unkept(str(kept.path), error) from error


def copies_of_other_kinds(kept: KeptPage) -> list[Path]:
    """Older copies of the same page, from when its server sent another kind of file."""
    same_page = kept.path.parent.glob(f"{kept.path.stem}.*")
    return sorted(path for path in same_page if path.suffix not in {kept.path.suffix, _UNFINISHED})


def discard_page(library_folder: Path, path: Path) -> None:
    """Delete the library's copy of a page; a file anywhere else is the user's own and stays."""
    if path.parent == absolute(library_folder) / _FOLDER:
        path.unlink(missing_ok=True)


def page_stem(url: str) -> str:
    """The name, without its suffix, of the copy of the page at `url`, which is in normal form."""
    host = re.sub(r"[^a-z0-9.-]", "-", urlsplit(url).hostname or "")[:_MAX_HOST_CHARS].strip(".")
    return f"{host}-{hashlib.sha256(url.encode()).hexdigest()[:_DIGEST_DIGITS]}"


def page_name(url: str) -> str:
    """A page's address for people: `example.org/article` for `https://example.org/article/`."""
    address = url.partition("://")[2].rstrip("/")
    try:
        return unquote(address, errors="strict")
    except UnicodeDecodeError:
        return address


def _self_contained(data: bytes, charset: str) -> bytes:
    """`data`, or its text in UTF-8 with a mark where only `charset` says how to decode it.

    Letters that are valid UTF-8 are so whatever a server says: many say that all they have is Latin-1.
    """
    codec = codec_of_charset(charset)
    if codec is None or data.startswith(_BYTE_ORDER_MARKS) or (_decodes(data, "utf-8") and not data.isascii()):
        return data
    if not _decodes(data, codec):
        return data
    text = data.decode(codec)
    is_the_same = data.isascii() and text == data.decode("ascii")
    return data if is_the_same else codecs.BOM_UTF8 + text.encode("utf-8")


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _write_whole(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}{_UNFINISHED}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
