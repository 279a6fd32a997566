"""The whole document, with one quote marked."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.ingest import add_paths
from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.web.find import find_places
from qa.web.pages import page_html
from qa.web.pictures import Pictures
from qa.web.proof import proof_html
from qa.web.viewer import Place, number_in, view_html, window_html
from source.errors import DocumentError
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.pdfs import column, make_pdf
from tests.qa.web.conftest import OpenTab, Tab, serving
from tests.qa.web.test_security import reply_to


def shown_passages(shown: str) -> list[str]:
    """The text of each passage in the viewer's HTML."""
    passages = re.findall(r"<(p|h3|tbody|section) class=\"passage [^>]*>(.*?)</\1>", shown)
    return [html.unescape(re.sub(r"<[^>]+>", "", passage)) for _, passage in passages]


def first_body(library: Library, document_id: int) -> StoredPassage:
    return next(passage for passage in library.passages_of(document_id) if passage.role == "body")


def test_every_document_is_shown_whole_and_in_order(shown_library: Library) -> None:
    for document in shown_library.documents():
        shown = str(view_html(shown_library, document.id, Place(1, 0, 0)))
        passages = shown_library.passages_of(document.id)
        assert shown_passages(shown) == [passage.text for passage in passages]
        assert re.findall(r'class="passage [^>]* data-number="(\d+)"', shown) == [
            str(passage.number) for passage in passages
        ]
        assert "<mark" not in shown
        assert "cited" not in shown


def test_a_quote_is_marked_in_its_passage_and_named_in_the_head(demo_library: Library) -> None:
    document = next(one for one in demo_library.documents() if one.name == "harbour-bells.txt")
    passage = first_body(demo_library, document.id)
    start, end = passage.span.start + 2, passage.span.start + 9
    shown = str(view_html(demo_library, document.id, Place(passage.number, start, end)))
    assert re.findall('<mark id="hit">(.*?)</mark>', shown) == [passage.text[2:9]]
    assert re.findall(r'class="passage (\w+) \w+ cited" data-number="(\d+)"', shown) == [("body", str(passage.number))]
    assert f"{document.title}</h2>" in shown
    assert (
        f"{document.name}</span> · paragraph {passage.number}, line {passage.lines and passage.lines.first}</p>"
        in shown
    )


def test_headings_and_furniture_are_told_apart(demo_library: Library) -> None:
    document = next(one for one in demo_library.documents() if one.name == "harbour-bells.txt")
    shown = str(view_html(demo_library, document.id, Place(1, 0, 0)))
    for passage in demo_library.passages_of(document.id):
        tag = "h3" if passage.role == "heading" else "p"
        assert re.search(rf'<{tag} class="passage {passage.role} \w+" data-number="{passage.number}"', shown)


@pytest.mark.parametrize("document_id", [0, 999, 2**63 - 1])
def test_a_document_that_is_not_there_is_told_plainly(demo_library: Library, document_id: int) -> None:
    with pytest.raises(KeyError, match="This document is not in the library"):
        view_html(demo_library, document_id, Place(1, 0, 0))


def test_a_place_that_is_not_there_is_told_plainly(demo_library: Library) -> None:
    document = demo_library.documents()[0]
    passage = first_body(demo_library, document.id)
    start, end = passage.span.start, passage.span.end
    wrong = [(0, 0, 0), (10_000, 0, 0), (passage.number, start, end + 1), (passage.number, end, start)]
    for number, first, last in wrong:
        with pytest.raises(KeyError, match="There is no such passage in this document"):
            view_html(demo_library, document.id, Place(number, first, last))


def test_only_a_number_that_the_library_can_have_is_one() -> None:
    assert [number_in(part) for part in ("0", "17", str(2**63 - 1))] == [0, 17, 2**63 - 1]
    parts = ("", "x", "-1", "1.0", "²", "١", "1\n", str(2**63), str(2**70), "9" * 5000)
    assert {number_in(part) for part in parts} == {None}


@pytest.mark.parametrize("part", ["9" * 5000, str(2**63), "x", "-1", "%D9%A1"])
def test_an_address_that_was_made_up_is_told_plainly(site: str, part: str) -> None:
    status, _, body = reply_to(site, f"/view/{part}/1/0-0")
    assert (status, "This document is not in the library." in body) == (404, True)
    for path in (f"/view/1/{part}/0-0", f"/view/1/1/{part}-0", f"/view/1/1/0-{part}"):
        status, _, body = reply_to(site, path)
        assert (status, "There is no such passage in this document." in body) == (404, True)


BELLS = "The old bell of the town hangs in the north tower, and it has been rung by hand since the year 1874."


