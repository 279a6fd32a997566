"""The errors that a user can meet, and how they are worded.

    QuotedAnswersError
    ├── DocumentError    a file cannot become a document
    ├── LibraryError     a library cannot be opened, read or written
    ├── ModelError       an embedding model cannot be found or loaded
    ├── QuestionError    a question cannot be searched for
    ├── EndpointError    a language model cannot be asked, or what it writes is of no use
    └── ServerError      the page cannot be served

Each names the thing, the reason and what to do next. They are raised where the reason is known and shown in
two places only: the command line and the page. Programming mistakes stay ordinary exceptions.
"""

from __future__ import annotations

import unicodedata

# Controls, line and paragraph separators and bidirectional overrides would forge or garble a line of output.
_UNPRINTABLE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Of these categories, but part of how words and emoji are written: soft hyphen, zero-width non-joiner and joiner.
_PRINTABLE = {"\u00ad", "\u200c", "\u200d"}


class QuotedAnswersError(Exception):
    """An expected failure, told as a thing, the reason, and the remedy."""

    def __init__(self, thing: str, reason: str, remedy: str) -> None:
        super().__init__(thing, reason, remedy)
        self.thing = thing
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.thing}: {self.reason}. {self.remedy}"


class DocumentError(QuotedAnswersError):
    """A file cannot become a document."""


class LibraryError(QuotedAnswersError):
    """A library cannot be opened, read or written."""


class ModelError(QuotedAnswersError):
    """An embedding model cannot be found or loaded."""


class QuestionError(QuotedAnswersError):
    """A question cannot be searched for."""


class EndpointError(QuotedAnswersError):
    """A language model cannot be asked, or what it writes is of no use."""


class ServerError(QuotedAnswersError):
    """The page cannot be served."""


class LoadError(ValueError):
    """The bytes cannot be read as a document; the message is a reason, the remedy beside it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def printable(text: str) -> str:
    """`text` on one line, with characters that would forge or garble output written as escapes."""
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _UNPRINTABLE_CATEGORIES and character not in _PRINTABLE
        else character
        for character in text
    )
