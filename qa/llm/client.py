"""What a language model writes, piece by piece: the OpenAI form of chat completions, streamed or whole.

Nothing but text is taken from a reply. A reply that asks for a tool to be called, is no JSON, or has another form is
unusable as a whole: no tool is offered, and none is ever called.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qa.llm.failures import failure, no_word_for, unusable, what_it_says
from qa.llm.settings import Endpoint

if TYPE_CHECKING:
    from qa.llm.connection import Reply

Message = dict[str, str]
"""What one side says: its `role` and `content`."""

_DONE = b"[DONE]"
_CUT_OFF = "its server cut it off at a length of its own"
_AGAIN = "Ask again."
_SHORTER = "Ask again, or choose another model."
_TOOL_KEYS = ("tool_calls", "function_call")
# What a model thinks before it writes, by the names that servers give it.
_THINKING_KEYS = ("reasoning_content", "reasoning", "thinking")
_TOOL_FINISHES = {"tool_calls", "function_call"}
# JSON can hold half of a character, which no file or library can.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def stream_text(endpoint: Endpoint, messages: Sequence[Message]) -> Iterator[str]:
    """The pieces of the answer to `messages`, in order; it is whole if nothing is raised.

    Raises:
        UnusableReplyError: what came is no answer; pieces given before are to be thrown away.
        EndpointError: there is none, or it broke off, was too slow or too long after the pieces given before.
    """
    from qa.llm.connection import post

    body = json.dumps({"model": endpoint.model, "messages": list(messages), "stream": True}).encode("utf-8")
    written = 0
    with post(endpoint, body) as reply:
        for piece in _pieces(endpoint, reply):
            left = endpoint.limits.max_chars - written
            yield piece[:left]
            written += len(piece)
            if len(piece) > left:
                reason = f"it did not end within {endpoint.limits.max_chars:,} characters"
                raise failure(endpoint, reason, _SHORTER)


def _pieces(endpoint: Endpoint, reply: Reply) -> Iterator[str]:
    match reply.media_type:
        case "text/event-stream":
            yield from _streamed(endpoint, reply)
        case "application/json":
            yield from _whole(endpoint, b"".join(reply.lines))
        case other:
            kind = what_it_says(endpoint, other) or "unknown"
            raise unusable(endpoint, f"it is of the kind {kind!r}, not a chat completion")


def _whole(endpoint: Endpoint, data: bytes) -> Iterator[str]:
    choice = _choice(endpoint, _object(endpoint, data))
    yield _text(endpoint, choice, "message")
    if choice.get("finish_reason") == "length":
        raise failure(endpoint, _CUT_OFF, _SHORTER)


def _streamed(endpoint: Endpoint, reply: Reply) -> Iterator[str]:
    is_finished = False
    last_word_s = time.monotonic()
    for line in reply.lines:
        field, _, data = line.partition(b":")
        if field == b"data" and data.strip() == _DONE:
            return
        if field == b"data":
            choice = _choice(endpoint, _object(endpoint, data))
            piece, finish = _text(endpoint, choice, "delta"), choice.get("finish_reason")
            if piece or _is_thinking(choice):
                last_word_s = time.monotonic()
            if piece:
                yield piece
            if finish == "length":
                raise failure(endpoint, _CUT_OFF, _SHORTER)
            is_finished = is_finished or finish is not None
        if not is_finished and time.monotonic() - last_word_s > endpoint.limits.idle_s:
            raise failure(endpoint, no_word_for(endpoint.limits), _AGAIN)
    if not is_finished:
        raise failure(endpoint, "it broke off in the middle", _AGAIN)


def _object(endpoint: Endpoint, data: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as reason:
        raise unusable(endpoint, "it is no JSON") from reason
    if not isinstance(value, dict):
        raise unusable(endpoint, "it has not the form of a chat completion")
    if error := value.get("error"):
        said = error.get("message") if isinstance(error, dict) else error
        raise failure(endpoint, f"its server says: {what_it_says(endpoint, str(said))}", _AGAIN)
    return value


def _choice(endpoint: Endpoint, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first choice; an empty one for what only counts tokens."""
    choices = value.get("choices")
    if choices == []:
        return {}
    if not isinstance(choices, list) or not isinstance(choices[0], dict):
        raise unusable(endpoint, "it has not the form of a chat completion")
    return choices[0]


def _text(endpoint: Endpoint, choice: Mapping[str, Any], key: str) -> str:
    said = choice.get(key) or {}
    if not isinstance(said, dict):
        raise unusable(endpoint, "it has not the form of a chat completion")
    if any(said.get(tool) for tool in _TOOL_KEYS) or choice.get("finish_reason") in _TOOL_FINISHES:
        raise unusable(endpoint, "it asks for a tool to be called, and none ever is")
    content = said.get("content")
    if content is None:
        return ""
    if not isinstance(content, str):
        raise unusable(endpoint, "it holds something else than text")
    return _HALF_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", content)


def _is_thinking(choice: Mapping[str, Any]) -> bool:
    said = choice.get("delta")
    return isinstance(said, dict) and any(said.get(key) for key in _THINKING_KEYS)
