"""The commands that ask a library: what they print, for people and as JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import Command, command_here
from tests.fakes import WordEmbedder


def test_ask_prints_quotes_with_document_place_and_headings(demo_qa: Command) -> None:
    result = demo_qa("ask", "Who cast the oldest bell?")
    assert (result.status, result.errors) == (0, "")
    assert result.output.splitlines()[:3] == [
        "1  harbour-bells.txt, paragraph 13, line 26",
        "   The Bells of Port Ellery › Describe the oldest of them.",
        "   │ That is No. 2, which was cast in 1687 by a founder called Jonas Trell.",
    ]


def test_ask_in_json_has_the_quotes_as_slices_of_the_documents(demo_qa: Command) -> None:
    value = demo_qa("ask", "Who cast the oldest bell?", "--json").value
    keys = ["question", "answered", "score", "citations", "nearest", "missing_words", "differences", "seconds"]
    assert list(value) == keys
    assert (value["question"], value["answered"], value["nearest"]) == ("Who cast the oldest bell?", True, [])
    first = value["citations"][0]
    assert first["location"]["lines"] == [26, 26]
    for citation in value["citations"]:
        path = Path(citation["path"])
        assert citation["document"] == path.name
        if path.suffix != ".html":
            text = path.read_bytes().decode("utf-8")
            assert citation["quote"] == text[citation["start"] : citation["end"]]
            assert citation["passage"]["text"] == text[citation["passage"]["start"] : citation["passage"]["end"]]


def test_a_question_that_leans_on_an_earlier_one_is_completed_and_says_so(demo_qa: Command) -> None:
    """What it is completed with is tested in test_follow_up.py."""
    before, asked = "Who cast the oldest bell?", "Where did he live?"
    value = demo_qa("ask", asked, "--after", before, "--json").value
    assert value["asked"] == asked
    assert re.fullmatch(r"Where did (?!he ).+ live\?", value["question"])
    shown = demo_qa("ask", asked, "--after", before).output
    assert shown.splitlines()[0] == f"Searched for: {value['question']}"
    assert "asked" not in demo_qa("ask", before, "--json").value


def test_search_and_all_say_on_standard_error_how_was_searched(demo_qa: Command) -> None:
    found = demo_qa("search", 'Which bell did a "founder called Jonas Trell" of Dunmuoth cast?', "--json")
    assert found.errors.split("\n")[:-1] == [
        "Searched for “dunmouth” (you wrote “dunmuoth”).",
        "Searched the passages with “founder called Jonas Trell”.",
    ]
    assert [hit["document"] for hit in found.value["hits"]] == ["harbour-bells.txt"]
    assert demo_qa("search", "Who cast the oldest bell?").errors == ""
    reads = (
        "The model all-MiniLM-L6-v2 reads English only: passages were looked for mainly by the words of your question."
    )
    assert demo_qa("ask", "--all", "Wer hat die Glocke gegossen?").errors.split("\n")[:-1] == [reads]
    assert demo_qa("search", "Wer hat die Glocke gegossen?", "--json").errors.split("\n")[:-1] == [reads]


def test_a_refusal_shows_what_came_nearest_and_the_words_in_no_document(demo_qa: Command) -> None:
    result = demo_qa("ask", "Which quasar inhales marmalade?")
    lines = result.output.splitlines()
    assert result.status == 0
    assert lines[:4] == [
        "Your documents do not answer this.",
        "Words in no document: quasar, inhales, marmalade",
        "Nearest passages:",
        "",
    ]
    assert lines[4].startswith("1  ")


def test_json_keeps_letters_as_they_are(demo_qa: Command) -> None:
    result = demo_qa("ask", "Où est la cloche — 鐘?", "--json")
    assert '"question": "Où est la cloche — 鐘?"' in result.output


def test_search_prints_passages_with_the_scores_they_were_ranked_by(demo_qa: Command) -> None:
    hits = demo_qa("search", "oldest bell", "-k", "3", "--json").value["hits"]
    assert len(hits) == 3
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    assert {"document", "path", "sha256", "location", "passage", "cosine", "keyword_score", "keyword_share"} < set(
        hits[0]
    )
    line = demo_qa("search", "oldest bell", "-k", "3").output.splitlines()[2]
    printed = re.fullmatch(r"   score (\S+), sentence vector (\S+), keywords (\S+) \(BM25 (\S+)\)", line)
    assert printed
    names = ("score", "cosine", "keyword_share", "keyword_score")
    assert [float(number) for number in printed.groups()] == pytest.approx([hits[0][name] for name in names], abs=0.01)


def test_eval_measures_a_library_on_gold_questions(demo_qa: Command, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        '{"question": "Who cast the oldest bell?", "document": "harbour-bells.txt", "quote": "Jonas Trell"}\n'
        '{"question": "Which quasar inhales marmalade?", "document": null}\n',
        encoding="utf-8",
    )
    value = demo_qa("eval", gold, "--compare", "--json").value
    assert value["questions"] == 2
    assert value["passage"]["hit@1"] == value["quote"]["@1"] == value["refusal"]["auroc"] == 1
    assert value["compare"]["qa"]["mrr@10"] == 1
    lines = demo_qa("eval", gold, "--compare").output.splitlines()
    assert lines[0] == "2 questions; in brackets, 95 % confidence intervals"
    assert lines[2] == "passage   hit@1                   1.000  (0.206 to 1.000)"


def test_eval_says_which_line_is_no_question(demo_qa: Command, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"question": "Who?", "document": null}\n\nWho?\n', encoding="utf-8")
    result = demo_qa("eval", gold)
    assert result.status == 1
    assert result.errors == (
        f"Cannot read the gold questions in {gold}: line 3 is not a gold question (it is not JSON). "
        "See qa eval --help for the format.\n"
    )


def test_eval_asks_nothing_if_a_document_is_not_there(demo_qa: Command, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"question": "Who?", "document": null}\n{"question": "When?", "document": "u16.text"}\n', "utf-8")
    result = demo_qa("eval", gold)
    assert (result.status, result.output) == (1, "")
    assert result.errors == (
        "Cannot measure with the gold question When?: no document is called u16.text in this library. "
        "See which there are: qa list.\n"
    )


def test_eval_counts_one_question_as_one(demo_qa: Command, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"question": "Who cast the oldest bell?", "document": "harbour-bells.txt"}\n', "utf-8")
    assert demo_qa("eval", gold).output.startswith("1 question; in brackets")


def test_why_there_is_no_faster_copy_of_the_model_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    embedder = WordEmbedder()
    embedder.notice = "Cannot use a faster copy of the model words: there is none. Embedding takes longer without it."
    told = command_here(capsys, lambda *_: embedder)
    (tmp_path / "a.txt").write_text("The bell of Dunmouth was cast by Jonas Trell.", encoding="utf-8")
    library = f"{tmp_path / 'library'}/"
    assert embedder.notice in told("add", tmp_path / "a.txt", "--library", library).errors.splitlines()
    assert embedder.notice in told("ask", "Who cast the bell of Dunmouth?", "--library", library).errors.splitlines()
