"""Saved answers asked again: which quotes are new, gone, different, or the same, by their words and places alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from index.library import Library
from index.records import DocumentRecord
from qa.answer import Answer, Citation
from qa.evidence import EvidenceQuote, SavedAnswer
from qa.follow_up import complete
from qa.left_out import LeftOutReader
from qa.topics import Quoted, Turn
from source.lines import LINE_END

Change = Literal["same", "moved", "different", "gone", "new"]

# Quotes of one document with this share of their words alike are one that has been worded anew.
_MIN_LIKENESS = 0.5
# Words on either side of a difference that are shown with it.
_SHOWN_AROUND = 3


@dataclass(frozen=True, slots=True)
class QuoteChange:
    """What became of a quote: `before` is None if it is new, `now` if it is gone; `reason` is for people."""

    change: Change
    before: EvidenceQuote | None
    now: Citation | None
    reason: str

    def as_dict(self) -> dict[str, object]:
        """The change as plain values, for JSON."""
        before, now = self.before, self.now
        return {
            "change": self.change,
            "before": before and _place_dict(before.document, before.text, before.start, before.end),
            "now": now and _place_dict(now.document.name, now.quote, now.span.start, now.span.end),
            "reason": self.reason,
        }


def _place_dict(document: str, text: str, start: int, end: int) -> dict[str, object]:
    return {"document": document, "text": text, "start": start, "end": end}


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """What became of an answer. A refusal quotes nothing: what came nearest to the question is not compared."""

    question: str
    searched: str
    was_answered: bool
    is_answered: bool
    quotes: tuple[QuoteChange, ...]

    @property
    def is_same(self) -> bool:
        """True if the same words answer as before, wherever they stand now."""
        return self.was_answered == self.is_answered and all(one.change in {"same", "moved"} for one in self.quotes)

    def as_dict(self) -> dict[str, object]:
        """The change as plain values, for JSON."""
        return {
            "question": self.question,
            "searched": self.searched,
            "before": "answered" if self.was_answered else "refused",
            "now": "answered" if self.is_answered else "refused",
            "same": self.is_same,
            "quotes": [one.as_dict() for one in self.quotes],
        }


def ask_again(
    saved: Sequence[SavedAnswer], library: Library, reader: LeftOutReader | None, ask: Callable[[str], Answer]
) -> Iterator[AnswerChange]:
    """What became of each of the answers of one conversation, in order.

    A question is searched for as it was; where the file does not say how, one that leans on earlier ones is completed
    from them and their answers of now, with `reader` as in `qa.follow_up.complete`.
    """
    turns: list[Turn] = []
    for one in saved:
        searched = one.searched or complete(one.question, turns, reader).text
        answer = ask(searched)
        quotes = tuple(Quoted(each.quote, each.location.headings) for each in answer.citations)
        turns.append(Turn(one.question, searched, quotes))
        yield compare(one, searched, answer, library)


def compare(saved: SavedAnswer, searched: str, answer: Answer, library: Library) -> AnswerChange:
    """What became of the quotes of a saved answer: those of before in their order, then those that are new."""
    before = list(saved.quotes) if saved.answered else []
    now = list(answer.citations)
    found: dict[int, QuoteChange] = {}
    for pair in (_is_same, _is_moved, _is_different):
        for number, old in enumerate(before):
            new = next((one for one in now if number not in found and pair(old, one)), None)
            if new is not None:
                now.remove(new)
                found[number] = _changed(old, new)
    gone = _WhyGone(library)
    changes = [found.get(number) or QuoteChange("gone", old, None, gone.why(old)) for number, old in enumerate(before)]
    changes += [QuoteChange("new", None, one, "") for one in now]
    return AnswerChange(saved.question, searched, saved.answered, answer.answered, tuple(changes))


def _is_same(old: EvidenceQuote, new: Citation) -> bool:
    is_there = (old.start, old.end) == (new.span.start, new.span.end)
    return is_there and new.document.sha256 in old.digests and _says_the_same(old, new)


def _is_moved(old: EvidenceQuote, new: Citation) -> bool:
    return _says_the_same(old, new)


def _says_the_same(old: EvidenceQuote, new: Citation) -> bool:
    return LINE_END.sub("\n", old.text) == LINE_END.sub("\n", new.quote)


def _is_different(old: EvidenceQuote, new: Citation) -> bool:
    """True for what stood in a document of the same name and was worded anew, or is cut otherwise."""
    if new.document.name != old.document and new.document.sha256 not in old.digests:
        return False
    return SequenceMatcher(None, old.text.split(), new.quote.split(), autojunk=False).ratio() >= _MIN_LIKENESS


def _changed(old: EvidenceQuote, new: Citation) -> QuoteChange:
    if _is_same(old, new):
        return QuoteChange("same", old, new, "")
    if _says_the_same(old, new):
        return QuoteChange("moved", old, new, f"now in {new.document.name}, {new.span.start}-{new.span.end}")
    return QuoteChange("different", old, new, word_difference(old.text, new.quote))


def word_difference(old: str, new: str) -> str:
    """What was said and is not, and what is said now, as `cast in [-1687-] {+1678+} by`, with a few words around."""
    before, now = old.split(), new.split()
    pieces: list[str] = []
    steps = SequenceMatcher(None, before, now, autojunk=False).get_opcodes()
    for number, (kind, start, end, new_start, new_end) in enumerate(steps):
        if kind == "equal":
            first = 0 if number == 0 else _SHOWN_AROUND
            last = 0 if number == len(steps) - 1 else _SHOWN_AROUND
            words = before[start:end]
            is_long = len(words) > first + last
            pieces += [*words[:first], "…", *words[len(words) - last :]] if is_long else words
        else:
            pieces += [f"[-{' '.join(before[start:end])}-]"] if end > start else []
            pieces += [f"{{+{' '.join(now[new_start:new_end])}+}}"] if new_end > new_start else []
    return " ".join(pieces)


class _WhyGone:
    """Tells why a quote is not in an answer any more, by what the library holds now."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._documents = library.documents()

    def why(self, quote: EvidenceQuote) -> str:
        """The reason, for people."""
        of_name = [one for one in self._documents if one.name == quote.document or one.sha256 in quote.digests]
        if not of_name:
            return "the document is no longer in the library"
        if not any(self._says(one, quote.text) for one in of_name):
            return "the document has changed and does not say it any more"
        return "it is still said there, but other quotes answer, or none"

    def _says(self, document: DocumentRecord, words: str) -> bool:
        pattern = r"\s+".join(map(re.escape, words.split()))
        try:
            text = self._library.text(document.id)
        except KeyError:  # removed meanwhile
            return False
        return re.search(pattern, text) is not None
