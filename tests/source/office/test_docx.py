"""Word documents: what a reader sees is the text, in order and in its role; damage costs a sentence, no more."""

from __future__ import annotations

import io
import random
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.parser import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction
from source.errors import DocumentError, LoadError
from source.load import load_document
from source.office.docx import load_docx
from source.split import split_passages
from tests.checks import check_passages

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{WORD}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def bytes_of(document: WordDocument) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def with_body(body: str, *, notes: str = "") -> bytes:
    """A document with `body` as its XML, and a part of footnotes if there are `notes`."""
    return changed(
        bytes_of(Document()),
        {
            "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
            "word/footnotes.xml": f"<w:footnotes {NAMES}>{notes}</w:footnotes>",
        },
        {
            "[Content_Types].xml": (
                "</Types>",
                '<Override PartName="/word/footnotes.xml" ContentType="application/xml"/></Types>',
            ),
            "word/_rels/document.xml.rels": (
                "</Relationships>",
                f'<Relationship Id="rId99" Type="{RELATIONS}/footnotes" Target="footnotes.xml"/></Relationships>',
            ),
        },
    )


def changed(data: bytes, members: dict[str, str], replacements: dict[str, tuple[str, str]] | None = None) -> bytes:
    """The archive with some members added or in the place of others, and some text in others replaced."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                before, after = (replacements or {}).get(name, ("", ""))
                new.writestr(
                    name, old.read(name).replace(before.encode(), after.encode()) if before else old.read(name)
                )
        for name, content in members.items():
            new.writestr(name, content)
    return written.getvalue()


def blocks_of(extraction: Extraction) -> list[tuple[str, int, str]]:
    return [(block.role, block.level, block.span.of(extraction.text)) for block in extraction.blocks]


def body_of(xml: str, *, notes: str = "") -> list[str]:
    """The texts of the blocks of a document with this body, all of them body blocks."""
    blocks = blocks_of(load_docx(with_body(xml, notes=notes)))
    assert {role for role, _, _ in blocks} <= {"body"}
    return [text for _, _, text in blocks]


def folded_of(extraction: Extraction) -> list[str]:
    return [sentence.folded for passage in check_passages(extraction) for sentence in passage.sentences]


def reason_of(data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        load_docx(data)
    return caught.value.reason


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str) -> str:
    return p(text, properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')


def table(*rows: str, look: str = "0000") -> str:
    grid = f'<w:tblPr><w:tblLook w:val="{look}"/></w:tblPr><w:tblGrid/>'
    return f"<w:tbl>{grid}{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def c(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(r(text))}</w:tc>"


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


def test_a_table_is_read_by_rows_with_the_headers_and_a_merged_cell_once() -> None:
    document = Document()
    cells = [["Who", "Weight", ""], ["Ann", "1", "2"], ["", "3", "4"], ["Ben", "5", ""]]
    made = document.add_table(4, 3)
    for row, texts in zip(made.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    made.cell(0, 1).merge(made.cell(0, 2))
    made.cell(1, 0).merge(made.cell(2, 0))
    extraction = load_docx(bytes_of(document))
    assert extraction.text == "Who\tWeight\nAnn\t1\t2\n3\t4\nBen\t5\t"
    assert [one.folded for one in extraction.blocks[0].sentences] == [
        "Who; Weight; Weight",
        "Who: Ann; Weight: 1; Weight: 2",
        "Who: Ann; Weight: 3; Weight: 4",
        "Who: Ben; Weight: 5",
    ]


@pytest.mark.parametrize(
    ("xml", "folded"),
    [
        (table(c("Day") + c("Who"), c("Mon") + c("Ann")), ["Day; Who", "Mon; Ann"]),
        (table(c("Day") + c("Who"), c("Mon") + c("Ann"), look="0420"), ["Day; Who", "Day: Mon; Who: Ann"]),
        (table(c("1") + c("2"), c("3") + c("4"), look="0420"), ["1; 2", "3; 4"]),
        (
            table("<w:trPr><w:tblHeader/></w:trPr>" + c("1") + c("2"), c("3") + c("4")),
            ["1; 2", "1: 3; 2: 4"],
        ),
        (
            table(c("A") + c("B"), '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + c("x"), c("y") + c("z"), look="0020"),
            ["A; B", "B: x", "A: y; B: z"],
        ),
        (table("<w:trPr><w:del/></w:trPr>" + c("gone") + c("too"), c("a") + c("b")), ["a; b"]),
        (table(c("") + c(" ")) + p(r("Text.")), ["Text."]),
        (table(f"<w:sdt><w:sdtPr/><w:sdtContent>{c('a')}</w:sdtContent></w:sdt>" + c("b")), ["a; b"]),
        (table(c("a", '<w:gridSpan w:val="x"/>') + c("b", '<w:gridSpan w:val="99999999999"/>')), ["a; b"]),
    ],
)
def test_rows_by_hand(xml: str, folded: list[str]) -> None:
    assert folded_of(load_docx(with_body(xml))) == folded


def test_a_table_for_layout_is_read_as_the_text_in_it() -> None:
    long = "A sentence of prose in a cell. " * 20
    inner = table(c("a") + c("b"))
    assert body_of(table(c("Menu") + c(long))) == ["Menu", long.strip()]
    deleted = "<w:trPr><w:del/></w:trPr>" + c("gone")
    assert body_of(table(c("kept"), deleted)) == ["kept"]
    assert body_of(table(f"{c('x')}<w:tc>{inner}<w:p/></w:tc>")) == ["x", "a\tb"]
    assert body_of(table(f"<w:tc>{item(r('one'))}{item(r('two'))}{p(r('three'))}</w:tc>")) == ["one\ntwo", "three"]


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


def sample_paths(shared: Path) -> list[Path]:
    files = shared / "data" / "files"
    return sorted([*(files / "docling" / "docx").glob("*.docx"), *(files / "python-docx").rglob("*.docx")])


def test_real_documents_are_read_whole(shared: Path) -> None:
    paths = sample_paths(shared)
    assert len(paths) > 70
    for path in paths:
        extraction = load_docx(path.read_bytes())
        check_passages(extraction)
        try:
            assert load_document(path).text == extraction.text
        except DocumentError as error:
            assert error.reason == "there is no text in it"  # noqa: PT017 - either outcome is right
            assert extraction.text == ""


@pytest.mark.parametrize(
    ("name", "role", "text"),
    [
        ("Strict.docx", "body", "Some text"),
        ("word_sample.docx", "body", "Wear sunglasses\nDon’t forget to drink water\nUse sun cream"),
        ("word_sample.docx", "furniture", "Figure 1: This is a cute duckling"),
        ("word_sample.docx", "heading", "Let’s swim!"),
        ("unit_test_formatting.docx", "furniture", "Another header in bold"),
        ("docx_page_header_footer_first_page.docx", "furniture", "FIRST PAGE FOOTER (page 1 only)"),
        ("textbox.docx", "body", "Whether the test results are positive for a legally designated infectious disease."),
        ("tablecell.docx", "body", "Tab1\tTab2\tTab3\nA\tB\tC\nD\tE\tF"),
        ("docx_lists.docx", "body", "List item a\nList item b\nList item c"),
        ("unit_test_headers_numbered.docx", "heading", "Section 1.2.3"),
    ],
)
def test_what_real_documents_say(shared: Path, name: str, role: str, text: str) -> None:
    blocks = blocks_of(load_docx((shared / "data" / "files" / "docling" / "docx" / name).read_bytes()))
    assert (role, text) in [(role, text) for role, _, text in blocks]


def test_a_row_of_a_real_table_is_read_with_its_headers(shared: Path) -> None:
    extraction = load_docx((shared / "data" / "files" / "docling" / "docx" / "word_sample.docx").read_bytes())
    assert "Leaves; Food: Ash, Elm, Maple; Calories per portion: 50" in folded_of(extraction)


def test_comments_are_left_out() -> None:
    document = Document()
    paragraph = document.add_paragraph("It was cast in 1687.")
    document.add_comment(paragraph.runs, text="Really?", author="Ann", initials="A")
    assert load_docx(bytes_of(document)).text == "It was cast in 1687."


def a_bell() -> WordDocument:
    document = Document()
    document.add_heading("Bells", 0)
    document.add_paragraph("It was cast in 1687.")
    document.add_table(2, 2).rows[1].cells[0].text = "640 kg"
    return document


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"It was cast in 1687.",
        b"PK\x03\x04",
        changed(bytes_of(Document()), {"word/document.xml": "<w:document"}),
        changed(bytes_of(Document()), {"word/document.xml": f"<w:document {NAMES}/>"}),
        changed(bytes_of(Document()), {"word/document.xml": "<html/>"}),
        changed(bytes_of(Document()), {"_rels/.rels": "<Relationships/>"}),
        changed(bytes_of(Document()), {"[Content_Types].xml": "<Types/>"}),
        with_body("<w:p>" * 300 + "</w:p>" * 300),
    ],
)
def test_what_is_no_whole_document_is_refused(data: bytes) -> None:
    assert reason_of(data) == "it is not a whole .docx file"


def test_a_picture_that_word_lost_costs_nothing() -> None:
    dead = f'<Relationship Id="rId98" Type="{RELATIONS}/image" Target="../NULL"/></Relationships>'
    data = changed(bytes_of(a_bell()), {}, {"word/_rels/document.xml.rels": ("</Relationships>", dead)})
    assert "It was cast in 1687." in load_docx(data).text


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY x SYSTEM "file://{path}">', '<!ENTITY % x SYSTEM "file://{path}"> %x;', '<!ENTITY x "secret">'],
)
@pytest.mark.parametrize("member", ["word/document.xml", "word/styles.xml", "word/footnotes.xml"])
def test_no_entity_is_resolved(tmp_path: Path, declaration: str, member: str) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("<w:t>secret</w:t>", encoding="utf-8")
    root = {"word/document.xml": "document", "word/styles.xml": "styles", "word/footnotes.xml": "footnotes"}[member]
    body = f"<w:body>{p(r('&x;' * ('%' not in declaration)))}</w:body>"
    xml = f"<!DOCTYPE w:{root} [{declaration.format(path=path)}]><w:{root} {NAMES}>{body}</w:{root}>"
    assert reason_of(changed(with_body(p(r("Text."))), {member: xml})) == "it is not a whole .docx file"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = changed(bytes_of(a_bell()), {"word/document.xml": " " * 160_000_000})
    assert len(bomb) < 1_000_000
    assert re.fullmatch(r"it unpacks to 16\d MB of XML, more than the limit of 150 MB", reason_of(bomb))


def test_damage_is_refused_or_harmless() -> None:
    """Nothing but `LoadError` is raised, and what is read is read whole."""
    data = bytes_of(a_bell())
    chance = random.Random(3)
    mutants = [data[: len(data) * share // 20] for share in range(20)]
    for _ in range(60):
        flipped = bytearray(data)
        for _ in range(chance.choice([1, 1, 4, 40])):
            flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        mutants.append(bytes(flipped))
    reasons = set()
    for mutant in mutants:
        try:
            check_passages(load_docx(mutant))
        except LoadError as error:
            reasons.add(error.reason)
    assert "it is not a whole .docx file" in reasons


def test_damaged_xml_is_refused_or_harmless() -> None:
    """The damage is inside the members, so that no checksum finds it."""
    data = bytes_of(a_bell())
    chance = random.Random(4)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {
            name: archive.read(name).decode("latin-1") for name in archive.namelist() if name.endswith(("xml", "rels"))
        }
    reasons = set()
    for _ in range(60):
        name = chance.choice(sorted(members))
        xml = members[name]
        start = chance.randrange(len(xml))
        mutant = chance.choice(
            [xml[:start] + xml[start + 9 :], xml[:start], xml[:start] + chance.choice("<>&0x") + xml[start + 1 :]]
        )
        try:
            check_passages(load_docx(changed(data, {name: mutant})))
        except LoadError as error:
            reasons.add(error.reason)
    assert reasons == {"it is not a whole .docx file"}
