"""The library's copies of web pages: whole, decodable without their server, and gone with their document."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest import Stored, add_paths
from index.library import Library
from qa.web_pages import copies_of_other_kinds, discard_page, keep_page, page_name, page_stem, put_back
from source.errors import DocumentError
from source.load import load_document
from source.web.fetch import FetchedPage, fetch_page
from tests.fakes import WordEmbedder
from tests.privileges import open_folder, ordinary_user
from tests.web_server import WebServer, serve

URL = "https://example.org/bells"
ARTICLE = b"<!doctype html><title>Bells</title><p>The bell of Port Ellery was cast in 1687.</p>"
RUSSIAN = "Колокол на набережной отлит в 1687 году и весит 640 килограммов."


def fetched(data: bytes, url: str = URL, suffix: str = ".html", charset: str = "") -> FetchedPage:
    return FetchedPage(url, url, data, suffix, "2026-11-24T09:00:00+00:00", charset)


def html(text: str, charset: str, meta: str = "") -> bytes:
    return f"<!doctype html>{meta}<p>{text}</p>".encode(charset)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with serve() as running:
        yield running


def test_a_copy_is_named_after_its_host_and_address(tmp_path: Path) -> None:
    kept = keep_page(tmp_path / "library", fetched(ARTICLE))
    assert kept.path == tmp_path / "library" / "pages" / f"example.org-{sha256(URL.encode()).hexdigest()[:16]}.html"
    assert kept.path.read_bytes() == ARTICLE
    assert kept.older is None
    assert list(kept.path.parent.iterdir()) == [kept.path]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://xn--bcher-kva.example:8080/", "xn--bcher-kva.example"),
        ("http://[::ffff:7f00:1]/", "--ffff-7f00-1"),
        ("http://../", ""),
        (f"http://{'a' * 253}/", "a" * 200),
        ("http://a_b.example/../../etc", "a-b.example"),
    ],
)
def test_a_name_is_a_file_s_whatever_the_address(url: str, host: str) -> None:
    assert page_stem(url) == f"{host}-{sha256(url.encode()).hexdigest()[:16]}"


def test_the_same_page_again_takes_the_place_of_the_older_copy_and_can_be_put_back(tmp_path: Path) -> None:
    first = keep_page(tmp_path, fetched(ARTICLE))
    other = keep_page(tmp_path, fetched(b"Other.", URL + "?page=2"))
    second = keep_page(tmp_path, fetched(b"<p>Newer."))
    assert (second.path, second.older, second.path.read_bytes()) == (first.path, ARTICLE, b"<p>Newer.")
    put_back(second)
    assert first.path.read_bytes() == ARTICLE
    put_back(first)
    assert list(first.path.parent.iterdir()) == [other.path]


def test_a_copy_of_another_kind_is_found(tmp_path: Path) -> None:
    first = keep_page(tmp_path, fetched(b"%PDF-1.7", suffix=".pdf"))
    keep_page(tmp_path, fetched(ARTICLE, URL + "/other"))
    second = keep_page(tmp_path, fetched(ARTICLE))
    assert copies_of_other_kinds(second) == [first.path]
    assert copies_of_other_kinds(first) == [second.path]


def test_only_the_library_s_own_copies_are_discarded(tmp_path: Path) -> None:
    kept = keep_page(tmp_path / "library", fetched(ARTICLE))
    strangers = [tmp_path / "mine.html", tmp_path / "pages" / "mine.html", kept.path.parent / "deep" / "mine.html"]
    for path in strangers:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(ARTICLE)
    for path in [kept.path, *strangers]:
        discard_page(tmp_path / "library", path)
    assert [path.exists() for path in [kept.path, *strangers]] == [False, True, True, True]
    discard_page(tmp_path / "library", kept.path)


def test_a_folder_that_cannot_be_written_is_told_and_leaves_nothing() -> None:
    with open_folder() as folder, ordinary_user(), pytest.raises(DocumentError) as caught:
        keep_page(folder, fetched(ARTICLE))
    assert str(caught.value) == (
        f"Cannot keep {URL}: permission denied. Check the disk and the library's folder, then add it again."
    )


# Only the server says how to decode it


@pytest.mark.parametrize("charset", ["windows-1251", "KOI8-R", "iso-8859-5", "x-mac-cyrillic"])
@pytest.mark.parametrize("suffix", [".html", ".txt"])
def test_text_in_a_charset_that_only_the_server_tells_is_read_rightly(
    tmp_path: Path, charset: str, suffix: str
) -> None:
    words = RUSSIAN[:9]  # too few for their encoding to be told from the bytes
    data = words.encode(charset.lower().removeprefix("x-"))
    kept = keep_page(tmp_path, fetched(data, suffix=suffix, charset=charset.lower()))
    assert kept.path.read_bytes() == codecs.BOM_UTF8 + words.encode()
    assert load_document(kept.path).text == words


def test_what_looks_like_ascii_may_be_japanese(tmp_path: Path) -> None:
    data = html("山路を登りながら", "iso2022_jp")
    assert data.isascii()
    kept = keep_page(tmp_path, fetched(data, charset="iso-2022-jp"))
    assert load_document(kept.path).text == "山路を登りながら"


LETTERS = {
    "windows-1250": "ěščřžýáíéůťďň",
    "windows-1251": "абвгдежзийклмн",
    "windows-1253": "αβγδεζηθικλμν",
    "windows-1255": "אבגדהוזחטיכל",
    "iso-8859-1": "äöüßéèñç",
    "koi8-u": "абвгдеєіїґ",
    "shift_jis": "山路を登りながらカ",
    "gb2312": "钟楼上的古钟",
    "euc-kr": "부두의종은오래",
}


@given(st.data())
def test_the_words_of_a_page_are_the_same_in_every_charset(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    charset = data.draw(st.sampled_from(sorted(LETTERS)))
    words = data.draw(st.text(LETTERS[charset] + "abc", min_size=1))
    sent = html(words, charset)
    says_more_itself = not sent.isascii() and _is_utf8(sent)
    kept = keep_page(tmp_path_factory.mktemp("library"), fetched(sent, charset=charset))
    assert says_more_itself or load_document(kept.path).text == words


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("data", "suffix", "charset"),
    [
        (html("Glöckchen", "utf-8"), ".html", "utf-8"),
        (html("Glöckchen", "utf-8"), ".html", "iso-8859-1"),
        (html("Bell", "ascii"), ".html", "windows-1251"),
        (html(RUSSIAN, "koi8-r"), ".html", ""),
        (html("Glöckchen", "utf-16"), ".html", "windows-1252"),
        (html("\x98", "latin-1"), ".html", "windows-1251"),
        (html("\xff", "latin-1"), ".html", "unicode_escape"),
        (html("\xff", "latin-1"), ".html", "windows-x"),
        (html("\xff", "latin-1"), ".html", "zlib"),
        (b"%PDF-1.7\xff", ".pdf", "windows-1252"),
    ],
)
def test_all_else_is_kept_as_it_came(tmp_path: Path, data: bytes, suffix: str, charset: str) -> None:
    assert keep_page(tmp_path, fetched(data, suffix=suffix, charset=charset)).path.read_bytes() == data


# For people, and as a document


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/article", "example.org/article"),
        ("http://example.org:8080/a%20b/?q=%C3%A4", "example.org:8080/a b/?q=ä"),
        ("https://example.org/", "example.org"),
        ("https://example.org/%FF", "example.org/%FF"),
    ],
)
def test_a_page_is_called_by_its_address(url: str, name: str) -> None:
    assert page_name(url) == name


def test_a_page_becomes_a_document_and_its_newer_version_takes_its_place(library: Library, server: WebServer) -> None:
    outcomes = []
    for body in (ARTICLE, ARTICLE, b"<p>The bell was cast anew in 1702."):
        url = server.put("/bells", body)
        kept = keep_page(library.folder, fetch_page(url, allow_private=True, max_bytes=1_000_000))
        events = [event for event in add_paths(library, WordEmbedder(), [kept.path]) if isinstance(event, Stored)]
        outcomes += [event.outcome for event in events]
    assert outcomes == ["added", "unchanged", "updated"]
    [document] = library.documents()
    assert document.path == str(kept.path)
    assert library.text(document.id) == "The bell was cast anew in 1702."
    library.remove([document.id])
    discard_page(library.folder, Path(document.path))
    assert list(kept.path.parent.iterdir()) == []
