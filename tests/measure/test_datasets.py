"""Question sets: what is left of them."""

from __future__ import annotations

from qa.evaluate import GoldQuestion
from source.document import Span
from tests.measure.datasets import Paragraph, QuestionSet

PARAGRAPH = Paragraph("0.txt", "Bells", "Trell cast the bell. The quay was built by Trell in 1687.")


def asks(question: str, answer: str) -> GoldQuestion:
    """A question with the first place of its answer in the paragraph."""
    start = PARAGRAPH.text.index(answer)
    return GoldQuestion(question, frozenset([PARAGRAPH.name]), Span(start, start + len(answer)), None)


def test_a_question_whose_answer_stands_twice_is_ambiguous() -> None:
    once, twice = asks("When was the quay built?", "1687"), asks("Who built the quay?", "Trell")
    unanswered = GoldQuestion("Who sank it?", frozenset(), None, None)
    kept = QuestionSet((PARAGRAPH,), (once, twice, unanswered)).unambiguous()
    assert kept == QuestionSet((PARAGRAPH,), (once,))
