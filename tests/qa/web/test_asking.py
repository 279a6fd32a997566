"""Asking in the browser: quotes, the viewer that follows the address, the keyboard, refusals and errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from index.vectors import Vectors
from qa.answer import Answer, Citation, place
from qa.ask import ask
from source.errors import ModelError
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import OpenTab, Tab, serving

QUESTION = "Why did nobody react to the humidity alarm in Gallery 4?"
QUOTED = "The alarm went to a telephone number that had been given up in 2021."
UNANSWERABLE = "How many zebras may park beside the xylophone?"


def fragment(citation: Citation) -> str:
    """The address of a quote in the page."""
    span = citation.span
    return f"#s/{citation.document.id}/{citation.passage.number}/{span.start}-{span.end}"


@pytest.fixture
def answer(shown_library: Library, embedder: Embedder) -> Answer:
    return ask(shown_library, embedder, QUESTION)


def test_an_answer_quotes_word_for_word_with_places_and_heading_paths(tab: Tab, answer: Answer) -> None:
    expect(tab.box).to_be_focused()
    tab.ask(QUESTION)
    first, *others = by_document(answer)
    assert QUOTED in first.quote
    assert tab.text(".question") == QUESTION
    assert tab.text(".lead blockquote") == first.quote
    assert tab.text(".lead .document") == first.document.name
    assert tab.text(".lead .place") == place(first.location)
    assert tab.text(".lead .path") == " › ".join(first.location.headings)
    assert tab.page.locator(".card .quote").all_text_contents() == [citation.quote for citation in others]
    assert tab.page.locator(".card .place").all_text_contents() == [place(one.location) for one in others]
    marked = [first.quote[span.start - first.span.start : span.end - first.span.start] for span in first.answering]
    assert tab.page.locator(".lead mark").all_text_contents() == marked
    expect(tab.box).to_have_value("")
    expect(tab.box).to_be_focused()


def test_a_chip_opens_the_document_at_the_quote_and_escape_gives_the_focus_back(tab: Tab, answer: Answer) -> None:
    tab.ask(QUESTION)
    chip = tab.page.locator(".cite").first
    chip.click()
    tab.page.wait_for_selector("#hit")
    assert tab.text("#hit") == answer.citations[0].quote
    assert tab.is_in_view("#hit")
    assert tab.page.url.endswith(fragment(answer.citations[0]))
    assert place(answer.citations[0].location) in tab.text("#view-place")
    expect(tab.page.locator("#view-title")).to_be_focused()
    expect(chip).to_have_attribute("aria-current", "true")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#view")).to_be_hidden()
    expect(chip).to_be_focused()
    assert "#" not in tab.page.url
    tab.page.keyboard.press("Enter")  # the chip again, from the keyboard
    expect(tab.page.locator("#hit")).to_be_visible()


def by_document(answer: Answer) -> list[Citation]:
    """The quotes in the order in which they are shown: those of one document together."""
    documents = list(dict.fromkeys(one.document.id for one in answer.citations))
    return sorted(answer.citations, key=lambda one: documents.index(one.document.id))


def first_cell(quote: str) -> str:
    """What the first mark of a quote holds: of a row of a table, its first cell."""
    return quote.split("\t", maxsplit=1)[0]


def test_next_back_reload_and_a_deep_link_all_follow_the_address(tab: Tab, several: Answer, new_tab: OpenTab) -> None:
    tab.ask(several.question)
    shown = by_document(several)
    addresses = [fragment(citation) for citation in shown]
    tab.page.locator(".card .passage").first.click()
    hit = tab.page.locator("#hit")
    expect(hit).to_have_text(first_cell(shown[1].quote))
    expect(tab.page.locator(".step")).to_have_text(f"2 / {len(addresses)}")
    tab.page.locator("#view .previous").click()
    expect(hit).to_have_text(first_cell(shown[0].quote))
    expect(tab.page.locator("#view .previous")).to_be_disabled()
    assert tab.page.url.endswith(addresses[0])
    tab.page.go_back()
    expect(hit).to_have_text(first_cell(shown[1].quote))
    tab.page.reload()
    expect(hit).to_have_text(first_cell(shown[1].quote))
    expect(tab.page.locator(".step")).to_have_text(f"2 / {len(addresses)}")  # the conversation is there again, too
    other = new_tab(tab.address)
    other.open(addresses[0])
    expect(other.page.locator("#hit")).to_have_text(first_cell(shown[0].quote))
    assert other.is_in_view("#hit")
    expect(other.page.locator(".steps")).to_be_hidden()


def test_an_address_of_nothing_is_told_plainly(tab: Tab) -> None:
    for address, message in [
        ("#s/999/1/0-5", "This document is not in the library."),
        ("#s/1/9999/0-5", "There is no such passage in this document."),
        ("#s/1/1/999990-999999", "There is no such passage in this document."),
        ("#s/../../config", "This address names no passage."),
        ("#s/1/1/", "This address names no passage."),
    ]:
        tab.page.goto(f"{tab.address}/{address}")
        expect(tab.page.locator("#view .message")).to_contain_text(message)
        tab.page.locator("#view .close").click()
        expect(tab.page.locator("#view")).to_be_hidden()
    tab.forgive("status of 404")
    assert not any(url.endswith("/config") for url in tab.requests)


def test_a_document_of_the_list_opens_at_its_beginning(tab: Tab) -> None:
    link = tab.page.locator("#lib .open", has_text="honeybee-dance.txt")
    link.click()
    expect(tab.page.locator("#view-place")).to_have_text("honeybee-dance.txt")
    assert tab.is_in_view('.passage[data-number="1"]')
    assert tab.page.locator("#view mark").count() == 0
    tab.page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_a_refusal_shows_what_came_nearest_and_the_words_that_stand_nowhere(
    tab: Tab, shown_library: Library, embedder: Embedder
) -> None:
    refusal = ask(shown_library, embedder, UNANSWERABLE)
    assert not refusal.answered
    shown = tab.ask(UNANSWERABLE)
    assert shown.locator("h2").first.text_content() == "Not found in your documents"
    assert shown.locator(".word").all_text_contents() == list(refusal.missing_words)
    assert {"zebras", "xylophone"} <= set(refusal.missing_words)
    assert shown.locator(".card .quote").all_text_contents() == [citation.quote for citation in refusal.nearest]
    assert shown.locator(".lead").count() == 0
    yellow = tab.page.evaluate("getComputedStyle(document.body).getPropertyValue('--hl')")
    grounds = shown.locator("mark, .badge").evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert len(set(grounds)) == 1
    assert yellow == "#ffe27a"
    assert grounds[0] != "rgb(255, 226, 122)"  # yellow is for evidence only


def test_a_question_that_cannot_be_asked_stays_in_the_box_with_the_reason_beside_it(tab: Tab) -> None:
    tab.box.press("Enter")
    notice = tab.page.locator("#notice [role=alert]")
    expect(notice).to_have_text("Cannot answer this question: there is no word in it. Ask in a few words.")
    tab.box.fill("why? " * 2_001)
    tab.box.press("Enter")
    expect(notice).to_contain_text("it has 10,005 characters, more than 10,000")
    expect(tab.box).to_have_value("why? " * 2_001)
    assert tab.page.locator(".question").count() == 0
    tab.ask(QUESTION)
    expect(notice).to_have_count(0)


def test_the_keyboard_sends_breaks_lines_and_comes_back_to_the_box(tab: Tab) -> None:
    tab.box.fill("Who cast")
    tab.box.press("Shift+Enter")
    tab.page.keyboard.type("the oldest bell?")
    expect(tab.box).to_have_value("Who cast\nthe oldest bell?")
    tab.box.press("Enter")
    tab.page.locator(".answer").wait_for()
    assert tab.text(".question") == "Who cast\nthe oldest bell?"
    tab.page.locator(".copy-answer").focus()
    tab.page.keyboard.press("/")
    expect(tab.box).to_be_focused()
    expect(tab.box).to_have_value("")
    tab.page.keyboard.type("/")
    expect(tab.box).to_have_value("/")


def test_an_answer_can_be_copied_as_text_with_its_sources(tab: Tab, answer: Answer) -> None:
    tab.ask(QUESTION)
    tab.page.locator(".copy-answer").click()
    expect(tab.page.locator(".copy-answer")).to_have_text("Copied")
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    quotes = [f"“{one.quote}”\n— {one.document.name}, {place(one.location)}" for one in by_document(answer)]
    assert copied.replace("\r\n", "\n") == "\n\n".join([QUESTION, *quotes]).replace("\r\n", "\n")


def test_a_suggested_question_is_asked_at_a_click_and_a_new_chat_offers_it_again(tab: Tab) -> None:
    suggested = tab.page.locator("#conversation .example")
    assert suggested.count() == 3
    words = suggested.nth(1).inner_text()
    suggested.nth(1).click()
    tab.page.locator(".answer").wait_for()
    assert tab.text(".question") == words
    tab.page.locator(".new-chat").click()
    expect(suggested).to_have_count(3)
    expect(tab.page.locator(".answer")).to_have_count(0)
    expect(tab.box).to_be_focused()


def test_a_further_answer_is_shown_from_its_question_on(tab: Tab) -> None:
    for question in (QUESTION, UNANSWERABLE):
        tab.ask(question)
    expect(tab.page.locator(".question").nth(1)).to_be_in_viewport()
    top = tab.page.locator(".question").nth(1).bounding_box()
    assert top is not None
    assert top["y"] < 120


@pytest.fixture
def gate() -> Iterator[Future[None]]:
    """What a model waits for before it is there."""
    future: Future[None] = Future()
    yield future
    if not future.done():
        future.set_result(None)


def test_the_page_opens_while_the_model_loads_and_questions_wait_for_it(
    demo_library: Library, embedder: Embedder, new_tab: OpenTab, gate: Future[None]
) -> None:
    def load(_: Library) -> Embedder:
        gate.result()
        return embedder

    with serving(demo_library, load) as address:
        tab = new_tab(address)
        tab.open()
        expect(tab.page.locator("#hint")).to_have_text("Loading the language model…")
        tab.box.fill(QUESTION)
        tab.box.press("Enter")
        expect(tab.page.locator("#conversation .waiting")).to_have_text("Loading the language model…")
        gate.set_result(None)
        tab.page.locator(".answer").wait_for()
        assert QUOTED in tab.text(".lead blockquote")
        expect(tab.page.locator("#hint")).to_contain_text("Enter sends")


def test_a_model_that_cannot_be_loaded_is_told_and_the_question_kept(demo_library: Library, new_tab: OpenTab) -> None:
    def load(_: Library) -> Embedder:
        raise ModelError("Cannot load the model x", "its weights are gone", "Install it again.")

    with serving(demo_library, load) as address:
        tab = new_tab(address)
        tab.open()
        sentence = "Cannot load the model x: its weights are gone. Install it again."
        expect(tab.page.locator("#hint")).to_have_text(sentence)
        tab.box.fill(QUESTION)
        tab.box.press("Enter")
        expect(tab.page.locator("#notice [role=alert]")).to_have_text(sentence)
        expect(tab.box).to_have_value(QUESTION)
        expect(tab.page.locator(".question")).to_have_count(0)


class BrokenEmbedder(WordEmbedder):
    """Has a bug that shows with the first question."""

    def embed_question(self, question: str) -> Vectors:
        raise RuntimeError(question)


def test_a_bug_is_told_and_the_question_kept(library: Library, new_tab: OpenTab, tmp_path: Path) -> None:
    (tmp_path / "bells.txt").write_text("The oldest bell was cast in 1687.", encoding="utf-8")
    list(add_paths(library, WordEmbedder(), [tmp_path / "bells.txt"]))
    with serving(library, lambda _: BrokenEmbedder()) as address:
        tab = new_tab(address)
        tab.open()
        tab.box.fill(QUESTION)
        tab.box.press("Enter")
        expect(tab.page.locator("#notice [role=alert]")).to_contain_text("Something went wrong in the program")
        expect(tab.box).to_have_value(QUESTION)
        expect(tab.page.locator(".question")).to_have_count(0)


def test_nothing_is_kept_in_the_browser_but_the_theme(tab: Tab) -> None:
    tab.ask(QUESTION)
    tab.page.locator("#top .theme").click()
    expect(tab.page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    assert tab.page.evaluate("({...localStorage})") == {"qa-theme": "dark"}
    assert tab.page.evaluate("({...sessionStorage})") == {}
    tab.page.reload()
    expect(tab.page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
