"""Word documents that are hostile or damaged: a sentence says so, or nothing of what is left is lost."""

from __future__ import annotations

import io
import random
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document

from source.errors import LoadError
from source.office.docx import load_docx
from tests.archives import changed, replaced
from tests.checks import check_passages
from tests.docxs import NAMES, RELATIONS, a_bell, bytes_of, p, r, reason_of, with_body


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
    data = replaced(bytes_of(a_bell()), "word/_rels/document.xml.rels", "</Relationships>", dead)
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
