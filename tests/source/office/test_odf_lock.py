"""Locked OpenDocument files: the password gives what was locked, and nothing else gives anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from source.document import Extraction
from source.errors import LoadError
from source.load import load_document
from source.load_options import LoadOptions
from source.office.odf import load_odp, load_ods, load_odt
from tests.archives import broken_members, changed, unzipped
from tests.odfs import Kind, cell, frame, p, packed, row, table
from tests.source.office.odf_locker import SHA1, SHA256, locked_odf

REAL = Path(__file__).with_name("locked_by_libreoffice.odt")
BELL = packed("text", p("It was cast in 1687."), title="Bells")


def error_of(data: bytes, password: str) -> LoadError:
    with pytest.raises(LoadError) as caught:
        load_odt(data, password)
    return caught.value


def test_a_file_that_libreoffice_locked_opens_with_its_password() -> None:
    document = load_document(REAL, LoadOptions(password="trell"))
    assert document.text == "It was cast in 1687 by Jonas Trell."


@pytest.mark.parametrize("names", [SHA256, SHA1])
@pytest.mark.parametrize("password", ["trell", "pässwörd 漢", "x" * 100])
@pytest.mark.parametrize(
    ("load", "kind", "body"),
    [
        (load_odt, "text", p("It was cast in 1687.")),
        (load_odp, "presentation", f"<draw:page>{frame(p('It was cast in 1687.'))}</draw:page>"),
        (load_ods, "spreadsheet", table(row(cell("Bell"), cell("Year")), row(cell("Great"), cell("1687")))),
    ],
)
def test_the_password_gives_what_was_locked(
    names: tuple[str, str, str], password: str, load: Callable[..., Extraction], kind: Kind, body: str
) -> None:
    data = packed(kind, body, title="Bells")
    assert load(locked_odf(data, password, names), password) == load(data)


@pytest.mark.parametrize("data", [locked_odf(BELL, "trell"), REAL.read_bytes()])
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "it is locked with a password"),
        ("Trell", "the password is wrong"),
        ("trell ", "the password is wrong"),
    ],
)
def test_a_locked_file_needs_its_password(data: bytes, password: str, reason: str) -> None:
    assert error_of(data, password).reason == reason
    assert "--password" in error_of(data, "").remedy


@pytest.mark.parametrize(
    "data",
    [
        locked_odf(BELL, "trell", algorithm="Blowfish CFB"),
        locked_odf(BELL, "trell", iterations=2_000_001),
        changed(
            BELL,
            {
                "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                '<m:file-entry m:full-path="encrypted-package"><m:encryption-data/></m:file-entry></m:manifest>'
            },
        ),
    ],
    ids=["of 2005", "a million rounds", "around the whole"],
)
def test_a_lock_of_another_kind_is_named_and_not_tried(data: bytes) -> None:
    error = error_of(data, "trell")
    assert error.reason == "it is locked in a way that cannot be opened here"
    assert error.remedy == "Save it without a password and add it again."


def test_damage_behind_a_lock_is_refused_or_harmless() -> None:
    """Nothing but `LoadError` is raised."""
    whole = locked_odf(BELL, "trell", iterations=1)
    cut = [changed(whole, {"content.xml": unzipped(whole)["content.xml"][:length]}) for length in range(0, 400, 7)]
    reasons = set()
    for mutant in [*cut, *broken_members(whole, 5)]:
        try:
            assert load_odt(mutant, "trell").text in {"It was cast in 1687.", ""}
        except LoadError as error:
            reasons.add(error.reason)
    assert "the password is wrong" in reasons
