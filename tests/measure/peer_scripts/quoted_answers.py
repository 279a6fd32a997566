"""Quoted Answers itself, asked for passages as the peers are."""

from __future__ import annotations

import tempfile
from pathlib import Path

import qa
from tests.measure.peer_scripts.loop import Passage, run


class QuotedAnswers:
    """As a library, as README.md shows it; passages are files, each a document."""

    def __init__(self, model: str, folder: str) -> None:
        self._library = qa.open_library(folder)
        self._model = qa.load_model(self._library, model)

    def build(self, passages: tuple[Passage, ...]) -> None:
        """Write the files and add them."""
        with tempfile.TemporaryDirectory() as folder:
            for passage in passages:
                (Path(folder) / passage.name).write_bytes(passage.text.encode())
            for event in qa.add_paths(self._library, self._model, [folder]):
                if isinstance(event, qa.Failed):
                    raise event.error
        self._library.close()

    def load(self) -> None:
        """The library is open already."""

    def ask(self, question: str, k: int) -> list[str]:
        """Search."""
        return [hit.document.name for hit in qa.search(self._library, self._model, question, k)]


if __name__ == "__main__":
    run(QuotedAnswers)
