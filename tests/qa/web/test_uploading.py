"""Adding documents to a library and removing them, in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.embed import Embedder
from index.library import Library
from tests.qa.web.conftest import OpenTab, Tab, serving

FERRY = b"The Brennau ferry was built in 1931 by Ottoline Vask. She never crossed the sound herself.\n"


@pytest.fixture
def empty_tab(library: Library, embedder: Embedder, new_tab: OpenTab) -> Iterator[Tab]:
    """The page for a library that is empty at first."""
    with serving(library, lambda: embedder) as address:
        tab = new_tab(address)
        tab.open()
        yield tab


def files(folder: Path, **contents: bytes) -> list[str]:
    paths = {folder / name.replace("_", "."): content for name, content in contents.items()}
    for path, content in paths.items():
        path.write_bytes(content)
    return [str(path) for path in paths]


def test_documents_are_added_told_apart_asked_and_removed(empty_tab: Tab, library: Library, tmp_path: Path) -> None:
    page = empty_tab.page
    expect(page.locator("#conversation .start")).to_contain_text("The library is empty.")
    page.locator("#drop input[type=file]").set_input_files(
        files(tmp_path, ferry_txt=FERRY, picture_png=b"\x89PNG", empty_md=b"")
    )
    expect(page.locator(".outcomes summary")).to_have_text("1 added, 2 not added")
    expect(page.locator("#added .done")).to_have_text("ferry.txt added")
    failed = page.locator("#added .failed")
    expect(failed).to_have_count(2)
    picture = failed.filter(has_text="picture.png")
    expect(picture.locator(".reason")).to_contain_text(
        "Files of the kind .png are not known. Convert it to one of .txt,"
    )
    expect(failed.filter(has_text="empty.md").locator(".reason")).to_contain_text("It is empty.")
    row = page.locator("#documents li")
    expect(row.locator(".document")).to_have_text("ferry.txt")
    expect(row.locator(".meta")).to_have_text("Text · 1 passage")
    expect(page.locator("#conversation .start")).not_to_contain_text("The library is empty.")

    [document] = library.documents()
    assert Path(document.path).read_bytes() == FERRY
    assert Path(document.path).is_relative_to(library.folder / "files")
    empty_tab.ask("Who built the Brennau ferry?")
    assert empty_tab.text(".lead blockquote").startswith("The Brennau ferry was built in 1931 by Ottoline Vask.")

    row.hover()
    row.locator("summary").click()
    row.get_by_role("button", name="Remove ferry.txt from the library").click()
    expect(row).to_have_count(0)
    assert library.documents() == []
    assert not Path(document.path).exists()
    page.locator(".cite").first.click()
    page.wait_for_selector("#view .message")
    assert "This document is not in the library." in empty_tab.text("#view .message")
    empty_tab.forgive("status of 404")


def test_an_empty_library_is_told_when_it_is_asked(empty_tab: Tab) -> None:
    empty_tab.box.fill("Who built the ferry?")
    empty_tab.box.press("Enter")
    expect(empty_tab.page.locator("#notice [role=alert]")).to_have_text(
        "Cannot answer this question: the library is empty. Add documents to it first."
    )
    expect(empty_tab.box).to_have_value("Who built the ferry?")
