"""Questions that are none, or are something else besides: what the user of `qa ask` and `qa search` sees.

What is wrong with files is in `test_bad_files.py`, and with libraries in `test_bad_libraries.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command import Command

NO_WORD = "Cannot answer this question: there is no word in it. Ask in a few words.\n"
TEXT = """\
The bell of Dunmouth was cast by Jonas Trell.

It is not what it was, and that is that.

NEAR the fish market hangs another one; "headings" and text are words like others.
"""


@pytest.fixture
def filled(qa: Command, tmp_path: Path) -> None:
    """A library with one document."""
    (tmp_path / "bells.txt").write_text(TEXT, encoding="utf-8")
    assert qa("add", tmp_path / "bells.txt").status == 0


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize("question", ["", "   ", "\n\t", "?!...", "— … ¿", "***", "\u200b\u00ad", "👩‍🔬🔔", "_ _"])
def test_a_question_without_a_word(qa: Command, command: str, question: str) -> None:
    result = qa(command, question)
    assert (result.status, result.output, result.errors) == (1, "", NO_WORD)


@pytest.mark.usefixtures("filled")
def test_a_question_of_100_000_characters(qa: Command) -> None:
    assert qa("ask", "bell " * 20_000).errors == (
        "Cannot answer this question: it has 100,000 characters, more than 10,000. Ask about one thing at a time.\n"
    )
    assert qa("ask", ("bell " * 2_000).strip()).status == 0


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("question", ["What is that?", "it", "Who was it, and what is that?"])
def test_a_question_of_nothing_but_stop_words_is_searched_for_as_it_is(qa: Command, question: str) -> None:
    first = qa("search", question, "--json").value["hits"][0]
    assert first["passage"]["text"] == "It is not what it was, and that is that."
    assert first["keyword_share"] == 1


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "question",
    [
        '"',
        '"bell',
        'bell" OR "1"="1',
        "bell*",
        "bell AND market",
        "bell NOT market",
        "NOT bell",
        "NEAR",
        "NEAR(bell market, 1)",
        "headings: bell",
        "{headings text}: bell",
        "text : bell",
        "^bell",
        "- bell",
        "bell + market",
        "(bell",
        "bell)",
        "OR",
        "'; DROP TABLE documents; --bell",
        "bell\x00market",
        "bell \\ % _ ~",
    ],
)
def test_the_syntax_of_the_keyword_index_is_just_words(qa: Command, question: str) -> None:
    if question == '"':
        assert qa("search", "--", question).errors == NO_WORD
        return
    result = qa("search", "--json", "--", question)
    assert (result.status, result.errors) == (0, "")
    assert result.value["question"] == question
    found = {hit["passage"]["text"].split()[0] for hit in result.value["hits"] if hit["keyword_score"]}
    named = question.casefold()
    assert ("The" in found) == ("bell" in named)
    assert ("NEAR" in found) >= any(word in named for word in ("market", "near", "headings"))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "question", ["Wer goss die Glocke?", "谁铸造了最古老的钟？", "من صنع الجرس؟", "Кто отлил колокол?"]
)
def test_a_question_in_another_language_names_the_words_in_no_document(qa: Command, question: str) -> None:
    value = qa("ask", question, "--json").value
    assert value["question"] == question
    assert value["missing_words"] != []
    shown = qa("ask", question).output.splitlines()
    assert shown[:2] == [
        "Your documents do not answer this.",
        f"Words in no document: {', '.join(value['missing_words'])}",
    ]


@pytest.mark.usefixtures("filled")
def test_a_question_cannot_write_to_the_terminal(qa: Command) -> None:
    result = qa("ask", "What is [red]zinc[/red] \x1b[2J\x1b]0;gong\x07 for?")
    assert "\x1b" not in result.output
    assert "Words in no document: red, zinc, 2j, 0, gong" in result.output


@pytest.mark.usefixtures("filled")
def test_what_is_no_text_in_a_question_is_passed_over(qa: Command) -> None:
    """Python gives bytes of the command line that are not UTF-8 as lone surrogates."""
    question = os.fsdecode(b"Who cast the bell of Dunmouth, \xe9 and \xff?")
    assert qa("search", question, "-k", "1").output.endswith("│ The bell of Dunmouth was cast by Jonas Trell.\n")
    assert qa("ask", question, "--json").value["question"] == question
    assert qa("ask", os.fsdecode(b"\xff")).errors == NO_WORD
