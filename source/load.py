"""Files to documents: reading the bytes safely, choosing a loader, wording what went wrong."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from source.delimited import load_delimited, load_tsv
from source.document import Document, Extraction
from source.epub import load_epub
from source.errors import DocumentError, LoadError, printable
from source.html import load_html
from source.load_options import NO_OPTIONS, LoadOptions
from source.mail.message import load_eml
from source.markdown import load_markdown
from source.office.docx import load_docx
from source.office.odf import load_odp, load_ods, load_odt
from source.office.pptx import load_pptx
from source.office.unlock import unlock_office
from source.office.xlsx import load_xlsx
from source.rtf.blocks import load_rtf
from source.sniff import sniff
from source.split import split_passages
from source.text import load_text

Loader = Callable[[bytes, LoadOptions], Extraction]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its name, and what makes an extraction of its bytes."""

    name: str
    load: Loader


def _plain(name: str, load: Callable[[bytes], Extraction]) -> Format:
    """A format that needs nothing but the bytes."""
    return Format(name, lambda data, _options: load(data))


def _lockable(name: str, load: Callable[[bytes], Extraction]) -> Format:
    """An office format, which a password may lock."""
    return Format(name, lambda data, options: load(unlock_office(data, options.password)))


def _load_pdf(data: bytes, options: LoadOptions) -> Extraction:
    from source.pdf.reader import load_pdf  # with NumPy, which takes longer to import than most documents to load

    return load_pdf(data, options)


_TEXT, _MARKDOWN, _HTML = (
    _plain("text", load_text),
    _plain("markdown", load_markdown),
    _plain("html", load_html),
)
_DOCX, _PPTX, _XLSX = _lockable("docx", load_docx), _lockable("pptx", load_pptx), _lockable("xlsx", load_xlsx)
_ODT = Format("odt", lambda data, options: load_odt(data, options.password))
_ODP = Format("odp", lambda data, options: load_odp(data, options.password))
_ODS = Format("ods", lambda data, options: load_ods(data, options.password))

FORMATS = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".csv": _plain("csv", load_delimited),
    ".tsv": _plain("tsv", load_tsv),
    ".docx": _DOCX,
    ".docm": _DOCX,
    ".dotx": _DOCX,
    ".dotm": _DOCX,
    ".pptx": _PPTX,
    ".pptm": _PPTX,
    ".ppsx": _PPTX,
    ".ppsm": _PPTX,
    ".potx": _PPTX,
    ".potm": _PPTX,
    ".odt": _ODT,
    ".ott": _ODT,
    ".fodt": _ODT,
    ".odp": _ODP,
    ".otp": _ODP,
    ".fodp": _ODP,
    ".ods": _ODS,
    ".ots": _ODS,
    ".fods": _ODS,
    ".rtf": _plain("rtf", load_rtf),
    ".eml": _plain("eml", load_eml),
    ".epub": _plain("epub", load_epub),
    ".xlsx": _XLSX,
    ".xlsm": _XLSX,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".pdf": Format("pdf", _load_pdf),
}
"""The formats by lower-case suffix. A new one is a function from bytes to `Extraction` and a line here."""

KINDS = ", ".join(
    suffix for suffix, one in FORMATS.items() if suffix == next(first for first in FORMATS if FORMATS[first] is one)
)
"""The formats for people: one suffix of each."""

# A message or Markdown may begin with a page, and a message hold a whole file.
_MAY_BEGIN_LIKE_OTHERS = {
    ".html": {".txt", ".text", ".md", ".markdown", ".eml"},
    ".pdf": {".eml", ".mbox"},
}


def load_document(path: Path, options: LoadOptions = NO_OPTIONS) -> Document:
    """The document that stands in the file at `path`, named after the file and placed at its absolute path.

    Raises:
        DocumentError: the file cannot be read, is too large, is of an unknown kind, or holds no text.
    """
    return make_document(path, read_bytes(path, options.max_bytes), options)


def make_document(path: Path, data: bytes, options: LoadOptions = NO_OPTIONS) -> Document:
    """The document that `data`, the bytes of the file at `path`, is.

    Raises:
        DocumentError: `data` is damaged, is of an unknown kind, or holds no text.
    """
    thing = f"Cannot read {printable(str(path))}"
    file_format = FORMATS.get(suffix_of(path, data))
    if file_format is None:
        raise DocumentError(
            thing,
            f"files of the kind {printable(path.suffix) or '(no suffix)'} are not known",
            f"Convert it to one of {KINDS} and add it again.",
        )
    try:
        extraction = file_format.load(data, options)
    except LoadError as error:
        raise DocumentError(thing, error.reason, error.remedy) from error
    if not extraction.blocks:
        reason = "it is empty" if not data else "there is no text in it"
        raise DocumentError(thing, reason, "Add it again when there is text in it.")
    return Document(
        name=path.name,
        path=str(absolute(path)),
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        format=file_format.name,
        encoding=extraction.encoding,
        title=extraction.title or path.stem,
        text=extraction.text,
        passages=split_passages(extraction),
        parts=extraction.parts,
        boxes=extraction.boxes,
    )


def suffix_of(path: Path, data: bytes) -> str:
    """The suffix, in lower case, that the file should have: its own, unless its first bytes tell of another kind."""
    suffix = path.suffix.lower()
    sniffed = sniff(data)
    if sniffed not in FORMATS or suffix in _MAY_BEGIN_LIKE_OTHERS.get(sniffed, ()):
        return suffix
    is_of_this_kind = suffix in FORMATS and FORMATS[suffix].name == FORMATS[sniffed].name
    return suffix if is_of_this_kind else sniffed


def absolute(path: Path) -> Path:
    """`path` from the root, with `..` resolved but links kept, as the user knows it."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps "..", Path.resolve follows links


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """All bytes of the file at `path`, which did not change meanwhile.

    Raises:
        DocumentError: it cannot be read, is too large, has an unprintable name, or changed while it was read.
    """
    thing = f"Cannot read {printable(str(path))}"
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        raise DocumentError(thing, "its name is not valid UTF-8", "Rename it and add it again.") from error
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise DocumentError(thing, "it is not a file but a pipe or device", "Save what it holds in a file.")
            if before.st_size > max_bytes:
                reason = f"it has {before.st_size / 1e6:,.1f} MB, more than the limit of {max_bytes / 1e6:,.0f} MB"
                raise DocumentError(thing, reason, "Split it, or raise the limit with --max-mb.")
            data = file.read(max_bytes + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise DocumentError(thing, _reason_of(error), _remedy_of(error)) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise DocumentError(thing, "it changed while it was read", "Add it again when nothing writes to it.")
    return data


def _open_without_waiting(path: str, flags: int) -> int:
    """Opening a named pipe would otherwise wait for somebody to write to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _reason_of(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case PermissionError():
            return "you have no permission to read it"
        case IsADirectoryError():
            return "it is a folder"
        case _:
            return (error.strerror or str(error)).lower()


def _remedy_of(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "Check the path."
        case PermissionError():
            return "Change its permissions (chmod u+r) and add it again."
        case IsADirectoryError():
            return "Name the files in it."
        case _:
            return "Check the disk and the path, then add it again."
