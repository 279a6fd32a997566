"""Conversations that are kept: who asked what, and what the answer was.

They stand in the library's file, in tables of their own, and belong to one owner each; nobody else finds them. What an
answer says is not looked at here: it is text.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.database import Database
from index.library import DATABASE_NAME

_ID_BYTES = 12
_TITLE_CHARS = 120


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is listed; `changed_at` is ISO 8601 in UTC."""

    id: str
    title: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question with its answer, which is empty until there is one; `rating` is 1, 0 or -1, `asked_at` in UTC."""

    id: int
    question: str
    asked_at: str
    answer: str
    rating: int


class Conversations:
    """The conversations kept with the library in `folder`, by a connection of their own.

    Raises:
        LibraryError: from here and from every method, when the library cannot do what is asked.
        KeyError: from every method that is given an id, when its owner has no such conversation or turn.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / DATABASE_NAME)

    def close(self) -> None:
        """Close the file; nothing can be asked afterwards."""
        self._database.close()

    def of(self, owner: str) -> list[Conversation]:
        """All conversations of `owner`, that with the latest question first, whatever the clock said meanwhile."""
        rows = self._database.read(
            "SELECT id, title, changed_at FROM conversations WHERE owner = ?"
            " ORDER BY (SELECT max(turns.id) FROM turns WHERE conversation_id = conversations.id) DESC NULLS FIRST,"
            " changed_at DESC, id",
            [owner],
        )
        return [Conversation(*row) for row in rows]

    def find(self, owner: str, conversation_id: str) -> Conversation:
        """One conversation of `owner`."""
        rows = self._database.read(
            "SELECT id, title, changed_at FROM conversations WHERE id = ? AND owner = ?", [conversation_id, owner]
        )
        if not rows:
            raise KeyError(conversation_id)
        return Conversation(*rows[0])

    def turns(self, owner: str, conversation_id: str) -> list[StoredTurn]:
        """What was asked and answered, in order."""
        with self._database.snapshot():
            self.find(owner, conversation_id)
            rows = self._database.read(
                "SELECT id, question, asked_at, answer, rating FROM turns WHERE conversation_id = ? ORDER BY id",
                [conversation_id],
            )
        return [StoredTurn(*row) for row in rows]

    def begin(self, owner: str, question: str) -> str:
        """A new conversation that will be about `question`; its id."""
        conversation_id = secrets.token_urlsafe(_ID_BYTES)
        with self._database.write(changes_documents=False) as writer:
            writer.run(
                "INSERT INTO conversations (id, owner, title, changed_at) VALUES (?, ?, ?, ?)",
                [conversation_id, owner, _title(question), _now()],
            )
        return conversation_id

    def ask(self, owner: str, conversation_id: str, question: str) -> int:
        """Keep that `question` was asked; the id of its turn, which has no answer yet."""
        with self._database.write(changes_documents=False) as writer:
            writer.run("UPDATE conversations SET changed_at = ? WHERE id = ?", [_now(), conversation_id])
            self.find(owner, conversation_id)
            return writer.run(
                "INSERT INTO turns (conversation_id, question, asked_at, answer, rating) VALUES (?, ?, ?, '', 0)",
                [conversation_id, question, _now()],
            )

    def answer(self, turn_id: int, answer: str) -> None:
        """Keep the answer of a turn; nothing if that was deleted meanwhile."""
        with self._database.write(changes_documents=False) as writer:
            writer.run("UPDATE turns SET answer = ? WHERE id = ?", [answer, turn_id])

    def take_back(self, owner: str, turn_id: int) -> None:
        """Forget a turn, and its conversation if nothing else was asked in it."""
        conversation_id = self._conversation_of(owner, turn_id)
        with self._database.write(changes_documents=False) as writer:
            writer.run("DELETE FROM turns WHERE id = ?", [turn_id])
            writer.run(
                "DELETE FROM conversations WHERE id = ? AND id NOT IN (SELECT conversation_id FROM turns)",
                [conversation_id],
            )

    def rate(self, owner: str, turn_id: int, rating: int) -> None:
        """Keep whether an answer was helpful: 1, not: -1, or neither: 0."""
        self._conversation_of(owner, turn_id)
        with self._database.write(changes_documents=False) as writer:
            writer.run("UPDATE turns SET rating = ? WHERE id = ?", [rating, turn_id])

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give a conversation another title; an empty one changes nothing."""
        self.find(owner, conversation_id)
        if not title.strip():
            return
        with self._database.write(changes_documents=False) as writer:
            writer.run("UPDATE conversations SET title = ? WHERE id = ?", [_title(title), conversation_id])

    def delete(self, owner: str, conversation_id: str) -> None:
        """Delete a conversation with all that was asked in it; nothing if it is gone."""
        with suppress(KeyError):
            self.find(owner, conversation_id)
            with self._database.write(changes_documents=False) as writer:
                writer.run("DELETE FROM conversations WHERE id = ?", [conversation_id])

    def _conversation_of(self, owner: str, turn_id: int) -> str:
        rows = self._database.read(
            "SELECT conversations.id FROM turns JOIN conversations ON conversations.id = conversation_id"
            " WHERE turns.id = ? AND owner = ?",
            [turn_id, owner],
        )
        if not rows:
            raise KeyError(turn_id)
        return str(rows[0][0])


def _title(words: str) -> str:
    """`words` on one line, cut where they are too many."""
    line = " ".join(words.split())
    return line if len(line) <= _TITLE_CHARS else f"{line[: _TITLE_CHARS - 1].rstrip()}…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
