"""Pages are fetched within bounds of size and time, whatever is compressed, endless or slow."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
from collections.abc import Iterator
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.errors import LoadError
from source.web.body import read_body
from tests.fetching import ARTICLE, SAVE_INSTEAD, fetch, refusal
from tests.web_server import WebServer, raw


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
        (gzip.compress(ARTICLE, mtime=0)[:-9], "gzip", "its end is missing. Add it again later."),
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
