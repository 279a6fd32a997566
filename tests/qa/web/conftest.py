"""For the tests of the page: a real server, a real browser, and tabs that notice what must never happen."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, sync_playwright

from index.embed import Embedder
from index.ingest import Stored, add_paths
from index.library import Library
from qa.answer import Answer
from qa.ask import ask
from qa.llm.settings import Endpoint
from qa.web.accounts import Accounts
from qa.web.address import HERE, Address
from qa.web.line import MOST_WAITING
from qa.web.server import ENVIRONMENT, create_app, listen, page_server
from tests.conftest import DEMO_DOCUMENTS
from tests.qa.llm_server import LlmServer, serve_llm, streaming

# Shown anywhere as anything but text, one of these calls alert, navigates, or evaluates.
ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "${alert(2)}",
    "{{7*7}} {{#if 1}}yes{{/if}} @children",
    '<svg><a href="javascript:alert(3)"><text y="20">click</text></a></svg>',
    "</textarea></script><script>alert(4)</script>",
    "<iframe srcdoc='<script>parent.alert(5)</script>'></iframe>",
    "[a link](javascript:alert(6)) $$\\href{javascript:alert(7)}{x}$$",
)
HOSTILE_NAME = '<img src=x onerror=alert(8)> ${alert(9)} {{7*7}} "quoted".txt'
HOSTILE_TEXT = (
    "Is <img src=x onerror=alert(10)> the ${alert(11)} {{7*7}} answer?\n\n"
    f"The payload of the saboteur reads {' '.join(ATTACKS)} and nothing else.\n\n"
    "It is indented\r\n\twith tabs,  and has two blanks.\n"
)
HOSTILE_QUESTION = "What does the payload of the saboteur read? <img src=x onerror=alert(12)> ${alert(13)}"

_WATCH = """
window.alerts = []; window.alert = message => window.alerts.push(message);
window.violations = [];
document.addEventListener('securitypolicyviolation', event => window.violations.push(event.violatedDirective));
"""


@contextmanager
def serving(
    library: Library,
    load: Callable[[Library], Embedder],
    *,
    undo_s: float = 10.0,
    accounts: Accounts | None = None,
    endpoint: Endpoint | None = None,
    has_tools: bool = False,
    proxied_at: Address = HERE,
    most_waiting: int = MOST_WAITING,
) -> Iterator[str]:
    """The page for `library` on a free port of this machine; its own address, wherever a proxy shows it."""
    servers: list[uvicorn.Server] = []
    answers = threading.Event()
    listener = listen("127.0.0.1", 0)

    async def build() -> FastAPI:  # outside a running loop Gradio makes loops that it never closes
        return create_app(
            library,
            load,
            undo_s=undo_s,
            accounts=accounts,
            endpoint=endpoint,
            has_tools=has_tools,
            address=proxied_at,
            most_waiting=most_waiting,
        )

    def run() -> None:
        servers.append(page_server(asyncio.run(build()), answers.set))
        servers[0].run([listener])

    thread = threading.Thread(target=run)
    with pytest.MonkeyPatch.context() as environment, listener:
        for variable, value in ENVIRONMENT.items():
            environment.setenv(variable, value)
        thread.start()
        try:
            assert answers.wait(60)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield address
        finally:
            servers[0].should_exit = True
            thread.join(30)
    _ended.add(address)
    assert not thread.is_alive()


# What Gradio and the browser complain of when a page was left that still waited for something, and when its server
# ended before it.
_OF_LEAVING = "AbortError: signal is aborted", "Unexpected error Connection errored out."
_OF_ENDING = "Unexpected error", "Failed to load resource: net::ERR_", "TypeError: network error", "network error"
_ended: set[str] = set()


@dataclass
class Tab:
    """A browser tab on the page, with what went on in it."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)

    def open(self, fragment: str = "") -> None:
        """Go to the page, and return when it can be used."""
        self.page.goto(f"{self.address}/{fragment}")
        self.page.wait_for_selector(".list > *", state="attached")
        self.page.wait_for_function("window.qaTrigger && window.qaContext")

    @property
    def box(self) -> Locator:
        return self.page.locator("#ask textarea")

    def ask(self, question: str) -> Locator:
        """Ask as a user does; the answer."""
        before = self.page.locator(".answer").count()
        self.box.fill(question)
        self.box.press("Enter")
        answer = self.page.locator(".answer").nth(before)
        answer.wait_for()
        return answer

    def hold(self, name: str) -> Locator:
        """The row of a document in the list, with the mouse over it."""
        row = self.page.locator(".documents li", has_text=name)
        row.hover()
        return row

    def text(self, selector: str) -> str:
        """The characters in the first element that `selector` finds, as the browser holds them."""
        return self.page.locator(selector).first.text_content() or ""

    def is_in_view(self, selector: str) -> bool:
        """Whether an element lies within the window and within whatever scrolls around it."""
        inside = """element => {
            const box = element.getBoundingClientRect();
            for (let parent = element.parentElement; parent; parent = parent.parentElement) {
                const frame = parent.getBoundingClientRect();
                if (getComputedStyle(parent).overflowY !== 'visible'
                    && (box.top < frame.top - 1 || box.bottom > frame.bottom + 1)) return false;
            }
            return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
        }"""
        return bool(self.page.locator(selector).first.evaluate(inside))

    def forgive(self, complaint: str) -> None:
        """Expect the browser to have complained of this, and of nothing else."""
        assert self.complaints
        assert all(complaint in one for one in self.complaints), self.complaints
        self.complaints.clear()

    def check(self) -> None:
        """Nothing ran that should not, nothing was asked of anyone else, and the browser had nothing to complain of."""
        assert [url for url in self.requests if not url.startswith((f"{self.address}/", "data:", "blob:"))] == []
        assert self.page.evaluate("window.alerts") == []
        assert self.page.evaluate("window.violations") == []
        expected = (_OF_LEAVING if len(self.visits) > 1 else ()) + (_OF_ENDING if self.address in _ended else ())
        assert [one for one in self.complaints if not one.startswith(expected)] == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, as Debian and Ubuntu install it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        reason = "no chromium on this machine"
        if os.environ.get("QA_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        launched = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> BrowserContext:
    """One for all tests, so that Gradio's parts are fetched once; nothing of ours is kept in it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(_WATCH)
    context.set_default_timeout(15_000)
    return context


OpenTab = Callable[[str], Tab]


@pytest.fixture
def new_tab(profile: BrowserContext) -> Iterator[OpenTab]:
    """Opens tabs; what happened in them is checked at the end."""
    tabs: list[Tab] = []

    def open_tab(address: str) -> Tab:
        tab = Tab(profile.new_page(), address)
        tab.page.on("request", lambda request: tab.requests.append(request.url))
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.page.on("console", lambda message: _note_complaint(tab, message))
        tab.page.on("framenavigated", lambda frame: tab.visits.append(frame.url))
        tabs.append(tab)
        return tab

    yield open_tab
    for tab in tabs:
        tab.check()
        tab.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        tab.page.close()


def _note_complaint(tab: Tab, message: ConsoleMessage) -> None:
    is_gradios = message.text == "Method not implemented."  # it closes the progress of an upload before it was opened
    is_over = "ERR_CONNECTION_REFUSED" in message.text  # a test's own server may end before its tab
    if message.type in {"error", "warning"} and not is_gradios and not is_over:
        tab.complaints.append(message.text)


@pytest.fixture(scope="session")
def shown_library(demo_folder: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The demo documents and a hostile one, to be read only."""
    folder = tmp_path_factory.mktemp("shown")
    shutil.copytree(demo_folder, folder / "library")
    hostile = folder / HOSTILE_NAME
    hostile.write_bytes(HOSTILE_TEXT.encode())
    with Library(folder / "library") as opened:
        events = list(add_paths(opened, embedder, [hostile]))
        assert [event.document.name for event in events if isinstance(event, Stored)] == [HOSTILE_NAME]
        yield opened


@pytest.fixture(scope="session")
def several(shown_library: Library, embedder: Embedder) -> Answer:
    """An answer of several quotes, to one of the questions that come with the demo documents."""
    lines = (DEMO_DOCUMENTS.parent / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    answers = (ask(shown_library, embedder, json.loads(line)["question"]) for line in lines)
    return next(answer for answer in answers if len(answer.citations) > 1)


@pytest.fixture(scope="session")
def site(shown_library: Library, embedder: Embedder) -> Iterator[str]:
    """The address of the page for `shown_library`."""
    with serving(shown_library, lambda _: embedder) as address:
        yield address


@pytest.fixture(scope="module")
def server() -> Iterator[LlmServer]:
    """That of a language model; a test says what it answers."""
    with serve_llm(streaming("")) as served:
        yield served


@pytest.fixture(scope="module")
def model_site(shown_library: Library, embedder: Embedder, server: LlmServer) -> Iterator[str]:
    """The address of a page for `shown_library` with that language model."""
    with serving(shown_library, lambda _: embedder, endpoint=server.endpoint()) as address:
        yield address


@pytest.fixture
def tab(site: str, new_tab: OpenTab) -> Tab:
    """The page for `shown_library`, opened."""
    opened = new_tab(site)
    opened.open()
    return opened
