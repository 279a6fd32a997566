"""Fetching pages: only what was asked for, and it is told what kind of file it is."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest

from source.web.fetch import FetchedPage
from tests.fetching import ARTICLE, fetch, refusal
from tests.web_server import WebServer


def test_a_page_is_fetched_with_its_kind_and_time(server: WebServer) -> None:
    url = server.put("/article", ARTICLE, "text/html; charset=UTF-8")
    before = datetime.now(UTC).replace(microsecond=0)
    fetched = fetch(url + "#the-bell")
    assert fetched == FetchedPage(url, url, ARTICLE, ".html", fetched.fetched_at, "utf-8")
    assert before <= datetime.fromisoformat(fetched.fetched_at) <= before + timedelta(minutes=1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", fetched.fetched_at)


def test_one_request_is_sent_which_tells_of_nobody(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    fetch(server.put("/", b'<img src="/bell.png"><script src="/x.js"></script><link rel=stylesheet href="/x.css">'))
    [(path, headers)] = server.requests
    assert path == "/"
    assert headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "quoted-answers (saves single pages for its user)",
        "accept": "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5",
        "accept-encoding": "gzip",
        "connection": "close",
    }


@pytest.mark.parametrize(
    ("content_type", "path", "suffix"),
    [
        ("text/html", "/report.pdf", ".html"),
        ("TEXT/HTML ; Charset=x", "/", ".html"),
        ("application/xhtml+xml", "/", ".html"),
        ("application/pdf", "/download?id=7", ".pdf"),
        ("text/plain", "/", ".txt"),
        ("text/plain; charset=utf-8", "/README.md", ".md"),
        ("text/plain", "/page.php", ".txt"),
        ("text/plain", "/page.html", ".txt"),
        ("text/plain", "/scan.pdf", ".txt"),
        ("text/markdown", "/", ".md"),
        ("text/csv", "/", ".csv"),
        ("application/epub+zip", "/", ".epub"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "/", ".docx"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "/", ".xlsx"),
        ("application/octet-stream", "/a/notes.TXT", ".txt"),
        ("application/octet-stream", "/notes", ".html"),
        ("", "/notes", ".html"),
    ],
)
def test_the_kind_is_what_the_server_says_or_else_the_path_or_the_bytes(
    server: WebServer, content_type: str, path: str, suffix: str
) -> None:
    assert fetch(server.put(path, ARTICLE, content_type)).suffix == suffix


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("image/png", "image/png"),
        ("video/mp4; codecs=x", "video/mp4"),
        ("application/json", "application/json"),
        ("text/css", "text/css"),
        ("a/\x1bb", "a/\\x1bb"),
        ("a/\xadb\xe9", "a/\xadb\xe9"),
    ],
)
def test_another_kind_is_refused_before_it_is_received(server: WebServer, content_type: str, shown: str) -> None:
    url = server.put("/film.html", b"", content_type, Content_Length="100")
    assert refusal(url) == (
        f"{url}: files of the kind {shown} are not known. Convert it to a page, a PDF or text, and add the file."
    )


def test_bytes_of_no_kind_are_refused(server: WebServer) -> None:
    assert refusal(server.put("/x", b"\x7fELF", "application/octet-stream")) == (
        f"{server.url('/x')}: neither its server nor its bytes tell what kind of file it is. "
        "Save it in a browser, give it the suffix of its format and add the file."
    )


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html", ""),
        ("text/html; charset=windows-1251", "windows-1251"),
        ('text/html; boundary=x; charset="KOI8-R"', "koi8-r"),
        ("text/html; charset=", ""),
        ("text/html; charset=\u00fc", "\u00fc"),
    ],
)
def test_the_charset_is_told_as_the_server_says_it(server: WebServer, content_type: str, charset: str) -> None:
    assert fetch(server.put("/", ARTICLE, content_type)).charset == charset


def test_a_compressed_page_is_decompressed(server: WebServer) -> None:
    url = server.put("/", gzip.compress(ARTICLE[:40]) + gzip.compress(ARTICLE[40:]), Content_Encoding="gzip")
    assert fetch(url).data == ARTICLE