@pytest.fixture
def long_book(library: Library) -> DocumentRecord:
    """4,000 paragraphs."""
    paragraphs = (f"Paragraph {number} tells of the bells of the {number}th harbour." for number in range(1, 4001))
    return put_text(library, WordEmbedder(), "\n\n".join(f"{one} {'And of ropes. ' * 20}" for one in paragraphs))


def numbers_in(shown: str) -> list[int]:
    return [int(number) for number in re.findall(r'class="passage [^>]* data-number="(\d+)"', shown)]


def test_of_a_long_document_what_stands_around_the_place_is_sent_and_the_rest_on_demand(
    library: Library, long_book: DocumentRecord
) -> None:
    passages = library.passages_of(long_book.id)
    assert len(passages) == 4000
    cited = passages[1999]
    shown = str(view_html(library, long_book.id, Place(2000, cited.span.start, cited.span.end)))
    assert numbers_in(shown) == list(range(1700, 2301))
    assert 'data-first="1700" data-last="2300" data-count="4000"' in shown
    assert numbers_in(str(view_html(library, long_book.id, Place(1, 0, 0)))) == list(range(1, 302))
    assert numbers_in(str(window_html(library, long_book.id, 2301, 2303))) == [2301, 2302, 2303]
    assert numbers_in(str(window_html(library, long_book.id, 3999, 9999))) == [3999, 4000]
    assert numbers_in(str(window_html(library, long_book.id, 0, 10**12))) == list(range(1, 1501))


def test_words_are_found_in_order_whatever_their_case_and_gaps(library: Library) -> None:
    document = put_text(library, WordEmbedder(), "A Bell\nrings.\n\n\nThe bell   RINGS, a bell rings.", "/bells.txt")
    passages = library.passages_of(document.id)
    text = library.text(document.id)
    found = find_places(passages, " bell  rings ")
    assert [text[start:end] for _, start, end in found] == ["Bell\nrings", "bell   RINGS", "bell rings"]
    assert all(
        passages[number - 1].span.start <= start < end <= passages[number - 1].span.end for number, start, end in found
    )
    assert find_places(passages, "") == find_places(passages, " \n") == find_places(passages, "whistle.*") == []
    assert find_places(passages, "x" * 10_000) == []


