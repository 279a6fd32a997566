"""A document that tries to be more than text, and a narrow window."""

from __future__ import annotations

from playwright.sync_api import expect

from index.embed import Embedder
from index.library import Library
from qa.ask import ask
from tests.qa.web.conftest import ATTACKS, HOSTILE_NAME, HOSTILE_QUESTION, Tab
from tests.qa.web.test_asking import QUESTION


def test_a_hostile_name_text_and_question_are_shown_as_text(
    tab: Tab, shown_library: Library, embedder: Embedder
) -> None:
    citation = ask(shown_library, embedder, HOSTILE_QUESTION).citations[0]
    assert citation.document.name == HOSTILE_NAME
    assert all(attack in citation.quote for attack in ATTACKS)
    names = tab.page.locator("#lib .document").all_text_contents()
    assert HOSTILE_NAME in names
    tab.ask(HOSTILE_QUESTION)
    assert tab.text(".question") == HOSTILE_QUESTION
    assert tab.text(".lead blockquote") == citation.quote
    assert tab.text(".lead .document") == HOSTILE_NAME
    tab.page.locator(".cite").first.click()
    expect(tab.page.locator("#hit")).to_be_visible()
    assert tab.text("#hit") == citation.quote
    for place in ("#conversation .message", "#view .view-title", "#view .view-text", "#lib .list", "#lib .history"):
        assert tab.page.locator(f"{place} :is(img, iframe, script, object, form, base)").count() == 0
        foreign = tab.page.locator(f"{place} a:not([href^='#s/'], [href^='./?c='])")
        assert foreign.count() == 0


def test_the_viewer_keeps_tabs_blanks_and_line_ends(tab: Tab, shown_library: Library) -> None:
    document = next(one for one in shown_library.documents() if one.name == HOSTILE_NAME)
    tab.page.locator("#lib .open", has_text="onerror=alert(8)").click()
    expect(tab.page.locator("#view-title")).to_be_focused()
    shown = tab.page.locator("#view .passage").all_text_contents()
    assert shown == [passage.text for passage in shown_library.passages_of(document.id)]
    assert any("It is indented\r\n\twith tabs,  and has two blanks." in passage for passage in shown)


def test_a_suggested_question_is_text_too(tab: Tab) -> None:
    suggested = tab.page.locator("#conversation .example").all_inner_texts()
    assert any("<img src=x onerror=alert(10)>" in words for words in suggested)


def test_on_a_phone_nothing_is_cut_off_and_panels_open_over_the_chat(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 390, "height": 844})
    for state in ("empty", "answer", "refusal"):
        if state != "empty":
            tab.ask(QUESTION if state == "answer" else "How many zebras may park beside the xylophone?")
        assert tab.page.evaluate("document.documentElement.scrollWidth") == 390
    expect(tab.page.locator("#lib")).to_be_hidden()
    tab.page.locator("#top .menu").click()
    expect(tab.page.locator("#lib")).to_be_visible()
    expect(tab.page.locator("#chat")).to_have_attribute("inert", "")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#lib")).to_be_hidden()
    tab.page.locator(".cite").first.click()
    expect(tab.page.locator("#hit")).to_be_in_viewport()
    assert tab.is_in_view("#hit")
    tab.page.mouse.click(195, 30)  # beside the sheet
    expect(tab.page.locator("#view")).to_be_hidden()
    assert tab.page.evaluate("document.documentElement.scrollWidth") == 390
