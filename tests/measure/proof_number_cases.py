"""Sentences with an unquoted number, percentage or date: true ones written otherwise, and ones made wrong on purpose.

What is a number here is read by patterns of this file, not by those that are measured.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from source.document import Span
from tests.measure.proof_case import Passage, sentence_of, sentences_of

_MONTHS = "January February March April May June July August September October November December".split()
_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_SCALES = "thousand million billion".split()
# Units easily taken for each other.
_OTHER_UNITS = {
    "km": "miles", "kilometres": "miles", "kilometers": "miles", "miles": "kilometres", "mi": "km", "metres": "feet",
    "meters": "feet", "feet": "metres", "ft": "m", "kg": "lb", "tonnes": "kilograms", "years": "months",
    "months": "weeks", "weeks": "days", "days": "weeks", "hours": "minutes", "minutes": "seconds",
}  # fmt: skip

# No part of a date, a ratio, a time, a range or a longer number.
_EDGE = r"(?<![\w.,:$€£/–-])(?<!\d )" + "".join(f"(?<!{month} )(?<!{month}, )" for month in _MONTHS)
_END = rf"(?![\w:/–-]|[.,]\d|,? \d| (?:{'|'.join(_MONTHS)}))"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_PLAIN = re.compile(rf"{_EDGE}{_DIGITS}{_END}")
_GROUPED = re.compile(rf"{_EDGE}\d{{1,3}}(?:,\d{{3}})+{_END}")
_SMALL = re.compile(rf"{_EDGE}(?:[2-9]|1[0-2])(?= [a-z])(?! (?:{'|'.join(_SCALES)}))")
_WORD = re.compile(rf"(?<![\w-])(?:{'|'.join(_WORDS)})(?= [a-z])(?! (?:hundred|and|or|to|{'|'.join(_SCALES)})\b)")
_PERCENT = re.compile(rf"{_EDGE}(?P<amount>\d+(?:\.\d+)?)(?P<sign>\s?%| per ?cent)(?!\w)")
_SCALED = re.compile(rf"(?<![\w.,/–-])(?P<sign>[$€£]?)(?P<amount>\d+(?:\.\d+)?) (?P<scale>{'|'.join(_SCALES)})\b")
_MEASURED = re.compile(rf"{_EDGE}(?P<amount>{_DIGITS})(?P<gap>[ \u00a0-])(?P<unit>{'|'.join(_OTHER_UNITS)})\b")
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})", f"(?P<month>{'|'.join(_MONTHS)})", r"(?P<year>\d{4})"
_DATES = re.compile(rf"\b{_DAY} {_MONTH} {_YEAR}\b"), re.compile(rf"\b{_MONTH} {_DAY}, {_YEAR}\b")

_KEPT = 2 / 3


@dataclass(frozen=True, slots=True)
class NumberCase:
    """A paragraph of a draft, the number at `span` of it, what was done to that, and what must be said of it."""

    kind: str
    paragraph: str
    span: Span
    expected: str  # "proven", "misattributed", or "altered" for anything but proven


Made = tuple[str, Span]
"""A paragraph, and where the number stands in it."""

Make = Callable[[Passage, Sequence[Passage], random.Random], Made | None]
"""Makes a paragraph of a passage; None if that has nothing for it."""

Rewrite = Callable[[re.Match[str], random.Random], str]


def make_number_cases(passages: Sequence[Passage], seed: int, per_kind: int) -> list[NumberCase]:
    """Up to `per_kind` cases of each kind, no two alike; of some kinds real sentences have not so many."""
    generator = random.Random(seed)
    cases: list[NumberCase] = []
    for (kind, make), expected in [
        *((one, "proven") for one in TRUE_NUMBERS.items()),
        *((one, "altered") for one in WRONG_NUMBERS.items()),
        (("number of another document", _other_document), "misattributed"),
    ]:
        found: dict[str, NumberCase] = {}
        for passage in generator.sample(passages, len(passages)) * 3:
            if len(found) < per_kind and (made := make(passage, passages, generator)):
                found.setdefault(made[0], NumberCase(kind, *made, expected))
        cases += found.values()
    return cases


def _choose(pattern: re.Pattern[str], sentence: str, generator: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(sentence))
    return generator.choice(found) if found else None


def _with(sentence: str, number: re.Match[str], new: str) -> Made:
    return sentence[: number.start()] + new + sentence[number.end() :], Span(number.start(), number.start() + len(new))


def _rewritten(pattern: re.Pattern[str], rewrite: Rewrite) -> Make:
    def make(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
        sentence = sentence_of(passage, generator)
        number = _choose(pattern, sentence, generator)
        new = rewrite(number, generator) if number else ""
        return _with(sentence, number, new) if number and new and new != number[0] else None

    return make


def _as_it_stands(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    sentence = sentence_of(passage, generator)
    number = _choose(_PLAIN, sentence, generator)
    return _with(sentence, number, number[0]) if number else None


def _shortened(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    """The number with up to eight words on either side."""
    sentence = sentence_of(passage, generator)
    number = _choose(_PLAIN, sentence, generator)
    if number is None:
        return None
    before, after = sentence[: number.start()].split(" ")[-9:], sentence[number.end() :].split(" ")[:9]
    start = f"It is known that {' '.join(before)}"
    return f"{start}{number[0]}{' '.join(after).rstrip('.')}.", Span(len(start), len(start) + len(number[0]))


def _words_left_out(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    """A third of the words, none of them beside the number."""
    sentence = sentence_of(passage, generator)
    number = _choose(_PLAIN, sentence, generator)
    if number is None:
        return None
    before, after = sentence[: number.start()].split(" "), sentence[number.end() :].split(" ")
    kept = [one for one in before[:-2] if generator.random() < _KEPT] + before[-2:]
    rest = after[:2] + [one for one in after[2:] if generator.random() < _KEPT]
    start = " ".join(kept)
    return f"{start}{number[0]}{' '.join(rest)}", Span(len(start), len(start) + len(number[0]))


def _clauses_exchanged(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    """What stands behind a comma first, then what stands before it."""
    sentence = sentence_of(passage, generator).rstrip(".")
    first, comma, second = sentence.partition(", ")
    turned = f"{second}, {first}." if comma else ""
    number = _choose(_PLAIN, turned, generator)
    return (turned, Span(*number.span())) if number else None


def _document_named(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    return _said_to_be_in(passage.document, passage, generator)


def _other_document(passage: Passage, passages: Sequence[Passage], generator: random.Random) -> Made | None:
    other = generator.choice(passages)
    return _said_to_be_in(other.document, passage, generator) if other.document != passage.document else None


def _said_to_be_in(document: str, passage: Passage, generator: random.Random) -> Made | None:
    made = _as_it_stands(passage, (), generator)
    before = f"As {document} says, "
    return (before + made[0], Span(made[1].start + len(before), made[1].end + len(before))) if made else None


def _date_otherwise(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    sentence = sentence_of(passage, generator)
    date = _choose(generator.choice(_DATES), sentence, generator)
    if date is None:
        return None
    month = _MONTHS.index(date["month"]) + 1
    ways = (
        f"{date['day']} {date['month']} {date['year']}",
        f"{date['month']} {date['day']}, {date['year']}",
        f"{date['year']}-{month:02d}-{int(date['day']):02d}",
        f"{int(date['day']):02d}.{month:02d}.{date['year']}",
    )
    return _with(sentence, date, generator.choice([one for one in ways if one != date[0]]))


def _date_changed(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    sentence = sentence_of(passage, generator)
    date = _choose(generator.choice(_DATES), sentence, generator)
    if date is None:
        return None
    part = generator.choice(["day", "month", "year"])
    new = {
        "day": str(int(date["day"]) % 28 + 1),
        "month": generator.choice([one for one in _MONTHS if one != date["month"]]),
        "year": str(int(date["year"]) + generator.choice([-10, -1, 1, 10])),
    }[part]
    start, end = date.start(part) - date.start(), date.end(part) - date.start()
    return _with(sentence, date, date[0][:start] + new + date[0][end:])


def _value_changed(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    sentence = sentence_of(passage, generator)
    number = _choose(_PLAIN, sentence, generator)
    if number is None:
        return None
    at = generator.choice([place for place, one in enumerate(number[0]) if one.isdigit()])
    digit = generator.choice([one for one in "123456789" if one != number[0][at]])
    new = number[0][:at] + digit + number[0][at + 1 :]
    return None if new in passage.text else _with(sentence, number, new)


def _of_same_sentence(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    sentence = sentence_of(passage, generator)
    return _exchanged(sentence, _PLAIN.findall(sentence), generator)


def _of_same_passage(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    sentence = sentence_of(passage, generator)
    others = [one for other in sentences_of(passage.text) if other != sentence for one in _PLAIN.findall(other)]
    return _exchanged(sentence, [one for one in others if one not in sentence], generator)


def _exchanged(sentence: str, others: Sequence[str], generator: random.Random) -> Made | None:
    number = _choose(_PLAIN, sentence, generator)
    new = generator.choice(others) if number and others else ""
    return None if number is None or not new or new == number[0] else _with(sentence, number, new)


def _both_exchanged(passage: Passage, _: Sequence[Passage], generator: random.Random) -> Made | None:
    """Two numbers of a sentence in each other's place; the first is looked at."""
    sentence = sentence_of(passage, generator)
    numbers = list(_PLAIN.finditer(sentence))
    if len({one[0] for one in numbers}) < 2 or numbers[0][0] == numbers[1][0]:
        return None
    second, first = _with(sentence, numbers[1], numbers[0][0])[0], numbers[0]
    return _with(second, first, numbers[1][0])


