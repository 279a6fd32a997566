"""EPUB: chapters in reading order, each a part with a name; hostile archives cost a sentence and nothing else."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from source.epub import load_epub
from source.errors import LoadError
from tests.checks import check_passages

CONTAINER = '<container xmlns="urn:c"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>The Bells  of Port Ellery</dc:title></metadata><manifest>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="b" href="text/the%20second.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/first.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="bell.png" media-type="image/png"/></manifest>
<spine><itemref idref="n"/><itemref idref="c"/><itemref idref="a"/><itemref idref="b"/><itemref idref="a"/></spine>
</package>"""
CHAPTERS = {
    "OEBPS/nav.xhtml": "<html><body><nav><ol><li>First</li></ol></nav></body></html>",
    "OEBPS/cover.xhtml": '<html><body><img src="bell.png" alt=""/></body></html>',
    "OEBPS/text/first.xhtml": (
        "<html><body><h1>The first</h1><p>It was cast in 1687. Nobody knows why.</p></body></html>"
    ),
    "OEBPS/text/the second.xhtml": "<html><body><h1>The second</h1><p>It weighs 640&#160;kg.</p></body></html>",
}


def make_epub(changes: dict[str, str] | None = None) -> bytes:
    """A small book of two chapters, with some members changed or added."""
    written = io.BytesIO()
    members = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": PACKAGE, **CHAPTERS, **(changes or {})}
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def test_chapters_come_in_reading_order_and_each_once() -> None:
    extraction = load_epub(make_epub())
    assert extraction.text.split("\n\n") == [
        "The first",
        "It was cast in 1687. Nobody knows why.",
        "The second",
        "It weighs 640\u00a0kg.",
    ]
    assert [(part.kind, part.number, part.name, part.state) for part in extraction.parts] == [
        ("chapter", 1, "", "no text"),
        ("chapter", 2, "The first", "text"),
        ("chapter", 3, "The second", "text"),
    ]
    assert extraction.parts[2].span.of(extraction.text) == "The second\n\nIt weighs 640\u00a0kg."
    assert extraction.title == "The Bells of Port Ellery"
    check_passages(extraction)


def test_books_of_others_lose_nothing(shared: Path) -> None:
    paths = sorted((shared / "data" / "files").rglob("*.epub"))
    assert len(paths) >= 13
    for path in paths:
        extraction = load_epub(path.read_bytes())
        check_passages(extraction)
        spans = [part.span for part in extraction.parts]
        assert spans == sorted(spans)
        assert "\n".join(span.of(extraction.text) for span in spans).split() == extraction.text.split()


@pytest.mark.parametrize(
    ("file", "chapter", "words"),
    [
        ("wasteland.epub", 1, "April is the cruellest month, breeding"),
        ("childrens-literature.epub", 2, "FAIRY STORIES"),
        ("kusamakura-japanese-vertical-writing.epub", 2, "山路を登りながら"),
    ],
)
def test_known_words_stand_in_their_chapter(shared: Path, file: str, chapter: int, words: str) -> None:
    (path,) = (shared / "data" / "files").rglob(file)
    extraction = load_epub(path.read_bytes())
    holding = [part.number for part in extraction.parts if words in part.span.of(extraction.text)]
    assert chapter in holding


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"META-INF/container.xml": "<container/>"}, "it is not a whole .epub file"),
        ({"META-INF/container.xml": "no XML"}, "it is not a whole .epub file"),
        (
            {"OEBPS/book.opf": '<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>&e;</p>'},
            "it is not a whole .epub file",
        ),
        (
            {
                "META-INF/encryption.xml": '<encryption><EncryptedData><CipherData><CipherReference URI="'
                'OEBPS/text/first.xhtml"/></CipherData></EncryptedData></encryption>'
            },
            "it is locked by its seller (DRM)",
        ),
    ],
)
def test_a_book_that_cannot_be_read_says_why(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(LoadError) as error:
        load_epub(make_epub(changes))
    assert str(error.value) == reason


def test_a_book_whose_fonts_are_locked_is_read() -> None:
    fonts = '<encryption><CipherReference URI="OEBPS/fonts/serif.otf"/></encryption>'
    assert load_epub(make_epub({"META-INF/encryption.xml": fonts})).text == load_epub(make_epub()).text


def test_a_chapter_outside_the_archive_is_not_looked_for() -> None:
    package = PACKAGE.replace("text/first.xhtml", "../../../../../etc/passwd")
    extraction = load_epub(make_epub({"OEBPS/book.opf": package}))
    assert [part.state for part in extraction.parts] == ["no text", "no text", "text"]


def test_what_unpacks_to_too_much_is_not_unpacked() -> None:
    bomb = bytearray(make_epub())
    central = bomb.rfind(b"PK\x01\x02")
    bomb[central + 24 : central + 28] = (4_000_000_000).to_bytes(4, "little")
    with pytest.raises(LoadError) as error:
        load_epub(bytes(bomb))
    assert str(error.value) == "it unpacks to 4,000 MB, more than the limit of 500 MB"


def test_a_book_of_too_many_pages_is_not_taken_in() -> None:
    with pytest.raises(LoadError) as error:
        load_epub(make_epub({"OEBPS/text/first.xhtml": " " * 101_000_000}))
    assert str(error.value) == "its pages unpack to 101 MB, more than the limit of 100 MB"
    assert error.value.remedy == "Add its text in smaller files."


def test_damage_costs_a_sentence_and_nothing_else() -> None:
    whole = make_epub()
    generator = random.Random(0)
    outcomes = set()
    for _ in range(300):
        damaged = bytearray(whole[: generator.choice([len(whole), generator.randrange(len(whole))])])
        for _ in range(generator.randrange(1, 4)):
            damaged[generator.randrange(len(damaged) or 1)] ^= 1 << generator.randrange(8)
        try:
            check_passages(load_epub(bytes(damaged)))
            outcomes.add("read")
        except LoadError as error:
            outcomes.add(str(error))
    assert "read" in outcomes
    assert "it is not a whole .epub file" in outcomes
