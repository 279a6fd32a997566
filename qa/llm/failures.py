"""How it is told that a language model gave no answer, or none that can be used."""

from __future__ import annotations

from qa.llm.settings import Endpoint, Limits
from source.errors import EndpointError, printable

_MAX_SAID_CHARS = 200


class UnusableReplyError(EndpointError):
    """What came is no answer that can be read; nothing of it is kept."""


def failure(endpoint: Endpoint, reason: str, remedy: str) -> EndpointError:
    """What kept `endpoint` from giving a whole answer."""
    return EndpointError(f"No whole answer came from {endpoint.name}", reason, remedy)


def unusable(endpoint: Endpoint, reason: str) -> UnusableReplyError:
    """What makes the reply of `endpoint` none."""
    thing = f"What came from {endpoint.name} is not used"
    return UnusableReplyError(thing, reason, "Ask again, or choose another model or server.")


def what_it_says(endpoint: Endpoint, words: str) -> str:
    """The server's `words` on one line, short and without the key: some repeat one that they do not accept."""
    line = " ".join(words.split())
    return printable(line.replace(endpoint.key, "…") if endpoint.key else line)[:_MAX_SAID_CHARS]


def no_word_for(limits: Limits) -> str:
    """The reason why a model that says nothing is not waited for."""
    return f"no word came for {limits.idle_s:g} seconds"