def _other_scale(number: re.Match[str], generator: random.Random) -> str:
    scale = generator.choice([one for one in _SCALES if one != number["scale"]])
    return f"{number['sign']}{number['amount']} {scale}"


def _written_out(number: re.Match[str], _: random.Random) -> str:
    digits, _dot, decimals = number["amount"].partition(".")
    zeros = {"thousand": 3, "million": 6, "billion": 9}[number["scale"]]
    return f"{number['sign']}{int(digits + decimals.ljust(zeros, '0')):,}" if len(decimals) <= zeros else ""


def _other_percent(number: re.Match[str], generator: random.Random) -> str:
    return number["amount"] + generator.choice(["%", " %", "\u202f%", " percent", " per cent"])


TRUE_NUMBERS: dict[str, Make] = {
    "as it stands": _as_it_stands,
    "in a part of its sentence": _shortened,
    "words left out": _words_left_out,
    "clauses in another order": _clauses_exchanged,
    "document named": _document_named,
    "thousands divided otherwise": _rewritten(
        _GROUPED, lambda number, generator: number[0].replace(",", generator.choice(["", "\u202f", " "]))
    ),
    "digits for a word": _rewritten(_WORD, lambda number, _: str(_WORDS.index(number[0]) + 2)),
    "a word for digits": _rewritten(_SMALL, lambda number, _: _WORDS[int(number[0]) - 2]),
    "other sign for per cent": _rewritten(_PERCENT, _other_percent),
    "millions written out": _rewritten(_SCALED, _written_out),
    "date in another order": _date_otherwise,
}
"""Makes true claims, by kind."""

WRONG_NUMBERS: dict[str, Make] = {
    "digit changed": _value_changed,
    "another number of the sentence": _of_same_sentence,
    "two numbers exchanged": _both_exchanged,
    "another number of the passage": _of_same_passage,
    "date changed": _date_changed,
    "million, billion": _rewritten(_SCALED, _other_scale),
    "percentage points for per cent": _rewritten(_PERCENT, lambda one, _: f"{one['amount']} percentage points"),
    "no unit for per cent": _rewritten(_PERCENT, lambda one, _: one["amount"]),
    "other unit": _rewritten(_MEASURED, lambda one, _: f"{one['amount']}{one['gap']}{_OTHER_UNITS[one['unit']]}"),
}
"""Makes wrong claims, by kind."""
