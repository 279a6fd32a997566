"""What kind of words a question expects: a date for "when", a number for "how many", a name for "who".

A sentence that holds such words is likelier to answer, and they are what is marked in its quote. The patterns are
for English; a question in another language expects nothing in particular.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.words import stem, words_of
from source.document import Span

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_YEAR = r"(?:1\d{3}|20\d{2})s?"
_NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion"
    "|trillion|dozen|half|third|quarter|twice|both|several"
)
_FIGURE = r"[$€£¥]?\d(?:[\d.,\u00a0\u202f]*\d)?"
_UNIT = (
    r"(?:[\s-]?(?:%|°C|°F|[kcm]?m\b|[km]?g\b|km/h|mph|per\s?cent|"
    r"(?:hundred|thousand|million|billion|trillion|dozen|euros?|dollars?|pounds?|pence|pennies|cents?|yen|francs?"
    r"|(?:second|minute|hour|day|week|month|year|decade|mile|yard|acre|hectare|ton|tonne|kilo|ounce|degree)s?"
    r"|(?:kilo|milli)?grams?|(?:kilo|centi|milli)?met(?:er|re)s?|(?:milli)?lit(?:er|re)s?|foot|feet|inch(?:es)?)\b))"
)
_NUMBER_WORDS = rf"\b(?:{_NUMBER_WORD})(?:(?:[\s-]|(?<=hundred)\sand\s|(?<=thousand)\sand\s)(?:{_NUMBER_WORD})\b)*\b"
# A few months are names of people, too, but not after "in", "on" or a figure, or before a figure.
_NO_NAME = (
    r"(?!(?:January|February|March|July|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)\b|(?:April|May|June|August)\s+\d|Nos?\.\s*\d)"
    r"(?:(?<!\b[IiOo]n\s)(?<!\d\s)|(?!(?:April|May|June|August)\b))"
)
# With titles and initials before a name: "Dr. A. B. Carver".
_CAPITALIZED = _NO_NAME + r"(?:(?:[A-Z]|Dr|Mrs?|Ms|Prof|St)\.(?=\s+[A-Z])|[A-Z][\w’'.-]*\w|[A-Z]{2,})"
_NAME = rf"(?:{_CAPITALIZED})(?:\s+(?:(?:of|the|de|von|van|and|for)\s+){{0,2}}(?:{_CAPITALIZED}))*"
# A single capitalized word at the start of a sentence need not be a name.
_SURE_NAME = rf"(?:{_CAPITALIZED})(?:\s+(?:{_CAPITALIZED}))+|(?<=[\w,;:(]\s){_NAME}"

_IS_LIST = re.compile(r",\s|\s(?:and|or)\s").search
_NEXT_OF_LIST = re.compile(rf"(?:,\s+(?:(?:and|or)\s+)?|\s+(?:and|or)\s+)(?:{_NAME}|{_FIGURE})")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A kind of words: which questions ask for it, which words are of it, and what a sentence that has them gains."""

    name: str
    asks: re.Pattern[str]
    answers: re.Pattern[str]
    weight: float


_ASKS_FOR_MEASURE = re.compile(
    r"\bhow (?:long|old|far|fast|large|big|high|tall|wide|deep|heavy|often)\b"
    r"|\bhow many (?:second|minute|hour|day|week|month|year|decade)s\b"
)

# The weights are part of the reader's score and were fitted with it (`make fit`).
EXPECTATIONS = (
    Expectation(
        "number",
        re.compile(
            r"\bhow (?:many|much|long|old|far|fast|large|big|high|tall|wide|deep|heavy|often)\b"
            r"|\bwhat (?:is the |was the )?(?:percentage|percent|number|amount|age|share|size|price|cost|population)\b"
        ),
        re.compile(rf"(?:{_FIGURE}|{_NUMBER_WORDS}){_UNIT}*", re.IGNORECASE),
        0.061,
    ),
    Expectation(
        "date",
        re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|period)\b"),
        re.compile(
            rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?\b(?:{_MONTHS})\b\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+\d{{4}})?"
            rf"|\b{_YEAR}\b|\b(?:\d{{1,2}}(?:st|nd|rd|th)|early|mid|late)[\s-](?:century|{_YEAR})"
        ),
        0.058,
    ),
    Expectation(
        "name",
        re.compile(
            r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|king|queen|president|company|organi[sz]ation)\b"
            r"|\bname of\b|\bnamed\b"
        ),
        re.compile(_SURE_NAME),
        0.025,
    ),
    Expectation(
        "place",
        re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|state|place|location|town|region|river|island)\b"),
        re.compile(
            rf"(?<=\bin\s)(?:the\s)?{_NAME}|(?<=\bat\s)(?:the\s)?{_NAME}|(?<=\bfrom\s)(?:the\s)?{_NAME}"
            rf"|(?<=\bnear\s)(?:the\s)?{_NAME}|(?<=\bto\s)(?:the\s)?{_NAME}"
        ),
        0.021,
    ),
    Expectation(
        "reason",
        re.compile(r"\bwhy\b|\b(?:what|which) (?:caused|reason)\b|\breasons?\b"),
        re.compile(
            r"\b(?:because|since|due to|therefore|thus|so that|in order to|owing to|as a result|caus\w+|led to|"
            r"result\w* (?:in|from)|reasons?)\b",
            re.IGNORECASE,
        ),
        0.022,
    ),
)


def expectations_of(question: str) -> tuple[Expectation, ...]:
    """The kinds of words `question` asks for, most often none or one."""
    asked = question.lower()
    return tuple(one for one in EXPECTATIONS if one.asks.search(asked))


def expected_words(
    sentence: str, expectations: tuple[Expectation, ...], question: str
) -> Iterator[tuple[Expectation, Span]]:
    """The words of `sentence` that are of an expected kind and not the question's own, as spans of `sentence`.

    The reasons given by "because" and the like are not single words; nothing is returned for them. Of numbers, a bare
    year is returned for "how long" and the like only if there is no other.
    """
    asked = {stem(word) for word in words_of(question)}
    for expectation in expectations:
        if expectation.name == "reason":
            continue
        matches = [
            match
            for match in expectation.answers.finditer(sentence)
            if not asked.issuperset(map(stem, words_of(match[0])))
        ]
        if expectation.name == "number" and _ASKS_FOR_MEASURE.search(question.lower()):
            matches = [match for match in matches if not re.fullmatch(_YEAR, match[0])] or matches
        for match in matches:
            yield expectation, Span(*match.span())


def to_end_of_list(text: str, words: Span) -> Span:
    """`words` of `text` with the names and figures that go on after them, if they are a part of a list."""
    end = words.end
    while _IS_LIST(words.of(text)) and (found := _NEXT_OF_LIST.match(text, end)):
        end = found.end()
    return Span(words.start, end)
