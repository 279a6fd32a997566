"""A draft checked in the page: pasted or dropped, each claim marked and named, its source one click away."""

from __future__ import annotations

import asyncio
import html
import http.client
import io
import re
import threading
import zipfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import pytest
from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from index.embed import Embedder
from index.library import Library
from qa.check import Finding, Verdict
from qa.web.drafts import MAX_DRAFT_BYTES, Checked, Drafts
from qa.web.render_draft import draft_html
from source.document import Span
from source.errors import DocumentError
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.qa.web.conftest import OpenTab, Tab, serving
from tests.qa.web.test_accessibility import axe, findings
from tests.qa.web.test_asking import QUESTION, QUOTED
from tests.qa.web.test_sixty_attacks import ATTACKS

__all__ = ["axe"]

Outcome = TypeVar("Outcome")

DRAFT = """It says “the alarm went to a telephone number that had been given up in 2021”, and “the humidity fell to 93
per cent when a pump failed”.

“Port Ellery has nine bells” stands in museum-loan-report.md, and “the moon is made of green cheese” nowhere.
"""
SAID = ["exact but for folding", "altered", "misattributed", "not found"]


def run(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """What comes of it; in a thread, since the browser's has a loop that runs already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def claim(text: str, start: int, end: int, verdict: Verdict = "exact") -> Finding:
    return Finding(text[start:end], "quotation", Span(start, end), verdict, None, None, "")


def words_in(shown: str) -> str:
    [draft] = re.findall(r'<div class="draft-words[^>]*>(.*?)</div>', shown, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", draft))


@given(st.text(alphabet="ab <&”\"'\n\r\t", max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))))
def test_the_draft_is_shown_character_by_character_whatever_is_claimed_in_it(
    text: str, edges: list[tuple[int, int]]
) -> None:
    claims = [claim(text, start, end) for start, end in sorted(edges) if start <= end <= len(text)]
    shown = str(draft_html(Checked(text, tuple((one, None) for one in claims), is_whole=True)))
    assert words_in(shown) == text
    depth = 0
    for tag in re.findall(r"</?mark", shown.partition("<ol")[0]):
        depth += 1 if tag == "<mark" else -1
        assert depth >= 0
    assert depth == 0


def test_a_claim_in_a_claim_is_marked_in_it_and_the_verdict_stands_behind_the_closing_mark() -> None:
    text = 'He said "9 bells" once.'
    claims = [claim(text, 9, 16), claim(text, 9, 10, "altered")]
    shown = str(draft_html(Checked(text, tuple((one, None) for one in claims), is_whole=True)))
    marked = re.sub(r' (class|id|href|data-said|aria-label|dir|tabindex|role)="[^"]*"', "", shown.partition("<ol")[0])
    assert "<mark><mark>9</mark><a></a> bells</mark>&quot;<a></a> once." in marked
    assert 'id="in-draft-2">9' in shown
    assert "2 claims, 1 exact, 1 altered." in shown


def test_a_claim_that_is_not_marked_since_it_crosses_another_has_no_link_into_the_draft() -> None:
    text = "Nine bells rang once."
    claims = [claim(text, 0, 10), claim(text, 5, 15)]
    shown = str(draft_html(Checked(text, tuple((one, None) for one in claims), is_whole=True)))
    targets = {number for number in ("1", "2") if f'id="in-draft-{number}"' in shown}
    assert targets == {number for number in ("1", "2") if f'href="#in-draft-{number}"' in shown} == {"1"}


def test_a_draft_that_was_too_much_says_so() -> None:
    assert "It takes longer, or more memory, than there is" in str(draft_html(Checked("words", (), is_whole=False)))
    assert "There is no quotation, number or cited sentence in it" in str(
        draft_html(Checked("words", (), is_whole=True))
    )


def put(address: str, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("PUT", path, body, headers)
    reply = connection.getresponse()
    said = reply.read().decode()
    connection.close()
    return reply.status, said


def zipped(*names: str) -> bytes:
    """An archive of files of some words."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "words")
    return written.getvalue()


def test_what_cannot_be_checked_is_told_in_words(site: str) -> None:
    for path, body, status, sentence in [
        ("/draft", b"words", 400, "Cannot check this file: it has no name."),
        ("/draft?name=..", b"words", 400, "Cannot check this file: it has no name."),
        ("/draft?name=a.md&library=gone", b"words", 404, "There is no library of this name."),
        ("/draft?name=a.png", b"\x89PNG\r\n\x1a\n" + bytes(99), 400, "Cannot check a.png:"),
        ("/draft?name=a.docx", b"words", 400, "Cannot check a.docx:"),
        ("/draft?name=a.md", b" \n", 400, "Cannot check a.md:"),
        ("/draft?name=a.zip", zipped("a.md", "b.md"), 400, "Cannot check a.zip: it is no document by itself."),
        ("/draft?name=a.txt", b"word " * 70_000, 400, "it has 350,000 characters, more than 300,000"),
        (f"/draft?name={'x' * 300}.txt", b"words", 400, "its name cannot be used here. Rename it."),
        ("/draft?name=a.md", bytes(MAX_DRAFT_BYTES + 1), 413, "it is larger than 5 MB. Check it in parts."),
    ]:
        assert (path, put(site, path, body)[0]) == (path, status)
        assert sentence in put(site, path, body)[1]
    assert put(site, "/draft?name=a.md", b"words", Origin="http://evil.example")[0] == 403


def test_an_empty_library_proves_nothing(library: Library) -> None:
    with pytest.raises(
        DocumentError, match=r"Cannot check draft\.md: the library is empty. Add documents to it first\."
    ):
        run(Drafts().check(library, "draft.md", b"It says \xe2\x80\x9cso\xe2\x80\x9d."))


def test_drafts_wait_for_each_other_and_too_many_are_turned_away(library: Library) -> None:
    put_text(library, WordEmbedder(), "The bell rings at noon.")

    async def check_many() -> list[Checked | BaseException]:
        checker = Drafts()
        checks = [checker.check(library, "a.txt", "“The bell rings”".encode()) for _ in range(12)]
        return await asyncio.gather(*checks, return_exceptions=True)

    outcomes = run(check_many())
    told = [str(one) for one in outcomes if isinstance(one, DocumentError)]
    assert told == ["Cannot check a.txt: many others are being checked. Try again in a minute."] * 3
    verdicts = [one.found[0][0].verdict for one in outcomes if isinstance(one, Checked)]
    assert verdicts == ["exact"] * 9


def test_of_a_draft_that_takes_too_long_what_was_found_in_time_is_shown(library: Library) -> None:
    """Here, there is no time at all."""
    put_text(library, WordEmbedder(), "The bell rings at noon.")
    checked = run(Drafts(max_s=0.01).check(library, "a.txt", "“The bell rings”".encode()))
    assert (checked.found, checked.is_whole) == ((), False)
    assert "only what is listed was looked up" in str(draft_html(checked))


def test_what_changes_in_the_library_is_seen_at_once(library: Library) -> None:
    put_text(library, WordEmbedder(), "The bell rings at noon.", "/one.txt")
    checker = Drafts()
    draft = "“The clock strikes nine times”".encode()
    assert run(checker.check(library, "a.txt", draft)).found[0][0].verdict == "not_found"
    put_text(library, WordEmbedder(), "The clock strikes nine times.", "/two.txt")
    [(finding, source)] = run(checker.check(library, "a.txt", draft)).found
    assert finding.verdict == "exact"
    assert source is not None
    assert (source.number, finding.quoted) == (1, "The clock strikes nine times")


def open_draft(tab: Tab, draft: str = DRAFT) -> None:
    tab.page.locator("#top .check-draft").click()
    tab.page.get_by_label("Your draft").fill(draft)
    tab.page.get_by_role("button", name="Check the draft").click()
    expect(tab.page.locator(".draft-summary")).to_be_visible(timeout=60_000)


def test_a_pasted_draft_is_marked_in_words_and_each_source_is_one_click_away(tab: Tab) -> None:
    page = tab.page
    open_draft(tab)
    expect(page.locator(".draft-summary")).to_be_focused()
    assert tab.text(".draft-summary") == ("4 claims, 1 exact but for folding, 1 altered, 1 misattributed, 1 not found.")
    assert tab.text(".draft-words") == DRAFT
    assert page.locator(".draft-words .ruling-tag").evaluate_all("all => all.map(one => one.dataset.said)") == SAID
    assert (
        page.locator(".draft-words .ruling-tag").first.evaluate("one => getComputedStyle(one, '::after').content")
        == f'"{SAID[0]}"'
    )
    altered = page.locator(".ruling").nth(1)
    expect(altered.locator("ins")).to_have_text("the document: 39")
    expect(altered.locator("del")).to_have_text("your draft: 93")
    expect(page.locator(".ruling").nth(2).locator(".difference")).to_contain_text("not in museum-loan-report.md")
    altered.locator(".badge").click()
    expect(page.locator("#hit")).to_have_text("the humidity fell to 39 per cent when a pump failed")
    assert tab.is_in_view("#hit")
    expect(page.locator(".step")).to_have_text(re.compile(r"2 / [34]"))
    page.keyboard.press("Escape")
    expect(altered.locator(".badge")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#draft")).to_be_hidden()
    expect(page.locator("#top .check-draft")).to_be_focused()
    tab.ask(QUESTION)
    assert QUOTED in tab.text(".lead blockquote")


def test_the_keyboard_alone_leads_from_the_draft_to_what_was_found_and_back(tab: Tab) -> None:
    page, keyboard = tab.page, tab.page.keyboard
    page.locator("#top .check-draft").focus()
    keyboard.press("Enter")
    expect(page.get_by_label("Your draft")).to_be_focused()
    keyboard.insert_text(DRAFT)
    keyboard.press("Control+Enter")
    expect(page.locator(".draft-summary")).to_be_focused(timeout=60_000)
    page.get_by_role("link", name="altered, claim 2").focus()
    keyboard.press("Enter")
    expect(page.locator("#claim-2")).to_be_focused()
    assert tab.is_in_view("#claim-2")
    keyboard.press("Tab")
    expect(page.locator("#claim-2 .in-draft")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_role("link", name="altered, claim 2")).to_be_focused()
    assert "#" not in page.url
    page.get_by_role("button", name="Change the draft").click()
    expect(page.get_by_label("Your draft")).to_have_value(DRAFT)


def test_a_word_file_is_checked_and_a_reload_keeps_what_was_pasted(tab: Tab, tmp_path: Path) -> None:
    page = tab.page
    document = WordDocument()
    document.add_paragraph("It says “the humidity fell to 93 per cent when a pump failed”.")
    document.save(str(tmp_path / "my draft.docx"))
    page.locator("#top .check-draft").click()
    page.locator(".draft-file").set_input_files(tmp_path / "my draft.docx")
    expect(page.locator(".draft-name")).to_have_text("my draft.docx", timeout=60_000)
    expect(page.locator(".draft-words .ruling-tag")).to_have_attribute("data-said", "altered")
    page.get_by_role("button", name="Change the draft").click()
    page.get_by_role("button", name="Check the draft").click()
    expect(page.locator(".draft-state")).to_have_text("There is nothing to check yet: paste your draft first.")
    page.get_by_label("Your draft").fill("Half a draft")
    page.reload()
    expect(page.get_by_label("Your draft")).to_have_value("Half a draft")
    page.get_by_role("button", name="Close the check").click()
    assert page.evaluate("({...sessionStorage})") == {}


def test_a_file_that_is_dropped_while_drafting_is_checked_and_not_added(tab: Tab) -> None:
    tab.page.locator("#top .check-draft").click()
    tab.page.evaluate(
        """words => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([words], 'draft.md'));
            const options = {dataTransfer: transfer, bubbles: true, cancelable: true};
            for (const kind of ['dragenter', 'dragover', 'drop'])
                document.body.dispatchEvent(new DragEvent(kind, options));
        }""",
        DRAFT,
    )
    expect(tab.page.locator(".draft-name")).to_have_text("draft.md", timeout=60_000)
    expect(tab.page.locator(".ruling")).to_have_count(4)
    assert not any("/library/upload" in url for url in tab.requests)


def test_sixty_attacks_in_a_draft_are_its_text(tab: Tab) -> None:
    draft = "\n\n".join(f"They wrote “{attack} and nothing else”, 17 of them [1]." for attack in ATTACKS)
    open_draft(tab, draft)
    assert tab.text(".draft-words") == draft
    assert (
        tab.page.locator("#draft :is(img, iframe, script, object, form form, base, svg a, style, video)").count() == 0
    )
    assert tab.page.locator("#draft a:not([href^='#'])").count() == 0
    tab.page.locator(".draft-words .ruling-tag").first.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_a_draft(tab: Tab, axe: str, scheme: str, width: int) -> None:
    tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    tab.page.set_viewport_size({"width": width, "height": 844})
    tab.page.locator("#top .check-draft").click()
    assert findings(tab.page, axe) == []
    open_draft(tab)
    tab.page.wait_for_timeout(300)
    assert findings(tab.page, axe) == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_questions_are_answered_while_a_long_draft_is_checked(
    demo_library: Library, embedder: Embedder, new_tab: OpenTab
) -> None:
    long = " ".join(f"They said “the {number} bells of Port Ellery rang {number} times”." for number in range(900))
    with serving(demo_library, lambda _: embedder) as address:
        tab = new_tab(address)
        tab.open()
        checked: list[tuple[int, str]] = []
        sender = threading.Thread(
            target=lambda: checked.append(put(address, f"/draft?name={quote('long draft.md')}", long.encode()))
        )
        sender.start()
        tab.ask(QUESTION)
        assert QUOTED in tab.text(".lead blockquote")
        sender.join(120)
    [(status, said)] = checked
    assert status == 200
    assert "900 claims" in said
