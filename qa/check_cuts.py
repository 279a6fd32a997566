"""What a quotation leaves out and must not: a negation, a condition or a number in what it skips or is cut off from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.check_fold import MASK
from source.document import Span

_NEGATION = (
    r"\b(?:not|(?-i:no|NO|No(?!\.?\s*\d))|never|none|nor|neither|nobody|nothing|nowhere|cannot|without|hardly|scarcely"
    r"|barely|rarely|seldom|unable|\w+n[’']t|nicht|kein(?:e[mnrs]?)?|nie|niemals|niemand|nichts|weder|ohne|pas|jamais"
    r"|aucune?|nunca|jamás|tampoco)\b"
)
_CONDITION = (
    r"\b(?:if|unless|except|only(?:\s+if)?|provided|providing|until|whether|assuming|otherwise|in case|as long as|wenn"
    r"|falls|sofern|außer|sauf|à condition)\b"
)
_NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion dozen "
    "half"
).split()
_NUMBER = rf"\d|\b(?:{'|'.join(_NUMBER_WORDS)})\b"
_TELLING = re.compile(rf"{_NEGATION}|{_CONDITION}|(?:{_NUMBER})[\w.,]*", re.IGNORECASE)
_DENIES = re.compile(_NEGATION, re.IGNORECASE)
_DENIES_OR_LIMITS = re.compile(rf"{_NEGATION}|{_CONDITION}", re.IGNORECASE)

# How far the clause may reach that a quotation is cut off from.
_CLAUSE_CHARS = 250
_CLAUSE_END = re.compile(
    r"[.!?;:,()\[\]—–\"“”«»]|\n\s*\n|\b(?:and|but|or|because|while|although|which|who|so)\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…]['\"’”»)\]]*\s|\n\s*\n")
_LEADING_CONDITION = re.compile(rf"\W*({_CONDITION})[^;]*,\s*(?:then\s+)?\Z", re.IGNORECASE)
_FOLLOWING_CONDITION = re.compile(rf"[\s,—–-]*(?:but\s+)?(?:even\s+)?({_CONDITION})", re.IGNORECASE)
_FOLLOWING_WORDS = 3

_SCALE = r"(?:%|‰|°|per\s?cent\b|percent\b|percentage\b|hundred\b|thousand\b|million\b|billion\b|trillion\b|bn\b)"
_BEGINS_WITH_NUMBER = re.compile(r"\W*\d")
_BEGINS_WITH_SCALE = re.compile(rf"\s*{_SCALE}", re.IGNORECASE)
_ENDS_IN_NUMBER = re.compile(rf"(?:\d[.,]?|\b(?:one|{'|'.join(_NUMBER_WORDS)}))\Z", re.IGNORECASE)
_NUMBER_BEFORE = re.compile(
    rf"(?:\d[.,:/]?|\d\s?[–-]\s?|\d\s(?:to|or)\s|[$€£¥]|(?:\A|\s)[-−]|\b(?:one|{'|'.join(_NUMBER_WORDS)})[\s-]+)\Z",
    re.IGNORECASE,
)
_NUMBER_AFTER = re.compile(rf"[.,:/]?\d|\s?[–-]\s?\d|\s(?:to|or)\s\d|[\s-]*{_SCALE}", re.IGNORECASE)


def telling_word(skipped: str) -> str:
    """The first negation, condition or number of what was skipped; empty if there is none."""
    found = _TELLING.search(_shown(skipped))
    return found[0] if found else ""


def denials(words: str) -> list[Span]:
    """Where the negations of `words` stand."""
    return [Span(*found.span()) for found in _DENIES.finditer(words)]


def cut_at_edges(words: str, span: Span) -> str:
    """What `span` of the words of a document is cut off from, in a sentence; empty if from nothing that matters."""
    before = _shown(words[max(0, span.start - _CLAUSE_CHARS) : span.start])
    inside = _shown(span.of(words))
    after = _shown(words[span.end : span.end + _CLAUSE_CHARS])
    if _divides_number(before, inside, after):
        return "it is cut within a number"
    if word := _cut_before(before):
        return f"it is cut off from “{word}” before it"
    if word := _cut_after(inside, after):
        return f"it is cut off from “{word}” after it"
    return ""


def _shown(words: str) -> str:
    return words.replace(MASK, "")


def _divides_number(before: str, inside: str, after: str) -> bool:
    begins = _BEGINS_WITH_NUMBER.match(inside) or _BEGINS_WITH_SCALE.match(inside)
    if begins and _NUMBER_BEFORE.search(before.rstrip() if _BEGINS_WITH_SCALE.match(inside) else before):
        return True
    if _BEGINS_WITH_SCALE.match(inside) and _ENDS_IN_NUMBER.search(before.rstrip(" -")):
        return True
    return bool(_ENDS_IN_NUMBER.search(inside) and _NUMBER_AFTER.match(after))


def _cut_before(before: str) -> str:
    sentence = before[max((end.end() for end in _SENTENCE_END.finditer(before)), default=0) :]
    if condition := _LEADING_CONDITION.match(sentence):
        return condition[1]
    clause = sentence[max((end.end() for end in _CLAUSE_END.finditer(sentence)), default=0) :]
    denied = _DENIES_OR_LIMITS.search(clause)
    return denied[0] if denied else ""


def _cut_after(inside: str, after: str) -> str:
    if re.search(r"[.!?…]['\"’”»)\]]*\s*\Z", inside):
        return ""
    if condition := _FOLLOWING_CONDITION.match(after):
        return condition[1]
    end = _CLAUSE_END.search(after)
    clause = after[: end.start()] if end else after
    if limit := re.search(_CONDITION, clause, re.IGNORECASE):
        return limit[0]
    first_words = re.match(rf"(?:\W*[\w’']+){{0,{_FOLLOWING_WORDS}}}", clause)
    denied = _DENIES.search(first_words[0]) if first_words else None
    return denied[0] if denied else ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A negation or condition: its `word`, the `clause` that it stands in, and the one that it is about.

    That is the same, but for a condition that begins its clause: "if it rains, they stay".
    """

    word: str
    clause: str
    limited: str

    @property
    def denies(self) -> bool:
        """True for a negation."""
        return _DENIES.fullmatch(self.word) is not None


def limited_clauses(words: str) -> list[Limit]:
    """Each negation and condition of `words`, in order."""
    edges = [0, *(edge for end in _CLAUSE_END.finditer(words) for edge in end.span()), len(words)]
    clauses = [Span(*edge) for edge in zip(edges[::2], edges[1::2], strict=True) if words[edge[0] : edge[1]].strip()]
    found: list[Limit] = []
    for limit in _DENIES_OR_LIMITS.finditer(words):  # in the whole: "No." is none before a number
        place = next(number for number, clause in enumerate(clauses) if limit.start() < clause.end)
        clause = clauses[place]
        beside = clauses[place - 1] if place else clauses[min(1, len(clauses) - 1)]
        begins = _FOLLOWING_CONDITION.match(words, clause.start)
        is_about_other = begins is not None and limit.start() == begins.start(1)
        found.append(Limit(limit[0], clause.of(words), (beside if is_about_other else clause).of(words)))
    return found
