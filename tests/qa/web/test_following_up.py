"""Questions that lean on the conversation: what was searched for is shown, and can be changed and undone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from playwright.sync_api import Browser, expect

from index.embed import Embedder
from index.library import Library
from qa.ask import ask
from tests.qa.web.conftest import OpenTab, Tab, serving

FIRST = "Who cast the oldest bell?"
LEANING = "Where was he born?"
COMPLETED = "Where was Jonas Trell born?"
OTHER = "Why did nobody react to the humidity alarm in Gallery 4?"


@pytest.fixture
def own_tab(demo_library: Library, embedder: Embedder, browser: Browser, new_tab: OpenTab) -> Iterator[Tab]:
    """The page in a browser that was never there before."""
    with serving(demo_library, lambda _: embedder) as address:
        opened = new_tab(address)
        opened.page.context.clear_cookies()
        opened.open()
        yield opened


def test_a_question_that_leans_is_completed_shown_changed_and_undone(
    own_tab: Tab, demo_library: Library, embedder: Embedder
) -> None:
    page = own_tab.page
    own_tab.ask(FIRST)
    expect(page.locator(".searched")).to_have_count(0)
    own_tab.ask(LEANING)
    expect(page.locator(".question").last).to_have_text(LEANING)
    expect(page.locator(".searched-question")).to_have_text(COMPLETED)
    found = ask(demo_library, embedder, COMPLETED)
    first_quote = (found.citations or found.nearest)[0].quote
    assert first_quote in page.locator(".answer").nth(1).locator(".quote").all_text_contents()
    page.reload()
    expect(page.locator(".searched-question")).to_have_text(COMPLETED)
    page.get_by_role("button", name="Change", exact=True).click()
    expect(own_tab.box).to_have_value(COMPLETED)
    expect(own_tab.box).to_be_focused()
    page.get_by_role("button", name="Search for my words only").click()
    expect(page.locator(".answer")).to_have_count(3)
    expect(page.locator(".question").last).to_have_text(LEANING)
    expect(page.locator(".searched")).to_have_count(1)


def test_a_question_that_leans_waits_for_the_model_after_a_new_start_and_can_be_stopped(
    demo_library: Library, embedder: Embedder, browser: Browser, new_tab: OpenTab
) -> None:
    gate: Future[None] = Future()

    def load(_: Library) -> Embedder:
        gate.result()
        return embedder

    with serving(demo_library, lambda _: embedder) as address:
        tab = new_tab(address)
        tab.open()
        tab.ask(FIRST)
        conversation = tab.page.url.split("?")[1]
    with serving(demo_library, load) as address:
        again = new_tab(address)
        again.open(f"?{conversation}")
        again.box.fill(LEANING)
        again.box.press("Enter")
        expect(again.page.locator("#conversation .waiting")).to_have_text("Loading the language model…")
        again.page.get_by_role("button", name="Stop").click()
        expect(again.page.locator(".unanswered")).to_contain_text("This question has no answer yet.")
        expect(again.page.locator(".question")).to_have_text([FIRST, LEANING])
        gate.set_result(None)
        again.page.get_by_role("button", name="Ask again").last.click()
        expect(again.page.locator(".searched-question")).to_have_text(COMPLETED)


def test_a_change_of_topic_does_not_drag_the_old_one_along(own_tab: Tab) -> None:
    own_tab.ask(FIRST)
    own_tab.ask(OTHER)
    own_tab.ask(FIRST)
    expect(own_tab.page.locator(".question")).to_have_text([FIRST, OTHER, FIRST])
    expect(own_tab.page.locator(".searched")).to_have_count(0)
