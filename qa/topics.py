"""What a conversation has been about: the phrases of its turns, with where each of them stood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from qa.leaning import asks_as_before
from qa.phrases import TOKEN, Phrase, answer_phrases, phrase_of, question_phrases
from qa.words import stems_of

Mark = Literal[
    "added first",  # to the last question
    "added",
    "introduced",  # by the last question: "Tell me about the bell."
    "asked alone",  # by the last question, to which nothing was added
    "asked first",
    "asked",
    "added before",  # to an earlier question
    "asked before",
    "opening",  # by the first question
    "title",  # of a document that was quoted
    "last title",  # in the last answer
    "heading",
    "answered",  # in the last answer
    "answered alone",  # the only one in the last answer
    "answered before",
]
_MOST_STEMS, _MOST_CHARS = 8, 80
# What was said longer ago, or far down, is hardly what is meant, and must not take time.
_TURNS_LOOKED_AT, _QUOTES_LOOKED_AT, _CHARS_LOOKED_AT = 30, 2, 3_000
_CHARS_ASKED = 600
_ADDED = re.compile(r"(?<=\S)\s+\(([^()]*)\)\s*\Z")
_BETWEEN = "; "
_ARTICLE = re.compile(r"\A(?:the|an?)\s+", re.IGNORECASE)
# Of a question that somebody has changed, to see where.
_CHARS_COMPARED = 2_000
_INTRODUCES = re.compile(
    r"(?:so |and )?(?:tell me (?:more )?about|describe|explain|define|(?:what|how) about"
    r"|(?:what|who) (?:is|are|was|were)(?! (?:the )?(?:\w+ )?\w+ (?:of|for|in|to)\b))\b",
    re.IGNORECASE,
)
# "3.1 The tower", "1974-1993: Later life" and "The bells (1990-1995)" are about the tower, a life and the bells.
_NUMBERING = re.compile(r"\A\s*(?:[\d-]+\s*:|\d+(?:\.\d+)*\.?\s)\s*|\s*\([^()]*\)\s*\Z")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote of an answer: its words, and the headings it stands below, outermost first."""

    text: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was asked, as it was searched for, and the quotes that answered it, best first, or none."""

    asked: str
    searched: str
    quotes: tuple[Quoted, ...]

    @property
    def added(self) -> tuple[str, ...]:
        """What `searched` says and `asked` does not, in order."""
        return _added_to(self.asked, self.searched)


@dataclass(frozen=True, slots=True)
class Topic:
    """A phrase of a conversation: in which turn it came last (from 0), its marks, and in what share of all turns."""

    phrase: Phrase
    turn: int
    marks: frozenset[Mark]
    share: float


def with_added(question: str, added: Sequence[str]) -> str:
    """`question` with phrases after it, for people to read and change: `Why was it moved? (the bell of Dunmouth)`."""
    return f"{question.strip()} ({_BETWEEN.join(added)})" if added else question


def without_added(question: str) -> tuple[str, tuple[str, ...]]:
    """A completed question taken apart again: the question as it was asked, and what was added."""
    match = _ADDED.search(question)
    if not match or not match.start():
        return question, ()
    return question[: match.start()], tuple(match[1].split(_BETWEEN))


@lru_cache(maxsize=1_000)
def _added_to(asked: str, searched: str) -> tuple[str, ...]:
    bare, parts = without_added(searched)
    if asked.strip() == bare.strip() or len(searched) > _CHARS_COMPARED:
        return parts
    before, after = TOKEN.findall(asked), list(TOKEN.finditer(bare))
    steps = SequenceMatcher(None, before, [token[0] for token in after], autojunk=False).get_opcodes()
    inside = [
        bare[after[start].start() : after[end - 1].end()]
        for step, _, _, start, end in steps
        if step in {"insert", "replace"}
    ]
    return (*(_ARTICLE.sub("", one) for one in inside), *parts)


def topics_of(earlier: Sequence[Turn]) -> list[Topic]:
    """The topics of a conversation, the latest first. A part of somebody's name counts as the whole, if it was said."""
    looked_at = range(max(0, len(earlier) - _TURNS_LOOKED_AT), len(earlier))
    said = [(phrase, turn, mark) for turn in reversed(looked_at) for phrase, mark in _said(earlier, turn)]
    said = [(phrase, turn, mark) for phrase, turn, mark in said if _is_short(phrase)]
    people = sorted(
        {phrase.stems: phrase for phrase, _, _ in said if phrase.may_be_a_person}.values(),
        key=lambda one: (len(one.stems), one.text),
    )
    wholes = [*people, *(phrase for phrase, _, mark in said if mark == "asked" and phrase.kind == "name")]
    stems = [_stems_of_turn(earlier[turn]) for turn in looked_at]
    found: dict[frozenset[str], tuple[Phrase, int, set[Mark]]] = {}
    for part, turn, mark in said:
        phrase = part
        if part.kind != "date":
            phrase = next((whole for whole in wholes if part.stems < whole.stems), part)
        kept = found.setdefault(phrase.stems, (phrase, turn, set()))
        kept[2].add(mark)
        if phrase.kind == "name" and kept[0].kind != "name":
            found[phrase.stems] = (phrase, kept[1], kept[2])
    return [Topic(phrase, turn, frozenset(marks), _share(phrase, stems)) for phrase, turn, marks in found.values()]


