"""Presentations: each slide is read in the order in which it is seen, then its notes, and nothing of it is lost."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pptx import Presentation
from pptx.chart import data as chart_data
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Cm

from source.document import Extraction
from source.errors import DocumentError, LoadError
from source.load import load_document
from source.office.pptx import load_pptx
from source.split import split_passages
from tests.archives import broken_archives, broken_members, changed, made_strict, replaced
from tests.checks import check_passages

TITLE_SLIDE, BULLETS, SECTION, COMPARISON, TITLE_ONLY, BLANK = 0, 1, 2, 4, 5, 6
CHART_DATA: Any = chart_data
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


def add_chart(slide: Slide, kind: XL_CHART_TYPE, figures: Any) -> Any:
    shapes: Any = slide.shapes
    return shapes.add_chart(kind, Cm(0), Cm(0), Cm(9), Cm(5), figures).chart


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


def blocks_of(extraction: Extraction) -> list[tuple[str, int, str]]:
    return [(block.role, block.level, block.span.of(extraction.text)) for block in extraction.blocks]


def texts_of(deck: Deck) -> list[str]:
    """The blocks of a deck, whatever their roles."""
    extraction = load_pptx(bytes_of(deck))
    check_passages(extraction)
    return [block.span.of(extraction.text) for block in extraction.blocks]


def folded_of(extraction: Extraction) -> list[str]:
    return [sentence.folded for passage in check_passages(extraction) for sentence in passage.sentences]


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


def test_a_deck_by_hand() -> None:
    extraction = load_pptx(bytes_of(a_bell()))
    assert blocks_of(extraction) == [
        ("heading", 1, "Bells of Port Ellery"),
        ("body", 0, "Ann Carver, 1902"),
        ("heading", 2, "Casting"),
        ("heading", 3, "How it was cast"),
        ("body", 0, "In 1687.\nBy Jonas\u00a0Trell."),
        ("furniture", 0, "Records"),
        ("furniture", 0, "3"),
        ("body", 0, "Pause here."),
        ("body", 0, "Nobody knows why."),
        ("furniture", 0, "The bell with its three feet"),
        ("body", 0, "Bell\tWeight\nNo. 2\t640 kg"),
    ]
    assert [(part.kind, part.number, part.name, part.state) for part in extraction.parts] == [
        ("slide", 1, "Bells of Port Ellery", "text"),
        ("slide", 2, "Casting", "text"),
        ("slide", 3, "How it was cast", "text"),
        ("slide", 4, "", "no text"),
        ("slide", 5, "", "text"),
    ]
    assert extraction.parts[1].span.of(extraction.text) == "Casting"
    assert extraction.parts[2].span.of(extraction.text).endswith("Records\n\n3\n\nPause here.\n\nNobody knows why.")
    assert len(extraction.parts[3].span) == 0
    assert (extraction.title, extraction.encoding) == ("The Bells", "")
    passage = next(one for one in split_passages(extraction) if "1687" in one.span.of(extraction.text))
    assert passage.headings == ("Bells of Port Ellery", "Casting", "How it was cast")
    assert [one.folded for one in passage.sentences] == ["In 1687.", "By Jonas Trell."]
    assert "Bell: No. 2; Weight: 640 kg" in folded_of(extraction)


@pytest.mark.parametrize("title", ["", "PowerPoint Presentation", "PowerPoint-Präsentation", "bells final.pptx"])
def test_the_first_title_is_that_of_a_deck_whose_own_says_nothing(title: str) -> None:
    deck = Presentation()
    deck.core_properties.title = title
    add_slide(deck, BULLETS, "Ropes", "They are of hemp.")
    assert load_pptx(bytes_of(deck)).title == "Ropes"


def test_shapes_are_read_in_rows_from_the_top_and_those_of_a_group_together() -> None:
    deck = Presentation()
    slide = add_slide(deck, TITLE_ONLY, "Title")
    add_box(slide, "below", 1, 15)
    add_box(slide, "right", 12, 5)
    group = slide.shapes.add_group_shape()
    add_box(group, "group, below", 1, 12)  # type: ignore[arg-type]
    add_box(group, "group, above", 1, 10)  # type: ignore[arg-type]
    add_box(slide, "left, a little lower", 1, 5.4)
    add_box(slide, "above the title", 1, 0.1)
    assert texts_of(deck) == [
        "Title",
        "above the title",
        "left, a little lower",
        "right",
        "group, above",
        "group, below",
        "below",
    ]


def test_columns_of_a_layout_are_read_one_after_the_other_and_boxes_between_where_they_stand() -> None:
    deck = Presentation()
    slide = add_slide(deck, COMPARISON, "Bells", "Left", "Of bronze.", "Right", "Of iron.")
    add_box(slide, "Above both", 12, 3.5, 0.1)
    add_box(slide, "Below both", 1, 18)
    assert texts_of(deck) == ["Bells", "Above both", "Left", "Of bronze.", "Right", "Of iron.", "Below both"]


@pytest.mark.parametrize(
    ("paragraphs", "texts"),
    [
        (p("a</a:t></a:r><a:br/><a:r><a:t>b"), ["a\nb"]),
        (p("One.") + "<a:p/>" + p("Two."), ["One.", "Two."]),
        (p("one", "<a:buChar char='•'/>") + p("two", "<a:buAutoNum/>") + p("three"), ["one\ntwo", "three"]),
        ("<a:p><a:r><a:t>Slide </a:t></a:r><a:fld type='slidenum'><a:t>3</a:t></a:fld></a:p>", ["Slide 3"]),
    ],
)
def test_what_a_reader_sees_by_hand(paragraphs: str, texts: list[str]) -> None:
    deck = Presentation()
    add_shape(add_slide(deck, BLANK), paragraphs)
    assert texts_of(deck) == texts


def test_a_paragraph_without_a_bullet_stands_apart_in_a_list() -> None:
    deck = Presentation()
    add_shape(add_slide(deck, BLANK), p("Its parts:", "<a:buNone/>") + p("crown") + p("lip"), '<p:ph idx="1"/>')
    assert texts_of(deck) == ["Its parts:", "crown\nlip"]


def test_merged_cells_are_written_once_and_searched_in_each_row() -> None:
    deck = Presentation()
    table = add_slide(deck, BLANK).shapes.add_table(4, 3, Cm(0), Cm(0), Cm(9), Cm(3)).table
    texts = [["Who", "Weight", ""], ["Ann", "1", "2"], ["", "3", "4"], ["Ben", "5", ""]]
    for cell, text in zip(table.iter_cells(), [text for row in texts for text in row], strict=True):
        cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    extraction = load_pptx(bytes_of(deck))
    assert extraction.text == "Who\tWeight\nAnn\t1\t2\n3\t4\nBen\t5\t"
    assert folded_of(extraction) == [
        "Who; Weight; Weight",
        "Who: Ann; Weight: 1; Weight: 2",
        "Who: Ann; Weight: 3; Weight: 4",
        "Who: Ben; Weight: 5",
    ]
    table.first_row = False
    assert folded_of(load_pptx(bytes_of(deck)))[1] == "Ann; 1; 2"


def test_a_table_for_layout_is_read_as_the_paragraphs_in_it() -> None:
    deck = Presentation()
    table = add_slide(deck, BLANK).shapes.add_table(1, 2, Cm(0), Cm(0), Cm(9), Cm(3)).table
    long = "A sentence of prose in a cell. " * 20
    table.cell(0, 0).text, table.cell(0, 1).text = "Menu", f"{long}\nThe end."
    assert texts_of(deck) == ["Menu", long.strip(), "The end."]


def test_a_chart_is_read_as_its_titles_and_a_table() -> None:
    deck = Presentation()
    figures: Any = CHART_DATA.CategoryChartData()
    figures.categories = ["Spring", "Autumn"]
    figures.add_series("Bells", (4.3, None))
    figures.add_series("Ropes", (0.1 + 0.2, 7))
    chart = add_chart(add_slide(deck, BLANK), XL_CHART_TYPE.BAR_CLUSTERED, figures)
    chart.has_title = True
    chart.chart_title.text_frame.text = "Sold by season"
    extraction = load_pptx(bytes_of(deck))
    assert extraction.text == "Sold by season\n\n\tBells\tRopes\nSpring\t4.3\t0.3\nAutumn\t\t7"
    assert "Spring; Bells: 4.3; Ropes: 0.3" in folded_of(extraction)
    assert "Autumn; Ropes: 7" in folded_of(extraction)


def test_series_that_share_no_categories_are_tables_of_their_own() -> None:
    deck = Presentation()
    figures: Any = CHART_DATA.XyChartData()
    points_of: dict[str, list[tuple[float, float]]] = {"Old": [(1.5, 2)], "New": [(3, 4), (5, 6)]}
    for name, points in points_of.items():
        series = figures.add_series(name)
        for point in points:
            series.add_data_point(*point)
    add_chart(add_slide(deck, BLANK), XL_CHART_TYPE.XY_SCATTER, figures)
    assert texts_of(deck) == ["Old\n1.5\t2", "New\n3\t4\n5\t6"]


words = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters="\n\u00ad"), max_size=40)
slides = st.lists(
    st.lists(st.tuples(st.sampled_from(["box", "bullets", "notes", "table", "title"]), words), max_size=4)
)


@settings(max_examples=40)
@given(slides)
def test_all_of_any_deck_is_in_passages_and_on_its_slide(made: list[list[tuple[str, str]]]) -> None:
    deck = Presentation()
    for contents in made:
        slide = add_slide(deck, BULLETS)
        for kind, text in dict(contents).items():
            match kind:
                case "box":
                    add_box(slide, text, 1, 1)
                case "bullets":
                    slide.placeholders[1].text = text
                case "notes":
                    add_notes(slide, text)
                case "table":
                    slide.shapes.add_table(1, 2, Cm(0), Cm(9), Cm(9), Cm(3)).table.cell(0, 1).text = text
                case _:
                    slide.shapes.title.text = text  # type: ignore[union-attr]
    extraction = load_pptx(bytes_of(deck))
    check_passages(extraction)
    assert [part.number for part in extraction.parts] == list(range(1, len(made) + 1))
    for part, contents in zip(extraction.parts, made, strict=True):
        written = "".join(text for _, text in sorted(dict(contents).items()))
        read = part.span.of(extraction.text)
        assert sorted(re.sub(r"\s", "", read)) == sorted(re.sub(r"\s", "", written))
        assert part.state == ("text" if read else "no text")


def test_real_decks_are_read_whole(shared: Path) -> None:
    files = shared / "data" / "files"
    paths = sorted([*(files / "docling" / "pptx").glob("*.pptx"), *(files / "python-pptx").glob("*.pptx")])
    assert len(paths) > 60
    for path in paths:
        extraction = load_pptx(path.read_bytes())
        check_passages(extraction)
        spans = [part.span for part in extraction.parts]
        assert spans == sorted(spans)
        assert "\n".join(span.of(extraction.text) for span in spans).split() == extraction.text.split()


@pytest.mark.parametrize(
    ("name", "slide", "text"),
    [
        ("docling/pptx/powerpoint_sample.pptx", 2, "With foo\nBar\nAnd baz things"),
        ("docling/pptx/powerpoint_sample.pptx", 3, "Final notes on the third slide."),
        ("docling/pptx/powerpoint_sample.pptx", 3, "I1\nI2\nI3\nI4"),
        ("docling/pptx/powerpoint_with_image.pptx", 1, "A cartoon duck holding a paper"),
        ("docling/pptx/powerpoint_unrecognized_shape.pptx", 2, "Text in an unrecognized shape"),
        ("docling/pptx/pptx_chart.pptx", 1, "2019\t120\t80"),
        ("python-pptx/shp-shapes.pptx", 1, "Smart Art"),
        ("python-pptx/cht-chart-props.pptx", 1, "2002-01-05\t32\t12"),
    ],
)
def test_what_real_decks_say(shared: Path, name: str, slide: int, text: str) -> None:
    extraction = load_pptx((shared / "data" / "files" / name).read_bytes())
    assert [part.number for part in extraction.parts if text in part.span.of(extraction.text)] == [slide]


def test_a_strict_deck_is_read_like_any_other() -> None:
    data = bytes_of(a_bell())
    assert load_pptx(made_strict(data)) == load_pptx(data)


@pytest.mark.parametrize(
    "kind",
    [
        "openxmlformats-officedocument.presentationml.slideshow",
        "openxmlformats-officedocument.presentationml.template",
        "ms-powerpoint.presentation.macroEnabled",
        "ms-powerpoint.slideshow.macroEnabled",
        "ms-powerpoint.template.macroEnabled",
    ],
)
def test_shows_templates_and_decks_with_macros_are_read_like_any_other(kind: str) -> None:
    data = bytes_of(a_bell())
    usual = "openxmlformats-officedocument.presentationml.presentation"
    variant = replaced(data, "[Content_Types].xml", f"vnd.{usual}.main+xml", f"vnd.{kind}.main+xml")
    assert load_pptx(variant) == load_pptx(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"It was cast in 1687.",
        b"PK\x03\x04",
        changed(bytes_of(a_bell()), {"ppt/slides/slide1.xml": "<p:sld"}),
        changed(bytes_of(a_bell()), {"ppt/presentation.xml": "<html/>"}),
        changed(bytes_of(a_bell()), {"_rels/.rels": "<Relationships/>"}),
        changed(bytes_of(a_bell()), {"[Content_Types].xml": "<Types/>"}),
    ],
)
def test_what_is_no_whole_deck_is_refused(data: bytes) -> None:
    assert reason_of(data) == "it is not a whole .pptx file"


def test_a_deck_without_text_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "bells.pptx"
    deck = Presentation()
    add_slide(deck, BLANK)
    deck.save(str(path))
    with pytest.raises(DocumentError) as caught:
        load_document(path)
    assert caught.value.reason == "there is no text in it"


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY x SYSTEM "file://{path}">', '<!ENTITY % y SYSTEM "file://{path}"> %y;', '<!ENTITY x "secret">'],
)
@pytest.mark.parametrize("member", ["ppt/slides/slide1.xml", "ppt/notesSlides/notesSlide1.xml"])
def test_no_entity_is_resolved(tmp_path: Path, declaration: str, member: str) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("secret", encoding="utf-8")
    deck = Presentation()
    add_notes(add_slide(deck, BULLETS, "here"), "here")
    head = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
    data = replaced(bytes_of(deck), member, head, f"<!DOCTYPE x [{declaration.format(path=path)}]>")
    assert reason_of(data) == "it is not a whole .pptx file"
    if "%" not in declaration:
        assert reason_of(replaced(data, member, "here", "&x;")) == "it is not a whole .pptx file"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = changed(bytes_of(a_bell()), {"ppt/slides/slide1.xml": " " * 160_000_000})
    assert len(bomb) < 1_000_000
    assert re.fullmatch(r"it unpacks to 16\d MB of XML, more than the limit of 150 MB", reason_of(bomb))


def test_damage_is_refused_or_harmless() -> None:
    """Nothing but `LoadError` is raised, and what is read is read whole."""
    data = bytes_of(a_bell())
    reasons = set()
    for mutant in [*broken_archives(data, 3), *broken_members(data, 4)]:
        try:
            check_passages(load_pptx(mutant))
        except LoadError as error:
            reasons.add(error.reason)
    assert "it is not a whole .pptx file" in reasons
