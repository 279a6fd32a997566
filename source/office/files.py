"""What the office formats share: refusing too much XML, mending what only an office program reads, and titles."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from source.archive import Archive
from source.errors import LoadError
from source.fold import fold

OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the old binary formats begin, and what is locked with a password."""

DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What reading a damaged file stumbles on: the libraries for these formats look at nothing before they use it."""

# As a tree in memory it takes several times as much; a thousand pages are about 20 MB.
_MAX_XML_BYTES = 150_000_000
# What a picture, film, font, macro or file within is called; any other member may be read as XML.
_NO_XML = tuple(
    ".avi .bin .bmp .docx .emf .fntdata .gif .jpeg .jpg .m4a .m4v .mov .mp3 .mp4 .mpeg .mpg .odttf .pdf .png .pptx "
    ".tif .tiff .ttf .wav .wdp .webp .wma .wmf .wmv .xlsb .xlsx".split()
)
# The names of the standard's strict form, which the libraries do not know; they differ from the usual ones by a rule.
_STRICT_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_USUAL_NAME = rb"http://schemas.openxmlformats.org/\1/2006/"
# Word and PowerPoint leave this behind where a picture was lost, and the libraries look for it.
_DEAD_RELATION = re.compile(rb'<Relationship\b[^>]*\bTarget="[^"]*\bNULL"[^>]*/>')
_CONTENT_TYPES = "[Content_Types].xml"
# Templates, slide shows and files with macros are built like documents and presentations.
_VARIANT = re.compile(
    rb"application/vnd\.(?:ms-(?:word|powerpoint)\.(?:document|presentation|slideshow|template)\.macroEnabled(?:Template)?"
    rb"|openxmlformats-officedocument\.(?:wordprocessingml|presentationml)\.(?:slideshow|template))\.main\+xml"
)
# What programs fill in by themselves.
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint) - .*|word document|powerpoint[ -]pr.sentation|(?:document|presentation) ?\d*"
    r"|untitled.*|slide 1|.*\.(?:do[ct][xm]?|p[op][st][xm]?|od[pst]|rtf|pdf|tmp))\Z",
    re.IGNORECASE,
)


def refuse_too_much_xml(archive: Archive) -> None:
    """Raise LoadError if what may be read as XML would take too much memory."""
    xml_bytes = sum(archive.size_bytes(name) for name in archive.names if _is_xml(name))
    if xml_bytes > _MAX_XML_BYTES:
        reason = (
            f"it unpacks to {xml_bytes / 1e6:,.0f} MB of XML, more than the limit of {_MAX_XML_BYTES / 1e6:,.0f} MB"
        )
        raise LoadError(reason, "Add its text in smaller files.")


def _is_xml(name: str) -> bool:
    return not name.lower().endswith(_NO_XML)


def mended(archive: Archive, main_type: bytes) -> bytes | None:
    """A copy that the libraries can read of a file that only an office program can; None if there is no need.

    `main_type` is the content type of the format's usual documents, as which a template or the like is read.
    """
    relations = (archive.read(name) for name in archive.names if name.endswith(".rels"))
    is_variant = _CONTENT_TYPES in archive.names and _VARIANT.search(archive.read(_CONTENT_TYPES))
    if not is_variant and not any(_STRICT_NAME.search(one) or _DEAD_RELATION.search(one) for one in relations):
        return None
    copy = BytesIO()
    with ZipFile(copy, "w") as copied:
        for name in archive.names:
            content = archive.read(name)
            if name == _CONTENT_TYPES:
                content = _VARIANT.sub(main_type, content)
            if _is_xml(name):
                content = _STRICT_NAME.sub(_USUAL_NAME, _DEAD_RELATION.sub(b"", content))
            copied.writestr(name, content)
    return copy.getvalue()


def chosen_title(title: str) -> str:
    """The folded title in a file's properties if somebody chose it; empty if a program filled it in."""
    folded = fold(title, "none")
    return "" if _NO_TITLE.match(folded) else folded