def _is_short(phrase: Phrase) -> bool:
    return len(phrase.stems) <= _MOST_STEMS and len(phrase.text) <= _MOST_CHARS


def _said(earlier: Sequence[Turn], turn: int) -> Iterator[tuple[Phrase, Mark]]:
    is_last = turn == len(earlier) - 1
    asked, added = earlier[turn].asked[:_CHARS_ASKED], earlier[turn].added
    for number, part in enumerate(added):
        if phrase := _whole(part):
            yield phrase, ("added first" if number == 0 else "added") if is_last else "added before"
    phrases = question_phrases(asked)
    for phrase in phrases:
        yield phrase, "asked" if is_last else "asked before"
        if turn == 0:
            yield phrase, "opening"
    if is_last and phrases:
        yield phrases[0], "asked first"
        if asks_as_before(asked) or (_INTRODUCES.match(asked) and not added):
            yield phrases[0], "introduced"
        if not added:
            yield phrases[0], "asked alone"
    said = frozenset[str]().union(*map(_stems_of_turn, earlier))
    yield from _quoted(earlier[turn].quotes[:_QUOTES_LOOKED_AT], said, is_last=is_last)


def _quoted(quotes: Iterable[Quoted], said: frozenset[str], *, is_last: bool) -> Iterator[tuple[Phrase, Mark]]:
    for quote in quotes:
        # "Annual report" is what it stands in, not what it is about.
        title = _whole(_NUMBERING.sub("", quote.headings[0])) if quote.headings else None
        if title and 2 * len(title.stems & said) >= len(title.stems):
            yield title, "title"
            if is_last:
                yield title, "last title"
        below = _NUMBERING.sub("", quote.headings[-1]) if len(quote.headings) > 1 else ""
        if heading := phrase_of(below, "noun"):
            yield heading, "heading"
        names = answer_phrases(quote.text[:_CHARS_LOOKED_AT])
        yield from ((one, "answered" if is_last else "answered before") for one in names)
        if is_last and len(names) == 1:
            yield names[0], "answered alone"


def _whole(text: str) -> Phrase | None:
    """All of `text` as a phrase, of the kind that its first part is of."""
    phrases = question_phrases(text)
    return phrase_of(text, phrases[0].kind if phrases else "noun")


@lru_cache(maxsize=1_000)
def _stems_of_turn(turn: Turn) -> frozenset[str]:
    return stems_of(" ".join([turn.searched, *(quote.text for quote in turn.quotes)]))


def _share(phrase: Phrase, turns: Sequence[frozenset[str]]) -> float:
    """The share of turns that hold at least half of its stems."""
    return sum(2 * len(phrase.stems & stems) >= len(phrase.stems) for stems in turns) / len(turns)
