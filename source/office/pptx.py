"""Presentations (.pptx): each slide is a part, its title a heading, its shapes in the order in which they are seen.

Speaker notes stand below the slide that they belong to. Numbers, dates, footers and descriptions of pictures are
furniture. Comments are left out, and so is what stands on masters and layouts, which is the same on many slides.
Nothing outside the file is read. A slide that is damaged costs only itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from posixpath import join, normpath
from typing import TYPE_CHECKING
from zipfile import ZipFile

from source.archive import Archive
from source.blocks import heading_words
from source.document import Extraction
from source.errors import LoadError
from source.office.docx_xml import Element
from source.office.files import DAMAGE, chosen_title, mended, refuse_too_much_xml
from source.office.pptx_blocks import SlideWriter
from source.office.pptx_shapes import Place, SlideXml
from source.office.slides import slide_parts

if TYPE_CHECKING:
    from pptx.opc.package import Part
    from pptx.oxml.xmlchemy import BaseOxmlElement
    from pptx.slide import Slide

_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
# Drawings that are kept beside a slide: charts, and what a diagram (SmartArt) says.
_DRAWINGS = ("/chart", "/diagramData")
_MAIN_FOLDER, _MAIN_RELATIONS = "ppt", "ppt/_rels/presentation.xml.rels"
_NO_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
_BLANK_SLIDE = (
    b'<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree/></p:cSld></p:sld>'
)


def load_pptx(data: bytes) -> Extraction:
    """The slides of a presentation in order, hidden ones too.

    Raises:
        LoadError: `data` is damaged, no presentation, or unpacks to a huge one.
    """
    title, slides = _read_slides(data)
    writer = SlideWriter()
    edges = [0]
    for slide in slides:
        if slide is not None:
            writer.write(slide)
        edges.append(len(writer.builder.blocks))
    text, blocks = writer.builder.text(), tuple(writer.builder.blocks)
    title = title or next((heading_words(text, one, "none") for one in blocks if one.role == "heading"), "")
    damaged = {number for number, slide in enumerate(slides, 1) if slide is None}
    parts = slide_parts(text, blocks, edges, damaged)
    return Extraction(text, blocks, title, "", text_is_file=False, markup="none", parts=parts)


def _read_slides(data: bytes) -> tuple[str, list[SlideXml | None]]:
    """The title in the properties, if any, and the slides; all that can fail on a damaged file is done here.

    None stands for a damaged slide.
    """
    from pptx.exc import PythonPptxError

    archive = Archive(data, ".pptx")  # refuses what unpacks to too much
    refuse_too_much_xml(archive)
    try:
        try:
            return _open(mended(archive, _MAIN_TYPE) or data, frozenset())
        except (*DAMAGE, PythonPptxError):
            damaged = frozenset(_damaged_slides(archive))
            return _open(_with_blanks(archive, damaged), damaged)
    except (*DAMAGE, PythonPptxError) as error:
        raise _not_whole() from error


def _open(data: bytes, damaged: frozenset[str]) -> tuple[str, list[SlideXml | None]]:
    """The title and the slides, without those named in `damaged`; there must be others."""
    from pptx import Presentation

    presentation = Presentation(BytesIO(data))
    slides = [
        None if str(slide.part.partname).lstrip("/") in damaged else _read_if_whole(slide)
        for slide in presentation.slides
    ]
    if slides and not any(slides):
        raise _not_whole()
    return chosen_title(presentation.core_properties.title), slides


def _damaged_slides(archive: Archive) -> Iterator[str]:
    """The names of the slides that are not there, or are no XML, or whose relations are not."""
    from pptx.oxml import parse_xml

    for relation in parse_xml(archive.read(_MAIN_RELATIONS)):
        if str(relation.get("Type")).endswith("/slide"):
            name = normpath(join(_MAIN_FOLDER, str(relation.get("Target")))).lstrip("/")
            try:
                is_whole = parse_xml(archive.read(name)).tag.endswith("}sld")
                is_whole &= parse_xml(archive.read(_relations_of(name))).tag.endswith("}Relationships")
            except (LoadError, SyntaxError, ValueError):
                is_whole = False
            if not is_whole:
                yield name


def _relations_of(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def _with_blanks(archive: Archive, damaged: frozenset[str]) -> bytes:
    """A copy of the file in which each slide named in `damaged` is blank and alone.

    Raises:
        LoadError: something else is damaged, too.
    """
    blanks = dict.fromkeys(damaged, _BLANK_SLIDE) | {_relations_of(name): _NO_RELATIONS for name in damaged}
    copy = BytesIO()
    with ZipFile(copy, "w") as copied:
        for name in sorted(archive.names | blanks.keys()):
            copied.writestr(name, blanks[name] if name in blanks else archive.read(name))
    return copy.getvalue()


def _not_whole() -> LoadError:
    return LoadError("it is not a whole .pptx file", "Get it again, or save it anew.")


def _read_if_whole(slide: Slide) -> SlideXml | None:
    try:
        return _read_slide(slide)
    except LoadError:
        raise
    except DAMAGE:
        return None


def _read_slide(slide: Slide) -> SlideXml:
    return SlideXml(
        tree=_checked(slide.element),
        places=dict(_inherited(slide)),
        drawings=dict(_drawings(slide.part)),
        notes=_checked(slide.notes_slide.element) if slide.has_notes_slide else None,
        begins_section=slide.slide_layout.element.get("type") == "secHead",
    )


def _inherited(slide: Slide) -> Iterator[tuple[str, Place]]:
    """Where the placeholders stand, by their index; most are placed by their layout."""
    for one in slide.placeholders:
        yield str(one.placeholder_format.idx), Place(one.left or 0, one.top or 0, one.height or 0)


def _drawings(part: Part) -> Iterator[tuple[str, Element]]:
    """The drawings that a slide refers to, by the id of the relation."""
    from pptx.oxml import parse_xml

    for key, relation in part.rels.items():
        if not relation.is_external and relation.reltype.endswith(_DRAWINGS):
            yield key, parse_xml(relation.target_part.blob)


def _checked(root: BaseOxmlElement) -> Element:
    """`root`, which python-pptx read without resolving entities; a file of PowerPoint's declares none."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise _not_whole()
    return root
