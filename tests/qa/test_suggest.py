"""Questions found in documents."""

from __future__ import annotations

from index.library import Library
from qa.suggest import follow_ups, suggest_questions
from tests.documents import put_text
from tests.fakes import WordEmbedder

INTERVIEW = (
    "# The bells\n\n## Why does a harbour need nine bells?\n\nBecause of the fog.\n\n## And then?\n\nNothing.\n\n"
    "## Who pays for the ropes?\n\nThe town of Port Ellery does.\n"
)
REPORT = (
    "# Report\n\n## Moving the telescope\n\nOttoline Vask moved it. How did she lift the heavy mirror? With a crane. "
    "In the end, Ottoline Vask sold it.\n"
)


def test_a_document_s_own_questions_come_first_and_from_every_document(library: Library) -> None:
    assert suggest_questions(library, 3) == []
    put_text(library, WordEmbedder(), INTERVIEW, "/interview.md")
    put_text(library, WordEmbedder(), REPORT, "/report.md")
    assert suggest_questions(library, 5) == [
        "Why does a harbour need nine bells?",
        "How did she lift the heavy mirror?",
        "Who pays for the ropes?",
        "What do the documents say about ‘Moving the telescope’?",
        "What is said about Ottoline Vask?",
    ]
    assert suggest_questions(library, 1) == ["Why does a harbour need nine bells?"]


def test_what_stands_below_a_quote_is_suggested_next_and_never_what_was_asked(library: Library) -> None:
    document = put_text(library, WordEmbedder(), INTERVIEW, "/interview.md")
    passages = library.passages_of(document.id)
    fog = next(passage.number for passage in passages if "fog" in passage.text)
    ropes = "Who pays for the ropes?"
    first = follow_ups(library, "What about fog?", [(document.id, fog)], [], 2)
    assert first == [ropes, "Why does a harbour need nine bells?"]
    asked = ["Why does the harbour need its nine bells?"]
    assert follow_ups(library, "Does the fog matter?", [(document.id, fog)], asked, 2) == [ropes]
    assert follow_ups(library, "Who pays for ropes?", [(999, 1)], [], 2) == []
