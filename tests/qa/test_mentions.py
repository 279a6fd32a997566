"""Everything that mentions a topic: nothing left out, and each way of mentioning told apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.embed import Embedder
from index.library import Library
from qa.mentions import Kind, Mention, find_mentions
from qa.question import prepare_question
from qa.words import content_words, stem, stems_of, words_of
from source.errors import QuestionError
from source.fold import fold
from tests.command import Command
from tests.documents import put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
NOTHING_IS_NEAR = 1.1
# Enough words for a paragraph to be a passage of its own.
REST = " Nobody on the quay had seen it coming, and nobody wrote it down, for the evening was fine and the water calm."

NOTES = (
    "# Church bells\n\nThe church bell rang at noon. It cracked.\n\nBells of the churches were melted down.\n\n"
    "A bell without a church hangs in the hall.\n\nThe church-bell, they said, was stolen.\n\nNobody rang.\n"
)


def told(mention: Mention) -> tuple[Kind, str]:
    return mention.kind, mention.citation.quote


def test_each_passage_is_mentioned_once_by_its_plainest_sentence(library: Library) -> None:
    put_text(library, WORDS, NOTES, "/notes.md")
    mentions = find_mentions(library, WORDS, "church bell", near=NOTHING_IS_NEAR)
    assert [told(one) for one in mentions.mentions] == [
        ("forms", "# Church bells"),
        ("words", "The church bell rang at noon."),
        ("forms", "Bells of the churches were melted down."),
        ("forms", "A bell without a church hangs in the hall."),
        ("words", "The church-bell, they said, was stolen."),
    ]
    assert (mentions.count("words"), mentions.count("forms"), mentions.count("meaning")) == (2, 3, 0)
    marked = [[span.of(NOTES) for span in one.citation.answering] for one in mentions.mentions]
    assert marked[1:3] == [["church", "bell"], ["Bells", "churches"]]


def test_mentions_are_counted_by_document_in_the_order_of_their_names(library: Library) -> None:
    put_text(library, WORDS, "The tide turned.", "/b.txt")
    put_text(library, WORDS, f"Tides come.{REST}\n\nThe tide, again.{REST}", "/a.txt")
    put_text(library, WORDS, "No water here.", "/c.txt")
    found = find_mentions(library, WORDS, "tide", near=NOTHING_IS_NEAR)
    counts = [(document.name, [one.kind for one in mentions]) for document, mentions in found.by_document()]
    assert counts == [("a.txt", ["forms", "words"]), ("b.txt", ["words"])]
    [b] = [document.id for document in library.documents() if document.name == "b.txt"]
    only_b = find_mentions(library, WORDS, "tide", near=NOTHING_IS_NEAR, documents=[b])
    assert [told(one) for one in only_b.mentions] == [("words", "The tide turned.")]


def test_what_only_comes_near_in_meaning_is_told_apart(library: Library, embedder: Embedder) -> None:
    put_text(library, embedder, "The bell cracked in the frost.\n\nThe ringers were paid poor wages.\n", "/a.txt")
    found = find_mentions(library, embedder, "salaries", near=0.3)
    assert [told(one) for one in found.mentions] == [("meaning", "The ringers were paid poor wages.")]
    assert found.mentions[0].citation.score >= 0.3
    assert find_mentions(library, embedder, "quantum chromodynamics").mentions == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["bell", "Bells", "tower", "TOWER", "the", "of", "rings", "12", "Ring.", "no-bell", "“bell”"]
            ),
            min_size=1,
            max_size=7,
        ),
        min_size=1,
        max_size=6,
    ),
    st.lists(st.sampled_from(["bell", "bells", "tower", "the", "ring", "12"]), min_size=1, max_size=3),
)
def test_the_count_is_that_of_a_scan_of_everything(
    library: Library, paragraphs: list[list[str]], topic: list[str]
) -> None:
    text = "\n\n".join(" ".join(words) for words in paragraphs)
    library.remove([one.id for one in library.documents()])
    record = put_text(library, WORDS, text, "/scanned.txt")
    wanted = words_of(" ".join(topic))
    content = frozenset(map(stem, content_words(" ".join(topic))))
    in_order = re.compile(r"\b" + r"[\W_]+".join(wanted) + r"\b")
    expected: dict[str, set[str]] = {"words": set(), "forms": set()}
    for passage in library.passages_of(record.id):
        folded = fold(passage.text, "none")
        if in_order.search(folded.lower()):
            expected["words"].add(passage.text)
        elif content <= stems_of(folded):
            expected["forms"].add(passage.text)
    found = find_mentions(library, WORDS, " ".join(topic), near=NOTHING_IS_NEAR)
    held: dict[str, set[str]] = {"words": set(), "forms": set()}
    for mention in found.mentions:
        held[mention.kind].add(mention.citation.passage.text)
    assert held == expected


def test_a_topic_is_counted_as_it_is_typed(library: Library) -> None:
    misspelling = WordEmbedder(misspelt=frozenset({"harbuor"}))
    put_text(library, misspelling, "The harbour was dredged.", "/a.txt")
    assert prepare_question(library, misspelling, "harbuor").corrections != ()
    mentions = find_mentions(library, misspelling, "harbuor", near=NOTHING_IS_NEAR)
    assert (mentions.topic, mentions.mentions) == ("harbuor", ())


def test_a_topic_without_a_word_is_refused(library: Library) -> None:
    put_text(library, WORDS, NOTES)
    with pytest.raises(QuestionError, match="there is no word in it"):
        find_mentions(library, WORDS, "…?")


@pytest.fixture
def filled(qa: Command, tmp_path: Path) -> Command:
    """A command whose library holds two files."""
    (tmp_path / "a.txt").write_text(f"The tide turned.{REST}\n\nTides come.{REST}\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("A \u202etide table.\n", encoding="utf-8")
    qa("add", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"))
    return qa


def test_ask_all_counts_first_and_then_shows_every_mention(filled: Command) -> None:
    shown = filled("ask", "--all", "tide").output
    assert (
        shown.splitlines()[0]
        == "“tide” stands in 3 passages of 2 documents: 2 word for word, 1 in other forms or order."
    )
    assert "a.txt: 1 word for word, 1 in other forms or order" in shown
    assert "\u202e" not in shown
    assert [line for line in shown.splitlines() if "│" in line] == [
        "   │ The tide turned.",
        "   │ Tides come.",
        "   │ A \\u202etide table.",
    ]


def test_ask_all_as_json_holds_every_mention_with_its_place(filled: Command) -> None:
    found = filled("ask", "--all", "tide", "--json").value
    assert found["passages"] == {"words": 2, "forms": 1, "meaning": 0}
    assert [document["document"] for document in found["documents"]] == ["a.txt", "b.txt"]
    first = found["documents"][0]["mentions"][0]
    assert (first["kind"], first["quote"], first["start"], first["end"]) == ("words", "The tide turned.", 0, 16)


def test_ask_all_says_so_when_nothing_is_there(filled: Command) -> None:
    shown = filled("ask", "--all", "zebra").output
    assert shown == "“zebra” stands in no document, and nothing comes near it in meaning.\n"


@pytest.mark.parametrize("option", [["--write"], ["--rewrite"], ["--after", "When does it turn?"]])
def test_ask_all_takes_no_option_that_would_do_nothing(filled: Command, option: list[str]) -> None:
    result = filled("ask", "--all", "tide", *option)
    assert result.status == 2
    assert "leave --write, --rewrite and --after out" in " ".join(result.errors.split())
