"""Conversations in the browser: kept, listed, renamed, deleted, rated, exported, and each seen by its owner only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Route, expect

from index.embed import Embedder
from index.library import Library
from qa.answer import place
from qa.ask import ask
from tests.documents import put_text
from tests.qa.web.conftest import HOSTILE_QUESTION, OpenTab, Tab, serving
from tests.qa.web.test_security import reply_to, sent

QUESTION = "Why did nobody react to the humidity alarm in Gallery 4?"
OTHER = "Who cast the oldest bell?"


@pytest.fixture
def own_tab(demo_library: Library, embedder: Embedder, browser: Browser, new_tab: OpenTab) -> Iterator[Tab]:
    """The page in a browser that was never there before."""
    with serving(demo_library, lambda _: embedder, undo_s=1.5) as address:
        opened = new_tab(address)
        opened.page.context.clear_cookies()
        opened.open()
        yield opened


def listed(tab: Tab) -> list[str]:
    return tab.page.locator(".conversations a").all_text_contents()


def open_the_first_of_two(tab: Tab) -> tuple[str, str]:
    """Ask in two conversations and go back to the first; the addresses of both."""
    page = tab.page
    addresses = []
    for question in (QUESTION, OTHER):
        page.locator(".new-chat").click()
        expect(page.locator(".answer")).to_have_count(0)
        tab.ask(question)
        page.wait_for_url(re.compile(r"\?c=[\w-]{16}$"))
        addresses.append(page.url)
    page.locator(".conversations a").nth(1).click()
    expect(page.locator(".question")).to_have_text([QUESTION])
    return addresses[0], addresses[1]


def test_conversations_are_kept_listed_and_opened_by_their_address(own_tab: Tab, new_tab: OpenTab) -> None:
    page = own_tab.page
    expect(page.locator(".history")).to_contain_text("Your questions will be listed here.")
    own_tab.ask(QUESTION)
    page.wait_for_url(re.compile(r"\?c=[\w-]{16}$"))
    first = page.url
    expect(page.locator(".conversations a")).to_have_text([QUESTION])
    page.locator(".new-chat").click()
    expect(page.locator(".answer")).to_have_count(0)
    assert "c=" not in page.url
    own_tab.ask(OTHER)
    expect(page.locator(".conversations a")).to_have_text([OTHER, QUESTION])
    expect(page.locator(".conversations a[aria-current]")).to_have_text(OTHER)
    page.locator(".conversations a").nth(1).click()
    expect(page.locator(".question")).to_have_text([QUESTION])
    assert page.url == first
    page.go_back()
    expect(page.locator(".question")).to_have_text([OTHER])
    page.go_forward()
    expect(page.locator(".question")).to_have_text([QUESTION])
    page.reload()
    expect(page.locator(".question")).to_have_text([QUESTION])
    again = new_tab(own_tab.address)
    again.open(first.rpartition("/")[2])
    expect(again.page.locator(".question")).to_have_text([QUESTION])
    again.ask(OTHER)
    expect(again.page.locator(".question")).to_have_text([QUESTION, OTHER])


def test_going_forward_the_moment_that_going_back_is_shown_opens_the_later_conversation(own_tab: Tab) -> None:
    page = own_tab.page
    first, _ = open_the_first_of_two(own_tab)
    page.evaluate(
        """other => new Promise((done) => {
          const watcher = new MutationObserver(() => {
            if (document.querySelector(".question")?.textContent !== other) return;
            watcher.disconnect();
            history.forward();
            done();
          });
          watcher.observe(document.documentElement, { childList: true, subtree: true });
          history.back();
        })""",
        OTHER,
    )
    expect(page.locator(".question")).to_have_text([QUESTION])
    assert page.url == first


def test_a_conversation_that_was_opened_before_and_comes_late_does_not_stay(own_tab: Tab) -> None:
    page = own_tab.page
    first, second = open_the_first_of_two(own_tab)
    late = second.rpartition("c=")[2]
    page.evaluate("late => window.qaTrigger('reopen', { library: '', conversation: late })", late)
    expect(page.locator(".question")).to_have_text([OTHER])
    expect(page.locator(".question")).to_have_text([QUESTION])
    assert page.url == first


def test_a_conversation_whose_opening_is_lost_on_the_way_is_asked_for_again(own_tab: Tab) -> None:
    page = own_tab.page
    own_tab.ask(QUESTION)
    page.wait_for_url(re.compile(r"\?c=[\w-]{16}$"))
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.fulfill(json={"event_id": "lost"})

    page.route("**/queue/join*", lose_the_first)
    page.reload()
    expect(page.locator(".question")).to_have_text(QUESTION)
    assert len(lost) == 1
    expect(page.locator(".lead blockquote")).to_be_visible()


def test_a_conversation_is_renamed_and_deleted_and_can_be_had_back(own_tab: Tab) -> None:
    page = own_tab.page
    own_tab.ask(QUESTION)
    row = page.locator(".conversations li")
    row.hover()
    row.get_by_role("button", name="Rename").click()
    page.get_by_label("New name").fill("<img src=x onerror=alert(1)> ${alert(2)}")
    page.get_by_label("New name").press("Enter")
    expect(row.locator("a")).to_have_text("<img src=x onerror=alert(1)> ${alert(2)}")
    row.get_by_role("button", name="Rename").click()
    page.get_by_label("New name").fill("Never mind")
    page.get_by_label("New name").press("Escape")
    expect(row.locator("a")).to_have_text("<img src=x onerror=alert(1)> ${alert(2)}")
    row.hover()
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    expect(page.locator(".answer")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)
    row.locator("a").click()
    expect(page.locator(".question")).to_have_text([QUESTION])
    row.hover()
    row.get_by_role("button", name="Delete").click()
    page.wait_for_timeout(2500)
    page.reload()
    expect(page.locator(".history")).to_contain_text("Your questions will be listed here.")


def test_nobody_sees_the_conversation_of_another(own_tab: Tab, browser: Browser) -> None:
    own_tab.ask(QUESTION)
    address = own_tab.page.url
    stranger = browser.new_context()
    page = stranger.new_page()
    page.goto(address)
    expect(page.locator("#notice [role=alert]")).to_contain_text("There is no such conversation here.")
    expect(page.locator(".history")).to_contain_text("Your questions will be listed here.")
    expect(page.locator(".question")).to_have_count(0)
    stranger.close()
    conversation = address.rpartition("=")[2]
    for action, body in (("rename", {"title": "Mine"}), ("delete", {}), ("restore", {})):
        asked = json.dumps({"conversation": conversation, **body})
        assert sent(own_tab.address, f"/conversations/{action}", asked)[0] == 404
    assert reply_to(own_tab.address, f"/conversations/{conversation}/export.json")[0] == 404
    assert conversation not in reply_to(own_tab.address, "/conversations")[2]
    assert listed(own_tab) == [QUESTION]


def test_a_rating_is_kept_and_can_be_taken_back(own_tab: Tab) -> None:
    page = own_tab.page
    own_tab.ask(QUESTION)
    up, down = page.get_by_role("button", name="Helpful", exact=True), page.get_by_role("button", name="Not helpful")
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    down.click()
    expect(up).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(down).to_have_attribute("aria-pressed", "true")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(down).to_have_attribute("aria-pressed", "false")


def test_a_conversation_is_exported_in_three_formats(own_tab: Tab, tmp_path: Path) -> None:
    page = own_tab.page
    expect(page.locator("#top .export")).to_be_hidden()
    own_tab.ask(QUESTION)
    quote = own_tab.text(".lead blockquote")
    saved = {}
    for suffix in ("html", "md", "json"):
        page.locator("#top .export summary").click()
        with page.expect_download() as download:
            page.locator(f"#top .export a[data-suffix={suffix}]").click()
        assert download.value.suggested_filename.endswith(f".{suffix}")
        download.value.save_as(tmp_path / suffix)
        saved[suffix] = (tmp_path / suffix).read_text(encoding="utf-8")
        page.keyboard.press("Escape")
    [turn] = json.loads(saved["json"])["turns"]
    assert (turn["question"], turn["answer"]["quotes"][0]["text"]) == (QUESTION, quote)
    assert QUESTION in saved["md"]
    assert "src=" not in saved["html"]


def test_one_quote_is_copied_with_its_reference(own_tab: Tab, demo_library: Library, embedder: Embedder) -> None:
    own_tab.ask(QUESTION)
    own_tab.page.locator(".lead .copy").click()
    expect(own_tab.page.locator("#announcer")).to_have_text("Quote copied")
    best = ask(demo_library, embedder, QUESTION).citations[0]
    copied = own_tab.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"“{best.quote}”\n— {best.document.name}, {place(best.location)}"


def test_a_question_is_asked_again_changed_or_followed_up(own_tab: Tab) -> None:
    page = own_tab.page
    own_tab.ask(OTHER)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".question")).to_have_text([OTHER, OTHER])
    expect(page.locator(".answer")).to_have_count(2)
    page.locator(".asked").first.hover()
    page.locator(".edit").first.click()
    expect(own_tab.box).to_have_value(OTHER)
    expect(own_tab.box).to_be_focused()
    follow_up = page.locator(".follow-up").first
    words = follow_up.text_content() or ""
    follow_up.click()
    expect(page.locator(".question")).to_have_text([OTHER, OTHER, words])
    expect(page.locator(".answer")).to_have_count(3)
    expect(page.locator(".follow-ups")).to_have_count(0)  # of the last answer only, for which none are left


def test_a_question_can_be_stopped_while_the_model_loads(
    library: Library, embedder: Embedder, new_tab: OpenTab, tmp_path: Path
) -> None:
    gate: Future[None] = Future()

    def load(_: Library) -> Embedder:
        gate.result()
        return embedder

    put_text(library, embedder, "The oldest bell was cast by Jonas Trell.", "/bells.txt")
    with serving(library, load) as address:
        tab = new_tab(address)
        tab.open()
        tab.box.fill(OTHER)
        tab.box.press("Enter")
        expect(tab.page.locator("#conversation .waiting")).to_have_text("Loading the language model…")
        tab.page.get_by_role("button", name="Stop").click()
        expect(tab.page.locator(".unanswered")).to_contain_text("This question has no answer yet.")
        expect(tab.page.get_by_role("button", name="Send")).to_be_visible()
        gate.set_result(None)
        tab.page.wait_for_timeout(500)
        tab.page.reload()
        expect(tab.page.locator(".unanswered")).to_have_count(1)
        tab.page.get_by_role("button", name="Ask again").click()
        expect(tab.page.locator(".lead blockquote")).to_contain_text("Jonas Trell")


def test_an_answer_that_was_waited_for_is_there_after_a_reload(
    library: Library, embedder: Embedder, new_tab: OpenTab
) -> None:
    gate: Future[None] = Future()

    def load(_: Library) -> Embedder:
        gate.result()
        return embedder

    put_text(library, embedder, "The oldest bell was cast by Jonas Trell.", "/bells.txt")
    with serving(library, load) as address:
        tab = new_tab(address)
        tab.open()
        tab.box.fill(OTHER)
        tab.box.press("Enter")
        tab.page.wait_for_url(re.compile(r"\?c="))
        tab.page.reload()
        expect(tab.page.locator(".question")).to_have_text([OTHER])
        gate.set_result(None)
        tab.page.wait_for_timeout(1500)
        tab.page.reload()
        expect(tab.page.locator(".lead blockquote")).to_contain_text("Jonas Trell")
        tab.complaints.clear()  # Gradio's own script complains of what was cut off


def test_a_saved_hostile_conversation_is_text_everywhere(tab: Tab) -> None:
    tab.ask(HOSTILE_QUESTION)
    tab.page.reload()
    expect(tab.page.locator(".question")).to_have_text(HOSTILE_QUESTION)
    assert HOSTILE_QUESTION[:110] in listed(tab)[0]
    for part in ("#conversation .message", "#lib .history", "#top"):
        assert tab.page.locator(f"{part} :is(img, iframe, script, object, form, base)").count() == 0


def test_a_conversation_without_a_cookie_is_refused_in_words(site: str) -> None:
    asked = Request(f"{site}/library/upload?name=x.txt", b"Words.", method="PUT")
    with pytest.raises(Exception, match="403"):
        urlopen(asked, timeout=10)
