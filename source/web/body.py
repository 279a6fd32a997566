"""What a web server sends, as a file: which kind it is of, and its bytes, bounded before they are held."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from source.container import is_known
from source.errors import LoadError, printable
from source.sniff import sniff
from source.web.address import SAVE_INSTEAD

_SUFFIXES = {
    "application/epub+zip": ".epub",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-pdf": ".pdf",
    "application/xhtml+xml": ".html",
    "message/rfc822": ".eml",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/rtf": ".rtf",
    "text/tab-separated-values": ".tsv",
    "text/x-markdown": ".md",
}
# Servers send these where they do not know the kind; the path may tell it, and failing that the bytes.
_VAGUE = {
    "": "",
    "application/octet-stream": "",
    "application/x-zip-compressed": ".zip",
    "application/zip": ".zip",
    "binary/octet-stream": "",
    "text/plain": ".txt",
}
# Formats without a type of their own that servers would know.
_PLAIN = {".csv", ".eml", ".markdown", ".md", ".text", ".tsv", ".txt"}
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE)
_GZIP = zlib.MAX_WBITS | 16


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file as a server tells it: its suffix, empty where only the bytes can tell it, and its charset."""

    suffix: str
    charset: str


def kind_of(content_type: str, path: str) -> Kind:
    """The kind of what stands at `path` of a server, which says that it is of `content_type`.

    Raises:
        LoadError: it is of a kind that cannot be read.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    charset = _CHARSET.search(content_type)
    suffix = _SUFFIXES.get(media_type, "")
    if media_type in _VAGUE:
        named = Path(path).suffix.lower()
        may_be_named = named in _PLAIN or (media_type != "text/plain" and is_known(Path(f"page{named}")))
        suffix = named if may_be_named else _VAGUE[media_type]
    elif not is_known(Path(f"page{suffix}")):
        reason = f"files of the kind {printable(media_type)} are not known"
        raise LoadError(reason, "Convert it to a page, a PDF or text, and add the file.")
    return Kind(suffix, charset[1].lower() if charset else "")


def suffix_of_bytes(data: bytes) -> str:
    """The suffix for what was sent as no kind in particular.

    Raises:
        LoadError: its bytes tell of no kind that can be read.
    """
    suffix = sniff(data) or ""
    if not is_known(Path(f"page{suffix}")):
        reason = "neither its server nor its bytes tell what kind of file it is"
        raise LoadError(reason, "Save it in a browser, give it the suffix of its format and add the file.")
    return suffix


def read_body(body: Iterable[bytes], headers: Mapping[str, str], max_bytes: int) -> bytes:
    """All of a reply's bytes, decompressed.

    Raises:
        LoadError: they are more than `max_bytes`, or are compressed in a way that was not asked for.
    """
    length, encoding = headers.get("content-length", ""), headers.get("content-encoding", "").strip().lower()
    if length.isdecimal() and int(length) > max_bytes:
        raise _too_large(f"it has {int(length) / 1e6:,.1f} MB, more than", max_bytes)
    received = _bounded(body, max_bytes)
    if encoding in {"", "identity"}:
        return b"".join(received)
    if encoding in {"gzip", "x-gzip"}:
        return _decompress(received, max_bytes)
    reason = f"it came in the encoding {printable(encoding)}, which was not asked for"
    raise LoadError(reason, SAVE_INSTEAD)


def _bounded(body: Iterable[bytes], max_bytes: int) -> Iterable[bytes]:
    received_bytes = 0
    for chunk in body:
        received_bytes += len(chunk)
        if received_bytes > max_bytes:
            raise _too_large("it has more than", max_bytes)
        yield chunk


def _too_large(than: str, max_bytes: int) -> LoadError:
    return LoadError(f"{than} the limit of {max_bytes / 1e6:,.0f} MB", "Raise the limit with --max-mb.")


def _decompress(chunks: Iterable[bytes], max_bytes: int) -> bytes:
    """What gzip made the chunks of, in one member or several; never holds more than a byte above `max_bytes`."""
    whole, decompressor, is_begun = bytearray(), zlib.decompressobj(_GZIP), False
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if decompressor.eof:
                    decompressor = zlib.decompressobj(_GZIP)
                is_begun = True
                whole += decompressor.decompress(rest, max_bytes + 1 - len(whole))
                if len(whole) > max_bytes:
                    raise _too_large("it has more than", max_bytes)
                rest = decompressor.unused_data or decompressor.unconsumed_tail
    except zlib.error as error:
        raise LoadError("it cannot be decompressed", "Add it again later.") from error
    if is_begun and not decompressor.eof:
        raise LoadError("its end is missing", "Add it again later.")
    return bytes(whole)
