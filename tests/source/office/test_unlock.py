"""Locked office files: the password gives the very file that was locked, and nothing else gives anything."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from docx import Document
from msoffcrypto.format.ooxml import OOXMLFile

from source.errors import LoadError
from source.office.docx import load_docx
from source.office.files import OLE_MARK
from source.office.unlock import unlock_office


def document(text: str) -> bytes:
    written = io.BytesIO()
    made = Document()
    made.add_paragraph(text)
    made.save(written)
    return written.getvalue()


def locked(data: bytes, password: str) -> bytes:
    written = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, written)
    return written.getvalue()


@pytest.fixture(scope="module")
def locked_bell() -> bytes:
    return locked(document("It was cast in 1687."), "trell")


def reason_of(data: bytes, password: str) -> str:
    with pytest.raises(LoadError) as caught:
        unlock_office(data, password)
    return caught.value.reason


@pytest.mark.parametrize("password", ["trell", "pässwörd 漢", "x" * 100])
def test_the_password_gives_the_file_that_was_locked(password: str) -> None:
    data = document("It was cast in 1687.")
    unlocked = unlock_office(locked(data, password), password)
    assert unlocked == data
    assert load_docx(unlocked).text == "It was cast in 1687."


def test_what_is_not_locked_is_given_back() -> None:
    data = document("It was cast in 1687.")
    assert unlock_office(data, "") is data
    assert unlock_office(data, "trell") is data
    assert unlock_office(b"", "") == b""


def test_a_locked_file_needs_its_password(locked_bell: bytes) -> None:
    with pytest.raises(LoadError) as caught:
        unlock_office(locked_bell, "")
    assert (caught.value.reason, caught.value.remedy) == (
        "it is locked with a password",
        "Give it with --password, or save it without one, and add it again.",
    )
    assert reason_of(locked_bell, "Trell") == "the password is wrong"


@pytest.mark.parametrize(
    ("stream", "reason", "remedy"),
    [
        ("WordDocument", "it is an old Word file (.doc)", "Save it as .docx and add it again."),
        ("Workbook", "it is an old Excel file (.xls)", "Save it as .xlsx and add it again."),
        ("PowerPoint Document", "it is an old PowerPoint file (.ppt)", "Save it as .pptx and add it again."),
        ("Something", "it is not a whole Office file", "Get it again, or save it anew."),
    ],
)
def test_an_old_file_is_named(locked_bell: bytes, stream: str, reason: str, remedy: str) -> None:
    """The directory of a locked file with one name in it changed."""
    old, new = "EncryptionInfo".encode("utf-16-le"), stream.encode("utf-16-le")
    entry = locked_bell.index(old)
    data = bytearray(locked_bell)
    data[entry : entry + 64] = new.ljust(64, b"\0")
    data[entry + 64 : entry + 66] = (len(new) + 2).to_bytes(2, "little")
    inside = data.index("EncryptedPackage".encode("utf-16-le"))
    data[inside : inside + 2] = b"X\0"
    with pytest.raises(LoadError) as caught:
        unlock_office(bytes(data), "trell")
    assert (caught.value.reason, caught.value.remedy) == (reason, remedy)


def test_what_rights_management_locks_is_named(locked_bell: bytes) -> None:
    data = locked_bell.replace("EncryptionInfo".encode("utf-16-le"), "XncryptionInfo".encode("utf-16-le"))
    assert reason_of(data, "trell") == "it is locked by rights management"


@pytest.mark.parametrize("name", ["docling/email/msg_simple.msg", "docling/email/msg_with_attachment.msg"])
def test_a_real_message_of_outlook_is_named(shared: Path, name: str) -> None:
    data = (shared / "data" / "files" / name).read_bytes()
    assert reason_of(data, "") == "it is an Outlook message (.msg)"


def test_damage_costs_a_sentence_and_nothing_else(locked_bell: bytes) -> None:
    generator = random.Random(0)
    reasons = set()
    for _ in range(40):
        damaged = bytearray(locked_bell[: generator.choice([len(locked_bell), generator.randrange(len(locked_bell))])])
        for _ in range(generator.randrange(1, 40)):
            damaged[generator.randrange(8, max(9, min(len(damaged), 3000))) % (len(damaged) or 1)] ^= 1
        try:
            unlock_office(bytes(damaged), "trell")
        except LoadError as error:
            reasons.add(error.reason)
    assert reasons <= {
        "it is not a whole Office file",
        "it is locked by rights management",
        "it is locked in a way that cannot be opened here",
        "it is locked with a password",
        "the password is wrong",
    }
    assert "it is not a whole Office file" in reasons


@pytest.mark.parametrize("data", [OLE_MARK, OLE_MARK + bytes(5000), OLE_MARK + b"\xff" * 5000])
def test_rubbish_behind_the_mark_is_refused(data: bytes) -> None:
    assert reason_of(data, "trell") == "it is not a whole Office file"
