"""Files become documents whole, or not at all. What a user sees of bad files is in tests/test_bad_files.py."""

from __future__ import annotations

import hashlib
import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Document
from source.errors import DocumentError
from source.load import FORMATS, KINDS, absolute, load_document, read_bytes, suffix_of
from source.load_options import LoadOptions
from tests.strategies import texts

TEXT_SUFFIXES = {suffix: one.name for suffix, one in FORMATS.items() if one.name in {"text", "markdown", "html"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@given(st.sampled_from(sorted(TEXT_SUFFIXES)), texts)
def test_a_document_is_what_its_file_says(folder: Path, suffix: str, text: str) -> None:
    """Its digest, size and place are those of the file; for plain text and Markdown its text is the file's own."""
    path = folder / f"bells{suffix}"
    data = b"\xef\xbb\xbf" + text.encode("utf-8")
    path.write_bytes(data)
    try:
        document = load_document(path)
    except DocumentError as error:
        assert error.reason == "there is no text in it"  # noqa: PT017 - either outcome is right
        return
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert (document.name, document.path, document.size_bytes) == (path.name, str(path), len(data))
    assert document.format == TEXT_SUFFIXES[suffix]
    if document.format != "html":
        assert document.text.encode(document.encoding) == data


def document_of(path: Path, data: bytes) -> Document:
    path.write_bytes(data)
    return load_document(path)


def test_a_document_by_hand(tmp_path: Path) -> None:
    document = document_of(tmp_path / "The Bells.TXT", "Läuten ist schön.\r\n".encode("cp1252"))
    assert (document.title, document.encoding, document.text) == ("The Bells", "cp1252", "Läuten ist schön.\r\n")
    [passage] = document.passages
    assert passage.span.of(document.text) == "Läuten ist schön."


@pytest.mark.parametrize(
    ("name", "data", "title"),
    [
        ("a.txt", b"The Bells\n\nThey ring when the tide turns.", "The Bells"),
        ("b.txt", b"They ring when the tide turns.", "b"),
        ("c.md", b"They ring.\n\n# The *Bells* #\n\nThey ring.", "The Bells"),
        ("d.md", b"---\ntitle: The Bells\n---\n# Ropes\n\nThey ring.", "The Bells"),
        ("e.html", b"<title>The&nbsp;Bells</title><h1>Ropes</h1>They ring.", "The Bells"),
        ("f.htm", b"They ring.", "f"),
    ],
)
def test_the_title_is_the_document_s_own_or_the_file_s_name(tmp_path: Path, name: str, data: bytes, title: str) -> None:
    assert document_of(tmp_path / name, data).title == title


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"", "it is empty. Add it again when there is text in it."),
        ("a.txt", b" \r\n\x0b\xe2\x80\xa8\n", "there is no text in it. Add it again when there is text in it."),
        ("a.html", b"<hr><hr>", "there is no text in it. Add it again when there is text in it."),
        (
            "a.iso",
            b"CD001",
            f"files of the kind .iso are not known. Convert it to one of {KINDS} and add it again.",
        ),
        (
            "README",
            b"x",
            f"files of the kind (no suffix) are not known. Convert it to one of {KINDS} and add it again.",
        ),
        ("a.md", b"x" * 11, "it has 0.0 MB, more than the limit of 0 MB. Split it, or raise the limit with --max-mb."),
    ],
)
def test_what_cannot_become_a_document_says_why(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        load_document(path, LoadOptions(max_bytes=10))
    assert str(caught.value) == f"Cannot read {path}: {said}"


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bells.txt"
    path.write_bytes(b"0123456789")
    assert read_bytes(path, 10) == b"0123456789"


def test_what_is_no_file_says_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    reasons = {}
    for name in ("pipe.txt", "folder.txt", "missing.txt"):
        with pytest.raises(DocumentError) as caught:
            load_document(tmp_path / name)
        reasons[name] = caught.value.reason
    assert reasons == {
        "pipe.txt": "it is not a file but a pipe or device",
        "folder.txt": "it is a folder",
        "missing.txt": "there is no such file",
    }


def test_a_path_is_kept_as_the_user_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    monkeypatch.chdir(tmp_path)
    assert absolute(Path("link/../link/./bells.txt")) == tmp_path / "link" / "bells.txt"


@pytest.mark.parametrize(
    ("name", "data", "suffix"),
    [
        ("a.txt", b"%PDF-1.7\n", ".pdf"),
        ("a.PDF", b"%PDF-1.7\n", ".pdf"),
        ("a", b"junk before\n%PDF-1.4\n", ".pdf"),
        ("a.pdf", b"\xef\xbb\xbf\n<!-- saved -->\n<!DOCTYPE html>\n<p>Not found", ".html"),
        ("a.htm", b"<html>", ".htm"),
        ("a.md", b"<html>\n\n# A page in Markdown", ".md"),
        ("a.docx", b"<html><body>", ".html"),
        ("a.txt", b"Plain words about %PDF", ".txt"),
        ("a.docx", b"PK\x03\x04 not whole", ".docx"),
        ("a.iso", b"CD001", ".iso"),
    ],
)
def test_what_a_file_is_decides_over_what_it_is_called(name: str, data: bytes, suffix: str) -> None:
    assert suffix_of(Path(name), data) == suffix


@pytest.mark.parametrize(("member", "suffix"), [("word/document.xml", ".docx"), ("xl/workbook.xml", ".xlsx")])
def test_office_files_are_told_by_what_is_in_them(member: str, suffix: str) -> None:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(member, "<x/>")
    assert suffix_of(Path("a.txt"), data.getvalue()) == suffix
    assert suffix_of(Path("a.xlsm"), data.getvalue()) == (".xlsm" if suffix == ".xlsx" else suffix)


@pytest.mark.parametrize(("kind", "suffix"), [(b"application/epub+zip\n", ".epub"), (b"text/plain", ".txt")])
def test_books_are_told_by_the_type_that_they_give(kind: bytes, suffix: str) -> None:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", kind)
    assert suffix_of(Path("a.txt"), data.getvalue()) == suffix
