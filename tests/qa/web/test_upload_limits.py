"""What is refused while it is uploaded, in which words, and that nothing of it is left on the disk."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from gradio_client import handle_file

from index.library import Library
from qa.web.visitors import COOKIE
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import serving
from tests.qa.web.test_api import client_of
from tests.qa.web.test_security import reply_to

MB = 1_000_000
VISITOR = {"Cookie": f"{COOKIE}={'v' * 43}"}
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
HEAD = b'--x\r\nContent-Disposition: form-data; name="files"; filename="ferry.txt"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
FERRY = b"The Brennau ferry was built in 1931."


@pytest.fixture
def gradio_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Gradio puts what programs upload."""
    folder = tmp_path / "gradio"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


@pytest.fixture
def address(library: Library, gradio_folder: Path) -> Iterator[str]:
    """A page for a library that is empty at first."""
    with serving(library, lambda _: WordEmbedder()) as at:
        yield at


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def sent(address: str, method: str, path: str, pieces: Iterator[bytes], headers: dict[str, str]) -> tuple[int, str]:
    """The answer to a body that is sent in `pieces`, or to as many of them as the server takes."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has answered, and hears no more
        connection.request(method, path, pieces, headers, encode_chunked=True)
    reply = connection.getresponse()
    answer = reply.status, reply.read().decode()
    connection.close()
    return answer


def zeros(size: int) -> Iterator[bytes]:
    piece = bytes(MB)
    for _ in range(size // MB):
        yield piece
    yield piece[: size % MB]


def test_a_file_that_is_too_large_for_the_page_is_refused_with_the_remedy(address: str, library: Library) -> None:
    put = "PUT", "/library/upload?name=ferry.txt"
    answer = sent(address, *put, zeros(200 * MB + 1), VISITOR)
    assert answer == (400, "It is larger than 200 MB. Split it and add the parts.")
    assert files_in(library.folder / "incoming") == []
    assert library.documents() == []


def test_a_file_that_is_too_large_for_programs_is_refused_and_not_kept(address: str, gradio_folder: Path) -> None:
    def body() -> Iterator[bytes]:
        yield HEAD
        yield from zeros(200 * MB + 1)
        yield TAIL

    answer = sent(address, "POST", "/gradio_api/upload", body(), FORM)
    assert answer == (413, "File size exceeded maximum allowed size of 200000000 bytes.")
    assert files_in(gradio_folder) == []


def test_gradio_s_client_refuses_a_file_that_is_too_large_before_it_is_sent(address: str, tmp_path: Path) -> None:
    large = tmp_path / "ferry.txt"
    with large.open("wb") as file:
        file.truncate(200 * MB + 1)  # a hole, which takes no room
    with pytest.raises(ValueError, match="exceeds the maximum file size of 200000000 bytes"):
        client_of(address).predict(handle_file(large), api_name="/add")


def broken_off(address: str, request: str, begun: bytes, folder: Path) -> None:
    """Begin to send a body of 1,000 bytes, wait until a file of it stands in `folder`, and hang up."""
    here = urlsplit(address)
    head = f"{request} HTTP/1.1\r\nHost: {here.netloc}\r\nCookie: {VISITOR['Cookie']}\r\nContent-Length: 1000\r\n"
    with socket.create_connection((here.hostname or "", here.port or 0)) as connection:
        connection.sendall(f"{head}Content-Type: {FORM['Content-Type']}\r\n\r\n".encode() + begun)
        wait_for(lambda: files_in(folder) != [])


def wait_for(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError


def test_of_an_upload_that_is_broken_off_nothing_is_left(address: str, library: Library) -> None:
    incoming = library.folder / "incoming"
    broken_off(address, "PUT /library/upload?name=ferry.txt", FERRY, incoming)
    wait_for(lambda: list(incoming.iterdir()) == [])
    assert library.documents() == []
    assert files_in(library.folder / "files") == []


def test_what_programs_uploaded_and_never_added_goes_when_the_page_ends(library: Library, gradio_folder: Path) -> None:
    with serving(library, lambda _: WordEmbedder()) as address:
        status, _ = sent(address, "POST", "/gradio_api/upload", iter([HEAD, FERRY, TAIL]), FORM)
        assert status == 200
        assert files_in(gradio_folder) == ["ferry.txt"]
    assert files_in(gradio_folder) == []


def test_the_page_is_shared_with_nobody_else(address: str) -> None:
    """A page that Gradio shows through its own servers asks search engines to stay away."""
    assert reply_to(address, "/robots.txt")[::2] == (200, "User-agent: *\nDisallow: ")
