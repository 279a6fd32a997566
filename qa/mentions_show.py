"""What the terminal shows of everything that mentions a topic: how much there is, and each mention in its document."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from rich.console import Console

from qa.mentions import Kind, Mention, Mentions
from qa.show import show_citation, show_line
from source.errors import printable

_HOW: dict[Kind, str] = {"words": "word for word", "forms": "in other forms or order", "meaning": "near in meaning"}


def show_mentions(console: Console, mentions: Mentions) -> None:
    """How many passages mention the topic, and in what ways; then each of them, by document."""
    show_line(console, _summary(mentions), "bold")
    numbers = count(1)
    for document, found in mentions.by_document():
        show_line(console)
        show_line(console, f"{printable(document.name)}: {_counts(found)}", "bold cyan")
        for mention in found:
            show_line(console)
            show_citation(console, next(numbers), mention.citation)
            if mention.kind != "words":
                show_line(console, f"   ({_HOW[mention.kind]})", "dim")


def _summary(mentions: Mentions) -> str:
    topic = f"“{printable(mentions.topic)}”"
    if not mentions.mentions:
        return f"{topic} stands in no document, and nothing comes near it in meaning."
    worded = mentions.count("words", "forms")
    documents = sum(any(one.kind != "meaning" for one in found) for _, found in mentions.by_document())
    held = f"{topic} stands in {_many(worded, 'passage')} of {_many(documents, 'document')}"
    ways = [f"{mentions.count(kind):,} {_HOW[kind]}" for kind in ("words", "forms") if mentions.count(kind)]
    near = mentions.count("meaning")
    return f"{held}{': ' if ways else ''}{', '.join(ways)}." + (
        f" {_many(near, 'more passage')} {'comes' if near == 1 else 'come'} near in meaning." if near else ""
    )


def _counts(found: Sequence[Mention]) -> str:
    counts = {kind: sum(one.kind == kind for one in found) for kind in _HOW}
    return ", ".join(f"{counts[kind]:,} {_HOW[kind]}" for kind in counts if counts[kind])


def _many(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
