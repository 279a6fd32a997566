"""OpenDocument texts: what a reader sees is the text, in order and in its role; damage costs a sentence, no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction
from source.errors import LoadError
from source.load import load_document
from source.office.odf import load_odp, load_ods, load_odt
from source.split import split_passages
from tests.archives import broken_archives, broken_members, changed, replaced
from tests.checks import check_passages
from tests.odfs import cell, content, flat, frame, h, note, p, packed, row, table, ul

HIDDEN = (
    '<style:style style:family="text" style:name="T1"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:family="paragraph" style:name="P1" style:parent-style-name="Title"/>'
    '<style:style style:family="paragraph" style:name="P2" style:parent-style-name="Table_20_Heading"/>'
    '<style:style style:family="paragraph" style:name="A" style:parent-style-name="B"/>'
    '<style:style style:family="paragraph" style:name="B" style:parent-style-name="A"/>'
)


def blocks_of(extraction: Extraction) -> list[tuple[str, int, str]]:
    return [(block.role, block.level, block.span.of(extraction.text)) for block in extraction.blocks]


def texts_of(body: str) -> list[str]:
    """The blocks of a text, which says the same packed and flat."""
    extraction = load_odt(packed("text", body, HIDDEN))
    assert load_odt(flat("text", body, HIDDEN)) == extraction
    check_passages(extraction)
    return [block.span.of(extraction.text) for block in extraction.blocks]


def folded_of(extraction: Extraction) -> list[str]:
    return [sentence.folded for passage in check_passages(extraction) for sentence in passage.sentences]


def reason_of(data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        load_odt(data)
    return caught.value.reason


PAGES = (
    f"<style:master-page><style:header>{p('Port Ellery Records')}</style:header>"
    f"<style:header-left>{p('Port Ellery Records')}</style:header-left>"
    f'<style:header-first style:display="false">{p("Never shown")}</style:header-first>'
    f"<style:footer>{p('Page <text:page-number>1</text:page-number>')}</style:footer></style:master-page>"
)
BELLS = packed(
    "text",
    p("Bells of Port Ellery", "P1")
    + h("Casting")
    + p("It was cast in 1687." + note("By Jonas Trell.") + "<text:line-break/>Nobody<text:tab/>knows why.")
    + p("")
    + ul(p("Big: its rope is long. It weighs 640\u00a0kg."), p("Small") + ul(p("Smaller")))
    + p("Figure 1: the bell", "Illustration")
    + h("Ropes", 2)
    + p("They are of hemp.")
    + table(row("Bell", "Cast"), row("No. 2", "1687")),
    HIDDEN,
    pages=PAGES,
    title="The  Bells",
)


def test_a_text_by_hand() -> None:
    extraction = load_odt(BELLS)
    assert blocks_of(extraction) == [
        ("furniture", 0, "Port Ellery Records"),
        ("heading", 1, "Bells of Port Ellery"),
        ("heading", 2, "Casting"),
        ("body", 0, "It was cast in 1687.\nNobody\tknows why."),
        ("body", 0, "By Jonas Trell."),
        ("body", 0, "Big: its rope is long. It weighs 640\u00a0kg.\nSmall\nSmaller"),
        ("furniture", 0, "Figure 1: the bell"),
        ("heading", 3, "Ropes"),
        ("body", 0, "They are of hemp."),
        ("body", 0, "Bell\tCast\nNo. 2\t1687"),
        ("furniture", 0, "Page 1"),
    ]
    assert (extraction.title, extraction.encoding, extraction.parts) == ("The Bells", "", ())
    passage = next(one for one in split_passages(extraction) if "hemp" in one.span.of(extraction.text))
    assert passage.headings == ("Bells of Port Ellery", "Casting", "Ropes")
    assert "Smaller" in folded_of(extraction)


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (p("a<text:s/>b<text:s text:c='2'/>c<text:s text:c='x'/>d"), ["a b  c d"]),
        (p("\n  one\n  <text:span> two</text:span>  three\n"), ["one two three"]),
        (p("a") + p("<text:soft-page-break/>b"), ["a", "b"]),
        (p("One.<text:line-break/><text:line-break/>Two."), ["One.", "Two."]),
        (p("kept <text:span text:style-name='T1'>hidden</text:span>too"), ["kept too"]),
        (p("a<office:annotation><text:p>Really?</text:p></office:annotation>b"), ["ab"]),
        (p("<text:a xlink:href='http://x.y'>link</text:a><text:bookmark text:name='b'/>s"), ["links"]),
        (
            p("<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>kan</text:ruby-text></text:ruby>字"),
            ["漢(kan)字"],
        ),
        (f"<text:tracked-changes><text:deletion>{p('gone')}</text:deletion></text:tracked-changes>{p('a')}", ["a"]),
        (f"<text:section text:display='none'>{p('gone')}</text:section>{p('kept')}", ["kept"]),
        (f"<text:section>{p('in a section')}</text:section>", ["in a section"]),
        (p("Circle.", "A"), ["Circle."]),
        (ul(p("one"), p(""), p("two")) + p("three") + ul(p("four")), ["one\ntwo", "three", "four"]),
        (ul(p("one")) + ul(p("two")) + p("three"), ["one\ntwo", "three"]),
        (p("<text:page-number>&lt;number&gt;</text:page-number>") + p("Text."), ["Text."]),
        (ul(p("long " * 100), p("short")), [("long " * 100).strip(), "short"]),
        (ul(h("Numbered heading")) + p("Text."), ["Numbered heading", "Text."]),
        (
            "<text:list><text:list-item><text:number>1.</text:number>" + p("one") + "</text:list-item></text:list>",
            ["one"],
        ),
    ],
)
def test_what_a_reader_sees_by_hand(body: str, texts: list[str]) -> None:
    assert texts_of(body) == texts


def test_notes_and_boxes_stand_below_what_they_hang_on() -> None:
    box = f"<draw:frame><draw:text-box>{p('In a box.')}</draw:text-box><svg:desc>A box</svg:desc></draw:frame>"
    body = (
        p(f"It was cast.{note('Its weight.')}{box} Then hung.")
        + ul(p("one" + note("Its rope.", "endnote")), p("two"))
        + p("Last.")
        + table(row(cell("a"), cell(p("b" + note("In a cell.")))))
        + frame(p("On the page."))
    )
    assert texts_of(body) == [
        "It was cast. Then hung.",
        "Its weight.",
        "In a box.",
        "A box",
        "one\ntwo",
        "Its rope.",
        "Last.",
        "a\tb",
        "In a cell.",
        "On the page.",
    ]


def test_headings_titles_and_contents_are_told_by_their_styles() -> None:
    contents = f"<text:table-of-content><text:index-body>{p('Casting 1')}</text:index-body></text:table-of-content>"
    body = (
        contents
        + p("Casting . . . 1", "Contents_20_1")
        + p("Bells", "Title")
        + p("of bronze", "Subtitle")
        + h("Deep", 9)
        + h("A clause. " * 30)
        + f"<text:h>Without a level</text:h>{p('Body.')}"
    )
    assert blocks_of(load_odt(packed("text", body))) == [
        ("furniture", 0, "Casting 1"),
        ("furniture", 0, "Casting . . . 1"),
        ("heading", 1, "Bells"),
        ("heading", 2, "of bronze"),
        ("heading", 6, "Deep"),
        ("body", 0, ("A clause. " * 30).strip()),
        ("heading", 2, "Without a level"),
        ("body", 0, "Body."),
    ]


@pytest.mark.parametrize(
    ("xml", "folded"),
    [
        (table(row("Day", "Who"), row("Mon", "Ann")), ["Day; Who", "Mon; Ann"]),
        (table(row("Mon", "Ann"), header=row("Day", "Who")), ["Day; Who", "Day: Mon; Who: Ann"]),
        (table(row(cell(p("Day", "P2")), cell(p("Who", "P2"))), row("Mon", "Ann")), ["Day; Who", "Day: Mon; Who: Ann"]),
        (
            table(
                row(cell("Ann", rows_spanned=2), "1", "2"),
                row("<table:covered-table-cell/>", "3", "4"),
                header=row("Who", cell("Weight", columns_spanned=2), "<table:covered-table-cell/>"),
            ),
            ["Who; Weight; Weight", "Who: Ann; Weight: 1; Weight: 2", "Who: Ann; Weight: 3; Weight: 4"],
        ),
        (table(row(cell("x", columns_repeated=2), "y"), row("", "")), ["x; x; y"]),
        (table(row(cell("a", columns_spanned=10**12), "b")), ["a; b"]),
    ],
)
def test_rows_by_hand(xml: str, folded: list[str]) -> None:
    assert folded_of(load_odt(packed("text", xml, HIDDEN))) == folded


def test_a_table_for_layout_is_read_as_the_text_in_it() -> None:
    long = "A sentence of prose in a cell. " * 20
    assert texts_of(table(row("Menu", long))) == ["Menu", long.strip()]
    inner = cell(table(row("a", "b")))
    assert texts_of(table(row("x", inner))) == ["x", "a\tb"]
    assert texts_of(table(row("one"), row("two"))) == ["one", "two"]


MATH = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow>'
    "<annotation>E=m</annotation></semantics></math>"
)


def test_a_formula_stands_in_its_paragraph_and_a_chart_below_as_a_table() -> None:
    figures = table(row("Spring", "4.3"), header=row("", "Bells"))
    chart = content("text", "").replace(
        "<office:text></office:text>",
        f"<office:chart><chart:chart><chart:title>{p('Sold')}</chart:title>{figures}</chart:chart></office:chart>",
    )
    places = "".join(
        f'<draw:frame><draw:object xlink:href="./{name}"/></draw:frame>' for name in ("Math", "Chart", "../../secret")
    )
    data = changed(packed("text", p(f"As {places} says.")), {"Math/content.xml": MATH, "Chart/content.xml": chart})
    extraction = load_odt(data)
    assert [text for _, _, text in blocks_of(extraction)] == ["As E=m says.", "Sold", "Bells\nSpring\t4.3"]
    assert "Spring; Bells: 4.3" in folded_of(extraction)
    held = f"<draw:frame><draw:object>{MATH}</draw:object></draw:frame>"
    assert load_odt(flat("text", p(f"As {held} says."))).text == "As E=m says."


words = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters="\t\n\u00ad"), max_size=40)
makers: dict[str, Callable[[str], str]] = {
    "paragraph": p,
    "heading": h,
    "title": lambda text: p(text, "Title"),
    "caption": lambda text: p(text, "Caption"),
    "list": lambda text: ul(p(text), p(text)),
    "nested": lambda text: ul(p(text) + ul(p(text))),
    "note": lambda text: p(text + note(text)),
    "table": lambda text: table(row(text, text)),
    "box": lambda text: p(frame(p(text)) + text),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(makers)), words), max_size=12))
def test_all_of_any_text_is_in_passages(parts: list[tuple[str, str]]) -> None:
    extraction = load_odt(packed("text", "".join(makers[kind](escape(text)) for kind, text in parts)))
    check_passages(extraction)
    single = {"paragraph", "heading", "title", "caption"}
    written = "".join(text * (1 if kind in single else 2) for kind, text in parts)
    assert re.sub(r"\s", "", extraction.text) == re.sub(r"\s", "", written)


def test_real_texts_are_read_whole(shared: Path) -> None:
    paths = sorted((shared / "data" / "files" / "docling" / "odf").glob("*.odt"))
    assert len(paths) == 3
    for path in paths:
        extraction = load_odt(path.read_bytes())
        check_passages(extraction)
        assert load_document(path).text == extraction.text


@pytest.mark.parametrize(
    ("name", "role", "text"),
    [
        ("text_document_01.odt", "heading", "Heading level 2: A"),
        ("text_document_01.odt", "body", "numbered list 1\nnumbered list 2"),
        ("text_document_02.odt", "body", "Column 1\tColumn 2\tColumn 3\nRow 1\t9.1\t3.2\t4.54"),
        ("text_document_03.odt", "furniture", "Owner avatar"),
        ("text_document_03.odt", "body", "A\tB\tC\nCell 1\tCell 2\tCell 3"),
    ],
)
def test_what_real_texts_say(shared: Path, name: str, role: str, text: str) -> None:
    blocks = blocks_of(load_odt((shared / "data" / "files" / "docling" / "odf" / name).read_bytes()))
    assert any(found == role and whole.startswith(text) for found, _, whole in blocks)


def test_what_a_file_holds_is_told_by_itself() -> None:
    assert load_odp(BELLS) == load_ods(BELLS) == load_odt(BELLS)
    drawing = changed(BELLS, {"content.xml": content("text", "").replace("office:text", "office:drawing")})
    assert reason_of(drawing) == "it holds no text, slides or sheets"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"It was cast in 1687.",
        b"PK\x03\x04",
        b"<office:document",
        b"<html><body><p>It was cast in 1687.</p></body></html>",
        b"<?xml version='1.0' encoding='nonsense'?><x/>",
        changed(BELLS, {"content.xml": "<office:document-content"}),
        changed(BELLS, {"content.xml": content("text", "").replace("office:body", "office:bodies")}),
        changed(BELLS, {"styles.xml": "no XML"}),
    ],
)
def test_what_is_no_whole_text_is_refused(data: bytes) -> None:
    assert reason_of(data) == "it is not a whole .odt file"


@pytest.mark.parametrize("member", ["content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"])
@pytest.mark.parametrize(
    "entity", ['x SYSTEM "file:///etc/passwd"', '% y SYSTEM "file:///etc/passwd"> %y; <!ENTITY x ""', 'x "secret"']
)
def test_no_entity_is_resolved(member: str, entity: str) -> None:
    data = changed(BELLS, {member: f"<!DOCTYPE x [<!ENTITY {entity}>]><x>&x;</x>"})
    assert reason_of(data) == "it is not a whole .odt file"


def test_deep_nesting_is_read() -> None:
    depth = 20_000
    spans = "<text:span>" * depth + "deep" + "</text:span>" * depth
    assert texts_of("<text:section>" * depth + p(spans) + "</text:section>" * depth) == ["deep"]
    items = "<text:list><text:list-item>" * depth + p("deep") + "</text:list-item></text:list>" * depth
    assert texts_of(items) == ["deep"]


def test_bombs_are_refused_or_bounded() -> None:
    bomb = changed(BELLS, {"content.xml": " " * 160_000_000})
    assert len(bomb) < 1_000_000
    assert re.fullmatch(r"it unpacks to 160 MB of XML, more than the limit of 150 MB", reason_of(bomb))
    spaces = load_odt(packed("text", p("a<text:s text:c='2000000000'/>b")))
    assert re.sub(" +", " ", spaces.text) == "a b"
    assert len(spaces.text) < 2000


def test_damage_is_refused_or_harmless() -> None:
    """Nothing but `LoadError` is raised, and what is read is read whole."""
    reasons = set()
    for mutant in [*broken_archives(BELLS, 3), *broken_members(BELLS, 4)]:
        try:
            check_passages(load_odt(mutant))
        except LoadError as error:
            reasons.add(error.reason)
    assert "it is not a whole .odt file" in reasons


def test_an_object_that_refers_to_itself_is_read_once() -> None:
    held = '<draw:frame><draw:object xlink:href="./Self"/></draw:frame>'
    data = changed(packed("text", held + held), {"Self/content.xml": content("text", p("Sold") + held + held)})
    assert load_odt(data).text == "Sold"


def test_a_dead_reference_costs_nothing() -> None:
    held = '<draw:frame><draw:object xlink:href="./Object 9"/><draw:image xlink:href="x.png"/></draw:frame>'
    assert load_odt(replaced(BELLS, "content.xml", "They are of", f"{held}They are of")).text == load_odt(BELLS).text
