"""The library panel in the browser: adding, using, searching, sorting, removing, and other libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.embed import Embedder
from index.library import Library
from tests.qa.web.conftest import HOSTILE_NAME, OpenTab, Tab, serving

FERRY = b"The Brennau ferry was built in 1931 by Ottoline Vask. She never crossed the sound herself.\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def empty_tab(library: Library, embedder: Embedder, new_tab: OpenTab, data: None) -> Iterator[Tab]:
    """The page for a library that is empty at first."""
    with serving(library, lambda _: embedder, undo_s=1.5) as address:
        tab = new_tab(address)
        tab.open()
        yield tab


def files(folder: Path, **contents: bytes) -> list[str]:
    paths = {folder / name.replace("_", "."): content for name, content in contents.items()}
    for path, content in paths.items():
        path.write_bytes(content)
    return [str(path) for path in paths]


def names(tab: Tab) -> list[str]:
    return tab.page.locator(".documents li:visible .document").all_text_contents()


def test_documents_are_added_told_apart_asked_removed_and_had_back(
    empty_tab: Tab, library: Library, tmp_path: Path
) -> None:
    page = empty_tab.page
    expect(page.locator("#conversation .start")).to_contain_text("The library is empty.")
    page.locator(".pick-files").set_input_files(files(tmp_path, ferry_txt=FERRY, picture_png=b"\x89PNG", empty_md=b""))
    expect(page.locator(".progress-head p")).to_have_text("1 added, 2 not added")
    failed = page.locator(".progress .failed")
    expect(failed).to_have_count(2)
    expect(failed.filter(has_text="picture.png").locator(".meta")).to_contain_text(".png are not known. Convert it to")
    expect(failed.filter(has_text="empty.md").locator(".meta")).to_contain_text("It is empty.")
    row = page.locator(".documents li")
    expect(row.locator(".document")).to_have_text("ferry.txt")
    expect(row.locator(".meta")).to_have_text("Text · 1 passage")
    expect(page.locator("#conversation .start")).not_to_contain_text("The library is empty.")
    page.reload()
    expect(page.locator(".progress-head p")).to_have_text("1 added, 2 not added")  # nothing is lost
    page.locator(".progress-head .dismiss").click()
    expect(failed).to_have_count(0)
    expect(page.locator(".add-files")).to_be_focused()

    [document] = library.documents()
    assert Path(document.path).read_bytes() == FERRY
    assert Path(document.path).is_relative_to(library.folder / "files")
    assert list((library.folder / "incoming").iterdir()) == []
    empty_tab.ask("Who built the Brennau ferry?")
    assert empty_tab.text(".lead blockquote").startswith("The Brennau ferry was built in 1931 by Ottoline Vask.")

    empty_tab.hold("ferry.txt").get_by_role("button", name="Remove ferry.txt").click()
    expect(row).to_have_count(0)
    assert library.documents() == [document]
    page.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)
    empty_tab.hold("ferry.txt").get_by_role("button", name="Remove ferry.txt").click()
    expect(page.locator(".undo")).to_contain_text("Removed ferry.txt")
    page.wait_for_timeout(2500)
    assert library.documents() == []
    assert not Path(document.path).exists()
    page.locator(".cite").first.click()
    page.wait_for_selector("#view .message")
    assert "This document is not in the library." in empty_tab.text("#view .message")
    empty_tab.forgive("status of 404")


def test_a_folder_is_added_with_all_that_is_in_it_but_a_system_s_own_files(empty_tab: Tab, tmp_path: Path) -> None:
    (tmp_path / "notes" / "deep").mkdir(parents=True)
    for name in ("notes/a.txt", "notes/deep/b.txt", "notes/.DS_Store"):
        (tmp_path / name).write_text(f"Words of {name}.", encoding="utf-8")
    empty_tab.page.locator(".pick-folder").set_input_files(tmp_path / "notes")
    expect(empty_tab.page.locator(".documents li")).to_have_count(2)
    assert names(empty_tab) == ["a.txt", "b.txt"]


def test_files_can_be_dropped_anywhere(empty_tab: Tab) -> None:
    dropped = empty_tab.page.evaluate_handle(
        "() => { const transfer = new DataTransfer();"
        " for (const name of ['x.txt', 'y.txt']) transfer.items.add(new File([`Words of ${name}.`], name));"
        " return transfer; }"
    )
    for event in ("dragenter", "dragover"):
        empty_tab.page.dispatch_event("#conversation", event, {"dataTransfer": dropped})
    expect(empty_tab.page.locator("body.dropping")).to_have_count(1)
    empty_tab.page.dispatch_event("#conversation", "drop", {"dataTransfer": dropped})
    expect(empty_tab.page.locator("body.dropping")).to_have_count(0)
    expect(empty_tab.page.locator(".documents li")).to_have_count(2)
    expect(empty_tab.page.locator(".progress-head p")).to_have_text("2 added")


def test_an_empty_library_is_told_when_it_is_asked(empty_tab: Tab) -> None:
    empty_tab.box.fill("Who built the ferry?")
    empty_tab.box.press("Enter")
    expect(empty_tab.page.locator("#notice [role=alert]")).to_have_text(
        "Cannot answer this question: the library is empty. Add documents to it first."
    )
    expect(empty_tab.box).to_have_value("Who built the ferry?")


def test_only_ticked_documents_are_quoted_and_a_reload_keeps_the_ticks(tab: Tab) -> None:
    question = "Why did nobody react to the humidity alarm in Gallery 4?"
    page = tab.page
    expect(page.locator("#lib .count")).to_have_text("6")
    tab.hold("museum-loan-report.md").locator(".use").uncheck()
    expect(page.locator("#lib .count")).to_have_text("5 of 6 in use")
    page.reload()
    expect(page.locator("#lib .count")).to_have_text("5 of 6 in use")
    answer = tab.ask(question)
    assert "museum-loan-report.md" not in " ".join(answer.locator(".document").all_text_contents())
    if answer.locator(".verdict").count():
        expect(answer.locator(".verdict")).to_contain_text("Only 5 of 6 documents were in use")
    page.get_by_label("Use all").check()
    expect(page.locator("#lib .count")).to_have_text("6")
    assert tab.ask(question).locator(".lead .document").text_content() == "museum-loan-report.md"
    page.get_by_label("Use all").uncheck()
    tab.box.fill(question)
    tab.box.press("Enter")
    expect(page.locator("#notice [role=alert]")).to_contain_text("no document is in use. Tick at least one")


def test_the_list_is_searched_and_sorted(tab: Tab) -> None:
    page = tab.page
    by_name = names(tab)
    assert by_name == [HOSTILE_NAME, *sorted(set(by_name) - {HOSTILE_NAME})]
    page.get_by_label("Search the documents").fill("HONEY")
    expect(page.locator(".documents li:visible")).to_have_count(1)
    expect(page.locator("#lib .count")).to_have_text("1 found")
    page.get_by_label("Search the documents").fill("")
    page.get_by_label("Sort the documents").select_option("Newest")
    assert names(tab)[0] == HOSTILE_NAME
    page.get_by_label("Sort the documents").select_option("Kind")
    kinds = page.locator(".documents .open .document + .meta").all_text_contents()
    assert [kind.split()[0] for kind in kinds if "·" in kind] == [
        "HTML",
        "Markdown",
        "Markdown",
        "Text",
        "Text",
        "Text",
    ]


def test_another_library_is_made_used_and_left(empty_tab: Tab, tmp_path: Path) -> None:
    page = empty_tab.page
    page.locator(".pick-files").set_input_files(files(tmp_path, ferry_txt=FERRY))
    expect(page.locator(".documents li")).to_have_count(1)
    page.locator(".switch summary").click()
    page.get_by_label("New library").fill("../x")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator(".switch .reason")).to_contain_text("a name has 1 to 80 letters")
    page.get_by_label("New library").fill("Field notes")
    page.get_by_label("New library").press("Enter")
    page.wait_for_url("**/?library=Field%20notes")
    expect(page.locator("#top .library")).to_have_text("Field notes")
    expect(page.locator("#conversation .start")).to_contain_text("The library is empty.")
    page.locator(".pick-files").set_input_files(files(tmp_path, notes_txt=b"The lake froze in March 1907."))
    expect(page.locator(".documents li")).to_have_count(1)
    assert names(empty_tab) == ["notes.txt"]
    empty_tab.ask("When did the lake freeze?")
    assert "March 1907" in empty_tab.text(".lead blockquote")
    page.locator(".cite").click()
    expect(page.locator("#hit")).to_contain_text("March 1907")
    assert "library=Field+notes&c=" in page.url
    page.reload()
    expect(page.locator(".lead blockquote")).to_contain_text("March 1907")
    page.locator(".switch summary").click()
    page.get_by_role("link", name="library", exact=True).click()
    expect(page.locator(".documents .document")).to_have_text("ferry.txt")
    expect(page.locator(".answer")).to_have_count(0)
    empty_tab.forgive("status of 400")


def test_a_library_that_is_not_there_is_told(empty_tab: Tab) -> None:
    empty_tab.page.goto(f"{empty_tab.address}/?library=nothing")
    expect(empty_tab.page.locator(".list .reason")).to_contain_text("There is no library of this name.")
    empty_tab.page.wait_for_timeout(1000)  # the conversations are asked for, too
    empty_tab.forgive("status of 404")
