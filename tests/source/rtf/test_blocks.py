r"""RTF: what a reader sees is the text, in order and in its role; hostile files cost a sentence, no more."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction
from source.errors import LoadError
from source.office.docx import load_docx
from source.rtf.blocks import load_rtf
from source.split import split_passages
from tests.checks import check_passages

FONTS = (
    rb"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\fswiss\fcharset204{\*\panose 0}Arial;}"
    rb"{\f2\ftech\fcharset2 Symbol;}{\f3\fmodern\fcharset128 MS Mincho;}{\f4\fnil\fcharset238 Calibri;}}"
)
STYLES = (
    rb"{\stylesheet{\ql\snext0 Normal;}{\s1\outlinelevel0\sbasedon0 heading 1;}{\s2\outlinelevel1 heading 2;}"
    rb"{\s3\sbasedon2 Mine;}{\*\cs10 \additive Default;}{\s5 caption;}{\s6 Title;}{\s7 toc 1;}{\s8 List Bullet;}"
    rb"{\s9 heading 3;}}"
)


def rtf(body: bytes, head: bytes = FONTS + STYLES) -> bytes:
    return rb"{\rtf1\ansi\ansicpg1252\deff0" + head + b"\r\n" + body + b"}"


def blocks_of(extraction: Extraction) -> list[tuple[str, int, str]]:
    return [(block.role, block.level, block.span.of(extraction.text)) for block in extraction.blocks]


def body_of(body: bytes) -> list[str]:
    """The texts of the blocks of a document with this body, all of them body blocks."""
    blocks = blocks_of(load_rtf(rtf(body)))
    assert {role for role, _, _ in blocks} <= {"body"}
    return [text for _, _, text in blocks]


def folded_of(body: bytes) -> list[str]:
    passages = check_passages(load_rtf(rtf(body)))
    return [sentence.folded for passage in passages for sentence in passage.sentences]


def reason_of(data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        load_rtf(data)
    return caught.value.reason


def test_a_document_by_hand() -> None:
    extraction = load_rtf(
        rtf(
            rb"""{\info{\title The  Bells}{\author Nobody}{\*\company None}}
{\header\pard Port Ellery Records\par}{\headerf\pard Port Ellery Records\par}
{\footer\pard Page {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}
\pard\s6 Bells of Port Ellery\par
\pard\s1 Casting\par
\pard\plain It was cast in 1687.\line Nobody\tab knows why.\par
\par
\pard\ls1{\listtext\'b7\tab}Big: its rope is long. It weighs 640\~kg.\par
{\listtext\'b7\tab}Small\par
\pard\s5 Figure 1: the bell\par
\pard\s3 Ropes\par
\pard\plain They are of hemp.\par
"""
        )
    )
    assert blocks_of(extraction) == [
        ("furniture", 0, "Port Ellery Records"),
        ("heading", 1, "Bells of Port Ellery"),
        ("heading", 2, "Casting"),
        ("body", 0, "It was cast in 1687.\nNobody\tknows why."),
        ("body", 0, "Big: its rope is long. It weighs 640\u00a0kg.\nSmall"),
        ("furniture", 0, "Figure 1: the bell"),
        ("heading", 3, "Ropes"),
        ("body", 0, "They are of hemp."),
        ("furniture", 0, "Page 1"),
    ]
    assert (extraction.title, extraction.encoding, extraction.parts) == ("The Bells", "", ())
    passage = next(one for one in split_passages(extraction) if "hemp" in one.span.of(extraction.text))
    assert passage.headings == ("Bells of Port Ellery", "Casting", "Ropes")
    check_passages(extraction)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"caf\'e9 \'93so\'94 \'80", "café “so” €"),
        (rb"{\f1 \'cf\'f0\'e8\'e2\'e5\'f2} \'e9", "Привет é"),
        (rb"{\f4 \'b3\'f3d\'9f}", "łódź"),
        (rb"{\f3 \'93\'fa\'96\'7b\'8c\'ea}", "日本語"),
        (rb"{\f3 \'83A\'83C}", "アイ"),
        (rb"{\f2 abc\'b3}", "αβχ≥"),
        (rb"{\f2 \u-4000?}", "\uf060"),
        (rb"{\f2 \u-3999?}", "α"),
        (rb"\u1046?\u1077?x", "Жеx"),
        (rb"\u1046\'3f\u1077\'3f x", "Же x"),
        (rb"\uc0\u1046\u1077 x", "Жеx"),
        (rb"\uc2\u1046\'3f\'3f\u1077??x", "Жеx"),
        (rb"{\uc2\u1046 ab}\u1077 ab", "Жеb"),
        (rb"\uc1\u1046{\b x}", "Жx"),
        (rb"\u1046\emdash x", "Жx"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"a\u-10179?b", "ab"),
        (rb"a\u0?b\'00c", "abc"),
        (rb"\{a\}\\b\_c\-d\~e", "{a}\\b\u2011c\u00add\u00a0e"),
        (rb"\lquote a\rquote  \ldblquote b\rdblquote\endash\emdash\bullet", "‘a’ “b”–—•"),
        (rb"\par a{\v hidden {\b too}}b{\deleted gone}{\revised new}\v no\v0 c\v no\plain d", "abnewcd"),
        (rb'{\field{\*\fldinst HYPERLINK "http://x.org"}{\fldrslt {\ul link}}}', "link"),
        (rb"a{\pict\pngblip 89504e47}{\*\shppict{\pict\bin5 }}}}}}}b", "ab"),
        (rb"a{\object{\*\objdata 0105}{\result shown}}b", "ashownb"),
        (rb"a{\*\bkmkstart x}{\*\bkmkend x}{\*\annotation no{\b no}}{\xe\v index}b", "ab"),
        (rb"{\*\unknown no {\b no}}a{\unknown yes}", "ayes"),
        (rb"{\upr{gone}{\*\ud{\u1046?}}}", "Ж"),
        (rb"{\mmath{\*\moMathPara{\*\moMath{\mr x=1}}}{\mmathPict no}}", "x=1"),
    ],
)
def test_characters_by_hand(body: bytes, text: str) -> None:
    assert load_rtf(rtf(body)).text == text


def test_paragraphs_end_where_the_file_says() -> None:
    assert body_of(b"wo\r\nrd\tx\\\ny\\sect z\\page {\\b w}") == ["word\tx", "y", "z", "w"]
    assert body_of(rb"{\pard a\par}{\pard b}\par c") == ["a", "b", "c"]
    assert body_of(rb"One.\line\line Two.\par") == ["One.", "Two."]


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1251 ", rb"\'cf\'f0", "Пр"),
        (rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset1 A;}}\f0 ", rb"\'cf\'f0", "Пр"),
        (rb"{\rtf1\ansi\ansicpg1251{\fonttbl\f0\fcharset0 A;\f1\fcharset204 B;}\f0 ", rb"\'e9{\f1 \'e9}", "éй"),
        (rb"{\rtf1\ansi\ansicpg65001 ", "Größe".encode(), "Größe"),
        (rb"{\rtf1\ansi\ansicpg932 ", rb"\'93\'fa", "日"),
        (rb"{\rtf1\mac ", rb"\'8e", "é"),
        (rb"{\rtf1\pc ", rb"\'82", "é"),
        (rb"{\rtf1\ansi\ansicpg99999 ", rb"\'e9", "é"),
        (rb"{\rtf1\ansi{\fonttbl{\f0\fcharset204\cpg1253 A;}}\f0 ", rb"\'e1", "α"),
        (rb"{\rtf1\ansi\deff3{\fonttbl{\f3\fcharset161 A;}}", rb"\'e1", "α"),
        (rb"{\rtf1\ansi\ansicpg65001 ", rb"\'e9t\'e9", "été"),
        (rb"{\rtf1\ansi ", rb"a\'81b", "a\x81b"),
    ],
)
def test_bytes_are_in_the_code_page_of_their_font_or_document(head: bytes, body: bytes, text: str) -> None:
    assert load_rtf(head + body + b"}").text == text


def row(*cells: bytes, properties: bytes = b"", shapes: bytes = rb"\cellx1000\cellx2000\cellx3000") -> bytes:
    return rb"\trowd" + properties + shapes + rb"\pard\intbl " + rb"\cell ".join(cells) + rb"\cell\row "


@pytest.mark.parametrize(
    ("body", "folded"),
    [
        (row(b"Who", b"Day", properties=rb"\trhdr") + row(b"Ann", b"Mon"), ["Who; Day", "Who: Ann; Day: Mon"]),
        (row(b"Who", b"Day") + row(b"Ann", b"1"), ["Who; Day", "Who: Ann; Day: 1"]),
        (row(b"1", b"2") + row(b"3", b"4"), ["1; 2", "3; 4"]),
        (row(b"1", b"2", properties=rb"\trhdr") + row(b"3", b"4"), ["1; 2", "1: 3; 2: 4"]),
        (row(b"A 1", b"B", properties=rb"\tbllkhdrrows") + row(b"x", b"y"), ["A 1; B", "A 1: x; B: y"]),
        (row(b"A", b"B", b"C") + row(b"x", b"", b"z"), ["A; B; C", "A: x; C: z"]),
        (row(b"A", b"B") + row(rb"1\par 2", rb"{\b 3}"), ["A; B", "A: 1 2; B: 3"]),
        (
            row(b"Who", b"Weight", b"") + row(b"Ann", b"1 to 2", shapes=rb"\cellx1000\cellx3000"),
            ["Who; Weight", "Ann; 1 to 2; 1 to 2"],
        ),
        (
            row(b"Who", b"Kilos", properties=rb"\trhdr", shapes=rb"\cellx1000\cellx3000")
            + row(b"Ann", b"1", b"2")
            + row(b"", b"3", b"4", shapes=rb"\clvmrg\cellx1000\cellx2000\cellx3000"),
            ["Who; Kilos; Kilos", "Who: Ann; Kilos: 1; Kilos: 2", "Who: Ann; Kilos: 3; Kilos: 4"],
        ),
        (
            row(b"A", b"B", b"", shapes=rb"\cellx1000\clmgf\cellx2000\clmrg\cellx3000", properties=rb"\trhdr")
            + row(b"x", b"y", b"z"),
            ["A; B; B", "A: x; B: y; B: z"],
        ),
        (row(b"A", b"B", shapes=b"") + row(b"x", b"y", shapes=rb"\cellx500"), ["A; B", "A: x; B: y"]),
    ],
)
def test_a_row_is_read_with_its_headers(body: bytes, folded: list[str]) -> None:
    assert folded_of(body) == folded


def test_tables_for_layout_and_tables_in_tables_are_read_as_text() -> None:
    long = b"A sentence of prose in a cell. " * 20
    assert body_of(row(b"Menu", long)) == ["Menu", long.decode().strip()]
    assert body_of(row(b"one") + row(b"two")) == ["one", "two"]
    nested = (
        rb"\trowd\cellx1000\cellx2000\pard\intbl x\par\pard\intbl\itap2 a\nestcell b\nestcell"
        rb"{\*\nesttableprops\trowd\cellx10\nestrow}{\nonesttables\par no}\pard\intbl\cell y\cell\row"
    )
    assert body_of(nested) == ["x", "a\tb", "y"]
    assert body_of(row(b"a", b"b") + rb"\pard After.\par" + row(b"c", b"d")) == ["a\tb", "After.", "c\td"]


def test_notes_and_text_boxes_stand_below_what_they_hang_on() -> None:
    note = rb"{\super\chftn{\footnote\pard\plain\s1{\super\chftn} %s}}"
    box = rb"{\shp{\*\shpinst{\sp{\sn fLine}{\sv 0}}{\shptxt \pard In a box\par}}{\shprslt{\pict 00}no}}"
    body = (
        rb"It was cast." + note.replace(b"%s", b"Its weight.").replace(rb"\s1", b"") + box + rb" Then hung.\par "
        rb"\pard\ls1 one" + note.replace(b"%s", b"Its rope.").replace(rb"\s1", b"") + rb"\par two\par\pard Last.\par"
    )
    assert body_of(body) == ["It was cast. Then hung.", "Its weight.", "In a box", "one\ntwo", "Its rope.", "Last."]
    in_cell = row(b"a", b"b{\\footnote Why.}") + row(b"c", b"d") + rb"\pard End.\par"
    assert body_of(in_cell) == ["a\tb\nc\td", "Why.", "End."]


def test_lists_end_with_other_text_and_long_items_are_paragraphs() -> None:
    long = b"long " * 100
    body = (
        rb"{\pntext 1.\tab}{\*\pn\pnlvlbody{\pntxta .}}one\par{\pntext 2.\tab}two\par three\par\pard\s8 four\par"
        rb"\pard\ls1 " + long + rb"\par short\par\ls0 not\par"
    )
    assert body_of(body) == ["one\ntwo", "three", "four", long.decode().strip(), "short", "not"]


def test_a_heading_is_told_by_its_outline_level_or_the_name_of_its_style() -> None:
    clause = b"A clause. " * 30
    body = (
        rb"\pard\s9 By name\par\pard\outlinelevel7 By hand\par\pard\s1\outlinelevel9 No more\par\pard\s1 "
        + clause
        + rb"\par\pard\s7 Casting 7\par"
    )
    assert blocks_of(load_rtf(rtf(body))) == [
        ("heading", 4, "By name"),
        ("heading", 6, "By hand"),
        ("body", 0, "No more"),
        ("body", 0, clause.decode().strip()),
        ("furniture", 0, "Casting 7"),
    ]


def test_styles_based_on_each_other_in_a_circle_end() -> None:
    styles = rb"{\stylesheet{\s1\sbasedon2 A;}{\s2\sbasedon1 B;}}"
    assert blocks_of(load_rtf(rtf(rb"\pard\s1 Text.\par", styles))) == [("body", 0, "Text.")]


@pytest.mark.parametrize(
    ("info", "title"),
    [
        (rb"{\info{\title The Bells}}", "The Bells"),
        (rb"{\info{\upr{\title B}{\*\ud{\title \u1046?B}}}{\subject no}}", "ЖB"),
        (rb"{\info{\title Microsoft Word - bells.rtf}}", "Ropes"),
        (b"", "Ropes"),
    ],
)
def test_the_title_is_the_property_if_it_says_something_else_the_first_heading(info: bytes, title: str) -> None:
    assert load_rtf(rtf(info + rb"\pard\s1 Ropes\par Text.\par")).title == title


words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\t\n\u00ad"), max_size=40)


def escaped(text: str, uc: int) -> bytes:
    """`text` as a careful program writes it."""
    pieces = [rb"\uc%d " % uc]
    for character in text:
        if character in "\\{}":
            pieces.append(b"\\" + character.encode())
        elif character in "\n\t":
            pieces.append({"\n": rb"\line ", "\t": rb"\tab "}[character])
        elif character.isascii():
            pieces.append(character.encode())
        else:
            units = character.encode("utf-16-le")
            for start in range(0, len(units), 2):
                number = int.from_bytes(units[start : start + 2], "little", signed=True)
                pieces.append(rb"\u%d " % number + rb"\'3f" * uc)
    return b"".join(pieces)


kinds = st.sampled_from([b"", rb"\s1 ", rb"\ls1 ", rb"\s5 ", b"cell", b"note"])


@given(st.lists(st.tuples(kinds, words), max_size=12), st.integers(0, 3))
def test_all_of_any_document_is_in_passages_in_order(parts: list[tuple[bytes, str]], uc: int) -> None:
    body = [rb"\pard Begin.\par"]
    for kind, text in parts:
        if kind == b"cell":
            body.append(row(escaped(text, uc), escaped(text, uc)))
        elif kind == b"note":
            body.append(rb"\pard x{\footnote\pard " + escaped(text, uc) + rb"}\par ")
        else:
            body.append(rb"\pard" + kind + b"{" + escaped(text, uc) + rb"}\par ")
    extraction = load_rtf(rtf(b"".join(body)))
    check_passages(extraction)
    expected = "Begin." + "".join(text * (1 + (kind == b"cell")) for kind, text in parts)
    found = re.sub(r"\s", "", extraction.text)
    assert sorted(found.replace("x", "")) == sorted(re.sub(r"\s", "", expected).replace("x", ""))
    if all(kind != b"note" for kind, _ in parts):
        assert found == re.sub(r"\s", "", expected)


def test_the_empty_file_has_no_text() -> None:
    assert load_rtf(b"").blocks == ()
    assert load_rtf(rtf(b"")).blocks == ()
    assert load_rtf(rtf(b"Text.") + b"\r\n\0 after the end").text == "Text."
    assert load_rtf(b"\xef\xbb\xbf" + rtf(b"Text.")).text == "Text."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Plain text.", "it is not an RTF file"),
        (b"\0" * 100, "it is not an RTF file"),
        (rtf(b"Text.")[:-1], "it is not a whole .rtf file"),
        (rtf(b"Text.")[:60], "it is not a whole .rtf file"),
        (rb"{\rtf1 a\bin999999999 b}", "it is not a whole .rtf file"),
        (rb"{\rtf1 " + b"{" * 1_000_000, "its groups lie more than 1,000 deep in each other"),
        (rb"{\rtf1 " + rb"{\footnote " * 100_000, "its groups lie more than 1,000 deep in each other"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    assert reason_of(data) == reason


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"a\bin-5 b", "ab"),
        (rb"\u99999999?a", "\ue0ffa"),
        (rb"\f99999\s99999\cell a", "a"),
        (rb"\uc999999999 a", "a"),
        (b"a" * 1_000_000, "a" * 1_000_000),
        (rb"a\'zzb", "azzb"),
        (rb"\cell" * 10_000 + rb"\row a", "a"),
        (rb"{\footnote " * 900 + b"deep" + b"}" * 900, "deep"),
    ],
)
def test_odd_numbers_and_huge_pieces_do_no_harm(body: bytes, text: str) -> None:
    extraction = load_rtf(rtf(body))
    check_passages(extraction)
    assert extraction.text.strip() == text


def test_damage_costs_a_sentence_and_nothing_else() -> None:
    whole = rtf(
        row(b"A", b"B") + row(b"x", rb"y{\footnote Note.}") + rb"\pard\s1 Head\par Caf\'e9 \u1046?\par\ls1 it\par"
    )
    generator = random.Random(0)
    outcomes = set()
    for _ in range(1000):
        damaged = bytearray(whole[: generator.choice([len(whole), generator.randrange(1, len(whole))])])
        for _ in range(generator.randrange(1, 6)):
            damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
        try:
            extraction = load_rtf(bytes(damaged))
            check_coverage_of(extraction)
            outcomes.add("read")
        except LoadError as error:
            outcomes.add(error.reason)
    assert outcomes == {"read", "it is not a whole .rtf file", "it is not an RTF file"}


def check_coverage_of(extraction: Extraction) -> None:
    if any(block.role == "body" for block in extraction.blocks):
        check_passages(extraction)


def converted(program: list[str], source: Path, made: Path) -> bytes:
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    subprocess.run([*program, str(source)], check=True, capture_output=True, timeout=120)
    return made.read_bytes()


@pytest.fixture(scope="module")
def written_by_word(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document with something of everything, as .docx."""
    document = Document()
    document.core_properties.title = "The Bells of Port Ellery"
    document.sections[0].header.paragraphs[0].text = "Port Ellery Records"
    document.add_heading("Casting", 1)
    document.add_paragraph("It was cast in 1687. “Naïve” café — Привет, 日本語 😀 {braces} \\ back.")
    document.add_paragraph("Big: its rope is long.", style="List Bullet")
    document.add_paragraph("Small", style="List Bullet")
    table = document.add_table(3, 3)
    for row, texts in zip(table.rows, [["Who", "Kilos", ""], ["Ann", "1", "2"], ["Ben", "3", "4"]], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    document.add_heading("Ropes", 2)
    document.add_paragraph("They are of hemp.")
    path = tmp_path_factory.mktemp("word") / "bells.docx"
    document.save(str(path))
    return path


def test_what_libreoffice_makes_of_a_word_document_says_the_same(written_by_word: Path, tmp_path: Path) -> None:
    office = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command = [*office, "--convert-to", "rtf:Rich Text Format", "--outdir", str(tmp_path)]
    extraction = load_rtf(converted(command, written_by_word, tmp_path / "bells.rtf"))
    original = load_docx(written_by_word.read_bytes())
    check_passages(extraction)
    assert blocks_of(extraction) == blocks_of(original)
    assert extraction.title == original.title == "The Bells of Port Ellery"


def test_what_pandoc_makes_of_a_word_document_says_the_same(written_by_word: Path, tmp_path: Path) -> None:
    """Pandoc leaves out the header, and writes bullets as text."""
    made = tmp_path / "bells.rtf"
    extraction = load_rtf(converted(["pandoc", "-s", "-o", str(made)], written_by_word, made))
    check_passages(extraction)
    blocks = blocks_of(extraction)
    assert ("heading", 2, "Casting") in blocks
    assert ("body", 0, "•\tBig: its rope is long.\n•\tSmall") in blocks
    told = {text.replace("\t", " ") for _, _, text in blocks}
    assert {"It was cast in 1687. “Naïve” café — Привет, 日本語 😀 {braces} \\ back.", "They are of hemp."} <= told
    folded = [one.folded for passage in split_passages(extraction) for one in passage.sentences]
    assert "Ann" in " ".join(folded)
