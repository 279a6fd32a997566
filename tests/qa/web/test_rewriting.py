"""Questions that a language model rewrites: off at first, shown when they were, undone by a click, done without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from index.embed import Embedder
from index.library import Library
from qa.ask import ask
from qa.llm.settings import Endpoint
from qa.web.asking import read_context
from tests.qa.llm_server import Answer, LlmServer, body_of, calling_tool, serve_llm, silent_after, streaming
from tests.qa.web.conftest import ATTACKS, OpenTab, Tab, serving

# Its answer is another than that of what the model makes of it, so that quotes tell what was searched for.
ASKED = "Why did nobody react to the humidity alarm in Gallery 4?"
REWRITTEN = "Who cast the oldest bell?"
LEANING = "Where was he born?"
COMPLETED = "Where was Jonas Trell born?"


@pytest.fixture
def rewriter(model_site: str, server: LlmServer, new_tab: OpenTab) -> Tab:
    """The page with a language model that rewrites every question to the same one, opened."""
    server.requests.clear()
    server.answer = streaming(REWRITTEN)
    tab = new_tab(model_site)
    tab.open()
    return tab


@pytest.fixture
def gone() -> Endpoint:
    """A language model whose server is down."""
    with serve_llm(streaming("")) as server:
        return server.endpoint()


def switch_on(tab: Tab) -> None:
    tab.page.locator(".rewrite-switch input").check()


def settle(tab: Tab) -> None:
    """Wait until the last question is answered as a whole."""
    tab.page.locator("#ask .submit-button").wait_for()


def first_quote(library: Library, embedder: Embedder, question: str) -> str:
    found = ask(library, embedder, question)
    return (found.citations or found.nearest)[0].quote


def test_without_a_model_there_is_no_switch(tab: Tab) -> None:
    tab.page.locator("#hint kbd").first.wait_for()
    assert tab.page.locator(".rewrite-switch").count() == 0


def test_the_switch_is_off_at_first_and_says_what_is_sent_where(rewriter: Tab, server: LlmServer) -> None:
    rewriter.page.locator(".rewrite-switch").wait_for()
    assert not rewriter.page.locator(".rewrite-switch input").is_checked()
    assert rewriter.text(".rewrite-switch span") == (
        f"{server.endpoint().question_notice} Follow-ups are sent completed."
    )
    rewriter.ask(ASKED)
    settle(rewriter)
    expect(rewriter.page.locator(".searched")).to_have_count(0)
    assert server.requests == []


def test_a_rewritten_question_is_searched_for_and_shown_and_undone(
    rewriter: Tab, server: LlmServer, shown_library: Library, embedder: Embedder
) -> None:
    page = rewriter.page
    switch_on(rewriter)
    answer = rewriter.ask(ASKED)
    settle(rewriter)
    assert first_quote(shown_library, embedder, REWRITTEN) in answer.locator(".quote").all_text_contents()
    expect(page.locator(".question")).to_have_text(ASKED)
    expect(page.locator(".searched-question")).to_have_text(REWRITTEN)
    expect(page.locator("#notice [role=alert]")).to_have_count(0)
    assert [one.body["messages"][1]["content"] for one in server.requests] == [ASKED]
    page.get_by_role("button", name="Change", exact=True).click()
    expect(rewriter.box).to_have_value(REWRITTEN)
    page.get_by_role("button", name="Search for my words only").click()
    expect(page.locator(".answer")).to_have_count(2)
    settle(rewriter)
    expect(page.locator(".question")).to_have_text([ASKED, ASKED])
    expect(page.locator(".searched")).to_have_count(1)
    undone = page.locator(".answer").last.locator(".quote").all_text_contents()
    assert first_quote(shown_library, embedder, ASKED) in undone
    assert first_quote(shown_library, embedder, REWRITTEN) not in undone
    assert len(server.requests) == 1
    page.reload()
    expect(page.locator(".searched-question")).to_have_text(REWRITTEN)
    assert not page.locator(".rewrite-switch input").is_checked()


def test_a_question_that_leans_is_completed_before_it_is_rewritten(rewriter: Tab, server: LlmServer) -> None:
    rewriter.ask(REWRITTEN)
    settle(rewriter)
    switch_on(rewriter)
    server.answer = streaming("What is the birthplace of Jonas Trell?")
    rewriter.ask(LEANING)
    settle(rewriter)
    assert [one.body["messages"][1]["content"] for one in server.requests] == [COMPLETED]
    expect(rewriter.page.locator(".searched-question")).to_have_text("What is the birthplace of Jonas Trell?")


def test_a_question_that_the_model_repeats_is_not_shown_twice(rewriter: Tab, server: LlmServer) -> None:
    server.answer = streaming(ASKED)
    switch_on(rewriter)
    rewriter.ask(ASKED)
    settle(rewriter)
    expect(rewriter.page.locator(".searched")).to_have_count(0)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (body_of(b"", "text/plain", 500), "its server has failed (status 500)."),
        (calling_tool("Who?"), "it asks for a tool to be called, and none ever is."),
        (streaming("a " * 200), "it is not one question of up to 300 characters."),
    ],
    ids=["failed", "tool", "long"],
)
def test_where_the_model_fails_the_question_is_searched_for_as_it_is_and_the_page_says_why(
    rewriter: Tab, server: LlmServer, shown_library: Library, embedder: Embedder, *, answer: Answer, said: str
) -> None:
    server.answer = answer
    switch_on(rewriter)
    shown = rewriter.ask(ASKED)
    settle(rewriter)
    expect(rewriter.page.locator("#notice [role=alert]")).to_contain_text(said)
    expect(rewriter.page.locator("#notice [role=alert]")).to_contain_text("The question was searched for as it is.")
    assert first_quote(shown_library, embedder, ASKED) in shown.locator(".quote").all_text_contents()
    expect(rewriter.page.locator(".searched")).to_have_count(0)
    server.answer = streaming(REWRITTEN)
    rewriter.ask(ASKED)
    settle(rewriter)
    expect(rewriter.page.locator(".searched-question")).to_have_text(REWRITTEN)
    expect(rewriter.page.locator("#notice [role=alert]")).to_have_count(0)


def test_where_the_server_is_down_the_question_is_answered_as_asked(
    shown_library: Library, embedder: Embedder, gone: Endpoint, new_tab: OpenTab
) -> None:
    with serving(shown_library, lambda _: embedder, endpoint=gone) as address:
        tab = new_tab(address)
        tab.open()
        switch_on(tab)
        answer = tab.ask(REWRITTEN)
        settle(tab)
        assert first_quote(shown_library, embedder, REWRITTEN) in answer.locator(".quote").all_text_contents()
        expect(tab.page.locator("#notice [role=alert]")).to_contain_text(f"No whole answer came from {gone.name}: ")
        expect(tab.page.locator(".searched")).to_have_count(0)


def test_a_question_can_be_stopped_while_it_is_rewritten(rewriter: Tab, server: LlmServer) -> None:
    server.answer = silent_after("Who", 8)
    switch_on(rewriter)
    rewriter.box.fill(ASKED)
    rewriter.box.press("Enter")
    expect(rewriter.page.locator("#conversation .waiting")).to_have_text("Having your question rewritten…")
    rewriter.page.locator("#ask .stop-button").click()
    settle(rewriter)
    expect(rewriter.page.locator(".answer.unanswered")).to_contain_text("This question has no answer yet.")
    expect(rewriter.page.locator(".question")).to_have_text(ASKED)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_rewritten_question_is_shown_as_characters_only(rewriter: Tab, server: LlmServer, attack: str) -> None:
    """What must never happen is looked for at the end of every test."""
    server.answer = streaming(f"Who cast {attack}?")
    switch_on(rewriter)
    rewriter.ask(ASKED)
    settle(rewriter)
    expect(rewriter.page.locator(".searched-question")).to_have_text(f"Who cast {attack}?")
    assert rewriter.page.locator(".searched-question *").count() == 0


@pytest.mark.parametrize(
    ("sent", "is_rewritten"),
    [
        ('{"rewrite": true}', True),
        ("{}", False),
        ('{"rewrite": "true"}', False),
        ('{"rewrite": 1}', False),
        ('{"rewrite": true, "as_asked": true}', False),
    ],
)
def test_a_question_is_rewritten_only_if_the_page_says_so_in_so_many_words(*, sent: str, is_rewritten: bool) -> None:
    assert read_context(sent).is_rewritten is is_rewritten
