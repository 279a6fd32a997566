"""Word documents: what a reader sees is the text, in order and in its role."""

from __future__ import annotations

import re

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.parser import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from source.office.docx import load_docx
from source.split import split_passages
from tests.archives import changed
from tests.checks import check_passages
from tests.docxs import NAMES, WORD, body_of, bytes_of, c, item, p, r, table, with_body
from tests.extractions import blocks_of, folded_of


def test_a_document_by_hand() -> None:
    document = Document()
    document.core_properties.title = "The  Bells"
    section = document.sections[0]
    section.header.paragraphs[0].text = "Port Ellery Records"
    section.footer.paragraphs[0].text = "Page 1"
    document.add_heading("Bells of Port Ellery", 0)
    document.add_heading("Casting", 1)
    document.add_paragraph("It was cast in 1687.\nNobody\tknows why.")
    document.add_paragraph()
    document.add_paragraph("Big: it\u00ads rope is long. It weighs 640\u00a0kg.", style="List Bullet")
    document.add_paragraph("Small", style="List Bullet 2")
    document.add_paragraph("Figure 1: the bell", style="Caption")
    document.add_heading("Ropes", 2)
    document.add_paragraph("They are of hemp.")
    document.add_section().header.is_linked_to_previous = True
    extraction = load_docx(bytes_of(document))
    assert blocks_of(extraction) == [
        ("furniture", 0, "Port Ellery Records"),
        ("heading", 1, "Bells of Port Ellery"),
        ("heading", 2, "Casting"),
        ("body", 0, "It was cast in 1687.\nNobody\tknows why."),
        ("body", 0, "Big: it\u00ads rope is long. It weighs 640\u00a0kg.\nSmall"),
        ("furniture", 0, "Figure 1: the bell"),
        ("heading", 3, "Ropes"),
        ("body", 0, "They are of hemp."),
        ("furniture", 0, "Page 1"),
    ]
    assert (extraction.title, extraction.encoding, extraction.parts) == ("The Bells", "", ())
    passage = next(one for one in split_passages(extraction) if "hemp" in one.span.of(extraction.text))
    assert passage.headings == ("Bells of Port Ellery", "Casting", "Ropes")
    assert "Small" in folded_of(extraction)


@pytest.mark.parametrize(
    ("xml", "texts"),
    [
        (p(r("a "), "<w:ins>" + r("in") + "</w:ins><w:del><w:r><w:delText>out</w:delText></w:r></w:del>"), ["a in"]),
        (p("<w:moveFrom>" + r("old") + "</w:moveFrom>") + p("<w:moveTo>" + r("new") + "</w:moveTo>"), ["new"]),
        (p(r("seen "), r("hidden", "<w:vanish/>"), r("shown", '<w:vanish w:val="0"/>')), ["seen shown"]),
        (
            p("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:tab/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r>"),
            ["a\nb\n\tc\u2011d"],
        ),
        (p("<w:r><w:t>so</w:t><w:softHyphen/><w:t>ft</w:t></w:r>"), ["so\u00adft"]),
        (p("<w:r><w:t>One.</w:t><w:br/><w:br/><w:t>Two.</w:t></w:r>"), ["One.", "Two."]),
        (p("<w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink><w:smartTag>" + r("s") + "</w:smartTag>"), ["links"]),
        (
            p(
                '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGEREF x</w:instrText></w:r>' + r("7"),
                "<w:fldSimple w:instr='DATE'>" + r(" May") + "</w:fldSimple>",
            ),
            ["7 May"],
        ),
        (
            p(
                '<w:r><w:sym w:font="Symbol" w:char="03B1"/><w:sym w:font="Symbol" w:char="F06D"/>'
                '<w:sym w:char="D800"/><w:sym/></w:r>'
            ),
            ["αμ"],
        ),
        (
            p("<w:r><w:ruby><w:rt>" + r("kan") + "</w:rt><w:rubyBase>" + r("漢") + "</w:rubyBase></w:ruby></w:r>"),
            ["漢(kan)"],
        ),
        (
            p(
                "<m:oMath><m:r><m:t>x=</m:t></m:r><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t>"
                "</m:r></m:den></m:f><m:d><m:e><m:r><m:t>y</m:t></m:r></m:e></m:d></m:oMath>"
            ),
            ["x=1/2(y)"],
        ),
        (
            f"<w:sdt><w:sdtPr><w:alias w:val='no'/></w:sdtPr><w:sdtContent>{p(r('in'))}</w:sdtContent></w:sdt>"
            + p(r("x")),
            ["in", "x"],
        ),
        (item(r("one")) + p() + item(r("two")) + p(r("three")) + item(r("four")), ["one\ntwo", "three", "four"]),
        (item(r("long " * 100)) + item(r("short")), [("long " * 100).strip(), "short"]),
        (p(r("a"), "<!-- c --><?pi x?>", "<w:commentReference w:id='0'/>"), ["a"]),
    ],
)
def test_what_a_reader_sees_by_hand(xml: str, texts: list[str]) -> None:
    assert body_of(xml) == texts


