"""Who is said to speak: in a draft beside its quotations, and in a document at the place that is quoted.

A speaker is a name beside a verb of speech ("said Jonas Trell"), after "according to", or before a colon, as in the
minutes of a meeting. Where a document does not say so, nothing is known.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from qa.check_fold import DOUBLE_MARKS, MASK, SINGLE_MARKS
from qa.check_quotations import find_quotations
from source.document import Span
from source.lines import is_question, is_request
from source.sentences import trim

_TITLES = frozenset("dr mr mrs ms prof professor sir dame lady lord miss doctor president minister".split())
_WORD = r"(?:(?:Dr|Mrs?|Ms|Prof|St|[A-Z])\.|[^\W\d_a-z][\w’'-]*)"
_NAME = rf"(?P<name>{_WORD}(?:\s+(?:(?:van|von|de|der|den|di|da|la|le|of)\s+)*{_WORD}){{0,4}})"
_VERB = (
    r"(?:says?|said|writes?|wrote|explains?|explained|notes?|noted|adds?|added|argues?|argued|tells?|told|asks?|asked"
    r"|repl(?:y|ies|ied)|answers?|answered|recalls?|recalled|states?|stated|observes?|observed|reports?|reported|claims?"
    r"|claimed|warns?|warned|insists?|insisted|remarks?|remarked|concludes?|concluded|declares?|declared|puts?|thinks?"
    r"|continues?|continued|admits?|admitted|sagte?|schreibt|schrieb|erklärte?|meinte?|dit|écrit)"
)
_MARKS = "[" + re.escape(SINGLE_MARKS + DOUBLE_MARKS) + MASK + "]*"
_HEARER = rf"(?:it|us|me|(?:the\s+)?{_WORD}(?:\s+{_WORD}){{0,3}})"
_BEFORE = (
    re.compile(
        rf"{_NAME}\s+(?:(?:also|then|once|has|had)\s+)?{_VERB}(?:\s+{_HEARER})?(?:\s+(?:that|how)(?:\s+[a-z’'-]+){{0,6}})?"
        rf"\s*[,:]?\s*{_MARKS}\Z"
    ),
    re.compile(rf"(?:[Aa]ccording to|[Ii]n the words of)\s+{_NAME}(?:[’']s? (?:own )?words)?\s*[,:]?\s*{_MARKS}\Z"),
    re.compile(rf"(?:\A|[\n.!?]\s*){MASK}*{_NAME}{MASK}*\s*:\s*{_MARKS}\Z"),
)
_AFTER = (
    re.compile(rf"{_MARKS},?\s*(?:as\s+)?{_VERB}\s+(?:(?:the|our)\s+[a-z]+\s+)?{_NAME}"),
    re.compile(rf"{_MARKS},?\s*(?:as\s+)?{_NAME}\s+(?:(?:also|then|once|has|had)\s+)?{_VERB}\b"),
    re.compile(rf"{_MARKS},?\s*according to\s+{_NAME}"),
    re.compile(rf"{_MARKS}[,.]?\s*[—–―]\s*{_NAME}"),
)
_LABEL = re.compile(rf"(?m)^[ \t{MASK}>]*{_NAME}[ \t{MASK}]*:[ \t{MASK}]")
_NO_NAMES = frozenset(
    "a abstract also although and as at because but caption contents credit date example figure for from he her his "
    "i if image in it its keywords my no note on or our photo question read section she since so source step summary "
    "table that the their then there they this those tip title to warning we what when where while who why with you "
    "your".split()
)
_NEAR_CHARS = 160
_MAX_PARAGRAPH_CHARS = 5000
_INTERVIEWER = re.compile(rf"\b[Ii]nterview(?:ed)?\s+by\s+{_NAME}")
_INTERVIEWEE = re.compile(
    rf"\b(?:[Ii]nterview|[Cc]onversation|[Tt]alk|[Dd]iscussion)\s+with\s+(?:the\s+[a-z]+\s+)?{_NAME}"
)
# An introduction tells who talks with whom.
_INTRODUCTION_CHARS = 3000
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n|\r\n[^\S\n]*\r\n")


def speaker_beside(text: str, outer: Span) -> str:
    """The name that `text` gives as speaker of the quotation at `outer`, in the same paragraph; empty if none."""
    paragraph = paragraph_of(text, outer)
    before = text[max(paragraph.start, outer.start - _NEAR_CHARS) : outer.start]
    after = text[outer.end : min(paragraph.end, outer.end + _NEAR_CHARS)]
    is_ended = (
        text[max(0, outer.end - 9) : outer.end].rstrip(DOUBLE_MARKS + SINGLE_MARKS).endswith(".")
    )  # what follows is a new sentence
    followed = _AFTER[-1:] if is_ended else _AFTER
    found = [pattern.search(before) for pattern in _BEFORE] + [pattern.match(after) for pattern in followed]
    names = (_clean(one["name"]) for one in found if one)
    return next(filter(None, names), "")


def name_at_start(words: str) -> str:
    """The name that `words` begin with, as below a block quote; empty if they begin with none."""
    found = re.match(rf"{MASK}*{_NAME}(?=\s*(?:[,.;({MASK}]|\Z))", words)
    return _clean(found["name"]) if found else ""


def paragraph_of(text: str, span: Span) -> Span:
    """From the empty line before `span` to the one after it."""
    first = max(0, span.start - _MAX_PARAGRAPH_CHARS)
    start = max((end.end() for end in _PARAGRAPH_END.finditer(text, first, span.start)), default=first)
    limit = min(len(text), span.end + _MAX_PARAGRAPH_CHARS)
    end = _PARAGRAPH_END.search(text, span.end, limit)
    return Span(start, end.start() if end else limit)


def _clean(name: str) -> str:
    """`name` without masks and without words at its start that begin a sentence rather than a name."""
    words = name.replace(MASK, " ").split()
    while words and words[0].casefold() in _NO_NAMES:
        words.pop(0)
    return re.sub(r"[’']s?\Z|[.,]\Z", "", " ".join(words))


@dataclass(frozen=True, slots=True)
class Interview:
    """Who asks and who answers, empty if the introduction does not tell, and where the first answer begins."""

    interviewer: str
    interviewee: str
    answers_from: int


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks where in one document: `labels` are the places where a name and a colon begin a turn, in order."""

    words: str
    labels: tuple[tuple[int, str], ...]
    interview: Interview

    def at(self, span: Span) -> str:
        """Who says what stands at `span`; empty if the document does not tell."""
        paragraph = paragraph_of(self.words, span)
        text = paragraph.of(self.words)
        for quotation in find_quotations(text):
            outer = Span(quotation.outer.start + paragraph.start, quotation.outer.end + paragraph.start)
            is_inside = outer.start <= span.start and span.end <= outer.end
            if is_inside and (name := speaker_beside(self.words, outer)):
                return name
        labelled = next((name for place, name in reversed(self.labels) if place <= span.start), "")
        is_answer = span.start >= self.interview.answers_from and not _asks(self.words, paragraph)
        return labelled or (self.interview.interviewee if is_answer else "")

    def only_asks(self, name: str, span: Span) -> bool:
        """True if `name` is the interviewer's, and what stands at `span` is an answer."""
        asking = self.interview.interviewer
        is_answer = span.start >= self.interview.answers_from and not _asks(self.words, paragraph_of(self.words, span))
        return bool(asking) and is_answer and is_same_person(name, asking)


