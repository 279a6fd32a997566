"""A question put into words that documents may use, by a language model; only the question is sent."""

from __future__ import annotations

from qa.llm.client import stream_text
from qa.llm.failures import unusable
from qa.llm.settings import Endpoint
from qa.question import fold_question
from source.errors import QuestionError

_RULES = """\
You rewrite a question so that a search engine finds the documents that answer it.
Write one question, in the same language, on one line, and nothing else: no answer, no quotation marks.
Keep every name and number as it is, and add none. If the question is good as it is, repeat it."""
_MAX_CHARS = 300


def rewrite(endpoint: Endpoint, question: str) -> str:
    """`question` in other words, on one line.

    Raises:
        EndpointError: no question came, or not in time.
    """
    messages = [{"role": "system", "content": _RULES}, {"role": "user", "content": question}]
    words = " ".join("".join(stream_text(endpoint, messages)).split())
    if not words or len(words) > _MAX_CHARS:
        raise unusable(endpoint, f"it is not one question of up to {_MAX_CHARS} characters")
    try:
        fold_question(words)
    except QuestionError as error:
        raise unusable(endpoint, f"it is no question: {error.reason}") from error
    return words
