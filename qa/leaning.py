"""How a question leans on what was said before: by which of its words, or by what it leaves out. For English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from qa.phrases import Phrase, question_phrases
from qa.words import STOP_WORDS, words_of

Leaning = Literal["person", "several", "thing", "place", "time", "definite", "bare"]
"""By "he", "they", "it", "there", "that year", by "the film" or "another one", or by what is left out, as in "Why?"."""

_VERBS_BEFORE_THAT = "about after at before by did do does for from in is like of on to was with".split()
_THAT = "|".join(rf"(?<=\b{word} )" for word in _VERBS_BEFORE_THAT)
_MARKS: tuple[tuple[Leaning, re.Pattern[str]], ...] = (
    (
        "time",
        re.compile(
            r"\b(?:(?:that|this|these|those|the same) (?:years?|time|period|days?|months?|decade|century|era)"
            r"|then|at the time|meanwhile|afterwards?|(?:before|after|since) (?:that|this)(?=\W|$))\b"
        ),
    ),
    ("person", re.compile(r"\b(?:he|him|his|himself|she|her|hers|herself)\b")),
    ("several", re.compile(r"\b(?:they|them|their|theirs|themselves)\b")),
    (
        "thing",
        re.compile(
            r"\b(?:it|its|itself|this|these|those(?! (?:who|whom|whose|with|in|of|from|to|that|\w+ed)\b)"
            rf"|that(?=\W*$)|(?:{_THAT})that)\b"
        ),
    ),
    ("place", re.compile(r"\b(?:there|here)\b")),
)
_EXPLETIVE = re.compile(
    r"\b(?:(?:is|are|was|were|be|been|has|have|had) there|there (?:is|are|was|were|be|been|has|have|had|any|an?)\b"
    r"|(?:is|was|would|be) it (?:possible|important|necessary|legal|true|hard|easy|difficult|normal) (?:to|that|if)\b"
    r"|(?:does|did|will|would|can) it (?:take|mean|cost|feel|matter)\b"
    r"|it (?:is|was) (?:called|said|known|that|true|possible|believed|thought)|it takes?\b)"
)
_PERSONAL = re.compile(
    r"\b(?:(?P<owner>his|its|their|her(?= [^\W_]))|he|him|she|her|they|them|it)\b(?!['’])", re.IGNORECASE
)
_ANY_EXPLETIVE = re.compile(_EXPLETIVE.pattern, re.IGNORECASE)
_NEW_CLAUSE = re.compile(
    r",|\b(?:and|or|but|when|while|if|because|before|after|than|since|as|which|so|where|how|why|until|though)\b"
)
# What cannot stand for the subject of its own clause: "How did Sacagawea help them?"
_OBJECTS = frozenset("him them it this that these those himself themselves itself there here".split())
_SUBJECT_MARKS = frozenset({"the", "a", "an", "do", "does", "did"})
_ASKS_AS_BEFORE = re.compile(r"(?:and |so |but |or )?(?:(?:what|how) about|what of)\b|and\b|or\b")
_OTHERS = re.compile(
    r"\b(?:other|others|another|else|besides|more(?! about)|too|either|same|further|ones?"
    r"|the (?:first|second|last|next|latter|former|most|least|\w+est))\b"
)
_COMPARED = re.compile(
    r"\b(?:differ(?:ent|ence|s)?|compared?|similar|related)\b(?!.*\b(?:between|from|than|and)\b)(?! to \w+ than)"
)
_THE_ONE = re.compile(
    r"\bthe (?:\w+ )?\w+(?:['’]s \w+)?(?=\?|$| (?:was|is|were|are|did|do|does|has|had|have|be|in|on|at|from|for)\b)"
)
# A question of few telling words may still stand on its own feet if it has more of them than this.
_MOST_TOLD = 2


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A personal pronoun at `[start, end)` of a question; `is_owner` of "his" in "his bells"."""

    start: int
    end: int
    is_owner: bool


def leanings_of(question: str) -> frozenset[Leaning]:
    """All the ways in which `question` leans; empty if it stands on its own feet."""
    asked = " ".join(question.lower().split())
    phrases = question_phrases(question)
    said = _EXPLETIVE.sub(lambda match: "_" * len(match[0]), asked)
    found: set[Leaning] = set()
    for leaning, pattern in _MARKS:
        match = pattern.search(said)
        if match and (leaning == "time" or not _stands_before(match[0], match.start(), asked, phrases)):
            found.add(leaning)
    if asks_as_before(question) or (not phrases and len(_content(asked)) <= _MOST_TOLD + 1):
        found.add("bare")
    elif not found and _is_definite(asked, phrases):
        found.add("definite")
    return frozenset(found)


def pronoun_of(question: str) -> Pronoun | None:
    """The first personal pronoun by which `question` leans; what it stands for may take its place."""
    if not leanings_of(question) & {"person", "several", "thing"}:
        return None
    match = _PERSONAL.search(_ANY_EXPLETIVE.sub(lambda found: "_" * len(found[0]), question))
    if not match:
        return None
    follows = words_of(question[match.end() :])
    is_owner = bool(match["owner"]) and bool(follows) and (match[0].lower() != "her" or follows[0] not in STOP_WORDS)
    return Pronoun(match.start(), match.end(), is_owner)


def asks_as_before(question: str) -> bool:
    """True for "What about the tower?" and "And in 1990?", which ask the last question about something else."""
    return bool(_ASKS_AS_BEFORE.match(" ".join(question.lower().split())))


def _content(asked: str) -> list[str]:
    return [word for word in words_of(asked) if word not in STOP_WORDS]


def _stands_before(pronoun: str, at: int, asked: str, phrases: tuple[Phrase, ...]) -> bool:
    """True if what `pronoun` stands for comes before it in the question itself."""
    before = asked[:at]
    said = [phrase for phrase in phrases if phrase.kind != "date" and phrase.text.lower() in before]
    if not said:
        return False
    if _NEW_CLAUSE.search(before, before.rindex(said[-1].text.lower()) + len(said[-1].text)):
        return True
    if any(phrase.kind == "name" for phrase in said) and pronoun not in _OBJECTS:
        return True
    is_of = before.split()[-1] in {"of", "for", "by"}
    return pronoun in {"its", "their"} and not is_of and any(_is_subject(phrase, before) for phrase in said)


def _is_subject(phrase: Phrase, asked: str) -> bool:
    words = asked[: asked.index(phrase.text.lower())].split()
    return bool(words) and words[-1] in _SUBJECT_MARKS


def _is_definite(asked: str, phrases: tuple[Phrase, ...]) -> bool:
    """True if it asks about "the film", with nothing that says which one, or about others than those named."""
    if any(phrase.kind != "noun" for phrase in phrases):
        return False
    told = len(frozenset[str]().union(*(phrase.stems for phrase in phrases)))
    return told <= _MOST_TOLD and any(pattern.search(asked) for pattern in (_THE_ONE, _OTHERS, _COMPARED))
