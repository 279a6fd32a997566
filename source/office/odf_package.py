"""Opening an OpenDocument file: all of its XML that is read, or why there is none."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from source.archive import Archive
from source.errors import LoadError
from source.office.files import chosen_title, refuse_too_much_xml
from source.office.odf_lock import Lock, find_locks
from source.office.odf_styles import Styles
from source.office.odf_xml import OBJECT, OFFICE, STYLE, XLINK, nearest

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTENT, _STYLES, _META, _MANIFEST = "content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_MAX_XML_BYTES = 150_000_000


@dataclass(frozen=True, slots=True)
class OdfFile:
    """What is read of a file: `kind` is "text", "presentation", "spreadsheet" or another that has no loader.

    `headers` and `footers` are those of its pages, the ones that say the same once. `objects` are formulas and charts
    by the name under which the text refers to them. `title` is that of its properties, if any.
    """

    kind: str
    body: Element
    styles: Styles
    headers: tuple[Element, ...]
    footers: tuple[Element, ...]
    objects: dict[str, Element]
    title: str


@dataclass(frozen=True, slots=True)
class _Package:
    """The members of a file, some or all of which may be locked."""

    archive: Archive
    locks: Mapping[str, Lock]
    password: str
    suffix: str

    def parse(self, name: str) -> Element:
        """The root of a member that is XML; LoadError if it is not there, or not to be read."""
        data = self.archive.read(name)
        return _parse(self.locks[name].open(data, self.password) if name in self.locks else data, self.suffix)

    def parse_if_there(self, name: str) -> Element | None:
        """The root of a member that is XML, if there is one."""
        return self.parse(name) if name in self.archive.names else None


def open_odf(data: bytes, suffix: str, password: str) -> OdfFile:
    """The file in `data`, an archive or one XML file.

    Raises:
        LoadError: `password` does not open its lock, or it is damaged, no OpenDocument file, or unpacks to too much.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        root = _parse(data, suffix)
        return _file(root, root, root, {}, suffix)
    archive = Archive(data, suffix)
    refuse_too_much_xml(archive)
    manifest = _parse(archive.read(_MANIFEST), suffix) if _MANIFEST in archive.names else None
    package = _Package(archive, dict(find_locks(manifest)) if manifest is not None else {}, password, suffix)
    content = package.parse(_CONTENT)
    styles, meta = map(package.parse_if_there, (_STYLES, _META))
    return _file(content, styles, meta, dict(_objects(package, content)), suffix)


def _file(
    content: Element, styles: Element | None, meta: Element | None, objects: dict[str, Element], suffix: str
) -> OdfFile:
    body = content.find(f"{OFFICE}body")
    inner = next(iter(body), None) if body is not None else None
    if inner is None:
        raise _not_whole(suffix)
    return OdfFile(
        kind=inner.tag.rpartition("}")[2],
        body=inner,
        styles=Styles([root for root in (styles, content) if root is not None]),
        headers=tuple(_of_pages(styles, "header")),
        footers=tuple(_of_pages(styles, "footer")),
        objects=objects,
        title=chosen_title((meta.findtext(f".//{_DUBLIN_CORE}title") if meta is not None else None) or ""),
    )


def _objects(package: _Package, content: Element) -> Iterator[tuple[str, Element]]:
    """The formulas and charts that the file refers to and holds."""
    for name in dict.fromkeys(reference.get(f"{XLINK}href") or "" for reference in content.iter(OBJECT)):
        member = posixpath.normpath(posixpath.join(name, _CONTENT))
        if member in package.archive.names:
            yield name, package.parse(member)


def _of_pages(styles: Element | None, kind: str) -> Iterator[Element]:
    """The headers or footers of all kinds of pages, those that are shown."""
    seen: set[str] = set()
    for page in styles.iter(f"{STYLE}master-page") if styles is not None else ():
        for one in nearest(page, frozenset(f"{STYLE}{kind}{side}" for side in ("", "-first", "-left"))):
            said = "".join(one.itertext())
            if one.get(f"{STYLE}display") != "false" and said not in seen:
                seen.add(said)
                yield one


def _parse(data: bytes, suffix: str) -> Element:
    """The root of an XML file, which may define no entities."""
    if len(data) > _MAX_XML_BYTES:
        reason = f"it has {len(data) / 1e6:,.0f} MB of XML, more than the limit of {_MAX_XML_BYTES / 1e6:,.0f} MB"
        raise LoadError(reason, "Add its text in smaller files.")
    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise _not_whole(suffix) from error
    return root


def _not_whole(suffix: str) -> LoadError:
    return LoadError(f"it is not a whole {suffix} file", "Get it again, or save it anew.")
