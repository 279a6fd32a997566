"""For everyone: nothing for axe-core to find in any state, the keyboard alone, small screens, large letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index.library import Library
from qa.answer import Answer
from tests.qa.web.conftest import OpenTab, Tab, serving
from tests.qa.web.test_asking import QUESTION, UNANSWERABLE

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page, axe: str) -> list[str]:
    """What axe-core finds wrong, with the parts of the page."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", _RULES)
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def show_empty(tab: Tab) -> None:
    expect(tab.page.locator("#conversation .example").first).to_be_visible()


def show_answer(tab: Tab) -> None:
    tab.ask(QUESTION)


def show_refusal(tab: Tab) -> None:
    tab.ask(UNANSWERABLE)


def show_viewer(tab: Tab) -> None:
    tab.ask(QUESTION)
    tab.page.locator(".cite").first.click()
    expect(tab.page.locator(".proof")).to_be_visible()
    tab.page.get_by_role("button", name="Find in this document").click()


def show_library(tab: Tab) -> None:
    page = tab.page
    if page.locator("#top .menu").is_visible():
        page.locator("#top .menu").click()
    page.route("**/library/upload*", lambda route: route.fulfill(status=400, body="It is larger than 200 MB."))
    for name in ("long.txt", "other.txt"):
        page.locator(".pick-files").set_input_files({"name": name, "mimeType": "text/plain", "buffer": b"Words."})
    expect(page.locator(".sending .failed")).to_have_count(2)
    page.locator(".documents li").first.hover()


def show_menus(tab: Tab) -> None:
    tab.ask(QUESTION)
    tab.page.locator("#top .switch summary").click()
    expect(tab.page.get_by_label("New library")).to_be_visible()


STATES: dict[str, Callable[[Tab], None]] = {
    "empty": show_empty,
    "answer": show_answer,
    "refusal": show_refusal,
    "viewer": show_viewer,
    "library": show_library,
    "menus": show_menus,
}


@pytest.fixture(params=["light", "dark"])
def themed_tab(request: pytest.FixtureRequest, site: str, new_tab: OpenTab) -> Iterator[Tab]:
    tab = new_tab(site)
    tab.page.emulate_media(color_scheme=request.param, reduced_motion="reduce")
    yield tab
    if tab.complaints:
        tab.forgive("status of 400")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(themed_tab: Tab, axe: str, state: str, width: int) -> None:
    themed_tab.page.set_viewport_size({"width": width, "height": 900 if width > 1000 else 844})
    themed_tab.open()
    STATES[state](themed_tab)
    themed_tab.page.wait_for_timeout(300)
    assert findings(themed_tab.page, axe) == []


@pytest.mark.parametrize("width", [360, 720, 820, 1100, 1920, 3840])
def test_nothing_is_cut_off_at_any_width(tab: Tab, width: int) -> None:
    """720 is what is left of 1,440 at a zoom of 200 %."""
    page = tab.page
    page.set_viewport_size({"width": width, "height": 700})
    tab.ask(QUESTION)
    page.locator(".cite").first.click()
    expect(page.locator("#hit")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#view .close").click()
    for part in (".question", ".lead blockquote", "#ask"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_every_part_is_reached_and_used_with_the_keyboard(tab: Tab, several: Answer) -> None:
    page, keyboard = tab.page, tab.page.keyboard
    tab.ask(several.question)
    page.locator(".cite").first.focus()
    keyboard.press("Enter")
    expect(page.locator("#view-title")).to_be_focused()
    keyboard.press("ArrowRight")
    expect(page.locator(".step")).to_have_text(f"2 / {len(several.citations)}")
    keyboard.press("ArrowLeft")
    expect(page.locator(".step")).to_have_text(f"1 / {len(several.citations)}")
    keyboard.press("Escape")
    expect(page.locator(".cite").first).to_be_focused()
    page.locator(".switch summary").focus()
    keyboard.press("Enter")
    expect(page.get_by_label("New library")).to_be_visible()
    keyboard.press("Escape")
    expect(page.get_by_label("New library")).to_be_hidden()
    expect(page.locator(".switch summary")).to_be_focused()
    page.locator(".documents .use").first.focus()
    keyboard.press("Space")
    expect(page.locator("#lib .count")).to_have_text("5 of 6 in use")
    seen: set[str] = set()
    wanted = {"add-files", "search", "use", "remove", "conversation", "cite", "rate up"}
    page.locator("#top .switch summary").focus()
    for _ in range(200):
        keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.className.split(' ').slice(0, 2).join(' ')"))
        has_ring = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            " || document.activeElement.matches('#ask textarea, body')"
        )
        assert has_ring
        if wanted <= seen:
            break
    assert wanted <= seen


def test_what_happens_is_said_to_a_screen_reader(tab: Tab) -> None:
    tab.ask(QUESTION)
    expect(tab.page.locator("#announcer")).to_have_text(re.compile(r"Answered with \d quotes?\."))
    tab.ask(UNANSWERABLE)
    expect(tab.page.locator("#announcer")).to_have_text("Not found in your documents.")
    expect(tab.page.locator("#conversation [role=log]")).to_have_attribute("aria-busy", "false")


def test_motion_stops_for_whom_it_troubles(tab: Tab) -> None:
    tab.page.emulate_media(reduced_motion="reduce")
    moving = "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).animationName !== 'none').length"
    assert tab.page.evaluate(moving) == 0


def test_words_that_run_from_right_to_left_do(library: Library, new_tab: OpenTab) -> None:
    from tests.documents import put_text
    from tests.fakes import WordEmbedder

    put_text(library, WordEmbedder(), "الجرس القديم معلق في البرج الشمالي. يقرع باليد منذ عام 1874.", "/جرس.txt")
    with serving(library, lambda _: WordEmbedder()) as address:
        tab = new_tab(address)
        tab.open()
        tab.ask("أين الجرس القديم معلق في البرج الشمالي؟")
        direction = "one => getComputedStyle(one).direction"
        assert tab.page.locator(".question").evaluate(direction) == "rtl"
        quote = tab.page.locator(".quote").first
        assert quote.evaluate("one => getComputedStyle(one.closest('[dir]')).direction") == "rtl"
        assert tab.page.locator(".documents .document").evaluate(direction) == "rtl"
        tab.page.locator(".answer a[href^='#s/']").first.click()
        expect(tab.page.locator(".passage.cited")).to_be_visible()
        assert tab.page.locator(".passage.cited").evaluate(direction) == "rtl"
