"""The whole document, with one quote marked."""

from __future__ import annotations

import html
import re

import pytest

from index.library import Library
from index.records import StoredPassage
from qa.web.viewer import number_in, view_html
from tests.qa.web.test_security import reply_to


def shown_passages(shown: str) -> list[str]:
    """The text of each passage in the viewer's HTML."""
    passages = re.findall(r"<(?:p|h3) class=\"passage [^>]*>(.*?)</(?:p|h3)>", shown)
    return [html.unescape(re.sub(r"</?mark[^>]*>", "", passage)) for passage in passages]


def first_body(library: Library, document_id: int) -> StoredPassage:
    return next(passage for passage in library.passages_of(document_id) if passage.role == "body")


def test_every_document_is_shown_whole_and_in_order(shown_library: Library) -> None:
    for document in shown_library.documents():
        shown = str(view_html(shown_library, document.id, 1, 0, 0))
        passages = shown_library.passages_of(document.id)
        assert shown_passages(shown) == [passage.text for passage in passages]
        assert re.findall(r'data-number="(\d+)"', shown) == [str(passage.number) for passage in passages]
        assert "<mark" not in shown
        assert "cited" not in shown


def test_a_quote_is_marked_in_its_passage_and_named_in_the_head(demo_library: Library) -> None:
    document = next(one for one in demo_library.documents() if one.name == "harbour-bells.txt")
    passage = first_body(demo_library, document.id)
    start, end = passage.span.start + 2, passage.span.start + 9
    shown = str(view_html(demo_library, document.id, passage.number, start, end))
    assert re.findall('<mark id="hit">(.*?)</mark>', shown) == [passage.text[2:9]]
    assert re.findall(r'class="passage (\w+) \w+ cited" data-number="(\d+)"', shown) == [("body", str(passage.number))]
    assert f"{document.title}</h2>" in shown
    assert f"{document.name} · paragraph {passage.number}, line {passage.lines and passage.lines.first}</p>" in shown


def test_headings_and_furniture_are_told_apart(demo_library: Library) -> None:
    document = next(one for one in demo_library.documents() if one.name == "harbour-bells.txt")
    shown = str(view_html(demo_library, document.id, 1, 0, 0))
    for passage in demo_library.passages_of(document.id):
        tag = "h3" if passage.role == "heading" else "p"
        assert re.search(rf'<{tag} class="passage {passage.role} \w+" data-number="{passage.number}"', shown)


@pytest.mark.parametrize("document_id", [0, 999, 2**63 - 1])
def test_a_document_that_is_not_there_is_told_plainly(demo_library: Library, document_id: int) -> None:
    with pytest.raises(KeyError, match="This document is not in the library"):
        view_html(demo_library, document_id, 1, 0, 0)


def test_a_place_that_is_not_there_is_told_plainly(demo_library: Library) -> None:
    document = demo_library.documents()[0]
    passage = first_body(demo_library, document.id)
    start, end = passage.span.start, passage.span.end
    wrong = [(0, 0, 0), (10_000, 0, 0), (passage.number, start, end + 1), (passage.number, end, start)]
    for number, first, last in wrong:
        with pytest.raises(KeyError, match="There is no such passage in this document"):
            view_html(demo_library, document.id, number, first, last)


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