def test_the_proof_says_whether_the_file_is_still_the_same(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "bells.txt"
    file.write_text("The bell rings at noon.", encoding="utf-8")
    list(add_paths(library, WordEmbedder(), [file]))
    [document] = library.documents()

    def proof(end: int = 8) -> str:
        return str(proof_html(library, document.id, Place(1, 4, end)))

    assert "Verified" in proof()
    assert document.sha256 in proof()
    assert "Verified" not in proof(10**9)
    file.write_text("The bell rings at nine.", encoding="utf-8")
    assert "Changed since" in proof()
    file.unlink()
    assert "File gone" in proof()
    with pytest.raises(KeyError, match="This document is not in the library"):
        proof_html(library, 999, Place(1, 0, 0))


@pytest.fixture
def pdf_library(library: Library, tmp_path: Path) -> Library:
    """A PDF of two pages; the bells are on the second."""
    pages = [column(60, 700, ["Ropes are made of hemp and are changed every ten", "years."]), column(60, 700, _lines())]
    (tmp_path / "bells.pdf").write_bytes(make_pdf(pages))
    list(add_paths(library, WordEmbedder(), [tmp_path / "bells.pdf"]))
    return library


def _lines() -> list[str]:
    return ["The old bell of the town hangs in the north tower,", "and it has been rung by hand since the year 1874."]


def test_a_pdf_is_shown_as_its_page_with_a_box_for_each_line_of_the_quote(pdf_library: Library) -> None:
    [document] = pdf_library.documents()
    passage = next(one for one in pdf_library.passages_of(document.id) if "bell" in one.text)
    shown = str(view_html(pdf_library, document.id, Place(passage.number, passage.span.start, passage.span.end)))
    assert re.findall(r'data-src="([^"]*)"', shown) == [f"page/{document.id}/2.png"]
    tops = [float(top) for top in re.findall(r'class="hit-box" style="left: [\d.]+%; top: ([\d.]+)%', shown)]
    assert len(tops) == 2
    assert 11 < tops[0] < 12 < tops[1] < 14  # at 700 and 688 of 800 points from below
    at_first = str(view_html(pdf_library, document.id, Place(1, 0, 0)))
    assert re.findall(r'data-src="([^"]*)"', at_first) == [f"page/{document.id}/1.png"]
    assert "hit-box" not in at_first
    assert f'data-src="page/{document.id}/2.png"' in page_html(document, 2)
    assert page_html(document, 3) == ""


def test_a_picture_is_drawn_of_the_very_bytes_that_were_added(pdf_library: Library) -> None:
    [document] = pdf_library.documents()
    drawn = Pictures().page(document, 2)
    assert drawn.startswith(b"\x89PNG\r\n")
    path = Path(document.path)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(DocumentError, match="the file has changed since it was added, or is gone"):
        Pictures().page(document, 2)
    path.unlink()
    with pytest.raises(DocumentError, match="the file has changed since it was added, or is gone"):
        Pictures().page(document, 1)


def test_the_page_and_the_text_of_a_pdf_stand_side_by_side_in_the_browser(
    pdf_library: Library, new_tab: OpenTab
) -> None:
    with serving(pdf_library, lambda _: WordEmbedder()) as address:
        tab = new_tab(address)
        tab.open()
        page = tab.page
        tab.ask("Since when has the old bell of the north tower been rung by hand?")
        page.locator(".cite").first.click()
        page.wait_for_function("document.querySelector('.page img')?.naturalWidth > 0")
        expect(page.locator(".hit-box")).to_have_count(2)
        expect(page.locator(".page-number")).to_have_text("Page 2 of 2")
        box, picture = page.locator(".hit-box").first.bounding_box(), page.locator(".page img").bounding_box()
        assert box is not None
        assert picture is not None
        assert 0.11 < (box["y"] - picture["y"]) / picture["height"] < 0.13
        page.get_by_role("button", name="Previous page").click()
        expect(page.locator(".page-number")).to_have_text("Page 1 of 2")
        expect(page.locator(".hit-box")).to_have_count(0)
        page.get_by_role("button", name="Text", exact=True).click()
        expect(page.locator("#hit")).to_be_visible()
        assert tab.is_in_view("#hit")
        assert BELLS.partition(",")[0] in tab.text("#hit")
        expect(page.locator(".page img")).to_be_hidden()


def test_find_proof_and_a_long_document_in_the_browser(
    library: Library, long_book: DocumentRecord, new_tab: OpenTab
) -> None:
    with serving(library, lambda _: WordEmbedder()) as address:
        tab = new_tab(address)
        tab.open(f"#s/{long_book.id}/2000/0-0")
        page = tab.page
        expect(page.locator('.passage[data-number="2000"]')).to_be_in_viewport()
        expect(page.locator(".proof summary")).to_have_text("File gone")
        page.get_by_role("button", name="Find in this document").click()
        page.get_by_label("Words to find").fill("paragraph 3901 TELLS")
        page.get_by_label("Words to find").press("Enter")
        expect(page.locator("#hit")).to_have_text("Paragraph 3901 tells")
        expect(page.locator(".found")).to_have_text("1 of 1")
        assert tab.is_in_view("#hit")
        page.get_by_label("Words to find").fill("zebra")
        page.get_by_label("Words to find").press("Enter")
        expect(page.locator(".found")).to_have_text("Not in this document")
        page.get_by_label("Words to find").fill("tells of the bells")
        page.get_by_label("Words to find").press("Enter")
        expect(page.locator(".found")).to_have_text("1 of 500")
        page.get_by_role("button", name="Previous place").click()
        expect(page.locator(".found")).to_have_text("500 of 500")
        expect(page.locator("#hit")).to_have_text("tells of the bells")
        page.get_by_label("Words to find").press("Escape")
        expect(page.locator(".find-bar")).to_be_hidden()
        expect(page.locator("#view")).to_be_visible()
        before = page.locator(".text").get_attribute("data-last")
        page.locator(".view-text").evaluate("one => one.scrollTo(0, one.scrollHeight)")
        page.wait_for_function(f"document.querySelector('.view-text .text').dataset.last !== '{before}'")
        page.locator(".view-text").evaluate("one => one.scrollTo(0, 0)")
        page.wait_for_function("document.querySelector('.view-text .text').dataset.first === '1'")
        numbers = page.locator(".passage").evaluate_all("all => all.map(one => Number(one.dataset.number))")
        assert numbers == list(range(1, len(numbers) + 1))


def test_the_address_of_a_paragraph_leads_there(tab: Tab) -> None:
    tab.page.locator("#lib .open", has_text="harbour-bells.txt").click()
    number = tab.page.locator(".passage .number").nth(8)
    number.hover()
    address = number.get_attribute("href") or ""
    number.click()
    expect(tab.page.locator(".passage.cited")).to_have_attribute("data-number", "9")
    assert tab.page.url.endswith(address)
    tab.page.locator(".copy-link").click()
    assert tab.page.evaluate("navigator.clipboard.readText()") == tab.page.url
