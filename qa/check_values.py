"""The numbers, percentages and dates of a text: what each is worth, whatever way it is written.

`1,000`, `1000`, `1 000` and `one thousand` are the same number; `5 %`, `5%` and `five per cent` the same percentage,
`$3m` and `3 million dollars` the same sum, `12 March 2020` and `2020-03-12` the same day. Nothing is converted or
rounded: 1 km is not 1,000 m. A comma before three digits divides thousands, any other is a decimal comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import zip_longest

from qa.check_units import CURRENCY, UNIT, UNITS, may_say_less, unit_named
from source.document import Span

_ONES = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split(),
        range(20),
        strict=False,
    )
)
_TENS = {
    word: 10 * (place + 2) for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "mio": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
_SMALL = "|".join([*_ONES, *_TENS])
_SCALE = "|".join(_SCALES)
_ORDINALS = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
        range(1, 20),
        strict=True,
    )
) | {f"{word.removesuffix('y')}ieth": amount for word, amount in _TENS.items()}
_FRACTIONS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4} | {
    f"{word}{s}": amount for word, amount in _ORDINALS.items() if amount > 2 for s in ("", "s")
}

_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct"
        "|november nov|december dec".split("|"),
        1,
    )
    for name in names.split()
}
_MONTH = f"(?-i:{'|'.join(name.title() for name in sorted(_MONTHS, key=len, reverse=True))})"  # "may 5" is no day
_DATE = (
    rf"(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month1>{_MONTH})\b\.?(?:,?\s+(?P<year1>\d{{4}}))?"
    rf"|\b(?P<month2>{_MONTH})\b\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,?\s+(?P<year2>\d{{4}}))?"
    rf"|\b(?P<month3>{_MONTH})\b\.?,?\s+(?P<year3>\d{{4}})"
    r"|(?P<year4>\d{4})-(?P<month4>\d{2})-(?P<day4>\d{2})(?!\d)"
    r"|(?P<day5>\d{1,2})\.(?P<month5>\d{1,2})\.(?P<year5>\d{4})"
)
_SIGNS = dict(
    zip("½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞", "1/2 1/3 2/3 1/4 3/4 1/5 2/5 3/5 4/5 1/6 5/6 1/8 3/8 5/8 7/8".split(), strict=True)
)
_SIGN = f"[{''.join(_SIGNS)}]"
_THOUSANDS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}(?:\.\d{3})+,\d+"
_DIGITS = (
    rf"(?:{_THOUSANDS})(?!\d)|\d{{1,3}}(?:[ \u00a0\u2009\u202f’']\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+\s?{_SIGN}|{_SIGN}"
    r"|\d+(?:[.,]\d+)?"
)
_PARTS = rf"(?!(?:{_THOUSANDS})(?!\d|[.,]\d))\d+(?P<between>[./:,])\d+(?:(?P=between)\d+)+"
_PAIR = r"\d{1,3}[/:]\d{1,3}"
_SHARE = rf"(?P<share>{_SMALL})[\s-](?P<of>{'|'.join(sorted(_FRACTIONS, key=len, reverse=True))})\b"
_HALVED = rf"(?P<halved>{_SMALL})\s+and\s+a\s+half\b|half(?=\s+(?:an?\s+)?(?:{_SCALE}))"
_NTH = rf"(?:{'|'.join(_TENS)})[\s-](?:{'|'.join(_ORDINALS)})\b|(?:{'|'.join(list(_ORDINALS)[3:])})\b"
# Several hundred are not a hundred.
_VAGUE = "".join(f"(?<!\\b{word} )" for word in "several few many couple half some of dozen".split())
_FIRST_WORD = rf"(?:{_SMALL}|a(?=\s+(?:{_SCALE})))"
_WORDS = rf"(?:{_FIRST_WORD}(?:[\s-]+(?:and\s+)?(?:{_SMALL}|{_SCALE}))*|{_VAGUE}(?:{_SCALE})(?=\s))\b"
NUMBER = re.compile(
    rf"(?<![\w.,])(?<![^\W\d]-)(?:(?P<date>{_DATE})|(?P<parts>{_PARTS})"
    rf"|(?P<clock>(?:[01]?\d|2[0-3]):[0-5]\d)|(?P<decade>[12]\d\d0)s|(?P<pair>{_PAIR})(?![/:]\d)"
    rf"|(?P<sign>[-−]|(?<=\s)–|\b(?:minus|negative)\s)?(?:(?P<currency>{CURRENCY})\s?)?(?P<digits>{_DIGITS})"
    rf"(?P<ordinal>st|nd|rd|th)?(?:\s?(?P<scale>{_SCALE}|bn|mn|mio|tn)\b|(?P<short>[kmb]|bn|tn)\b)?"
    rf"(?:[\s-]?(?P<unit>{UNIT}))?"
    rf"|\b(?:(?P<nth>{_NTH})|(?:{_SHARE}|{_HALVED})(?:\s+(?:an?\s+)?(?P<part_of>{_SCALE})\b)?|(?P<words>{_WORDS}))"
    rf"(?:[\s-](?P<word_unit>{UNIT}))?)(?!\w)(?![.,]\d)",
    re.IGNORECASE,
)


_EARLIEST_YEAR, _LATEST_YEAR = 1000, 2100
_NO_DAY = Decimal(-1)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_RANGE = re.compile(r"\s?[–—-]\s?|\s(?:to|or|bis)\s|(?<=between \d)\sand\s|(?<=between \d\d)\sand\s")


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it stands at `span`; `unit` may also be "date", "clock" or "decade", and is empty if there is none.

    `amount` is the number, or the year, month and day of a date, 0 for what is not said, or hour and minute. Of a
    date, a 0 that is written is -1.
    """

    span: Span
    amount: tuple[Decimal, ...]
    unit: str
    is_ordinal: bool

    def agrees(self, source: Value) -> bool:
        """True if `source` says the same; it may say more: a unit, a year or a day."""
        if self.is_ordinal != source.is_ordinal:
            return False
        if self.unit == source.unit == "date":
            return all(one in (0, other) for one, other in zip(self.amount, source.amount, strict=True))
        if source.unit == "date" and not self.unit:
            return self.amount[0] == source.amount[0]  # a year
        return self.amount == source.amount and may_say_less(self.unit, source.unit)

    def is_like(self, other: Value) -> bool:
        """True if one may be meant for the other: the same unit, dates or years, or other plain numbers."""
        if self.unit == "" and other.unit == "date":
            return self.may_be_year
        return self.unit == other.unit and self.is_ordinal == other.is_ordinal and self.may_be_year == other.may_be_year

    @property
    def may_be_year(self) -> bool:
        """True for a plain number that is of the size of a year."""
        return not self.unit and _EARLIEST_YEAR <= self.amount[0] <= _LATEST_YEAR


