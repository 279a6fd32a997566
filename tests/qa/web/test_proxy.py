"""The page below a path of a proxy: everything works there, and nothing is asked for anywhere else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from playwright.sync_api import BrowserContext, expect
from starlette.types import Message, Receive, Scope, Send

from index.library import Library
from qa.web.accounts import Accounts, account_line, read_accounts
from qa.web.address import Address, BelowPath, read_address
from qa.web.security import refusal
from qa.web.server import create_app, listen
from source.errors import ServerError
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import OpenTab, serving
from tests.qa.web.proxy import Proxy, proxying
from tests.qa.web.test_tools import LIST, posted

TEXT = "The harbour has nine bells.\n\nThe oldest bell was cast by Jonas Trell in 1771.\n"
QUESTION = "Who cast the oldest bell?"


@pytest.fixture
def accounts() -> Accounts | None:
    return None


@pytest.fixture
def proxy(library: Library, accounts: Accounts | None, request: pytest.FixtureRequest) -> Iterator[tuple[str, Proxy]]:
    """The address of the page behind a proxy, which is plain or not, and the proxy.

    Browsers take every name below localhost for this machine, which the server would not.
    """
    put_text(library, WordEmbedder(), TEXT, "/bells.txt")
    with listen("127.0.0.1", 0) as listener:
        address = read_address(f"http://archive.localhost:{listener.getsockname()[1]}/shelf/qa/")
        with serving(
            library, lambda _: WordEmbedder(), accounts=accounts, has_tools=True, proxied_at=address
        ) as target:
            made = Proxy(address.path, target, plain=getattr(request, "param", False))
            with proxying(made, listener):
                yield address.root, made


@pytest.mark.parametrize("proxy", [False, True], indirect=True, ids=["path taken off", "plain"])
def test_everything_works_below_the_path_and_nothing_is_asked_elsewhere(
    proxy: tuple[str, Proxy], new_tab: OpenTab, tmp_path: Path
) -> None:
    address, made = proxy
    tab = new_tab(address)
    tab.open()
    page = tab.page
    tab.ask(QUESTION)
    expect(page.locator(".answer .lead, .answer .card").first).to_contain_text("cast by Jonas Trell")
    assert page.url.startswith(f"{address}/?c=")

    page.locator(".answer a.cite").first.click()
    expect(page.locator("#hit")).to_contain_text("Jonas Trell")
    expect(page.locator("#view .proof")).not_to_be_empty()
    assert page.url.startswith(f"{address}/?c=")
    place = page.url

    file = tmp_path / "ferry.txt"
    file.write_text("The ferry was built in 1931 by Ottoline Vask.", encoding="utf-8")
    page.locator(".pick-files").set_input_files(str(file))
    expect(page.locator(".progress-head p")).to_have_text("1 added")
    expect(page.locator(".documents li")).to_have_count(2)

    page.locator("#top .export summary").click()
    with page.expect_download() as download:
        page.locator("#top .export a[data-suffix=md]").click()
    download.value.save_as(tmp_path / "saved.md")
    assert "Jonas Trell" in (tmp_path / "saved.md").read_text(encoding="utf-8")

    deep = new_tab(address)
    deep.page.goto(place)
    expect(deep.page.locator("#hit")).to_contain_text("Jonas Trell")
    expect(deep.page.locator(".question")).to_have_text(QUESTION)
    assert made.strays == []


def test_the_address_may_be_written_without_the_slash(proxy: tuple[str, Proxy], new_tab: OpenTab) -> None:
    address, made = proxy
    tab = new_tab(address)
    tab.page.goto(address)
    tab.page.wait_for_function("window.qaTrigger && window.qaContext")
    expect(tab.page.locator(".documents li")).to_have_count(1)
    tab.requests.remove(address)
    tab.ask(QUESTION)
    assert made.strays == []


def test_programs_and_models_ask_below_the_path(proxy: tuple[str, Proxy]) -> None:
    address, made = proxy
    local = address.replace("archive.localhost", "127.0.0.1")
    client = Client(f"{local}/", verbose=False, analytics_enabled=False)
    assert client.predict(QUESTION, api_name="/search")["hits"][0]["document"] == "bells.txt"
    status, said = posted(local, LIST)
    assert status == 200
    assert "read_document" in said
    assert made.strays == []


class TestSigningIn:
    @pytest.fixture
    def accounts(self, tmp_path: Path) -> Accounts:
        people = tmp_path / "people"
        people.write_text(account_line("ann", "tide & rope"), encoding="utf-8")
        return read_accounts(people)

    def test_the_form_leads_to_the_page_and_out_again(
        self, proxy: tuple[str, Proxy], new_tab: OpenTab, profile: BrowserContext
    ) -> None:
        address, made = proxy
        tab = new_tab(address)
        page = tab.page
        page.goto(address)
        tab.requests.remove(address)
        assert page.url == f"{address}/signin"
        page.get_by_label("Name").fill("ann")
        page.get_by_label("Password").fill("tide & rope")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_function("window.qaTrigger && window.qaContext")
        assert page.url == f"{address}/"
        cookies = {one["name"]: one["path"] for one in profile.cookies(f"{address}/")}
        assert set(cookies.values()) == {"/shelf/qa/"}  # what else the proxy shows does not get them
        tab.ask(QUESTION)
        page.locator(".switch summary").click()
        page.get_by_role("button", name="Sign out ann").click()
        page.wait_for_url(f"{address}/signin")
        assert made.strays == []


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("", Address("", "")),
        ("/", Address("", "")),
        ("/qa", Address("/qa", "")),
        ("/shelf/qa/", Address("/shelf/qa", "")),
        ("https://example.org", Address("", "https://example.org")),
        ("HTTPS://Example.ORG:8443/QA/", Address("/QA", "https://example.org:8443")),
        ("http://[::1]:80/qa", Address("/qa", "http://[::1]")),
        ("https://example.org:443/qa", Address("/qa", "https://example.org")),
        ("http://example.org:443", Address("", "http://example.org:443")),
    ],
)
def test_a_path_or_an_address_is_read(written: str, address: Address) -> None:
    assert read_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        *("qa", "//evil.example", "/a b", "/../x", "/./x", "/a?b", "/a#b", '/"><script>', "/ü", "/a//b", "/%2e"),
        *("ftp://example.org/qa", "https://", "https:///qa", "https://ann@example.org", "https://example.org/a b"),
        *("javascript://example.org", "https://a.example/x://y"),
    ],
)
def test_anything_else_is_told_with_the_remedy(written: str) -> None:
    with pytest.raises(ServerError, match=re.escape("Write --root-path /qa, or --root-path https://example.org/qa.")):
        read_address(written)


@pytest.mark.parametrize("written", ["/view", "/library/", "https://example.org/ui/qa"])
def test_a_path_that_the_page_needs_itself_is_refused(written: str) -> None:
    with pytest.raises(ServerError, match=r"of its own\. Choose another, such as /qa\."):
        read_address(written)


def test_no_path_of_the_page_can_be_that_of_the_proxy(library: Library) -> None:
    async def first_parts() -> set[str]:
        app = create_app(library, lambda _: WordEmbedder(), has_tools=True)
        async with app.router.lifespan_context(app):
            return {path.split("/")[1] for path in paths(app.routes)} - {""}

    with ThreadPoolExecutor(1) as thread:  # in that of the tests, the browser's loop may be running
        own = thread.submit(lambda: asyncio.run(first_parts())).result()
    assert {"mcp", "ui", "view"} < own
    for part in own:
        with pytest.raises(ServerError, match=re.escape(f"the page has a path /{part} of its own")):
            read_address(f"/{part}")


def paths(routes: Iterable[Any]) -> Iterator[str]:
    """Those of `routes`, and of what is included or mounted at the root."""
    for route in routes:
        if path := getattr(route, "path", ""):
            yield path
        else:
            yield from paths(getattr(route, "original_router", route).routes)


@pytest.mark.parametrize(
    ("asked", "passed_on"),
    [
        ("/lib", "/"),
        ("/lib/", "/"),
        ("/lib/view/1", "/view/1"),
        ("/lib/lib/1", "/lib/1"),
        ("/library/1", "/library/1"),
        ("/view/lib/1", "/view/lib/1"),
    ],
)
def test_only_the_whole_path_is_taken_off_and_once(asked: str, passed_on: str) -> None:
    seen: list[str] = []

    async def note(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["path"])

    async def ask() -> None:
        await BelowPath(note, "/lib")({"type": "http", "path": asked}, receive, send)

    async def receive() -> Message:
        raise AssertionError

    async def send(_: Message) -> None:
        raise AssertionError

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(ask())).result()
    assert seen == [passed_on]


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({"host": "example.org", "origin": "https://example.org"}, False),
        ({"host": "127.0.0.1:7860", "origin": "https://example.org"}, False),  # the proxy has put its own name there
        ({"host": "127.0.0.1:7860", "origin": "http://127.0.0.1:7860"}, False),
        ({"host": "example.org", "origin": "https://evil.example"}, True),
        ({"host": "evil.example", "origin": "https://evil.example"}, True),
        ({"host": "evil.example", "origin": "https://example.org"}, True),
        ({"host": "127.0.0.1:7860", "origin": "http://example.org:81"}, True),
        ({"host": "example.org", "sec-fetch-site": "same-site"}, True),
        ({"host": ""}, True),
    ],
)
def test_the_address_of_the_proxy_is_one_of_the_servers_own_and_no_other_is(
    headers: dict[str, str], is_refused: bool
) -> None:
    assert bool(refusal("POST", headers, "127.0.0.1", Address("/qa", "https://example.org"))) is is_refused


def test_without_an_origin_no_empty_one_is_let_in() -> None:
    assert refusal("POST", {"host": "127.0.0.1:7860", "origin": ""}, "127.0.0.1", Address("/qa", ""))
    assert refusal("GET", {"host": ""}, "127.0.0.1", Address("/qa", ""))
