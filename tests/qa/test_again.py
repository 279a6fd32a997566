"""Saved answers asked again: what is new, gone, moved or worded anew is told, and what is the same is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.again import word_difference
from tests.command import Command
from tests.qa.conftest import BELLS

QUESTION = "Who cast the bell of Dunmouth?"
CAST = "The bell of Dunmouth was cast by Jonas Trell."


@pytest.fixture
def filled(qa: Command, documents: Path) -> Command:
    assert qa("add", documents).status == 0
    return qa


@pytest.fixture
def saved(filled: Command, tmp_path: Path) -> Path:
    """The answer to QUESTION, which quotes CAST and nothing else."""
    path = tmp_path / "saved.json"
    answer = filled("ask", QUESTION, "--json").value
    answer["citations"] = [one for one in answer["citations"] if one["quote"] == CAST]
    assert len(answer["citations"]) == 1
    path.write_text(json.dumps(answer), encoding="utf-8")
    return path


def changes_of(qa: Command, saved: Path) -> list[tuple[str, str | None, str | None]]:
    """The kind of each change with the words of before and now; those that are new but CAST left out."""
    [answer] = qa("again", saved, "--json").value
    found = [
        (one["change"], one["before"] and one["before"]["text"], one["now"] and one["now"]["text"])
        for one in answer["quotes"]
    ]
    return [one for one in found if one[0] != "new" or "cast" in str(one[2])]


def rewrite(qa: Command, documents: Path, text: str, name: str = "bells.txt") -> None:
    (documents / name).write_text(text, encoding="utf-8")
    assert qa("add", documents).status == 0


def test_the_same_answer_is_told_as_such(filled: Command, tmp_path: Path) -> None:
    path = tmp_path / "same.json"
    path.write_text(filled("ask", QUESTION, "--json").output, encoding="utf-8")
    result = filled("again", path)
    assert (result.status, result.errors) == (0, "")
    lines = result.output.splitlines()
    assert lines[:2] == [QUESTION, "  answered as before"]
    assert lines[2] == f"  same      bells.txt 0-{len(CAST)}  “{CAST}”"
    [value] = filled("again", path, "--json").value
    assert (value["file"], value["before"], value["now"], value["same"]) == ("same.json", "answered", "answered", True)


def test_words_that_stand_elsewhere_now_have_moved(filled: Command, documents: Path, saved: Path) -> None:
    rewrite(filled, documents, f"Of bells.\n\n{BELLS}")
    assert changes_of(filled, saved) == [("moved", CAST, CAST)]


def test_a_sentence_that_was_worded_anew_is_different(filled: Command, documents: Path, saved: Path) -> None:
    new = CAST.replace("Jonas Trell", "Tom Hill")
    rewrite(filled, documents, BELLS.replace(CAST, new))
    assert changes_of(filled, saved) == [("different", CAST, new)]
    result = filled("again", saved)
    assert result.status == 1
    assert "was cast by [-Jonas Trell.-] {+Tom Hill.+}" in result.output


def test_what_is_gone_is_told_with_its_reason(filled: Command, documents: Path, saved: Path) -> None:
    rewrite(filled, documents, "Something else stands here now.\n")
    [answer] = filled("again", saved, "--json").value
    gone = [one for one in answer["quotes"] if one["change"] == "gone"]
    assert [(one["before"]["text"], one["reason"]) for one in gone] == [
        (CAST, "the document has changed and does not say it any more")
    ]
    assert filled("remove", "bells.txt").status == 0
    [answer] = filled("again", saved, "--json").value
    assert [one["reason"] for one in answer["quotes"] if one["change"] == "gone"] == [
        "the document is no longer in the library"
    ]


def test_what_is_new_is_told(filled: Command, documents: Path, saved: Path) -> None:
    also = "Tom Hill says that Jonas Trell cast the bell of Dunmouth."
    rewrite(filled, documents, f"{also}\n", "hill.txt")
    assert ("new", None, also) in changes_of(filled, saved)
    result = filled("again", saved)
    assert result.status == 1
    assert result.output.splitlines()[1] == "  answered, but otherwise"
    assert "does not say it any more" not in result.output


def test_a_refusal_that_is_answered_now_is_told(filled: Command, documents: Path, saved: Path) -> None:
    value = json.loads(saved.read_text(encoding="utf-8"))
    value["nearest"], value["citations"] = value["citations"], []
    saved.write_text(json.dumps(value), encoding="utf-8")
    [answer] = filled("again", saved, "--json").value
    assert (answer["before"], answer["now"], answer["same"]) == ("refused", "answered", False)
    assert {one["change"] for one in answer["quotes"]} == {"new"}
    assert "not found before, answered now" in filled("again", saved).output


def test_a_conversation_is_asked_again_turn_by_turn(demo_qa: Command, tmp_path: Path) -> None:
    """A follow-up is completed as it was the first time, though the page does not say how."""
    path = tmp_path / "asked.md"
    path.write_text(
        "# Bells\n\n## Who cast the oldest bell?\n\nNot found in the documents. The nearest passages:\n\n"
        "## When was it cast?\n\nNot found in the documents. The nearest passages:\n\n",
        encoding="utf-8",
    )
    first, second = demo_qa("again", path, "--json").value
    assert (first["question"], first["searched"]) == ("Who cast the oldest bell?", "Who cast the oldest bell?")
    assert second["question"] == "When was it cast?"
    assert second["searched"] == "When was the oldest bell cast?"


def test_a_difference_by_hand() -> None:
    old, new = (
        "The bell was cast in 1687 by Jonas Trell of Dunmouth town",
        "The bell was cast in 1678 by Jonas Trell of Ellery",
    )
    assert word_difference(old, new) == "… was cast in [-1687-] {+1678+} by Jonas Trell of [-Dunmouth town-] {+Ellery+}"


def test_what_is_no_export_is_told(filled: Command, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    assert "it is no conversation or answer that was exported" in filled("again", tmp_path / "a.json").errors
