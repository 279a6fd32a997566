"""Small presentations, made by a library and with shapes of XML written by hand."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Cm

from source.errors import LoadError
from source.office.pptx import load_pptx
from tests.checks import check_passages

TITLE_SLIDE, BULLETS, SECTION, COMPARISON, TITLE_ONLY, BLANK = 0, 1, 2, 4, 5, 6
NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


def bytes_of(deck: Deck) -> bytes:
    written = io.BytesIO()
    deck.save(written)
    return written.getvalue()


def add_slide(deck: Deck, layout: int, *texts: str) -> Slide:
    """A slide with `texts` in its placeholders."""
    slide: Slide = deck.slides.add_slide(deck.slide_layouts[layout])
    for placeholder, text in zip(slide.placeholders, texts, strict=False):
        placeholder.text = text
    return slide


def add_box(slide: Slide, text: str, left: float, top: float, height: float = 1) -> None:
    slide.shapes.add_textbox(Cm(left), Cm(top), Cm(4), Cm(height)).text_frame.text = text


def add_notes(slide: Slide, text: str) -> None:
    frame = slide.notes_slide.notes_text_frame
    assert frame is not None
    frame.text = text


def add_shape(slide: Slide, paragraphs: str, placeholder: str = "") -> None:
    """A shape with these paragraphs as XML, at the foot of the slide or where its layout has it."""
    place = "" if placeholder else '<a:xfrm><a:off x="0" y="9000000"/><a:ext cx="1" cy="1"/></a:xfrm>'
    slide.shapes._spTree.append(
        parse_xml(
            f'<p:sp {NAMES}><p:nvSpPr><p:cNvPr id="99" name="x"/><p:cNvSpPr/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr>'
            f"<p:spPr>{place}</p:spPr><p:txBody><a:bodyPr/>{paragraphs}</p:txBody></p:sp>"
        )
    )


def p(text: str, properties: str = "") -> str:
    return f"<a:p><a:pPr>{properties}</a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>"


def picture() -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (1, 1)).save(written, "PNG")
    return written


def texts_of(deck: Deck) -> list[str]:
    """The blocks of a deck, whatever their roles."""
    extraction = load_pptx(bytes_of(deck))
    check_passages(extraction)
    return [block.span.of(extraction.text) for block in extraction.blocks]


def reason_of(data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        load_pptx(data)
    return caught.value.reason


def a_bell() -> Deck:
    """A deck with a part of every kind."""
    deck = Presentation()
    deck.core_properties.title = "The  Bells"
    add_slide(deck, TITLE_SLIDE, "Bells of Port Ellery", "Ann Carver, 1902")
    add_slide(deck, SECTION, "Casting")
    slide = add_slide(deck, BULLETS, "How it was cast", "In 1687.\nBy Jonas\u00a0Trell.")
    add_shape(slide, p("Records"), '<p:ph type="ftr" idx="11"/>')
    add_shape(slide, '<a:p><a:fld id="{0}" type="slidenum"><a:t>3</a:t></a:fld></a:p>')
    add_notes(slide, "Pause here.\nNobody knows why.")
    deck.slides.add_slide(deck.slide_layouts[BLANK])
    slide = add_slide(deck, BLANK)
    shown: Any = slide.shapes.add_picture(picture(), Cm(1), Cm(1))
    shown._element.nvPicPr.cNvPr.set("descr", "The bell with its three feet")
    table = slide.shapes.add_table(2, 2, Cm(1), Cm(8), Cm(9), Cm(3)).table
    for cell, text in zip(table.iter_cells(), ["Bell", "Weight", "No. 2", "640\nkg"], strict=True):
        cell.text = text
    return deck
