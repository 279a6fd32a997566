"""Which questions a library of one producer's files answers with the right sentence."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence

from index.embed import Embedder
from index.ingest import Failed, add_paths
from index.library import Library
from index.model import DEFAULT_MODEL, find_model
from index.vectors import Vectors
from qa.ask import ask
from source.fold import fold
from tests.measure.corpus_producers import FOLDER, Producer
from tests.measure.corpus_scores import plain, without_marks
from tests.measure.corpus_texts import SourceQuestion, SourceText


class RememberingEmbedder(Embedder):
    """The default model, each vector computed once: the same passages come back from every producer."""

    def __init__(self) -> None:
        super().__init__(find_model(DEFAULT_MODEL))
        self._questions: dict[str, Vectors] = {}
        self._passages: dict[tuple[str, ...], Vectors] = {}

    def embed_question(self, question: str) -> Vectors:
        """As if there were no memory."""
        if question not in self._questions:
            self._questions[question] = super().embed_question(question)
        return self._questions[question]

    def embed_passages(self, passages: Sequence[Sequence[str]]) -> list[Vectors]:
        """As if there were no memory."""
        keys = [tuple(passage) for passage in passages]
        new = [key for key in dict.fromkeys(keys) if key not in self._passages]
        self._passages.update(zip(new, super().embed_passages(new) if new else [], strict=True))
        return [self._passages[key] for key in keys]


def make_answers(texts: Sequence[SourceText]) -> Callable[[Producer, Sequence[SourceQuestion]], set[str]]:
    """What asks a producer's files with the default model, which is loaded once."""
    embedder = RememberingEmbedder()
    by_name = {text.name: text for text in texts}

    def answered(producer: Producer, questions: Sequence[SourceQuestion]) -> set[str]:
        """The questions to which the gold sentence is among the quotes."""
        folder = FOLDER / "library"
        shutil.rmtree(folder, ignore_errors=True)
        right = set()
        with Library(folder) as library:
            for event in add_paths(library, embedder, [producer.path_of(text) for text in texts]):
                if isinstance(event, Failed):
                    raise event.error
            for one in questions:
                for citation in ask(library, embedder, one.question).citations:
                    quote = plain(fold(citation.quote, "markdown" if producer.suffix == ".md" else "none"))
                    quote = without_marks(
                        by_name[one.text], quote.replace(",", " ") if producer.suffix == ".csv" else quote
                    )
                    if one.text in citation.document.path and plain(one.sentence) in quote:
                        right.add(one.question)
        return right

    return answered
