"""What servers refuse, and what is no server, is told in words."""

from __future__ import annotations

import socket

import pytest

from tests.fetching import SAVE_INSTEAD, refusal
from tests.web_server import WebServer, page, raw


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
