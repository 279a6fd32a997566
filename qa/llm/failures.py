"""How it is told that a language model gave no answer, or none that can be used."""

from __future__ import annotations

from qa.llm.settings import Endpoint, Limits
from source.errors import EndpointError


class UnusableReplyError(EndpointError):
    """What came is no answer that can be read; nothing of it is kept."""


def failure(endpoint: Endpoint, reason: str, remedy: str) -> EndpointError:
    """What kept `endpoint` from giving a whole answer."""
    return EndpointError(f"No whole answer came from {endpoint.name}", reason, remedy)


def unusable(endpoint: Endpoint, reason: str) -> UnusableReplyError:
    """What makes the reply of `endpoint` none."""
    thing = f"What came from {endpoint.name} is not used"
    return UnusableReplyError(thing, reason, "Ask again, or choose another model or server.")


def no_word_for(limits: Limits) -> str:
    """The reason why a model that says nothing is not waited for."""
    return f"no word came for {limits.idle_s:g} seconds"