def find_values(text: str) -> Iterator[Value]:
    """The numbers of `text`, in order; "one" alone is none, for it is mostly no number.

    The first number of a range has the unit of the second: 5 to 10 % is 5 % to 10 %.
    """
    if unseen := {found.start() for found in _UNSEEN.finditer(text)}:
        yield from _values_between(text, unseen)
        return
    found = [value for one in NUMBER.finditer(text) if (value := _value(one))]
    for value, following in zip_longest(found, found[1:]):
        if following and not value.unit and following.unit in UNITS:
            is_range = _RANGE.fullmatch(text, value.span.end, following.span.start)
            yield replace(value, unit=following.unit) if is_range else value
        else:
            yield value


def _values_between(text: str, unseen: set[int]) -> Iterator[Value]:
    """The numbers of a text as it is seen, without the characters at these places: 1\u00ad5 is 15."""
    places = [place for place in range(len(text)) if place not in unseen]
    for value in find_values("".join(text[place] for place in places)):
        yield replace(value, span=Span(places[value.span.start], places[value.span.end - 1] + 1))


def _value(found: re.Match[str]) -> Value | None:
    span = Span(*found.span())
    if found["date"]:
        return Value(span, _date(found), "date", is_ordinal=False)
    if found["clock"] or found["decade"]:
        amounts = (found["clock"] or found["decade"]).split(":")
        return Value(span, tuple(map(Decimal, amounts)), "clock" if found["clock"] else "decade", is_ordinal=False)
    if found["parts"] or found["pair"]:
        written = found["parts"] or found["pair"]
        return Value(span, tuple(map(Decimal, re.split("[./:,]", written))), "parts", is_ordinal=False)
    if not found["digits"]:
        return _in_words(found)
    amount = _digits_amount(found["digits"])
    scale = _SCALES.get((found["scale"] or "").lower()) or _SHORT_SCALES.get((found["scale"] or "").lower(), 1)
    unit = unit_named(found["unit"]) or unit_named(found["currency"])
    if found["short"]:  # "$3m" is millions, "3m" metres
        if found["currency"] or found["short"].lower() == "k":
            scale = _SHORT_SCALES[found["short"].lower()]
        elif found["short"].lower() == "m":
            unit = "m"
    sign = -1 if found["sign"] and _is_minus(found) else 1
    return Value(span, (sign * amount * scale,), unit, is_ordinal=bool(found["ordinal"]))


