"""Fetching pages: only what was asked for, from where it may come, within bounds of size and time.

The servers are real ones on this machine. Names are looked up in a small table, so that nothing leaves it.
"""

from __future__ import annotations

import gzip
import re
import shutil
import socket
import ssl
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.errors import DocumentError, LoadError
from source.web.address import LookUp, is_public
from source.web.body import read_body
from source.web.fetch import FetchedPage, fetch_page
from tests.web_server import WebServer, page, raw, serve

ARTICLE = b"<!doctype html><title>Bells</title><p>The bell of Port Ellery was cast in 1687.</p>"
SAVE_INSTEAD = "Open it in a browser, save it there and add the file."


class Names:
    """A table of host names; `asked` are those that were looked up."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        label = host.partition(".")[0]
        if label not in self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.addresses[label]


NO_NAMES = Names()


def fetch(url: str, names: LookUp = NO_NAMES, max_bytes: int = 1_000_000, timeout_s: float = 20) -> FetchedPage:
    return fetch_page(url, allow_private=True, max_bytes=max_bytes, timeout_s=timeout_s, find=names)


def refusal(
    url: str,
    names: LookUp = NO_NAMES,
    *,
    allow_private: bool = True,
    max_bytes: int = 1_000_000,
    timeout_s: float = 20,
) -> str:
    """What is wrong with the page at `url`, without the words that all refusals begin with."""
    with pytest.raises(DocumentError) as caught:
        fetch_page(url, allow_private=allow_private, max_bytes=max_bytes, timeout_s=timeout_s, find=names)
    assert str(caught.value).startswith("Cannot save ")
    return str(caught.value).removeprefix("Cannot save ")


@pytest.fixture
def server() -> Iterator[WebServer]:
    with serve() as running:
        yield running


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


# Where pages may come from


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("0", "0.0.0.0"),
        ("10.0.0.1", "10.0.0.1"),
        ("172.16.5.4", "172.16.5.4"),
        ("192.168.1.1", "192.168.1.1"),
        ("100.64.0.1", "100.64.0.1"),
        ("169.254.169.254", "169.254.169.254"),
        ("224.0.0.1", "224.0.0.1"),
        ("255.255.255.255", "255.255.255.255"),
        ("[::1]", "::1"),
        ("[::]", "::"),
        ("[fe80::1]", "fe80::1"),
        ("[fc00::1]", "fc00::1"),
        ("[fec0::1]", "fec0::1"),
        ("[ff02::1]", "ff02::1"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("[::ffff:a00:1]", "::ffff:a00:1"),
        ("[::7f00:1]", "::7f00:1"),
        ("[64:ff9b::a9fe:a9fe]", "64:ff9b::a9fe:a9fe"),
        ("[64:ff9b:1::808:808]", "64:ff9b:1::808:808"),
        ("[2002:7f00:1::]", "2002:7f00:1::"),
        ("[2001:0:808:808::1]", "2001:0:808:808::1"),
    ],
)
def test_private_addresses_are_refused_however_they_are_written(host: str, address: str) -> None:
    for scheme in ("http", "https"):
        assert refusal(f"{scheme}://{host}/", allow_private=False) == (
            f"{scheme}://{host}/: it stands for the private address {address}. Give --allow-private if you trust it."
        )


def test_names_of_private_addresses_are_refused() -> None:
    names = Names(wiki=["10.0.0.7"], localhost=["::1", "127.0.0.1"], split=["8.8.8.8", "192.168.0.9"])
    for host, address in [("wiki.corp", "10.0.0.7"), ("localhost", "::1"), ("split.example", "192.168.0.9")]:
        assert refusal(f"http://{host}/", names, allow_private=False) == (
            f"http://{host}/: it stands for the private address {address}. Give --allow-private if you trust it."
        )


def test_this_machine_s_own_name_is_refused_by_the_system_s_look_up() -> None:
    with pytest.raises(DocumentError, match=r"it stands for the private address (127\.0\.0\.1|::1)"):
        fetch_page("http://localhost:9/", allow_private=False, max_bytes=1)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "192.88.99.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_ipv4_is_as_public_as_its_forms_in_ipv6(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    high, low = number >> 16, number & 0xFFFF
    for form in (f"::ffff:{high:x}:{low:x}", f"64:ff9b::{high:x}:{low:x}", f"2002:{high:x}:{low:x}::1"):
        assert is_public(form) == is_public(str(address))


def test_the_connection_is_made_to_the_address_that_was_found_first(server: WebServer) -> None:
    found = iter([["127.0.0.1"], ["10.0.0.1"]])
    server.put("/", ARTICLE)
    fetched = fetch(server.url("/", "pages.example"), lambda _host, _port: next(found))
    assert (fetched.data, list(found)) == (ARTICLE, [["10.0.0.1"]])
    assert server.requests[0][1]["host"] == f"pages.example:{server.port}"


def test_another_address_of_the_same_name_is_tried(server: WebServer) -> None:
    server.put("/", ARTICLE)
    assert fetch(server.url("/", "two.example"), Names(two=["::1", "127.0.0.1"])).data == ARTICLE


def test_a_name_in_other_letters_is_asked_for_as_it_is_registered(server: WebServer) -> None:
    names = Names(**{"xn--bcher-kva": ["127.0.0.1"]})
    server.put("/%C3%A4?q=%C3%B6", ARTICLE)
    fetched = fetch(server.url("/ä?q=ö", "BÜCHER.example"), names)
    assert fetched.url == server.url("/%C3%A4?q=%C3%B6", "xn--bcher-kva.example")
    assert names.asked == ["xn--bcher-kva.example"]


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_within_the_host_that_was_asked(server: WebServer, status: int) -> None:
    server.answers["/old"] = page(b"Moved.", {"Location": "new#part", "Set-Cookie": "seen=1"}, status)
    server.put("/new", ARTICLE)
    fetched = fetch(server.url("/old"))
    assert (fetched.url, fetched.final_url, fetched.data) == (server.url("/old"), server.url("/new"), ARTICLE)
    assert "cookie" not in server.requests[1][1]
    assert "referer" not in server.requests[1][1]


def test_a_redirect_to_another_private_host_is_refused_although_the_first_is_allowed(server: WebServer) -> None:
    server.put("/secret", ARTICLE)
    for location, address in [
        (server.url("/secret", "inner.example"), "127.0.0.1"),
        (server.url("/secret", "localhost"), "127.0.0.1"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
    ]:
        server.answers["/"] = page(b"", {"Location": location}, 302)
        assert refusal(server.url("/"), Names(inner=["127.0.0.1"], localhost=["127.0.0.1"])) == (
            f"{server.url('/')}, which redirects to {location}: it stands for the private address {address}. "
            "Add that address itself, with --allow-private, if you trust it."
        )
    assert [path for path, _ in server.requests] == ["/", "/", "/"]


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/", "http://[", "javascript:x"])
def test_a_redirect_away_from_the_web_is_refused(server: WebServer, location: str) -> None:
    server.answers["/"] = page(b"", {"Location": location}, 302)
    assert refusal(server.url("/")) == (
        f"{server.url('/')}: it redirects to {location!r}, and it is not an address of the web. {SAVE_INSTEAD}"
    )


def test_a_redirect_with_a_password_is_refused(server: WebServer) -> None:
    server.answers["/"] = page(b"", {"Location": "http://a:b@127.0.0.1/"}, 302)
    assert "there is a user name or password in it" in refusal(server.url("/"))


def test_a_loop_of_redirects_ends(server: WebServer) -> None:
    server.answers["/a"] = page(b"", {"Location": "/b"}, 302)
    server.answers["/b"] = page(b"", {"Location": "/a"}, 302)
    assert refusal(server.url("/a")) == (
        f"{server.url('/a')}, which redirects to {server.url('/a')}: "
        f"there are more than 5 redirects on the way. {SAVE_INSTEAD}"
    )
    assert [path for path, _ in server.requests] == ["/a", "/b", "/a", "/b", "/a", "/b"]


# Sizes and times


def test_a_page_of_just_the_limit_is_fetched_and_one_byte_more_is_not(server: WebServer) -> None:
    url = server.put("/", b"x" * 2_000_000)
    assert len(fetch(url, max_bytes=2_000_000).data) == 2_000_000
    assert refusal(url, max_bytes=1_999_999) == (
        f"{url}: it has 2.0 MB, more than the limit of 2 MB. Raise the limit with --max-mb."
    )


def test_a_body_without_end_is_cut_off(server: WebServer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    server.answers["/"] = raw(lambda: iter([head, *repeat(b"<p>More.</p>" * 1000, 100_000)]))
    assert refusal(server.url("/"), max_bytes=3_000_000) == (
        f"{server.url('/')}: it has more than the limit of 3 MB. Raise the limit with --max-mb."
    )


def test_a_compressed_page_is_decompressed(server: WebServer) -> None:
    url = server.put("/", gzip.compress(ARTICLE[:40]) + gzip.compress(ARTICLE[40:]), Content_Encoding="gzip")
    assert fetch(url).data == ARTICLE


def test_a_bomb_takes_no_more_memory_than_the_limit(server: WebServer) -> None:
    bomb = gzip.compress(bytes(200_000_000))
    url = server.put("/", bomb, Content_Encoding="gzip")
    assert len(bomb) < 1_000_000
    fetch(server.put("/warm", ARTICLE))
    tracemalloc.start()
    try:
        sentence = refusal(url, max_bytes=2_000_000)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sentence == f"{url}: it has more than the limit of 2 MB. Raise the limit with --max-mb."
    assert peak_bytes < 10_000_000


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (gzip.compress(ARTICLE)[:-9], "gzip", "its end is missing. Add it again later."),
        (b"\x1f\x8b" + bytes(30), "gzip", "it cannot be decompressed. Add it again later."),
        (ARTICLE, "gzip", "it cannot be decompressed. Add it again later."),
        (ARTICLE, "br", f"it came in the encoding br, which was not asked for. {SAVE_INSTEAD}"),
        (ARTICLE, "gzip, gzip", f"it came in the encoding gzip, gzip, which was not asked for. {SAVE_INSTEAD}"),
    ],
)
def test_what_cannot_be_decompressed_is_refused(server: WebServer, body: bytes, encoding: str, reason: str) -> None:
    url = server.put("/", body, Content_Encoding=encoding)
    assert refusal(url) == f"{url}: {reason}"


@given(st.binary(max_size=300), st.integers(0, 300), st.integers(0, 255))
def test_damaged_compression_is_a_refusal_or_the_page(data: bytes, place: int, byte: int) -> None:
    packed = bytearray(gzip.compress(data, mtime=0))
    packed[place % len(packed)] = byte
    chunks = [bytes(packed[start : start + 7]) for start in range(0, len(packed), 7)]
    try:
        read = read_body(chunks, {"content-encoding": "gzip"}, 1000)
    except LoadError:
        return
    assert read == data


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "]
)
def test_a_server_that_drips_is_left_when_the_time_is_up(server: WebServer, head: bytes) -> None:
    def drip() -> Iterator[bytes]:
        yield head
        for _ in range(1000):
            time.sleep(0.05)
            yield b"1"

    server.answers["/"] = raw(drip)
    assert refusal(server.url("/"), timeout_s=0.5) == (
        f"{server.url('/')}: it took longer than 0.5 seconds. {SAVE_INSTEAD}"
    )


def test_a_server_that_says_nothing_is_left_when_the_time_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for scheme, reason in [("http", "it took longer than 0.3 seconds"), ("https", "its server does not answer")]:
            url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/"
            assert refusal(url, timeout_s=0.3).startswith(f"{url}: {reason}. ")


# What servers refuse, and what is no server


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "its server has no such page (status 404). Check the address."),
        (410, "its server has no such page (status 410). Check the address."),
        (401, f"its server does not give it to us (status 401). {SAVE_INSTEAD}"),
        (403, f"its server does not give it to us (status 403). {SAVE_INSTEAD}"),
        (429, "its server is too busy (status 429). Add it again later."),
        (503, "its server is too busy (status 503). Add it again later."),
        (500, "its server has failed (status 500). Add it again later."),
        (204, f"its server sends no page (status 204). {SAVE_INSTEAD}"),
        (206, f"its server sends no page (status 206). {SAVE_INSTEAD}"),
        (300, f"its server sends no page (status 300). {SAVE_INSTEAD}"),
        (418, f"its server sends no page (status 418). {SAVE_INSTEAD}"),
    ],
)
def test_a_status_is_told_in_words(server: WebServer, status: int, reason: str) -> None:
    server.answers["/"] = page(b"" if status == 204 else b"Sorry.", {"Content-Type": "text/html"}, status)
    assert refusal(server.url("/")) == f"{server.url('/')}: {reason}"


def test_no_server_and_no_name_are_told_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/") == (
        f"http://127.0.0.1:{port}/: its server refuses the connection. Check the address, or add it again later."
    )
    assert refusal("http://nowhere.example/") == (
        "http://nowhere.example/: there is no machine of the name nowhere.example. "
        "Check the address and the network connection."
    )


def test_a_name_that_cannot_be_looked_up_now_is_told_from_one_that_is_not_there() -> None:
    def find(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    assert refusal("http://example.org/", find) == (
        "http://example.org/: the name example.org cannot be looked up now. "
        "Check the network connection and add it again."
    )


@pytest.mark.parametrize(
    "sent", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Type: text/html\r\n\r\nshort"]
)
def test_a_server_that_breaks_off_or_speaks_something_else_is_told(server: WebServer, sent: bytes) -> None:
    server.answers["/"] = raw(lambda: iter([sent]))
    assert refusal(server.url("/")) == (
        f"{server.url('/')}: its server broke off, or does not speak HTTP. "
        "Check the network connection, or add it again later."
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http:///a",
        "http://a b/",
        "http://exa%6dple.org/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://[fe80::1%25eth0]/",
        "http://[::g]/",
        "http://\u2460.0.0.1/",
        "http://" + "a" * 300 + "/",
        "http://example.org/\n",
        "http://example.org/\ud800",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    names = Names()
    sentence = refusal(url, names)
    assert sentence.endswith(": it is not an address of the web. Write it as https://example.org/page.")
    assert names.asked == []


@pytest.mark.parametrize("url", ["http://user:secret@example.org/", "http://user@example.org/", "http://:@h.org/"])
def test_an_address_with_a_user_name_is_refused(url: str) -> None:
    assert "there is a user name or password in it" in refusal(url)


@given(st.text(st.characters(exclude_characters="0123456789")))
def test_any_text_is_refused_with_a_sentence(text: str) -> None:
    refusal(f"http://{text}")
    refusal(text)


# HTTPS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for pages.example, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate with")
    folder = tmp_path_factory.mktemp("certificates")
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=Test"
    names = "subjectAltName=DNS:pages.example"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([openssl, *command.split(), "-addext", names, *files], check=True, capture_output=True)
    return folder


@pytest.fixture
def secure(certificates: Path) -> Iterator[WebServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "certificate.pem", certificates / "key.pem")
    with serve(context=context) as running:
        running.put("/", ARTICLE)
        yield running


HERE = Names(pages=["127.0.0.1"], other=["127.0.0.1"])


def test_a_certificate_of_nobody_known_is_refused(secure: WebServer) -> None:
    url = secure.url("/", "pages.example", "https")
    assert refusal(url, HERE) == f"{url}: its certificate is not valid (self-signed certificate). {SAVE_INSTEAD}"
    assert secure.requests == []


def test_a_certificate_is_checked_against_the_name_and_not_the_address(
    secure: WebServer, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "certificate.pem"))
    assert fetch(secure.url("/", "pages.example", "https"), HERE).data == ARTICLE
    for host in ("other.example", "127.0.0.1"):
        url = secure.url("/", host, "https")
        assert refusal(url, HERE).startswith(f"{url}: its certificate is not valid (")
    assert len(secure.requests) == 1


def test_a_server_without_encryption_is_told(server: WebServer) -> None:
    url = server.url("/", scheme="https")
    assert refusal(url) == f"{url}: no secure connection to its server can be made. {SAVE_INSTEAD}"
