"""Signing in: nothing is answered before, nobody guesses for long, and each has their own conversations."""

from __future__ import annotations

import base64
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, expect

from index.library import Library
from qa.web.accounts import account_line, read_accounts
from qa.web.server import check_exposure
from source.errors import ServerError
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import serving
from tests.qa.web.test_security import reply_to


@pytest.fixture
def accounts_file(tmp_path: Path) -> Path:
    file = tmp_path / "people"
    file.write_text(f"{account_line('ann', 'tide & rope')}\n\n{account_line('bob', 'quay')}\n", encoding="utf-8")
    return file


@pytest.fixture
def guarded(library: Library, accounts_file: Path) -> Iterator[str]:
    put_text(library, WordEmbedder(), "The oldest bell was cast by Jonas Trell.", "/bells.txt")
    with serving(library, lambda _: WordEmbedder(), accounts=read_accounts(accounts_file)) as address:
        yield address


def signed_in(address: str, name: str, password: str) -> tuple[int, str]:
    """The status of the reply to the form, and the cookie it sets."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    form = urlencode({"name": name, "password": password})
    connection.request("POST", "/signin", form, {"Content-Type": "application/x-www-form-urlencoded"})
    reply = connection.getresponse()
    reply.read()
    cookie = (reply.headers["Set-Cookie"] or "").partition(";")[0]
    connection.close()
    return reply.status, cookie


PATHS = [
    *"/config /view/1/1/0-0 /library/documents /conversations /libraries /page/1/1.png /ui/main.js /theme.css".split(),
    *(f"/gradio_api/{path}" for path in ("heartbeat/x", "info", "queue/data?session_hash=x", "mcp/", "app_id")),
]


def test_nothing_is_answered_before_but_the_form(guarded: str) -> None:
    status, headers, _ = reply_to(guarded, "/")
    assert (status, headers["Location"]) == (303, "/signin")
    assert {path: reply_to(guarded, path)[0] for path in PATHS} == dict.fromkeys(PATHS, 401)
    posts = (
        "/gradio_api/queue/join",
        "/gradio_api/upload",
        "/gradio_api/cancel",
        "/gradio_api/reset",
        "/library/remove",
    )
    assert {path: reply_to(guarded, path, "POST")[0] for path in posts} == dict.fromkeys(posts, 401)
    assert reply_to(guarded, "/library/documents", X_Qa_User="ann")[0] == 401
    assert reply_to(guarded, "/library/documents", Cookie="qa-session=; qa-session=x")[0] == 401
    status, _, form = reply_to(guarded, "/signin")
    assert status == 200
    assert "<h1>Quoted Answers</h1>" in form


def test_who_has_signed_in_is_let_through_until_signing_out(guarded: str) -> None:
    status, cookie = signed_in(guarded, "ann", "tide & rope")
    assert status == 303
    assert "bells.txt" in reply_to(guarded, "/library/documents", Cookie=cookie)[2]
    assert reply_to(guarded, "/signout", "POST", Cookie=cookie)[0] == 303
    assert reply_to(guarded, "/library/documents", Cookie=cookie)[0] == 401


def test_nobody_guesses_for_long(guarded: str) -> None:
    tries = [signed_in(guarded, "ann", f"guess {number}")[0] for number in range(9)]
    assert tries == [403] * 8 + [429]
    assert signed_in(guarded, "ann", "tide & rope")[0] == 429


def test_a_program_gives_name_and_password_with_each_request(guarded: str) -> None:
    secret = base64.b64encode(b"ann:tide & rope").decode()
    client = Client(guarded, verbose=False, analytics_enabled=False, headers={"Authorization": f"Basic {secret}"})
    said = client.predict("Who cast the oldest bell?", api_name="/search")
    assert said["hits"][0]["document"] == "bells.txt"
    wrong = base64.b64encode(b"ann:guess").decode()
    assert reply_to(guarded, "/config", Authorization=f"Basic {wrong}")[0] == 401
    assert reply_to(guarded, "/config", Authorization="Basic \x00")[0] in {400, 401}


def test_two_people_have_their_own_conversations(guarded: str, browser: Browser) -> None:
    seen = {}
    for name, password in (("ann", "tide & rope"), ("bob", "quay")):
        context = browser.new_context()
        page = context.new_page()
        page.goto(guarded)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(".history")).to_contain_text("Your questions will be listed here.")
        page.locator("#ask textarea").fill(f"Which bell does {name} mean?")
        page.locator("#ask textarea").press("Enter")
        page.locator(".answer").wait_for()
        expect(page.locator(".conversations a")).to_have_count(1)
        seen[name] = page.locator(".conversations a").all_text_contents()
        page.locator(".switch summary").click()
        page.get_by_role("button", name=f"Sign out {name}").click()
        expect(page.get_by_label("Password")).to_be_visible()
        context.close()
    assert seen == {name: [f"Which bell does {name} mean?"] for name in ("ann", "bob")}


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "there is none in it"), ("ann:secret", "line 1 is no account"), ("\n\nann", "line 3 is no account")],
)
def test_a_file_without_accounts_is_told(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "people"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ServerError, match=reason):
        read_accounts(file)


def test_a_password_is_kept_nowhere(accounts_file: Path) -> None:
    assert "tide" not in accounts_file.read_text(encoding="utf-8")
    accounts = read_accounts(accounts_file)
    assert accounts.has("ann", "tide & rope")
    assert not accounts.has("ann", "quay")
    assert not accounts.has("eve", "")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_others_are_let_in_only_if_they_sign_in_or_that_is_meant(host: str) -> None:
    with pytest.raises(ServerError, match="whoever reaches this machine could read and change the library"):
        check_exposure(host, is_guarded=False, open_to_all=False)
    check_exposure(host, is_guarded=True, open_to_all=False)
    check_exposure(host, is_guarded=False, open_to_all=True)
    for own in ("127.0.0.1", "::1", "localhost"):
        check_exposure(own, is_guarded=False, open_to_all=False)