def _is_minus(found: re.Match[str]) -> bool:
    before = found.string[found.start() - 1 : found.start()]
    return before == "" or before.isspace() or before in "(["


def _in_words(found: re.Match[str]) -> Value | None:
    unit = unit_named(found["word_unit"])
    span = Span(*found.span())
    if found["nth"]:
        *tens, last = re.findall(r"[a-z]+", found["nth"].lower())
        return Value(span, (Decimal(_ORDINALS[last] + sum(_TENS[one] for one in tens)),), unit, is_ordinal=True)
    if found["words"]:
        is_number = found["words"].lower() not in {"one", "a"} or unit
        return Value(span, (_words_amount(found["words"]),), unit, is_ordinal=False) if is_number else None
    if found["share"]:
        amount = _words_amount(found["share"]) / _FRACTIONS[found["of"].lower()]
    else:
        amount = _words_amount(found["halved"] or "") + Decimal("0.5")
    return Value(span, (amount * _SCALES.get((found["part_of"] or "").lower(), 1),), unit, is_ordinal=False)


def _digits_amount(written: str) -> Decimal:
    plain = re.sub(r"[\s’']", "", written)
    if plain[-1] in _SIGNS:
        dividend, divisor = map(Decimal, _SIGNS[plain[-1]].split("/"))
        return Decimal(plain[:-1] or 0) + dividend / divisor
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|(?:\.\d{3})+,\d+)", plain):
        plain = plain.replace(".", "")
    return Decimal(plain.replace(",", "."))


def _words_amount(written: str) -> Decimal:
    total = group = 0
    for word in re.findall(r"[a-z]+", written.lower()):
        if word in _SCALES and word != "hundred":
            total, group = total + (group or 1) * _SCALES[word], 0
        elif word == "hundred":
            group = (group or 1) * 100
        elif word not in {"and", "a"}:
            group += _ONES.get(word, 0) + _TENS.get(word, 0)
    return Decimal(total + group)


def _date(found: re.Match[str]) -> tuple[Decimal, ...]:
    """Year, month and day, whether or not there is such a day."""
    number = next(number for number in "12345" if found[f"month{number}"])
    month = _MONTHS.get(found[f"month{number}"].lower())
    year, day = (found.groupdict().get(f"{name}{number}") for name in ("year", "day"))
    return _said(year), Decimal(month) if month else _said(found[f"month{number}"]), _said(day)


def _said(written: str | None) -> Decimal:
    """A year, month or day as it is written; 0 for none, and a 0 that is written is none of the calendar's."""
    return (Decimal(written) or _NO_DAY) if written else Decimal(0)
