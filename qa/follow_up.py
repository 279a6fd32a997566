"""Questions that lean on the conversation, completed from it.

Where a pronoun stands for what is meant, that takes its place: "Where was he born?" becomes "Where was Jonas Trell
born?". Anything else is put in brackets after the question. Nothing is made up: what is added was said in an earlier
question, or stands in a quote that answered it or in the headings above that. Whoever asked can read and change it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.leaning import Pronoun, asks_as_before, leanings_of, pronoun_of
from qa.left_out import LeftOutReader, Piece, Said, read_conversation
from qa.left_out_phrases import phrases_left_out
from qa.phrases import TOKEN, question_phrases
from qa.salience import salience
from qa.topics import Topic, Turn, topics_of, with_added, without_added
from qa.words import STOP_WORDS, stems_of, words_of

# The least salience of what takes the place of a pronoun. By the weights alone, questions without one ("Did the team
# win?") are left as they are: of what was added to them two words in five were wrong.
_LEAST_SALIENCE = 3.5
# The least log odds of words that come in brackets; fewer do where the question would be clear enough without them.
_LEAST_BESIDE, _LEAST_WHERE_UNCLEAR = 2.0, 0.5
# The least of what a pronoun stands for, with the part that the weights have in it, and the log odds of words unread.
_LEAST_FOR_A_PRONOUN, _PART_OF_WEIGHTS, _UNREAD = -1.0, 0.5, -4.0
# A longer question says all that it asks.
_MOST_CHARS = 500
_STANDS_FOR = frozenset(
    "he him his she her hers it its they them their theirs this that these those there here then".split()
)
_BEFORE_THE_REST = frozenset({"many", "much"})
_MOST_WORDS = 30
# Of "And what about the tower?"; "And who else was there on that day?" says more than what is asked about instead.
_MOST_AS_BEFORE = 6
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


def complete(question: str, earlier: Sequence[Turn], reader: LeftOutReader | None) -> Completed:
    """`question` with what it leans on in `earlier`, the turns before it from the first; or as it is.

    What that is, `reader` tells together with weights that can be read; those alone if there is none. Unchanged stay
    questions that stand on their own feet and those that end in brackets: they are complete already. The last question
    asked once more is what it was then, and completed from what came before it if it was not.
    """
    is_whole = len(question) > _MOST_CHARS or bool(without_added(question)[1])
    if is_whole or not leanings_of(question):
        return Completed(question, ())
    asked = words_of(question)
    while earlier and words_of(earlier[-1].asked) == asked:  # the last question once more
        if added := tuple(Added(text, len(earlier) - 1) for text in earlier[-1].added):
            return Completed(earlier[-1].searched, added)
        earlier = earlier[:-1]
    if not earlier:
        return Completed(question, ())
    last = len(earlier) - 1
    said = read_conversation(question, earlier)
    scores = reader.read(said) if reader else {}
    best = _antecedent(question, earlier, scores)
    may_mean_itself = _names_something(question)
    if scores and not best and not may_mean_itself:
        best = _antecedent(question, earlier, {})
    rest = _rest_of(earlier[-1].searched, question) if _asks_the_same(question) else ""
    if best and rest and best.phrase.stems <= stems_of(earlier[-1].searched):
        best = None
    instead = [Added(best.phrase.text, best.turn)] if best else []
    if rest:
        return _put_together(question, instead, [Added(rest, last)], earlier)
    held = stems_of(instead[0].text) if instead else frozenset[str]()
    others = {one: score for one, score in scores.items() if one not in held}
    is_unclear = not instead and not may_mean_itself and leanings_of(question) != {"definite"}
    beside = _others(said, others, earlier, _LEAST_WHERE_UNCLEAR if is_unclear else _LEAST_BESIDE)
    return _put_together(question, instead, beside, earlier)


def _put_together(question: str, instead: list[Added], beside: list[Added], earlier: Sequence[Turn]) -> Completed:
    """`instead` in place of a pronoun, if there is one, and the rest in brackets."""
    pronoun = pronoun_of(question)
    if not instead or not pronoun:
        return Completed(with_added(question, [one.text for one in instead + beside]), (*instead, *beside))
    in_place = _in_place_of(pronoun, instead[0].text, earlier)
    replaced = f"{question[: pronoun.start]}{in_place}{question[pronoun.end :]}"
    return Completed(with_added(replaced, [one.text for one in beside]), (*instead, *beside))


def _others(said: Said, scores: Mapping[str, float], earlier: Sequence[Turn], least: float) -> list[Added]:
    """Phrases of words that the network is sure of, with the turns they were said in; none within another."""
    found = {
        phrase.stems: Added(phrase.text, _turn_of(said.pieces[one.piece], earlier))
        for one in phrases_left_out(said, scores, least)
        for phrase in question_phrases(one.text)
    }
    return [added for stems, added in found.items() if not any(stems < other for other in found)]


def _turn_of(piece: Piece, earlier: Sequence[Turn]) -> int:
    """The number of the turn that `piece` was said in; of a heading, the last one below which something was quoted."""
    if piece.kind in {"asked", "quoted"}:
        return len(earlier) - 1 - piece.turns_ago
    below = [any(one.startswith(piece.text) for quote in turn.quotes for one in quote.headings) for turn in earlier]
    return max(at for at, is_below in enumerate(below) if is_below)


def _antecedent(question: str, earlier: Sequence[Turn], scores: Mapping[str, float]) -> Topic | None:
    """What a pronoun in `question` stands for, if that is clear; `scores` are the log odds of stems, or empty."""
    if not pronoun_of(question):
        return None
    leanings, own, last = leanings_of(question), stems_of(question), len(earlier) - 1

    def weight(topic: Topic) -> float:
        weighed = salience(topic, question, leanings, last)
        if not scores:
            return weighed - _LEAST_SALIENCE
        missing = topic.phrase.stems - own
        read = sum(scores.get(one, _UNREAD) for one in missing) / len(missing)
        return read + _PART_OF_WEIGHTS * (weighed - _LEAST_SALIENCE) - _LEAST_FOR_A_PRONOUN

    topics = (topic for topic in topics_of(earlier) if not topic.phrase.stems <= own)
    if "person" not in leanings:
        people = _people_of(earlier)
        topics = (one for one in topics if one.phrase.stems not in people)
    else:
        topics = (one for one in topics if one.phrase.kind == "name" and not _with_article(one.phrase.text, earlier))
    best = max(topics, key=weight, default=None)
    return best if best and weight(best) >= 0 else None


def _names_something(question: str) -> bool:
    """True if a pronoun may stand for what the question itself names: "How many did Khan take with him?"."""
    return any(phrase.kind == "name" for phrase in question_phrases(question))


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
    if pronoun_of(question):  # "And why did it end?" says what it asks
        return False
    return (asks_as_before(question) and len(words_of(question)) <= _MOST_AS_BEFORE) or all(
        word in STOP_WORDS - _STANDS_FOR for word in words_of(question)
    )


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
