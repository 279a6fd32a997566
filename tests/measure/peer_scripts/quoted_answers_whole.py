"""Quoted Answers itself, asked for the whole answer: quotes, or a refusal with the nearest ones."""

from __future__ import annotations

import qa
from tests.measure.peer_scripts.loop import run
from tests.measure.peer_scripts.quoted_answers import QuotedAnswers


class QuotedAnswersWhole(QuotedAnswers):
    """A ranking of the documents of its quotes, of which there are few: rarely more than four."""

    def ask(self, question: str, k: int) -> list[str]:
        """Ask."""
        answer = qa.ask(self._library, self._model, question)
        return [quote.document.name for quote in answer.citations or answer.nearest][:k]


if __name__ == "__main__":
    run(QuotedAnswersWhole)
