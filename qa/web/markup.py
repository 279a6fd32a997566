"""Text to HTML: the one place where what a document, a file name or a user says is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from source.document import Span
from source.errors import printable

# Besides HTML's own signs: Gradio's Chatbot expands tabs and cuts indentation, and a parser turns CR into LF. Written
# by number, they reach the browser as they stand in the document.
_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)
_HARD_WRAPPED_MIN_CHARS = 45


def text(value: str) -> Markup:
    """`value` as HTML that shows, character for character, what it says."""
    return Markup(value.translate(_ESCAPES))  # noqa: S704 - this is the escaping


def name(value: str) -> Markup:
    """A name on one line; characters that would garble the line are shown as escapes."""
    return text(printable(value))


def marked(passage: str, offset: int, spans: Sequence[Span], tag: Markup) -> Markup:
    """`passage`, which begins at `offset` of its document, with each of the `spans` in a `<mark>` opened by `tag`.

    `spans` are spans of the document, in order, disjoint, and inside the passage.
    """
    pieces: list[Markup] = []
    done = 0
    for span in spans:
        start, end = span.start - offset, span.end - offset
        pieces += [text(passage[done:start]), tag, text(passage[start:end]), Markup("</mark>")]
        done = end
    return join([*pieces, text(passage[done:])])


def join(pieces: Iterable[Markup]) -> Markup:
    """The pieces one after the other."""
    return Markup("").join(pieces)


def wrapping(passage: str, *, begins_inside: bool = False) -> str:
    """How to set the lines of `passage`, as a class: `flow` (it is one line), `reflow` or `keep`.

    Lines that only come from a narrow page are better read without their ends where there is little room. Of one that
    `begins_inside` a line, the first tells nothing.
    """
    lines = passage.split("\n")[1 if begins_inside and passage.count("\n") > 1 else 0 :]
    if len(lines) == 1:
        return "flow"
    return "reflow" if all(len(line) >= _HARD_WRAPPED_MIN_CHARS for line in lines[:-1]) else "keep"
