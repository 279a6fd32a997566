"""Questions that take more than one quote: explain, describe, list, summarise, compare.

They get more quotes than others, the best one first and the others as they stand in the documents; of a comparison
each side is quoted. Nothing is summed up. The patterns are for English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.answer import Citation
from qa.question import Question
from qa.read import RankedSentence, distinct_quotes, join_neighbours
from qa.retrieve import Found
from qa.words import STOP_WORDS, stem, stems_of, words_of

_ASKS_FOR_SEVERAL = re.compile(
    r"\A\W*(?:(?:please|can you|could you|would you)\s+)*(?:explain|describe|list|enumerate|outline|summari[sz]e"
    r"|compare|contrast|tell\s+(?:me|us)\s+(?:more\s+)?about|give\s+(?:me\s+|us\s+)?(?:an?\s+)?(?:overview|summary|account|examples?)"
    r"|name\s+(?:all|some|the\s+\w+s\b))"
    r"|\bwhat\s+(?:do|does|did)\b.{1,80}\b(?:say|write|report|think|tell)\w*\s+(?:us\s+)?(?:about|on)\b"
    r"|\b(?:what|which)\s+(?:are|were)\s+(?:all\s+)?(?:the|some)\s+(?:\w+\s+){0,3}"
    r"(?:advantages|arguments|aspects|benefits|causes|challenges|characteristics|conditions|consequences|differences"
    r"|disadvantages|effects|examples|factors|features|findings|functions|kinds|limitations|main\s+\w+|methods|parts"
    r"|problems|properties|reasons|recommendations|requirements|results|risks|similarities|stages|steps|symptoms|types|uses"
    r"|ways)\b"
    r"|\bdifferences?\s+between\b|\bsimilarit(?:y|ies)\s+between\b|\bhow\s+(?:do|does|did)\b.{1,80}\bdiffer\b",
    re.IGNORECASE,
)
_SIDE = r"(?:(?!\b(?:and|with|to|versus|vs|from)\b).){2,60}?"
_COMPARES = re.compile(
    rf"\bbetween\s+(?P<one1>{_SIDE})\s+and\s+(?P<other1>.{{2,60}}?)(?:[?.,;]|\Z)"
    rf"|\b(?:compare|contrast)\s+(?P<one2>{_SIDE})\s+(?:and|with|to|versus|vs\.?)\s+(?P<other2>.{{2,60}}?)(?:[?.,;]|\Z)"
    rf"|\bhow\s+(?:do|does|did)\s+(?P<one3>{_SIDE})\s+(?:differ\s+from|and)\s+(?P<other3>.{{2,60}}?)(?:\s+differ\b|[?.,;]|\Z)"
    rf"|\A(?P<one4>{_SIDE})\s+(?:versus|vs\.?)\s+(?P<other4>.{{2,60}}?)(?:[?.,;]|\Z)",
    re.IGNORECASE,
)

# What asks, and says nothing of what is asked about.
_ASKING = re.compile(
    r"\A\W*(?:(?:please|can you|could you|would you)\s+)*(?:(?:explain|describe|list|enumerate|outline|summari[sz]e"
    r"|compare|contrast|tell\s+(?:me|us)\s+(?:more\s+)?about|name(?=\s+(?:all|some)\b))\s+(?:(?:to\s+)?(?:me|us)\s+)?"
    r"(?:all\s+|some\s+)?"
    r"|give\s+(?:me\s+|us\s+)?(?:an?\s+)?(?:overview|summary|account|examples?)\s+(?:of\s+)?"
    r"|what\s+(?:is|are)\s+(?:the\s+)?(?:\w+\s+)?(?:differences?|similarit(?:y|ies))\s+between\s+)",
    re.IGNORECASE,
)

# A quote is worth showing while it is this likely to answer, beside the best one.
_LEAST_SHARE = 0.02
_LEAST_FOR_A_SIDE = 2


def asks_for_several(question: str) -> bool:
    """True if `question` asks for more than one fact."""
    return _ASKS_FOR_SEVERAL.search(question) is not None


def topic_of(question: str) -> str:
    """What `question` is about: all of it but the words that ask for several facts; all if nothing else is left."""
    topic = _ASKING.sub("", question)
    return topic if words_of(topic) else question


def compared(question: str) -> tuple[frozenset[str], ...]:
    """The stems of each side that `question` compares, without those that both have; empty if it compares nothing."""
    found = _COMPARES.search(question)
    if found is None:
        return ()
    sides = [words for words in found.groups() if words]
    one, other = ({stem(word) for word in words_of(side) if word not in STOP_WORDS} for side in sides)
    return (frozenset(one - other), frozenset(other - one)) if one - other and other - one else ()


def choose_several(
    ranked: Sequence[RankedSentence], found: Found, question: Question, most: int, sides: Sequence[frozenset[str]]
) -> list[Citation]:
    """One to `most` quotes: the best one, then the others by document, in the order in which they stand there.

    Of each of the `sides` of a comparison (see `compared`) there are two quotes, if so many can be found.
    """
    quotes: list[Citation] = []
    for one, quote in distinct_quotes(ranked, found, question):
        if len(quotes) == most or (quotes and one.probability < _LEAST_SHARE * ranked[0].probability):
            break
        quotes.append(quote)
    quotes += _missing_sides(quotes, ranked, found, question, sides)
    if not quotes:
        return []
    best, *others = join_neighbours(quotes, found)
    order = list(dict.fromkeys(quote.document.id for quote in [best, *others]))
    return [best, *sorted(others, key=lambda quote: (order.index(quote.document.id), quote.span))]


def _missing_sides(
    quotes: Sequence[Citation],
    ranked: Sequence[RankedSentence],
    found: Found,
    question: Question,
    sides: Sequence[frozenset[str]],
) -> Iterator[Citation]:
    """Quotes for those sides of a comparison of which there are fewer than `_LEAST_FOR_A_SIDE`."""
    taken = {(quote.document.id, quote.span) for quote in quotes}
    for side in sides:
        lacking = _LEAST_FOR_A_SIDE - sum(side <= _stems_about(quote) for quote in quotes)
        for _, quote in distinct_quotes(ranked, found, question):
            if lacking <= 0:
                break
            if side <= _stems_about(quote) and (quote.document.id, quote.span) not in taken:
                taken.add((quote.document.id, quote.span))
                lacking -= 1
                yield quote


def _stems_about(quote: Citation) -> frozenset[str]:
    """Those of the quote, of the headings that it stands below, and of what its document is called."""
    document = quote.document
    return stems_of(" ".join([quote.quote, *quote.location.headings, document.title, document.name]))
