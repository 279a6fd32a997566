"""Written answers on the page: apart from the quotes, each sentence with chips and verdict, never in their place."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from tests.qa.llm_server import Answer, LlmServer, body_of, calling_tool, silent_after, streaming
from tests.qa.web.conftest import ATTACKS, OpenTab, Tab
from tests.qa.web.test_accessibility import findings

QUESTION = "Who cast the oldest bell?"
QUOTE = "That is No. 2, which was cast in 1687 by a founder called Jonas Trell."


def writing(sentences: str) -> Answer:
    """An answer that cites the sentence of `QUOTE` where it says N."""

    def answer(handler: object, request: dict[str, list[dict[str, str]]]) -> None:
        lines = request["messages"][-1]["content"].splitlines()
        number = next(line for line in lines if QUOTE in line).split("]")[0] + "]"
        streaming(sentences.replace("[N]", number))(handler, request)  # type: ignore[arg-type]

    return answer


@pytest.fixture
def writer(model_site: str, server: LlmServer, new_tab: OpenTab) -> Tab:
    """The page with a language model, opened."""
    server.requests.clear()
    tab = new_tab(model_site)
    tab.open()
    return tab


def switch_on(tab: Tab) -> None:
    tab.page.locator(".write-switch input").check()


def test_without_a_model_there_is_no_switch(tab: Tab) -> None:
    tab.page.locator("#hint kbd").first.wait_for()
    assert tab.page.locator(".write-switch").count() == 0


def test_the_switch_is_off_at_first_and_says_what_is_sent_where(writer: Tab, server: LlmServer) -> None:
    writer.page.locator(".write-switch").wait_for()
    assert not writer.page.locator(".write-switch input").is_checked()
    assert writer.text(".write-switch span") == server.endpoint().notice
    answer = writer.ask(QUESTION)
    assert answer.locator(".written").count() == 0
    assert server.requests == []


def test_sentences_have_chips_that_open_what_they_cite_and_the_unproven_are_marked(
    writer: Tab, server: LlmServer
) -> None:
    server.answer = writing("A founder called Jonas Trell cast No. 2 in 1687 [N]. Mallory melted it [N][99].")
    switch_on(writer)
    answer = writer.ask(QUESTION)
    answer.locator(".written-sentence.unproven").wait_for()
    assert answer.locator(".written h2").inner_text() == f"Written by {server.endpoint().name}, not quoted"
    proven, unproven = (one.inner_text() for one in answer.locator(".written-sentence").all())
    chip = answer.locator(".written-sentence a.chip").first.inner_text()
    assert proven == f"A founder called Jonas Trell cast No. 2 in 1687. {chip} Proven"
    assert unproven == f"Mallory melted it. {chip} [99] Unproven: there is no sentence [99]"
    assert answer.locator(".cited .card").count() == 1
    assert answer.locator(".cited .passage").inner_text() == QUOTE
    assert answer.locator(".lead .quote").inner_text() == QUOTE
    answer.locator(".written-sentence a.chip").first.click()
    writer.page.locator("#view mark").first.wait_for()
    assert QUOTE in writer.text("#view mark")


def test_what_is_written_is_kept_and_exported(writer: Tab, server: LlmServer) -> None:
    server.answer = writing("A founder called Jonas Trell cast No. 2 in 1687 [N].")
    switch_on(writer)
    writer.ask(QUESTION).locator(".written-sentence.proven").wait_for()
    writer.page.locator("#ask .submit-button").wait_for()
    before = writer.text(".written")
    links = {link.get_attribute("data-suffix"): link for link in writer.page.locator("#top .export a").all()}
    files = {suffix: link.evaluate("async one => (await fetch(one.href)).text()") for suffix, link in links.items()}
    writer.page.reload()
    writer.page.locator(".written-sentence.proven").wait_for()
    assert writer.text(".written") == before
    written = json.loads(files["json"])["turns"][0]["answer"]["written"]
    assert [one["text"] for one in written["sentences"]] == ["A founder called Jonas Trell cast No. 2 in 1687."]
    for suffix in ("md", "html"):
        assert "A founder called Jonas Trell cast No" in files[suffix]
        assert "not quoted" in files[suffix]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_model_writes_is_shown_as_characters_only(writer: Tab, server: LlmServer, attack: str) -> None:
    """What must never happen is looked for at the end of every test."""
    server.answer = writing(f"Trell {attack} [N]")
    switch_on(writer)
    answer = writer.ask(QUESTION)
    answer.locator(".written-sentence").first.wait_for()
    assert " ".join(attack.split()).replace("**", "") in " ".join(answer.locator(".written").inner_text().split())
    allowed = {"SECTION", "H2", "P", "BDI", "A", "SPAN"}
    tags = answer.locator(".written").evaluate("part => [part, ...part.querySelectorAll('*')].map(one => one.tagName)")
    assert set(tags) <= allowed


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (body_of(b"", "text/plain", 500), "its server has failed (status 500)."),
        (calling_tool("It rang."), "it asks for a tool to be called, and none ever is."),
    ],
    ids=["failed", "tool"],
)
def test_where_the_model_fails_the_quotes_stand_and_the_page_says_why(
    writer: Tab, server: LlmServer, answer: Answer, said: str
) -> None:
    server.answer = answer
    switch_on(writer)
    shown = writer.ask(QUESTION)
    writer.page.wait_for_function(
        "said => document.querySelector('.written-problem')?.textContent.includes(said)", arg=said
    )
    assert shown.locator(".lead .quote").inner_text() == QUOTE
    assert shown.locator(".written-sentence").count() == 0


def test_the_quotes_are_there_while_the_model_writes_and_stay_when_it_is_stopped(
    writer: Tab, server: LlmServer
) -> None:
    server.answer = silent_after("A founder called Jonas Trell cast No. 2 in 1687 [1]. It", 8)
    switch_on(writer)
    answer = writer.ask(QUESTION)
    answer.locator(".written-sentence").wait_for()
    assert answer.locator(".lead .quote").inner_text() == QUOTE
    writer.page.locator("#ask .stop-button").click()
    writer.page.locator("#ask .submit-button").wait_for()
    assert writer.page.locator(".lead .quote").inner_text() == QUOTE
    assert writer.page.locator(".written").count() == 0


def test_no_model_is_asked_where_the_documents_do_not_answer(writer: Tab, server: LlmServer) -> None:
    switch_on(writer)
    answer = writer.ask("Which quasar inhales marmalade?")
    answer.locator(".written-problem", has_text="was not asked").wait_for()
    assert server.requests == []


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_a_written_answer(writer: Tab, server: LlmServer, is_dark: bool) -> None:
    server.answer = writing("A founder called Jonas Trell cast No. 2 in 1687 [N]. Mallory melted it [99].")
    writer.page.emulate_media(reduced_motion="reduce")  # or colours are looked at while they change
    switch_on(writer)
    writer.ask(QUESTION).locator(".written-sentence.unproven").wait_for()
    writer.page.locator("#ask .submit-button").wait_for()
    writer.page.evaluate("isDark => document.body.classList.toggle('dark', isDark)", is_dark)
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    assert findings(writer.page, axe) == []
