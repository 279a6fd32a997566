"""Quoted Answers itself, asked for passages without a second reading."""

from __future__ import annotations

import qa
from tests.measure.peer_scripts.loop import run
from tests.measure.peer_scripts.quoted_answers import QuotedAnswers


class QuotedAnswersOnce(QuotedAnswers):
    """Retrieval alone, as it is with the peers."""

    def ask(self, question: str, k: int) -> list[str]:
        """Search once."""
        return [hit.document.name for hit in qa.search_once(self._library, self._model, question, k)]


if __name__ == "__main__":
    run(QuotedAnswersOnce)
