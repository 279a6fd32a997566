"""txtai: a hybrid index (dense vectors and BM25) that keeps its contents, from its introduction."""

from __future__ import annotations

from txtai import Embeddings

from tests.measure.peer_scripts.loop import Passage, run


class Txtai:
    """https://neuml.github.io/txtai/embeddings/, with `hybrid` and `content`."""

    def __init__(self, model: str, folder: str) -> None:
        self._folder = folder
        self._embeddings = Embeddings(path=model, hybrid=True, content=True)

    def build(self, passages: tuple[Passage, ...]) -> None:
        """Index and save."""
        self._embeddings.index([(passage.name, passage.text) for passage in passages])
        self._embeddings.save(self._folder)

    def load(self) -> None:
        """Load what was saved."""
        self._embeddings.load(self._folder)

    def ask(self, question: str, k: int) -> list[str]:
        """Search with the weights that are the default, half and half."""
        return [found["id"] for found in self._embeddings.search(question, k)]


if __name__ == "__main__":
    run(Txtai)