def box(text: str) -> str:
    content = f"<w:txbxContent>{p(r(text))}</w:txbxContent>"
    choice = f"<mc:Choice Requires='wps'><wps:txbx>{content}</wps:txbx></mc:Choice>"
    fallback = f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"


def reference(number: int) -> str:
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


def note(number: int, *runs: str) -> str:
    return f'<w:footnote w:id="{number}">{p("<w:r><w:footnoteRef/></w:r>", *runs)}</w:footnote>'


def test_notes_and_text_boxes_stand_once_below_what_they_hang_on() -> None:
    notes = note(0, r("separator")) + note(1, r("Its weight.")) + note(2, r("Its rope."), reference(1))
    xml = (
        p(r("It was cast."), reference(1), box("In a box"), r(" Then hung."))
        + item(r("one") + reference(2))
        + item(r("two"))
        + p(r("Last."), reference(1), reference(9))
    )
    assert body_of(xml, notes=notes) == [
        "It was cast. Then hung.",
        "In a box",
        "Its weight.",
        "one\ntwo",
        "Its rope.",
        "Last.",
    ]
    assert body_of(table(c("a") + f"<w:tc>{p(r('b'), reference(2))}</w:tc>"), notes=notes) == [
        "a\tb",
        "Its rope.",
        "Its weight.",
    ]


def test_a_heading_is_told_by_its_outline_level_whatever_its_style_is_called() -> None:
    document = Document()
    mine = document.styles.add_style("Mine", WD_STYLE_TYPE.PARAGRAPH)
    mine.base_style = document.styles["Heading 2"]
    document.add_paragraph("Based on another", style="Mine")
    document.add_paragraph("A clause. " * 30, style="Heading 2")
    document.add_paragraph("Set by hand")._p.get_or_add_pPr().append(
        parse_xml(f'<w:outlineLvl xmlns:w="{WORD}" w:val="7"/>')
    )
    document.add_paragraph("Body.")
    assert blocks_of(load_docx(bytes_of(document))) == [
        ("heading", 3, "Based on another"),
        ("body", 0, ("A clause. " * 30).strip()),
        ("heading", 6, "Set by hand"),
        ("body", 0, "Body."),
    ]


def test_styles_based_on_each_other_in_a_circle_end() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    data = changed(
        with_body(p(r("Text."), properties='<w:pStyle w:val="A"/>')),
        {"word/styles.xml": f"<w:styles {NAMES}>{styles}</w:styles>"},
    )
    assert blocks_of(load_docx(data)) == [("body", 0, "Text.")]


@pytest.mark.parametrize(
    ("property_title", "title"),
    [
        ("The Bells", "The Bells"),
        ("", "Ropes"),
        ("Microsoft Word - bells.doc", "Ropes"),
        ("Document1", "Ropes"),
        ("bells final.docx", "Ropes"),
    ],
)
def test_the_title_is_the_property_if_it_says_something_else_the_first_heading(property_title: str, title: str) -> None:
    document = Document()
    document.core_properties.title = property_title
    document.add_heading("Ropes", 1)
    document.add_paragraph("They are of hemp.")
    assert load_docx(bytes_of(document)).title == title


def test_headers_of_first_and_other_pages_are_furniture_once_each() -> None:
    document = Document()
    for number in range(3):
        section = document.sections[0] if number == 0 else document.add_section()
        section.different_first_page_header_footer = True
        section.header.is_linked_to_previous = section.first_page_header.is_linked_to_previous = False
        section.header.paragraphs[0].text = "Records"
        section.first_page_header.paragraphs[0].text = f"Book {number}"
        document.add_paragraph(f"Text {number}.")
    furniture = [text for role, _, text in blocks_of(load_docx(bytes_of(document))) if role == "furniture"]
    assert furniture == ["Records", "Book 0", "Book 1", "Book 2"]


words = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters="\t\n\u00ad"), max_size=40)
made = st.lists(
    st.tuples(st.sampled_from(["Normal", "List Bullet", "Heading 1", "Title", "Caption", "toc", "table"]), words),
    max_size=12,
)


@given(made)
def test_all_of_any_document_is_in_passages_in_order(parts: list[tuple[str, str]]) -> None:
    document = Document()
    for style, text in parts:
        if style == "table":
            row = document.add_table(2, 2).rows[1]
            row.cells[0].text = row.cells[1].text = text
        else:
            document.add_paragraph(text, style=None if style == "toc" else style)
    extraction = load_docx(bytes_of(document))
    check_passages(extraction)
    written = "".join(text * (1 + (style == "table")) for style, text in parts)
    assert re.sub(r"\s", "", extraction.text) == re.sub(r"\s", "", written)


def test_comments_are_left_out() -> None:
    document = Document()
    paragraph = document.add_paragraph("It was cast in 1687.")
    document.add_comment(paragraph.runs, text="Really?", author="Ann", initials="A")
    assert load_docx(bytes_of(document)).text == "It was cast in 1687."