def speakers_of(words: str) -> Speakers:
    """The speakers of a document; a label that is not used again, alone, is no speaker's."""
    labels = [(found.start("name"), _clean(found["name"])) for found in _LABEL.finditer(words)]
    counts = Counter(name for _, name in labels if name)
    is_dialogue = sum(count > 1 for count in counts.values()) >= 1 and len(counts) > 1
    return Speakers(words, tuple(one for one in labels if one[1]) if is_dialogue else (), _interview_of(words))


def _interview_of(words: str) -> Interview:
    introduction = words[:_INTRODUCTION_CHARS]
    asking, answering = _INTERVIEWER.search(introduction), _INTERVIEWEE.search(introduction)
    introduced = max((one.end() for one in (asking, answering) if one), default=0)
    start = len(words)
    if introduced:
        ends = [one.end() for one in _PARAGRAPH_END.finditer(words, introduced)]
        questions = (one for one in ends if _asks(words, paragraph_of(words, Span(one, one))))
        start = next(questions, len(words))
    return Interview(_clean(asking["name"]) if asking else "", _clean(answering["name"]) if answering else "", start)


def _asks(words: str, paragraph: Span) -> bool:
    """True for a paragraph that is a question or a request of an interviewer's."""
    block = trim(words, paragraph)
    return len(block) > 0 and (is_question(words, block) or is_request(words, block))


def is_same_person(one: str, other: str) -> bool:
    """True if the names can be one person's: they share the last word, or all words of one are in the other."""
    first, second = _name_words(one), _name_words(other)
    return not first or not second or first[-1] == second[-1] or set(first) <= set(second) or set(second) <= set(first)


def _name_words(name: str) -> list[str]:
    words = [word.casefold().rstrip(".") for word in re.findall(r"[\w’'-]+", name)]
    return [word for word in words if word not in _TITLES]


def last_name(name: str) -> str:
    """The last word of `name`; empty if it has none."""
    return next(reversed(_name_words(name)), "")


def is_named(name: str, text: str) -> bool:
    """True if the last word of `name` stands in `text`."""
    word = last_name(name)
    return word != "" and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None
