"""What is told of a question that the embedding model cannot read: then little but its words finds passages."""

from __future__ import annotations

from index.embed import Embedder
from index.model import is_default
from qa.languages import language_of
from qa.words import STOP_WORDS, words_of
from source.errors import printable
from source.fold import fold


def unread_notice(embedder: Embedder, question: str) -> str:
    """Why `question` is searched for mainly by its words, in a sentence; empty if the model may well read it."""
    folded = fold(question, "none")
    if is_default(embedder.identity.digest):
        reads = embedder.reads(folded) and not language_of(words_of(folded), STOP_WORDS)
        limit = "reads English only"
    else:
        reads, limit = embedder.reads(folded), "does not know this script"
    if reads:
        return ""
    name = printable(embedder.identity.name)
    return f"The model {name} {limit}: passages were looked for mainly by the words of your question."
