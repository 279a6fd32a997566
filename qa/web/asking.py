"""One turn of a conversation, step by step: what the page shows while it waits, and in the end. No Gradio."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

from anyio import to_thread
from markupsafe import Markup

from index.conversations import StoredTurn
from qa.follow_up import complete
from qa.left_out import left_out_reader_for
from qa.llm.settings import Endpoint
from qa.topics import Quoted, Turn
from qa.transcript import read_reply
from qa.web import render
from qa.web.conversation_routes import NO_CONVERSATION
from qa.web.librarian import Librarian
from qa.web.libraries import Libraries
from qa.web.line import Ticket
from qa.web.replies import NO_LIBRARY
from qa.web.writing import rewritten, written_replies
from source.errors import QuotedAnswersError

Messages = list[dict[str, Any]]
Result = TypeVar("Result")
_LOG = logging.getLogger(__name__)
_BROKEN = "Something went wrong in the program: see the terminal it was started in. Nothing was changed."
_NO_ONE = "This browser is not known here: allow cookies for this page and load it again."
# How often a question that waits for others is told how many they are.
_LOOK_EVERY_S = 0.5
_MOST_LEFT_OUT = 100_000


@dataclass(frozen=True, slots=True)
class Context:
    """What a question is asked in: library and conversation, empty for a new one; and the documents left out.

    With `is_written`, a language model is to write an answer from the quotes, too; with `is_rewritten`, to put the
    question into other words first. With `is_as_asked`, it is neither rewritten nor completed from those before it.
    """

    library: str
    conversation: str
    left_out: frozenset[int]
    is_written: bool
    is_rewritten: bool
    is_as_asked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows from now on; None leaves as it is what is there."""

    conversation: str
    messages: Messages | None
    question: str | None
    notice: Markup
    is_running: bool


