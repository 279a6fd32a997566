"""Presentations (.pptx): each slide is a part, its title a heading, its shapes in the order in which they are seen.

Speaker notes stand below the slide that they belong to. Numbers, dates, footers and descriptions of pictures are
furniture. Comments are left out, and so is what stands on masters and layouts, which is the same on many slides.
Nothing outside the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

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


def load_pptx(data: bytes) -> Extraction:
    """The slides of a presentation in order, hidden ones too.

    Raises:
        LoadError: `data` is damaged, no presentation, or unpacks to a huge one.
    """
    title, slides = _read_slides(data)
    writer = SlideWriter()
    edges = [0]
    for slide in slides:
        writer.write(slide)
        edges.append(len(writer.builder.blocks))
    text, blocks = writer.builder.text(), tuple(writer.builder.blocks)
    title = title or next((heading_words(text, one, "none") for one in blocks if one.role == "heading"), "")
    parts = slide_parts(text, blocks, edges)
    return Extraction(text, blocks, title, "", text_is_file=False, markup="none", parts=parts)


def _read_slides(data: bytes) -> tuple[str, list[SlideXml]]:
    """The title in the properties, if any, and the slides; all that can fail on a damaged file is done here."""
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    archive = Archive(data, ".pptx")  # refuses what unpacks to too much
    refuse_too_much_xml(archive)
    try:
        presentation = Presentation(BytesIO(mended(archive, _MAIN_TYPE) or data))
        return chosen_title(presentation.core_properties.title), [_read_slide(one) for one in presentation.slides]
    except LoadError:
        raise
    except (*DAMAGE, PythonPptxError) as error:
        raise _not_whole() from error


def _not_whole() -> LoadError:
    return LoadError("it is not a whole .pptx file", "Get it again, or save it anew.")


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
