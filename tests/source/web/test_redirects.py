"""Redirects: followed on the web, a few of them, and to no private host but the one that was asked."""

from __future__ import annotations

import pytest

from tests.fetching import ARTICLE, SAVE_INSTEAD, Names, fetch, refusal
from tests.web_server import WebServer, page


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