def read_context(text: str) -> Context:
    """The context that a page sent as JSON; what makes no sense in it counts as not said."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = {}
    said: dict[str, Any] = values if isinstance(values, dict) else {}
    ids = said.get("left_out")
    is_as_asked = said.get("as_asked") is True
    left_out = (one for one in ids if isinstance(one, int)) if isinstance(ids, list) else ()
    return Context(
        library=str(said.get("library") or ""),
        conversation=str(said.get("conversation") or said.get("c") or ""),
        left_out=frozenset(list(left_out)[:_MOST_LEFT_OUT]),
        is_written=said.get("write") is True,
        is_rewritten=said.get("rewrite") is True and not is_as_asked,
        is_as_asked=is_as_asked,
    )


async def ask(libraries: Libraries, owner: str, context: Context, question: str) -> AsyncIterator[Shown]:
    """One turn; a question that fails goes back into the box, with the reason beside it."""
    question = question.encode("utf-8", "replace").decode()  # "?" for a lone surrogate, which nothing can keep
    kept = Shown(context.conversation, None, question, Markup(""), is_running=False)
    try:
        if not owner:
            yield _with_notice(kept, render.notice(_NO_ONE))
            return
        librarian = await to_thread.run_sync(libraries.get, context.library)
        async for shown in _turn(librarian, owner, context, question, libraries.endpoint):
            yield shown
    except KeyError:
        yield _with_notice(kept, render.notice(NO_LIBRARY))
    except QuotedAnswersError as error:
        yield _with_notice(kept, render.failure(error))
    except Exception:  # noqa: BLE001 - a bug must not leave the page waiting for ever
        _LOG.exception("A question could not be answered")
        yield _with_notice(kept, render.notice(_BROKEN))


def _with_notice(shown: Shown, notice: Markup) -> Shown:
    return Shown(shown.conversation, shown.messages, shown.question, notice, is_running=False)


async def _turn(
    librarian: Librarian, owner: str, context: Context, question: str, endpoint: Endpoint | None
) -> AsyncIterator[Shown]:
    await to_thread.run_sync(librarian.check, question, context.left_out)
    begun = await to_thread.run_sync(partial(_begin, librarian, owner, context, question))
    conversation, turn, earlier = begun
    before = [*_messages(earlier), _said("user", render.question_bubble(question))]
    told = Markup("")
    emptied = iter([""])  # once: afterwards the next question may be in the box

    def waiting_with(answer: Markup) -> Shown:
        messages = [*before, _said("assistant", answer)]
        return Shown(conversation, messages, next(emptied, None), told, is_running=True)

    searched = question
    try:
        if earlier and not context.is_as_asked:
            if not librarian.is_ready:  # what the question leans on is read by the model
                loading = librarian.find(lambda *_: None)
                librarian.running[conversation] = loading
                loaded = asyncio.wrap_future(loading.result)
                async for place in _places(librarian, loading, loaded):
                    yield waiting_with(place)
                await loaded
            searched = await to_thread.run_sync(_completed, librarian, question, earlier)
        if endpoint and context.is_rewritten:
            yield waiting_with(render.waiting(render.REWRITING))
            searched, reason = await rewritten(librarian, endpoint, searched)
            told = render.notice(reason) if reason else told
        ticket = librarian.ask(
            searched,
            lambda reply: librarian.conversations.answer(turn, reply.as_json()),
            left_out=context.left_out,
            asked=[one.question for one in earlier],
        )
        librarian.running[conversation] = ticket
        result = asyncio.wrap_future(ticket.result)
        async for place in _places(librarian, ticket, result):
            yield waiting_with(place)
        reply = await result
    except Exception:
        librarian.running.pop(conversation, None)
        await to_thread.run_sync(librarian.conversations.take_back, owner, turn)
        messages = _messages(earlier)
        yield Shown(context.conversation, messages, question, Markup(""), is_running=False)
        raise
    librarian.running.pop(conversation, None)
    if endpoint and context.is_written:
        async for growing in written_replies(librarian, endpoint, turn, reply):
            yield waiting_with(render.answer_html(growing, turn, 0))
    messages = await to_thread.run_sync(conversation_messages, librarian, owner, conversation)
    yield Shown(conversation, messages, None, told, is_running=False)


async def _places(
    librarian: Librarian, ticket: Ticket[Result], result: asyncio.Future[Result]
) -> AsyncIterator[Markup]:
    """What is shown in place of an answer until there is one, each time that it changes."""
    ahead = -1
    while not result.done():
        if (now := ticket.ahead) != ahead:
            yield render.waiting(render.place_in_line(now) if librarian.is_ready else render.LOADING)
            ahead = now
        await asyncio.wait([result], timeout=_LOOK_EVERY_S)


def _begin(librarian: Librarian, owner: str, context: Context, question: str) -> tuple[str, int, list[StoredTurn]]:
    """The conversation, a new turn in it, and the turns before.

    It is another conversation if that one is gone.
    """
    kept = librarian.conversations
    try:
        earlier = kept.turns(owner, context.conversation)
        conversation = context.conversation
    except KeyError:
        earlier = []
        conversation = kept.begin(owner, question)
    return conversation, kept.ask(owner, conversation, question), earlier


def _completed(librarian: Librarian, question: str, earlier: list[StoredTurn]) -> str:
    """What to search for: `question` with what it leans on, once the model is there."""
    reader = left_out_reader_for(librarian.model.result())
    return complete(question, [_said_in(one) for one in earlier], reader).text


def _said_in(turn: StoredTurn) -> Turn:
    """A turn as the next question may lean on it; of one that cannot be read, the question."""
    try:
        reply = read_reply(turn.answer)
    except ValueError:
        return Turn(turn.question, turn.question, ())
    quotes = reply.quotes if reply.answered else ()
    return Turn(turn.question, reply.question, tuple(Quoted(one.text, one.headings) for one in quotes))


async def stop(libraries: Libraries, owner: str, context: Context) -> Shown:
    """A conversation whose last question is not to be answered any more."""
    try:
        librarian = await to_thread.run_sync(libraries.get, context.library)
        await to_thread.run_sync(librarian.conversations.find, owner, context.conversation)
        if ticket := librarian.running.get(context.conversation):
            ticket.drop()
    except (KeyError, QuotedAnswersError):
        _LOG.debug("There was nothing to stop")
    return await reopen(libraries, owner, context)


async def reopen(libraries: Libraries, owner: str, context: Context) -> Shown:
    """A conversation as it was left; what went wrong is told beside the question box."""
    nothing = Shown("", [], None, Markup(""), is_running=False)
    if not context.conversation:
        return nothing
    try:
        librarian = await to_thread.run_sync(libraries.get, context.library)
        messages = await to_thread.run_sync(conversation_messages, librarian, owner, context.conversation)
    except KeyError:
        return _with_notice(nothing, render.notice(NO_CONVERSATION))
    except QuotedAnswersError as error:
        return _with_notice(nothing, render.failure(error))
    return Shown(context.conversation, messages, None, Markup(""), is_running=False)


def conversation_messages(librarian: Librarian, owner: str, conversation: str) -> Messages:
    """A kept conversation as Gradio's messages; KeyError if `owner` has no such conversation."""
    return _messages(librarian.conversations.turns(owner, conversation))


def _messages(turns: list[StoredTurn]) -> Messages:
    messages: Messages = []
    for turn in turns:
        messages.append(_said("user", render.question_bubble(turn.question)))
        messages.append(_said("assistant", _answer(turn, is_last=turn is turns[-1])))
    return messages


def _answer(turn: StoredTurn, *, is_last: bool) -> Markup:
    if not turn.answer:
        return render.unanswered()
    try:
        reply = read_reply(turn.answer)
    except ValueError:
        return render.unreadable()
    answer = render.searched_for(turn.question, reply.question) + render.answer_html(reply, turn.id, turn.rating)
    return answer + render.suggestions(reply.follow_ups) if is_last else answer


def _said(role: Literal["user", "assistant"], content: str) -> dict[str, Any]:
    return {"role": role, "content": str(content)}
