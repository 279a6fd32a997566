"""Who goes elsewhere while an answer is coming stays there, and may type on; the answer is kept where it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from playwright.sync_api import expect

from index.embed import Embedder
from index.library import Library
from tests.documents import put_text
from tests.qa.web.conftest import OpenTab, Tab, serving

QUESTION, OTHER = "Who cast the oldest bell?", "What does honey keep warm?"


@pytest.fixture
def gate() -> Future[None]:
    """The model is loaded when this is done."""
    return Future()


@pytest.fixture
def waiting_tab(library: Library, embedder: Embedder, gate: Future[None], new_tab: OpenTab) -> Iterator[Tab]:
    """A page on which a question waits for the model."""

    def load(_: Library) -> Embedder:
        gate.result(60)
        return embedder

    put_text(library, embedder, "The oldest bell was cast by Jonas Trell.", "/bells.txt")
    put_text(library, embedder, "Honey keeps the oldest bees warm.", "/honey.txt")
    with serving(library, load) as address:
        tab = new_tab(address)
        tab.open()
        tab.box.fill(QUESTION)
        tab.box.press("Enter")
        expect(tab.page.locator("#conversation .waiting")).to_be_visible()
        tab.page.wait_for_url(re.compile(r"\?c="))
        yield tab
        if not gate.done():
            gate.set_result(None)
        tab.complaints.clear()  # Gradio's own script complains of what was cut off


def test_a_new_chat_stays_open_and_takes_the_next_question(waiting_tab: Tab, gate: Future[None]) -> None:
    page, first = waiting_tab.page, waiting_tab.page.url
    page.locator(".new-chat").click()
    expect(page.locator(".question")).to_have_count(0)
    gate.set_result(None)
    page.wait_for_timeout(2500)
    assert "c=" not in page.url
    expect(page.locator(".question")).to_have_count(0)
    waiting_tab.ask(OTHER)
    expect(page.locator(".question")).to_have_text([OTHER])
    page.wait_for_url(re.compile(r"\?c="))
    assert page.url != first
    page.locator(".conversations a", has_text=QUESTION).click()
    expect(page.locator(".question")).to_have_text([QUESTION])
    expect(page.locator(".lead blockquote")).to_contain_text("Jonas Trell")
    assert page.url == first


def test_a_late_word_of_an_answer_that_is_left_does_not_bring_its_conversation_back(
    waiting_tab: Tab, gate: Future[None]
) -> None:
    page = waiting_tab.page
    page.locator(".new-chat").click()
    expect(page.locator(".question")).to_have_count(0)
    # As the server tells of an answer that is coming, had it not been cancelled.
    page.evaluate(
        """() => {
          const state = document.querySelector("#bridge .state");
          state.dataset.conversation = "aaaaaaaaaaaaaaaa";
          state.dataset.running = "1";
        }"""
    )
    page.wait_for_timeout(300)
    assert "c=" not in page.url
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    gate.set_result(None)


def test_what_is_typed_while_an_answer_is_coming_stays_in_the_box(waiting_tab: Tab, gate: Future[None]) -> None:
    waiting_tab.box.fill(OTHER)
    waiting_tab.box.press("Enter")
    gate.set_result(None)
    expect(waiting_tab.page.locator(".lead blockquote")).to_contain_text("Jonas Trell")
    expect(waiting_tab.box).to_have_value(OTHER)
    waiting_tab.box.press("Enter")
    expect(waiting_tab.page.locator(".question")).to_have_text([QUESTION, OTHER])


def test_each_of_two_removals_can_be_had_back(library: Library, embedder: Embedder, new_tab: OpenTab) -> None:
    for name in ("bells", "honey"):
        put_text(library, embedder, f"Words of {name}.", f"/{name}.txt")
    with serving(library, lambda _: embedder) as address:
        tab = new_tab(address)
        tab.open()
        for name in ("bells.txt", "honey.txt"):
            tab.hold(name).get_by_role("button", name=f"Remove {name}").click()
            expect(tab.page.locator(".documents li", has_text=name)).to_have_count(0)
        bars = tab.page.locator(".undo")
        expect(bars).to_have_count(2)
        for _ in range(2):
            bars.first.get_by_role("button", name="Undo").click()
        expect(tab.page.locator(".documents li")).to_have_count(2)
