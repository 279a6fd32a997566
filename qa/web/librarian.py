"""What the page does with one library: answer, suggest, add, remove. No Gradio, no HTML."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter

from index.conversations import Conversation, Conversations
from index.library import Library
from index.records import DocumentRecord
from qa.answer import Answer
from qa.ask import ask
from qa.copies import discard_copy
from qa.question import fold_question
from qa.suggest import follow_ups, suggest_questions
from qa.transcript import Reply, Searched, reply_of
from qa.web.intake import Intake
from qa.web.line import MOST_WAITING, Line, Ticket
from qa.web.removals import Removals
from qa.web.uploads import clear_old_uploads
from source.errors import LibraryError, QuestionError

Result = TypeVar("Result")

if TYPE_CHECKING:
    from index.embed import Embedder

_FOLLOW_UPS = 3
# Threads that wait for a language model are not those that the rest of the page shares.
_MAX_WRITING = 16


class Librarian:
    """A library and the model for it, which may still be loading; for use by several threads.

    `undo_s` is how long a removal can be taken back; `most_waiting` questions may stand in line at once.
    """

    def __init__(
        self, library: Library, model: Future[Embedder], *, undo_s: float = 10.0, most_waiting: int = MOST_WAITING
    ) -> None:
        self.library = library
        self._model = model
        self._line = Line(most_waiting)
        self._unkept = TemporaryDirectory(prefix="qa-conversations-") if not _is_writable(library) else None
        self.conversations = Conversations(Path(self._unkept.name) if self._unkept else library.folder)
        clear_old_uploads(library.folder)
        self.intake = Intake(library, model)
        self.removals = Removals(undo_s)
        self.running: dict[str, Ticket[Reply] | Ticket[None]] = {}
        """The questions that are being answered, by their conversation."""
        self.writing = CapacityLimiter(_MAX_WRITING)
        """Bounds how many answers a language model writes at once."""

    def close(self) -> None:
        """Finish what is being done; the library itself stays open."""
        self.removals.close()
        self.intake.close()
        self._line.close()
        self.conversations.close()
        if self._unkept:
            self._unkept.cleanup()

    @property
    def is_ready(self) -> bool:
        """True once the model has been loaded, or has failed to."""
        return self._model.done()

    @property
    def model(self) -> Future[Embedder]:
        """The model, which may still be loading; raises what kept it from being loaded."""
        return self._model

    def check(self, question: str, left_out: Collection[int]) -> None:
        """Raise `QuestionError` if `question` cannot be asked here and now, of all documents but those `left_out`."""
        thing = "Cannot answer this question"
        self._line.check_room()
        fold_question(question)
        documents = self.documents()
        if not documents:
            raise QuestionError(thing, "the library is empty", "Add documents to it first.")
        if all(document.id in left_out for document in documents):
            raise QuestionError(thing, "no document is in use", "Tick at least one in the list.")

    def ask(
        self,
        question: str,
        keep: Callable[[Reply], None],
        *,
        left_out: Collection[int] = (),
        asked: Iterable[str] = (),
    ) -> Ticket[Reply]:
        """Stand in line with `question`; the ticket has the reply in the end, or what kept it from being there.

        The reply is given to `keep` even if nobody waits for it any more. `asked` are the questions before this one,
        which are not suggested again.

        Raises:
            QuestionError: too many wait already.
        """
        return self._line.stand(lambda: self._reply(question, left_out, list(asked)), keep)

    def find(self, look: Callable[[Embedder, Collection[int] | None], Result]) -> Ticket[Result]:
        """Stand in line with a question of a program: `look` gets the model, and the ids of the documents in use.

        Those are None where all are; raises as `ask` does.
        """
        return self._line.stand(lambda: look(self._model.result(), self._chosen(())), lambda _: None)

    def _reply(self, question: str, left_out: Collection[int], asked: list[str]) -> Reply:
        embedder = self._model.result()
        in_use, everything = self._documents_in_use(left_out)
        answer = ask(self.library, embedder, question, documents=self._chosen(left_out))
        program, generation = metadata.version("quoted-answers"), self.library.generation
        searched = Searched(len(in_use), everything, embedder.identity.name, program, generation)
        return reply_of(answer, searched, self._follow_ups(answer, asked))

    def _chosen(self, left_out: Collection[int]) -> frozenset[int] | None:
        """The ids of the documents that may be quoted; None where all may."""
        in_use, _ = self._documents_in_use(left_out)
        return in_use if len(in_use) < len(self.library.documents()) else None

    def _documents_in_use(self, left_out: Collection[int]) -> tuple[frozenset[int], int]:
        """The ids of the documents that may be quoted, and how many there are but for those being removed."""
        documents = self.documents()
        return frozenset(one.id for one in documents if one.id not in left_out), len(documents)

    def _follow_ups(self, answer: Answer, asked: list[str]) -> list[str]:
        cited = [(one.document.id, one.passage.number) for one in answer.citations or answer.nearest]
        return follow_ups(self.library, answer.question, cited, asked, _FOLLOW_UPS)

    def documents(self) -> list[DocumentRecord]:
        """All documents of the library but those being removed, by name."""
        hidden = self.removals.pending("document")
        return [document for document in self.library.documents() if document.id not in hidden]

    def suggest(self, count: int) -> list[str]:
        """Up to `count` questions that the documents may answer."""
        return suggest_questions(self.library, count)

    def remove(self, document_id: int) -> DocumentRecord | None:
        """Remove a document once the time to take that back is over; the document, or None if it is gone."""
        try:
            document = self.library.document(document_id)
        except KeyError:
            return None
        self.library.check_writable()
        self.removals.put_off(("document", document_id), lambda: self.remove_now(document))
        return document

    def conversations_of(self, owner: str) -> list[Conversation]:
        """The conversations of `owner` but those being deleted, the latest first."""
        hidden = self.removals.pending("conversation")
        return [one for one in self.conversations.of(owner) if one.id not in hidden] if owner else []

    def delete_conversation(self, owner: str, conversation_id: str) -> str:
        """Delete a conversation once the time to take that back is over; its title. Raises KeyError if it is gone."""
        title = self.conversations.find(owner, conversation_id).title
        key = ("conversation", conversation_id)
        self.removals.put_off(key, lambda: self.conversations.delete(owner, conversation_id))
        return title

    def remove_now(self, document: DocumentRecord) -> None:
        """Remove a document, the library's own copy of its file if it has one, and what is left of it in the files."""
        self.library.remove([document.id])
        discard_copy(self.library.folder, Path(document.path))
        self.library.erase_removed()


def _is_writable(library: Library) -> bool:
    try:
        library.check_writable()
    except LibraryError:
        return False
    return True
