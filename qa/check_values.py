"""The numbers, percentages and dates of a text: what each is worth, whatever way it is written.

`1,000`, `1000`, `1 000` and `one thousand` are the same number; `5 %`, `5%` and `five per cent` the same percentage,
`$3m` and `3 million dollars` the same sum, `12 March 2020` and `2020-03-12` the same day. Nothing is converted or
rounded: 1 km is not 1,000 m. A comma before three digits divides thousands, any other is a decimal comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from source.document import Span

_UNITS = {
    "%": "% percent per\u2009cent per_cent pct prozent",
    "percentage points": "percentage_point percentage_points pp prozentpunkte",
    "‰": "‰ per_mille permille",
    "$": "$ usd dollar dollars us_dollars us$",
    "€": "€ eur euro euros",
    "£": "£ gbp pound_sterling pounds_sterling",
    "¥": "¥ yen jpy",
    "kg": "kg kilogram kilograms kilogramme kilogrammes kilo kilos",
    "g": "g gram grams gramme grammes",
    "t": "t tonne tonnes",
    "lb": "lb lbs",
    "km": "km kilometre kilometres kilometer kilometers",
    "m": "m metre metres meter meters",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "mm": "mm millimetre millimetres millimeter millimeters",
    "ft": "ft foot feet",
    "in": "inch inches",
    "mi": "mi mile miles",
    "l": "l litre litres liter liters",
    "s": "s sec second seconds",
    "min": "min minute minutes",
    "h": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "°C": "°c ℃ degrees_celsius",
    "°F": "°f ℉ degrees_fahrenheit",
    "°": "° degree degrees",
    "kW": "kw kilowatt kilowatts",
    "MW": "mw megawatt megawatts",
    "W": "w watt watts",
    "kWh": "kwh",
    "V": "v volt volts",
    "Hz": "hz hertz",
    "MB": "mb megabyte megabytes",
    "GB": "gb gigabyte gigabytes",
}
_UNIT_OF = {word.replace("_", " "): unit for unit, words in _UNITS.items() for word in words.split(" ")}
_UNIT = "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(_UNIT_OF, key=lambda one: (-len(one), one)))

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
_DIGITS = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d{1,3}(?:[ \u00a0\u2009\u202f’']\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
)
_WORDS = rf"(?:(?:{_SMALL}|a(?=\s+(?:{_SCALE})))(?:[\s-]+(?:and\s+)?(?:{_SMALL}|{_SCALE}))*|(?:{_SCALE})(?=\s))\b"
_CURRENCY = r"(?:US)?\$|[€£¥]"
NUMBER = re.compile(
    rf"(?<![\w.,])(?<![^\W\d]-)(?:(?P<date>{_DATE})"
    r"|(?P<clock>(?:[01]?\d|2[0-3]):[0-5]\d)|(?P<decade>[12]\d\d0)s"
    rf"|(?P<sign>[-−]|(?<=\s)–)?(?:(?P<currency>{_CURRENCY})\s?)?(?P<digits>{_DIGITS})"
    rf"(?P<ordinal>st|nd|rd|th)?(?:\s?(?P<scale>{_SCALE}|bn|mn|mio|tn)\b|(?P<short>[kmb]|bn|tn)\b)?"
    rf"(?:[\s-]?(?P<unit>{_UNIT})(?!\w))?"
    rf"|\b(?P<words>{_WORDS})(?:[\s-](?P<word_unit>{_UNIT})(?!\w))?)(?!\w)",
    re.IGNORECASE,
)


_EARLIEST_YEAR, _LATEST_YEAR = 1000, 2100
_NO_DAY = Decimal(-1)


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
        return self.amount == source.amount and self.unit in ("", source.unit)

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
    """The numbers of `text`, in order; "one" alone is none, for it is mostly no number."""
    for found in NUMBER.finditer(text):
        if value := _value(found):
            yield value


def _value(found: re.Match[str]) -> Value | None:
    span = Span(*found.span())
    if found["date"]:
        return Value(span, _date(found), "date", is_ordinal=False)
    if found["clock"] or found["decade"]:
        amounts = (found["clock"] or found["decade"]).split(":")
        return Value(span, tuple(map(Decimal, amounts)), "clock" if found["clock"] else "decade", is_ordinal=False)
    if found["words"]:
        amount = _words_amount(found["words"])
        unit = _unit(found["word_unit"])
        is_number = found["words"].lower() not in {"one", "a"} or unit
        return Value(span, (amount,), unit, is_ordinal=False) if is_number else None
    amount = _digits_amount(found["digits"])
    scale = _SCALES.get((found["scale"] or "").lower()) or _SHORT_SCALES.get((found["scale"] or "").lower(), 1)
    unit = _unit(found["unit"]) or _unit(found["currency"])
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


def _unit(written: str | None) -> str:
    return _UNIT_OF.get(" ".join(written.lower().split()), "") if written else ""


def _digits_amount(written: str) -> Decimal:
    plain = re.sub(r"[ \u00a0\u2009\u202f’']", "", written)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "")
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
