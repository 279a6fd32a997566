"""The phrases that say what a question or an answer is about: names, dates, and nouns with what belongs to them.

There is no tagger: a phrase is a run of words that say something, without the words that questions of all kinds are
made of. The lists are for English; in another language names and numbers are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.words import COMMON_WORDS, STOP_WORDS, stem, words_of

Kind = Literal["name", "date", "noun"]

TOKEN = re.compile(r"[^\W_]+(?:(?:[-'’/&]|\.(?=\w))[^\W_]+)*|[^\w\s]")
DATE = re.compile(r"(?:1\d{3}|20\d{2})s?\Z")
_TITLE = re.compile(r"[\"“«]([^\"“”«»]{2,60}?),?[\"”»]")
_BRACKETS = re.compile(r"[()\[\]{};]")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_CONTRACTED = re.compile(r"(?:n['’]t|['’](?:s|m|re|ve|ll|d)?)\Z")
_ARTICLES = frozenset({"the", "a", "an"})
# Between words with capitals these are part of a name.
_INNER = frozenset("of the and de la von van der di du for in & to".split())
_DOING = frozenset("do does did can could will would should may might must".split())
_BEING = frozenset({"is", "are", "was", "were", "be", "been", "being", "has", "have", "had"})
_PRONOUNS = frozenset(
    "i he she it they we you his her their its my your our what when where which who whom whose why how".split()
)
_HELPING = _DOING | _BEING | frozenset("am done having shall there".split())
_PARTICIPLE = re.compile(
    r"\w{2,}(?:ed|able|ible)\Z|(?:built|cast|found|held|known|lost|made|sold|spent|taught|told|won|written)\Z"
)
_ADVERB = re.compile(r"[a-z]{3,}ly\Z")
_NO_ADVERBS = frozenset("anomaly assembly butterfly family monopoly supply".split())
_DOING_NOW = re.compile(r"\w{2,}ing\Z")

# What is asked about things rather than the things: no subject of a conversation is called so.
_ASKED_ABOUT = frozenset(
    (
        "advantage advantages anyone anything around article aside aspect aspects author available average away bad "
        "became become began begin benefit benefits besides best better big biggest cause caused causes "
        "characteristic characteristics common compare compared contrast cost countries detail details develop "
        "developed differ difference differences different difficult disadvantage disadvantages discover discovered "
        "effect effects else enjoy especially ever everyone everything example examples fact factor factors facts "
        "famous far fastest favorite favourite first following function general gone good great greatest happen "
        "happened happening happens harmful help highest history hold idea impact impacts important influence "
        "information interesting invented invention involved join joined key kind kinds known large larger largest "
        "last later least leave led less list location long longest main major makes many mean meaning means member "
        "members met modern most much name named names new next none notable nothing number occur often old older "
        "oldest origin origins part parts people person play played popular possible problem problems purpose "
        "purposes really reason reasons receive received related relationship release released result results role "
        "roles safe side significance significant similar similarities smallest someone something sort start started "
        "stop strong success successful symptom symptoms tallest term thing things today treat treated try two type "
        "types typical unique uses variety various version well-known went win won work worked works worst write "
        "written wrote year years younger youngest"
    ).split()
)
_NO_NAMES = frozenset({"no", "not", "yes", "eur", "usd", "gbp", "chf"})  # "No. 2", "EUR 1,890"
_MONTHS = frozenset("january february march april may june july august september october november december".split())
_LIGHT = _ASKED_ABOUT | STOP_WORDS | COMMON_WORDS | _HELPING | frozenset("never no not one ones s t yes".split())


@dataclass(frozen=True, slots=True)
class Phrase:
    """A few words in the order they stood in; `stems` are those of the words that say something."""

    text: str
    kind: Kind
    stems: frozenset[str]

    @property
    def may_be_a_person(self) -> bool:
        """True for a name of two or three words with capitals, none of them small and none all in capitals."""
        words = self.text.split()
        return self.kind == "name" and 2 <= len(words) <= 3 and all(map(_is_capitalized, words))

    @property
    def may_be_several(self) -> bool:
        """True for "sharks" and for "the city and the harbour"."""
        last = self.text.split(" of ")[0].lower().rstrip("'’")
        return " and " in last or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def _is_capitalized(word: str) -> bool:
    """True for "Marta", "McKee" and "J.", not for "NASA"."""
    return word[0].isupper() and (len(word) <= 2 or not word.isupper())


@lru_cache(maxsize=1_000)
def question_phrases(question: str) -> tuple[Phrase, ...]:
    """The different phrases of a question, in order: whom and what it is about, and when."""
    tokens = TOKEN.findall(question)
    return _different(phrase for run in _runs(tokens) for phrase in _phrases_of(tokens, run))


@lru_cache(maxsize=1_000)
def answer_phrases(text: str) -> tuple[Phrase, ...]:
    """The different names, titles and dates of a text, in order; its other nouns are too many to tell anything."""
    tokens = TOKEN.findall(text)
    titles = (phrase_of(title, "name") for title in _TITLE.findall(text))
    return _different([*filter(None, titles), *(one for run in _runs(tokens) for one in _names_of(tokens, run))])


def phrase_of(text: str, kind: Kind) -> Phrase | None:
    """`text` as one phrase; None if no word of it says anything."""
    words = " ".join(_BRACKETS.sub(" ", text).split())
    stems = frozenset(stem(word) for word in words_of(words) if word not in STOP_WORDS and word not in _HELPING)
    return Phrase(_POSSESSIVE.sub("", words), kind, stems) if stems else None


def _different(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    first: dict[frozenset[str], Phrase] = {}
    for phrase in phrases:
        first.setdefault(phrase.stems, phrase)
    return tuple(first.values())


def _runs(tokens: list[str]) -> Iterator[list[int]]:
    """Places of tokens side by side that say something, joined by "of" and what stands inside names."""
    run: list[int] = []
    for at in range(len(tokens)):
        if _says_something(tokens, at) or (run and _joins(tokens, at, run)):
            run.append(at)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _says_something(tokens: list[str], at: int) -> bool:
    lower = _CONTRACTED.sub("", tokens[at].lower())
    says = lower not in _LIGHT and (lower in _NO_ADVERBS or not _ADVERB.match(tokens[at]))
    return tokens[at][0].isalnum() and (says or _is_name(tokens, at))


def _is_name(tokens: list[str], at: int) -> bool:
    token, lower = tokens[at], _CONTRACTED.sub("", tokens[at].lower())
    if not token[0].isupper() or lower in _PRONOUNS or lower in _NO_NAMES:
        return False
    if lower in _MONTHS and any(
        beside[:1].isdigit() for beside in (*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2])
    ):
        return False
    if at == 0 or tokens[at - 1] in ".?!:":
        return lower not in _LIGHT
    return lower not in _HELPING and (lower not in STOP_WORDS or len(token) > 1)


def _joins(tokens: list[str], at: int, run: list[int]) -> bool:
    """True for the small words of "bell of the harbour" and "Ministry for Trade"."""
    following = next((n for n in range(at, min(at + 4, len(tokens))) if tokens[n].lower() not in _INNER), None)
    if following is None or tokens[at].lower() not in _INNER or not _says_something(tokens, following):
        return False
    if "of" in [token.lower() for token in tokens[run[-1] : at + 1]]:
        return following - at <= 2
    before = max((n for n in run if tokens[n].lower() not in _INNER), default=run[0])
    return _is_name(tokens, before) and _is_name(tokens, following) and not _POSSESSIVE.search(tokens[before])


def _phrases_of(tokens: list[str], run: list[int]) -> Iterator[Phrase]:
    words = _without_verb(tokens, run)
    names = [number for number in range(len(words)) if _is_name(tokens, run[number])]
    if names:
        words = words[: max(names[-1] + 1, _end_of_name(tokens, run, names[-1], len(words)))]
        while words[0].islower() and (_DOING_NOW.match(words[0]) or _PARTICIPLE.match(words[0])):  # "showing Hamlet"
            words = words[1:]
    kind: Kind = "name" if names else "date" if all(map(DATE.match, words)) else "noun"
    is_lone_verb = len(words) == 1 and not names and (_PARTICIPLE.match(words[0]) or _DOING_NOW.match(words[0]))
    phrase = phrase_of(" ".join(words), kind)
    if phrase and not is_lone_verb:
        yield phrase
    if kind != "date":
        yield from _dates_of(tokens, run)


def _names_of(tokens: list[str], run: list[int]) -> Iterator[Phrase]:
    names = [at for at in run if _is_name(tokens, at)]
    text = " ".join(tokens[names[0] : names[-1] + 1]) if names else ""
    if len(text) > 1 and (phrase := phrase_of(text, "name")):  # a note, a vitamin or a gallery may be called "F"
        yield phrase
    yield from _dates_of(tokens, run)


def _dates_of(tokens: list[str], run: list[int]) -> Iterator[Phrase]:
    return (Phrase(tokens[at], "date", frozenset({stem(tokens[at])})) for at in run if DATE.match(tokens[at]))


def _end_of_name(tokens: list[str], run: list[int], last: int, words: int) -> int:
    """Where a phrase ends: with all nouns after an article or "'s", else with one: "the Afra tanker scale"."""
    is_whole = run[0] > 0 and tokens[run[0] - 1].lower() in _ARTICLES
    if is_whole or _POSSESSIVE.search(tokens[run[last]]):
        return words
    if last + 1 < words and _DOING.intersection(token.lower() for token in tokens[: run[0]]):
        return last + 2 if tokens[run[last + 1]].endswith("s") else last + 1  # "did Dali choose", "do Mako sharks eat"
    return min(words, last + 2)


def _without_verb(tokens: list[str], run: list[int]) -> list[str]:
    """The words of a run but for a verb at its end: "does the tower lean", "was the bell moved"."""
    words = [tokens[at] for at in run]
    before = [token.lower() for token in tokens[: run[0]]]
    if len(words) == 1 or not words[-1].islower():
        return words
    is_verb = (
        bool(_DOING.intersection(before))
        or (bool(_BEING.intersection(before)) and bool(_PARTICIPLE.match(words[-1])))
        or (before[:1] != [] and before[0] in _BEING and bool(_DOING_NOW.match(words[-1])))
    )
    return words[:-1] if is_verb else words
