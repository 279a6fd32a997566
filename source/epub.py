"""EPUB: the chapters of an e-book in reading order, each read as an HTML page."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from selectolax.lexbor import LexborHTMLParser

from source.archive import Archive
from source.blocks import heading_words
from source.decode import decode
from source.document import Block, Extraction, Part, Span
from source.errors import LoadError
from source.fold import fold
from source.html_blocks import BlockWriter

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_HTML_TYPES = frozenset({"application/xhtml+xml", "text/html"})
# As a tree in memory it takes several times as much; the longest novels are about 5 MB.
_MAX_PAGES_BYTES = 100_000_000
_NOT_WHOLE = ("it is not a whole .epub file", "Get it again, or save it anew.")


def load_epub(data: bytes) -> Extraction:
    """The chapters of an EPUB 2 or 3, as parts named by their first heading; its navigation page is left out."""
    archive = Archive(data, ".epub")
    package_name = _package_name(archive)
    package = _parse(archive.read(package_name))
    locked = _locked_names(archive)
    chapters = [*_chapters(package, posixpath.dirname(package_name))]
    _refuse_too_much(archive, chapters)
    writer = BlockWriter(has_main=False)
    edges = [0]
    for name in chapters:
        if name in locked:
            raise LoadError("it is locked by its seller (DRM)", "Get it without a lock and add it again.")
        if name in archive.names:
            body = LexborHTMLParser(decode(archive.read(name)).text).body
            if body is not None:
                writer.write(body)
        edges.append(len(writer.blocks))
    text, blocks = writer.text(), tuple(writer.blocks)
    parts = tuple(_part(text, blocks, number, *edge) for number, edge in enumerate(pairwise(edges), 1))
    title = fold(package.findtext(".//{*}metadata/{*}title") or "", "none")
    return Extraction(text, blocks, title, "", text_is_file=False, markup="none", parts=parts)


def _refuse_too_much(archive: Archive, chapters: Sequence[str]) -> None:
    unpacked = sum(archive.size_bytes(name) for name in chapters if name in archive.names)
    if unpacked > _MAX_PAGES_BYTES:
        reason = (
            f"its pages unpack to {unpacked / 1e6:,.0f} MB, more than the limit of {_MAX_PAGES_BYTES / 1e6:,.0f} MB"
        )
        raise LoadError(reason, "Add its text in smaller files.")


def _part(text: str, blocks: tuple[Block, ...], number: int, first: int, end: int) -> Part:
    """The chapter of `blocks[first:end]`."""
    if first == end:
        place = blocks[first - 1].span.end if first else 0
        return Part(Span(place, place), "chapter", number, state="no text")
    span = Span(blocks[first].span.start, blocks[end - 1].span.end)
    return Part(span, "chapter", number, _first_heading(text, blocks[first:end]))


def _first_heading(text: str, blocks: tuple[Block, ...]) -> str:
    return next((heading_words(text, block, "none") for block in blocks if block.role == "heading"), "")


def _package_name(archive: Archive) -> str:
    container = _parse(archive.read(_CONTAINER))
    rootfile = container.find(".//{*}rootfile")
    name = rootfile.get("full-path") if rootfile is not None else None
    if not name:
        raise LoadError(*_NOT_WHOLE)
    return name


def _chapters(package: Element, folder: str) -> Iterator[str]:
    """The names of the pages in reading order, each once."""
    pages = {
        page.get("id"): page.get("href", "")
        for page in package.iterfind(".//{*}manifest/{*}item")
        if page.get("media-type") in _HTML_TYPES and "nav" not in (page.get("properties") or "").split()
    }
    references = (reference.get("idref") for reference in package.iterfind(".//{*}spine/{*}itemref"))
    hrefs = dict.fromkeys(pages[reference] for reference in references if reference in pages)
    for href in hrefs:
        yield posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _locked_names(archive: Archive) -> set[str]:
    """What is encrypted; most often fonts only."""
    if _ENCRYPTION not in archive.names:
        return set()
    references = _parse(archive.read(_ENCRYPTION)).iterfind(".//{*}CipherReference")
    return {unquote(reference.get("URI", "")) for reference in references}


def _parse(data: bytes) -> Element:
    """The root of an XML file, which may define no entities."""
    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException) as error:
        raise LoadError(*_NOT_WHOLE) from error
    return root
