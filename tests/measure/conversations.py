"""Conversations of three data sets: questions that lean on those before them, with the same in full words.

CANARD and CAsT 2019 have both from people. In those made from SQuAD, the second of two questions on one paragraph
loses what the first has named: it says "it", or nothing at all.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from qa.evaluate import GoldQuestion
from qa.phrases import Phrase, question_phrases
from qa.topics import Quoted, Turn
from qa.words import STOP_WORDS, stem, stems_of, words_of
from source.document import Span
from tests.measure.datasets import Paragraph, QuestionSet

_NO_ANSWER = "I don't know."
_HE_OR_SHE = ("he", "she")
_FORMS = {
    "he": ("he", "him", "his"),
    "she": ("she", "her", "her"),
    "they": ("they", "them", "their"),
    "it": ("it", "it", "its"),
}
_LEFT_OUT = re.compile(r"\s+(?:in|of|at|for|from|by|on|about|with|to) (?:the )?NAME(?=\s*\??\s*\Z)")
# What a question that stands alone has none of, and what it has.
_LEANS = re.compile(
    r"\b(?:he|him|his|she|her|hers|they|them|their|its?|this|that|these|those|there|then|here|others?|another|else)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"(?<=\w )[A-Z]\w|\d{4}")
_LEAST_WORDS = 6
# So many questions after one may name what answers it.
_LATER = 4
_BEFORE_AN_OBJECT = frozenset("about after against at before by for from in into of on to under with".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a conversation, the same in full words, and the quotes that answer it, if known."""

    question: str
    full: str
    quotes: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions of one paragraph: `leaning` is `second` without what both of them name."""

    first: str
    second: str
    leaning: str
    gold: GoldQuestion


Conversation = tuple[Asked, ...]


def added_stems(question: str, full: str) -> frozenset[str]:
    """The stems of content words that `full` has and `question` has not."""
    own = {stem(word) for word in words_of(question)}
    return frozenset(stem(word) for word in words_of(full) if word not in STOP_WORDS) - own


def load_canard(path: Path, *, held_out: bool) -> list[Conversation]:
    """CANARD (Elgohary et al. 2019), the quarter held out or the rest: answers stand below a title and a heading."""
    dialogs: dict[str, list[dict[str, object]]] = {}
    for turn in json.loads(path.read_bytes()):
        if is_held_out(turn["QuAC_dialog_id"]) == held_out:
            dialogs.setdefault(turn["QuAC_dialog_id"], []).append(turn)
    return [_canard(sorted(turns, key=lambda turn: int(str(turn["Question_no"])))) for turns in dialogs.values()]


def _canard(turns: list[dict[str, object]]) -> Conversation:
    histories: list[list[str]] = [list(map(str, turn["History"])) for turn in turns]  # type: ignore[call-overload]
    title, section = histories[0][:2]
    answers = [*(history[-1] for history in histories[1:]), _NO_ANSWER]
    return tuple(
        Asked(
            str(turn["Question"]),
            str(turn["Rewrite"]),
            () if answer == _NO_ANSWER else (Quoted(answer, (title, section)),),
        )
        for turn, answer in zip(turns, answers, strict=True)
    )


def load_cast(folder: Path, half: int) -> list[Conversation]:
    """Half, 0 or 1, of CAsT 2019 (Dalton et al. 2020); there are no answers in it."""
    lines = (folder / "evaluation_topics_annotated_resolved_v1.0.tsv").read_text(encoding="utf-8").splitlines()
    full = dict(line.split("\t", 1) for line in lines if "\t" in line)
    topics = json.loads((folder / "evaluation_topics_v1.0.json").read_bytes())
    return [
        tuple(
            Asked(turn["raw_utterance"].strip(), full[f"{topic['number']}_{turn['number']}"].strip(), ())
            for turn in topic["turn"]
        )
        for topic in topics
        if half_of_key(str(topic["number"])) == half
    ]


def half_of_key(key: str) -> int:
    """0 or 1, by a digest: which half of a set something belongs to."""
    return _digit(key) % 2


def is_held_out(key: str) -> bool:
    """True of a quarter of all keys, by a digest."""
    return _digit(key) % 4 == 1


def _digit(key: str) -> int:
    return hashlib.sha256(key.encode()).digest()[0]


def stands_alone(question: str) -> bool:
    """True if it names something or a year, and has none of the words that lean. Others may stand alone, too."""
    return not _LEANS.search(question) and bool(_NAMES.search(question)) and len(words_of(question)) >= _LEAST_WORDS


def pairs_alone(questions: QuestionSet) -> Iterator[tuple[GoldQuestion, GoldQuestion]]:
    """Questions of one article, one after the other, of which the second stands alone."""
    titles = {paragraph.name: paragraph.title for paragraph in questions.paragraphs}
    for first, second in pairwise(questions.questions):
        (of_first,), (of_second,) = first.documents, second.documents
        if titles[of_first] == titles[of_second] and stands_alone(second.question):
            yield first, second


def squad_turn(asked: GoldQuestion, paragraphs: Mapping[str, Paragraph]) -> Turn:
    """A question of SQuAD, answered with the sentence that holds the answer, below the article's title."""
    (name,) = asked.documents
    text, span = paragraphs[name].text, asked.span or Span(0, 0)
    start, end = text.rfind(". ", 0, span.start), text.find(". ", span.end)
    quote = text[start + 2 if start >= 0 else 0 : end + 1 if end >= 0 else None]
    return Turn(asked.question, asked.question, (Quoted(quote, (paragraphs[name].title.replace("_", " "),)),))


