"""Questions that lean on the conversation, completed from it.

Where a pronoun stands for what is meant, that takes its place: "Where was he born?" becomes "Where was Jonas Trell
born?". Anything else is put in brackets after the question. Nothing is made up: what is added was said in an earlier
question, or stands in a quote that answered it or in the headings above that. Whoever asked can read and change it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.leaning import Pronoun, asks_as_before, leanings_of, pronoun_of
from qa.phrases import TOKEN, question_phrases
from qa.salience import salience
from qa.topics import Topic, Turn, topics_of, with_added, without_added
from qa.words import STOP_WORDS, stems_of, words_of

# The least salience of what takes the place of a pronoun. Questions without one ("Did the team win?") are left alone:
# of what was added to them two words in five were wrong.
_LEAST_SALIENCE = 3.5
# A longer question says all that it asks.
_MOST_CHARS = 500
_STANDS_FOR = frozenset(
    "he him his she her hers it its they them their theirs this that these those there here then".split()
)
_BEFORE_THE_REST = frozenset({"many", "much"})
_MOST_WORDS = 30
# Words that tell one thing of its kind from the others, and by themselves are no subject.
_RANKS = r"(?:\w+est|first|second|third|last|next|main|new|old|other|big|large|small|most \w+)"


@dataclass(frozen=True, slots=True)
class Added:
    """Words that were added to a question, and the number of the earlier turn, from 0, that they came from."""

    text: str
    turn: int


@dataclass(frozen=True, slots=True)
class Completed:
    """A question as it is searched for: just as it was asked, if nothing was added."""

    text: str
    added: tuple[Added, ...]


def complete(question: str, earlier: Sequence[Turn]) -> Completed:
    """`question` with what it leans on in `earlier`, the turns before it from the first; or as it is.

    Unchanged stay questions that stand on their own feet and those that end in brackets: they are complete already.
    The last question asked once more is what it was then.
    """
    is_whole = len(question) > _MOST_CHARS or bool(without_added(question)[1])
    if not earlier or is_whole or not leanings_of(question):
        return Completed(question, ())
    last = len(earlier) - 1
    if earlier[-1].added and words_of(question) == words_of(earlier[-1].asked):
        return Completed(earlier[-1].searched, tuple(Added(text, last) for text in earlier[-1].added))
    rest = _rest_of(earlier[-1].searched, question) if _asks_the_same(question) else ""
    best, pronoun = _antecedent(question, earlier), pronoun_of(question)
    if best and rest and best.phrase.stems <= stems_of(earlier[-1].searched):
        best = None
    added = tuple(([Added(best.phrase.text, best.turn)] if best else []) + ([Added(rest, last)] if rest else []))
    if not best or not pronoun:
        return Completed(with_added(question, [one.text for one in added]), added)
    instead = _in_place_of(pronoun, best.phrase.text, earlier)
    replaced = f"{question[: pronoun.start]}{instead}{question[pronoun.end :]}"
    return Completed(with_added(replaced, [one.text for one in added[1:]]), added)


def _antecedent(question: str, earlier: Sequence[Turn]) -> Topic | None:
    """What a pronoun in `question` stands for, if that is clear."""
    if not pronoun_of(question):
        return None
    leanings, own, last = leanings_of(question), stems_of(question), len(earlier) - 1

    def weight(topic: Topic) -> float:
        return salience(topic, question, leanings, last)

    topics = (topic for topic in topics_of(earlier) if not topic.phrase.stems <= own)
    if "person" not in leanings:
        people = _people_of(earlier)
        topics = (one for one in topics if one.phrase.stems not in people)
    else:
        topics = (one for one in topics if one.phrase.kind == "name" and not _with_article(one.phrase.text, earlier))
    best = max(topics, key=weight, default=None)
    return best if best and weight(best) >= _LEAST_SALIENCE else None


def _people_of(earlier: Sequence[Turn]) -> set[frozenset[str]]:
    """Those whom somebody called "he" or "she", by the stems of their names."""
    return {stems_of(turn.added[0]) for turn in earlier if turn.added and "person" in leanings_of(turn.asked)}


def _in_place_of(pronoun: Pronoun, text: str, earlier: Sequence[Turn]) -> str:
    """`text` with the article that it had when it was asked about, and as an owner if the pronoun is one."""
    with_article = _with_article(text, earlier) or text
    if pronoun.start == 0:
        with_article = with_article[0].upper() + with_article[1:]
    if not pronoun.is_owner:
        return with_article
    return f"{with_article}’" if with_article.endswith("s") else f"{with_article}’s"


def _with_article(text: str, earlier: Sequence[Turn]) -> str:
    """`text` after "the", and "oldest" or the like, if somebody asked about it so; empty if nobody did."""
    had = re.compile(rf"\b(?:the|an?) ((?:{_RANKS} ){{0,2}}){re.escape(text)}(?!\w)", re.IGNORECASE)
    found = next(filter(None, (had.search(turn.searched) for turn in reversed(earlier))), None)
    return f"the {found[1]}{text}" if found else ""


def _asks_the_same(question: str) -> bool:
    """True for "What about the tower?" and "Why?", which need the rest of the last question."""
    return asks_as_before(question) or all(word in STOP_WORDS - _STANDS_FOR for word in words_of(question))


def _rest_of(asked: str, question: str) -> str:
    """What the last question asked, without what `question` asks about instead: "visitors came to the museum"."""
    instead = {phrase.kind for phrase in question_phrases(question)}
    phrases = question_phrases(asked)
    if instead and not phrases:
        return ""  # there is nothing that another subject could take the place of
    alike = [one.stems for one in phrases if one.kind in instead] or [one.stems for one in phrases if instead]
    replaced = alike[0] if alike else frozenset[str]()
    kept: list[str] = []
    for token in TOKEN.findall(asked):
        if not token[0].isalnum() or token.lower() in _BEFORE_THE_REST:
            continue
        if not stems_of(token) <= replaced:
            kept.append(token)
            continue
        while kept and kept[-1].lower() in STOP_WORDS:
            kept.pop()
    telling = [at for at, token in enumerate(kept) if token.lower() not in STOP_WORDS]
    rest = " ".join(kept[telling[0] : telling[-1] + 1][:_MOST_WORDS]) if telling else ""
    return rest if stems_of(rest) <= stems_of(asked) else ""  # a script whose words are not to be told by their letters
