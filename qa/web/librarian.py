"""What the page does with a library: answer, add, remove, suggest. No Gradio, no HTML."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from index.ingest import Failed, Stored, add_paths
from index.library import Library
from index.records import DocumentRecord
from qa.answer import Answer
from qa.ask import ask
from qa.question import fold_question
from qa.web.uploads import discard_upload, keep_upload
from qa.words import content_words
from source.errors import DocumentError, QuestionError
from source.fold import fold

if TYPE_CHECKING:
    from index.embed import Embedder

# Reading headings must not delay the page: a few short documents are enough to find questions in.
_DOCUMENTS_LOOKED_AT = 20
_MAX_PASSAGES_LOOKED_AT = 500


class Librarian:
    """A library and the model for it, which may still be loading; for use by several threads."""

    def __init__(self, library: Library, model: Future[Embedder]) -> None:
        self._library = library
        self._model = model
        # The model's tokenizer cannot be used by two threads at once.
        self._turn = threading.Lock()

    @property
    def is_ready(self) -> bool:
        """True once the model has been loaded, or has failed to."""
        return self._model.done()

    def wait_until_ready(self) -> None:
        """Return when the model has been loaded; raises what kept it from being so."""
        self._model.result()

    def check(self, question: str) -> None:
        """Raise `QuestionError` if `question` cannot be asked here."""
        fold_question(question)
        if not self._library.documents():
            raise QuestionError("Cannot answer this question", "the library is empty", "Add documents to it first.")

    def answer(self, question: str) -> Answer:
        """The answer, once the model is there; raises as `qa.ask.ask` does, or `ModelError`."""
        model = self._model.result()
        with self._turn:
            return ask(self._library, model, question)

    def documents(self) -> list[DocumentRecord]:
        """All documents of the library, by name."""
        return self._library.documents()

    def add_uploads(self, uploads: Sequence[Path]) -> Iterator[Stored | Failed]:
        """Take uploaded files into the library: what happened to each, as it happens; raises as `add_paths` does."""
        model = self._model.result()
        known = self._library.documents_by_path()
        kept: list[Path] = []
        for upload in uploads:
            try:
                kept.append(keep_upload(self._library.folder, upload))
            except DocumentError as error:
                yield Failed(upload, error)
        unstored = {path for path in kept if str(path) not in known}
        events = add_paths(self._library, model, kept)
        try:
            while event := self._next(events):
                if isinstance(event, Stored):
                    unstored.discard(event.path)
                yield event
        finally:
            for path in unstored:
                discard_upload(self._library.folder, path)

    def _next(self, events: Iterator[object]) -> Stored | Failed | None:
        with self._turn:
            return next((event for event in events if isinstance(event, Stored | Failed)), None)

    def remove(self, document_id: int) -> None:
        """Remove a document, and the library's own copy of its file if it has one; nothing if it is gone."""
        try:
            document = self._library.document(document_id)
        except KeyError:
            return
        self._library.remove([document_id])
        discard_upload(self._library.folder, Path(document.path))

    def suggest_questions(self, count: int) -> list[str]:
        """Up to `count` questions that stand as headings in the documents, from as many of them as there are."""
        found: list[tuple[int, str]] = []
        for document in self._library.documents()[:_DOCUMENTS_LOOKED_AT]:
            if document.body_passages <= _MAX_PASSAGES_LOOKED_AT:
                found += enumerate(self._questions_in(document))
        found.sort(key=lambda ranked: ranked[0])
        return list(dict.fromkeys(question for _, question in found))[:count]

    def _questions_in(self, document: DocumentRecord) -> list[str]:
        """Those with the most telling words first: they are understood without their surroundings."""
        headings = (
            fold(passage.text, "markdown" if document.format == "markdown" else "none")
            for passage in self._library.passages_of(document.id)
            if passage.role == "heading"
        )
        questions = [heading for heading in headings if heading.endswith("?")]
        return sorted(questions, key=lambda question: -len(content_words(question)))