def squad_pairs(questions: QuestionSet) -> Iterator[Pair]:
    """Pairs of questions, one after the other on one paragraph, that name the same; each question in one pair only."""
    texts = {paragraph.name: paragraph.text for paragraph in questions.paragraphs}
    asked = questions.questions
    at = 0
    while at + 1 < len(asked):
        first, second = asked[at], asked[at + 1]
        named = _named_in_both(first.question, second.question) if first.documents == second.documents else None
        leaning = _without(second.question, named, texts[next(iter(second.documents))]) if named else second.question
        if leaning != second.question:
            yield Pair(first.question, second.question, leaning, second)
            at += 1
        at += 1


def squad_answer_pairs(questions: QuestionSet) -> Iterator[Pair]:
    """Pairs of questions on one paragraph of which the second names what answers the first."""
    texts = {paragraph.name: paragraph.text for paragraph in questions.paragraphs}
    asked = questions.questions
    for at, first in enumerate(asked):
        (name,) = first.documents
        answer = stems_of(first.span.of(texts[name])) if first.span else frozenset()
        for second in asked[at + 1 : at + 1 + _LATER]:
            named = _named_by(answer - stems_of(first.question), second.question)
            if second.documents != first.documents or not named:
                continue
            leaning = _without(second.question, named, texts[name])
            if leaning != second.question:
                yield Pair(first.question, second.question, leaning, second)


def _named_by(answer: frozenset[str], question: str) -> Phrase | None:
    """A name in `question` of which all words stand in `answer`."""
    return next((one for one in question_phrases(question) if one.kind == "name" and one.stems <= answer), None)


def _named_in_both(first: str, second: str) -> Phrase | None:
    """The longest name that both questions hold, word for word."""
    both = [
        phrase
        for phrase in question_phrases(second)
        if phrase.kind == "name"
        and re.search(rf"(?<!\w){re.escape(phrase.text)}(?!\w)", first)
        and not re.search(
            rf"\b(?:an?|[A-Z]\w*|this|that) {re.escape(phrase.text)}|{re.escape(phrase.text)} [A-Z]", second
        )
    ]
    return max(both, key=lambda phrase: len(phrase.text), default=None)


def _without(question: str, named: Phrase, paragraph: str) -> str:
    """`question` with the name left out at its end, or replaced by the pronoun that its paragraph has most often."""
    marked = re.sub(rf"(?:\b[Tt]he )?{re.escape(named.text)}(?!\w)", "NAME", question, count=1)
    if (left_out := _LEFT_OUT.sub("", marked)) != marked:
        return left_out
    words = words_of(paragraph)
    kinds = [*(_HE_OR_SHE if named.may_be_a_person or " " not in named.text else ()), "they", "it"]
    kind = max(kinds, key=lambda one: sum(words.count(form) for form in set(_FORMS[one])) + (one == "it"))
    subject, other, owner = _FORMS[kind]
    marked = re.sub(r"NAME['’]s?(?!\w)", owner, marked)
    before = marked.split("NAME")[0].split()
    return marked.replace("NAME", other if before and before[-1].lower() in _BEFORE_AN_OBJECT else subject)
