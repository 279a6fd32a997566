"""What is kept of conversations, and who finds it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.conversations import Conversations
from index.library import Library
from source.errors import LibraryError


@pytest.fixture
def kept(library: Library) -> Iterator[Conversations]:
    opened = Conversations(library.folder)
    yield opened
    opened.close()


def test_a_conversation_is_found_again_with_all_that_was_asked_in_it(kept: Conversations, library: Library) -> None:
    conversation = kept.begin("ann", "Who cast\nthe  oldest bell?")
    first = kept.ask("ann", conversation, "Who cast the oldest bell?")
    second = kept.ask("ann", conversation, "And when?")
    kept.answer(first, '{"says": "Jonas Trell"}')
    kept.rate("ann", first, -1)
    kept.close()
    again = Conversations(library.folder)
    assert [one.title for one in again.of("ann")] == ["Who cast the oldest bell?"]
    turns = again.turns("ann", conversation)
    assert [(turn.id, turn.question, turn.answer, turn.rating) for turn in turns] == [
        (first, "Who cast the oldest bell?", '{"says": "Jonas Trell"}', -1),
        (second, "And when?", "", 0),
    ]
    again.close()


def test_the_latest_conversation_comes_first(kept: Conversations) -> None:
    older, newer = kept.begin("ann", "Older?"), kept.begin("ann", "Newer?")
    kept.ask("ann", newer, "Newer?")
    assert {one.id for one in kept.of("ann")} == {older, newer}
    kept.ask("ann", older, "Once more?")
    assert [one.id for one in kept.of("ann")] == [older, newer]


def test_a_clock_that_is_set_back_changes_no_order(kept: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
    older, newer = kept.begin("ann", "Older?"), kept.begin("ann", "Newer?")
    kept.ask("ann", older, "Older?")
    monkeypatch.setattr("index.conversations._now", lambda: "2001-01-01T00:00:00+00:00")
    kept.ask("ann", newer, "Newer?")
    assert [one.id for one in kept.of("ann")] == [newer, older]


def test_nobody_finds_or_changes_the_conversations_of_another(kept: Conversations) -> None:
    conversation = kept.begin("ann", "Mine?")
    turn = kept.ask("ann", conversation, "Mine?")
    assert kept.of("bob") == []
    for forbidden in (
        lambda: kept.find("bob", conversation),
        lambda: kept.turns("bob", conversation),
        lambda: kept.ask("bob", conversation, "Yours?"),
        lambda: kept.rename("bob", conversation, "Ours"),
        lambda: kept.rate("bob", turn, 1),
        lambda: kept.take_back("bob", turn),
    ):
        with pytest.raises(KeyError):
            forbidden()
    kept.delete("bob", conversation)
    assert [one.title for one in kept.of("ann")] == ["Mine?"]
    assert [(one.question, one.rating) for one in kept.turns("ann", conversation)] == [("Mine?", 0)]


def test_what_is_deleted_or_taken_back_is_gone(kept: Conversations) -> None:
    conversation = kept.begin("ann", "First?")
    first, second = (kept.ask("ann", conversation, question) for question in ("First?", "Second?"))
    kept.take_back("ann", second)
    assert [one.id for one in kept.turns("ann", conversation)] == [first]
    kept.take_back("ann", first)
    assert kept.of("ann") == []
    another = kept.begin("ann", "Another?")
    turn = kept.ask("ann", another, "Another?")
    kept.delete("ann", another)
    kept.answer(turn, "{}")  # it came too late
    with pytest.raises(KeyError):
        kept.turns("ann", another)


def test_a_title_is_one_line_and_an_empty_one_changes_nothing(kept: Conversations) -> None:
    conversation = kept.begin("ann", "x" * 500)
    [listed] = kept.of("ann")
    assert listed.title == "x" * 119 + "…"
    kept.rename("ann", conversation, "  Bells \n and <b>whistles</b> ")
    kept.rename("ann", conversation, " \n ")
    assert [one.title for one in kept.of("ann")] == ["Bells and <b>whistles</b>"]


def test_a_conversation_leaves_the_generation_of_the_library_as_it_is(kept: Conversations, library: Library) -> None:
    before = library.generation
    kept.answer(kept.ask("ann", kept.begin("ann", "Why?"), "Why?"), "{}")
    assert library.generation == before


def test_a_folder_without_a_library_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(LibraryError):
        Conversations(tmp_path / "nowhere")
