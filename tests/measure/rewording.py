"""Questions in other words, as hurried people ask: synonyms, no stop words, slips of the fingers.

The pairs of words are our own list of common ones, so that nothing has to be downloaded. All is drawn from a seed, so
that every run asks the same.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable

from qa.words import STOP_WORDS

TYPING_ERRORS = 0.05
"""The share of letters at which a slip is made."""

# Each word may stand for the other.
_PAIRS = """
almost nearly, amount quantity, annual yearly, answer reply, anticipate expect, area region, assist help, attempt
try, battle fight, begin start, began started, begins starts, big large, biggest largest, book volume, build
construct, built constructed, buy purchase, called named, cause reason, caused triggered, centre middle, child kid,
choose select, chosen selected, city town, collect gather, complete finish, completed finished, consist comprise,
country nation, countries nations, create make, created made, decide determine, decrease decline, demand require,
destroy ruin, destroyed ruined, die perish, difficult hard, disease illness, doctor physician, effect impact,
effects impacts, employ hire, employed hired, end finish, ended finished, enemy foe, establish found, established
founded, event incident, famous renowned, fast quick, film movie, films movies, force compel, foreign overseas, fix
repair, frequently often, gather assemble, get obtain, give grant, given granted, goal aim, happen occur, happened
occurred, house home, huge enormous, idea notion, important significant, increase growth, inhabitants residents, job
occupation, kill slay, kind type, kinds types, king monarch, lake pond, language tongue, law statute, laws statutes,
lead guide, leader chief, leave depart, left departed, live reside, lived resided, location place, main chief, major
principal, manufacture produce, method technique, money funds, mostly mainly, mountain peak, moved relocated, murder
killing, name title, need require, needed required, new recent, number quantity, object thing, obtain acquire, old
ancient, opponent rival, part portion, parts portions, people persons, percent percentage, period era, person
individual, primary main, problem issue, problems issues, produce generate, produced generated, protect guard,
province territory, purpose aim, quickly rapidly, record document, reject refuse, rejected refused, release publish,
released published, religion faith, result outcome, results outcomes, rich wealthy, river stream, road street, role
function, rule govern, school academy, scientist researcher, scientists researchers, sea ocean, ship vessel, ships
vessels, show display, sick ill, size extent, soldiers troops, song tune, speak talk, speed velocity, stop halt,
stopped halted, strong powerful, student pupil, students pupils, style manner, supply provide, teach instruct,
teacher instructor, team squad, territory land, think believe, tool instrument, trade commerce, travel journey, use
utilize, used utilized, victory win, war conflict, wealth riches, win triumph, woman lady, women ladies, won
triumphed, work labour, world globe, write compose, writer author, written composed, wrong incorrect, young youthful
"""
_OTHER_WORD = {
    one: other
    for pair in _PAIRS.replace("\n", " ").split(",")
    for words in [pair.split()]
    for one, other in (words, words[::-1])
}
_WORD = re.compile(r"[^\W_]+")


def with_synonyms(question: str) -> str:
    """`question` with each word of the list replaced by its fellow."""
    return _WORD.sub(lambda word: _OTHER_WORD.get(word[0].lower(), word[0]), question)


def without_stop_words(question: str) -> str:
    """The words of `question` that are no stop words; `question` itself if there are none."""
    return " ".join(word for word in _WORD.findall(question) if word.lower() not in STOP_WORDS) or question


def with_typing_errors(question: str) -> str:
    """`question` with a slip at `TYPING_ERRORS` of its letters: left out, doubled by another, changed, or swapped."""
    generator = random.Random(question)
    letters, typed = list(question), ""
    while letters:
        letter = letters.pop(0)
        if not letter.isalpha() or generator.random() >= TYPING_ERRORS:
            typed += letter
            continue
        other = generator.choice(string.ascii_lowercase)
        following = letters.pop(0) if letters and letters[0].isalpha() else ""
        typed += generator.choice([following, letter + other + following, other + following, following + letter])
    return typed


REWORDINGS: dict[str, Callable[[str], str]] = {
    "synonyms": with_synonyms,
    "no stop words": without_stop_words,
    "typing errors": with_typing_errors,
}
