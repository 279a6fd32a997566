"""Abbreviations are searched for together with what the library says they stand for, and nothing else changes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import Library
from qa.abbreviations import (
    Definition,
    Expansion,
    definitions_in,
    expand,
    is_abbreviation,
    long_form,
    other_forms,
    with_long_forms,
)
from qa.ask import ask
from qa.question import Question, prepare_question, prepare_unexpanded
from qa.words import STOP_WORDS, stems_of
from tests.documents import put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
CLIMATE = """\
The Intergovernmental Panel on Climate Change (IPCC) was set up in 1988.

The IPCC reports on the level of the sea.

The Intergovernmental Panel on Climate Change has three groups.

Bells were cast by the Dunmouth Bell Foundry and by the DBF.
"""


@pytest.mark.parametrize(
    ("word", "is_one"),
    [
        *((word, True) for word in "IPCC US ATMs MoD PS3 B2B H2O BnF RSOs ABCDEFGH ÖBB".split()),
        *((word, False) for word in "I A Ipcc ipcc 3D 1984 iPhone McCoy ABCDEFGHI COVID-19 U.S. R&D As".split()),
    ],
)
def test_abbreviations_are_short_and_mostly_capital_letters(word: str, *, is_one: bool) -> None:
    assert is_abbreviation(word) is is_one


@pytest.mark.parametrize(
    ("text", "abbreviation", "form"),
    [
        (
            "The Intergovernmental Panel on Climate Change (IPCC) met.",
            "IPCC",
            "Intergovernmental Panel on Climate Change",
        ),
        (
            "The IPCC (Intergovernmental Panel on Climate Change) met.",
            "IPCC",
            "Intergovernmental Panel on Climate Change",
        ),
        ('The Food and Drug Administration ("FDA") approves.', "FDA", "Food and Drug Administration"),
        ('The "FDA" ("Food and Drug Administration") approves.', "FDA", "Food and Drug Administration"),
        ("Cash comes from automated teller machines (ATMs).", "ATMs", "automated teller machines"),
        ("an adjustable-rate mortgage (ARM)", "ARM", "adjustable-rate mortgage"),
        ("the Ministry of Defence (MoD; since 1964)", "MoD", "Ministry of Defence"),
        ("heat shock transcription factor (HSF)", "HSF", "heat shock transcription factor"),
    ],
)
def test_definitions_by_hand(text: str, abbreviation: str, form: str) -> None:
    assert list(definitions_in(text)) == [Definition(abbreviation, form)]


@pytest.mark.parametrize(
    "text",
    [
        "It rained (see IPCC) all day.",
        "Growth in the UK (Hudson), says Fred Harrison (UK) today.",
        "Fred Harrison (UK), Michael Hudson (US)",
        "The sea (IPCC) rose.",
        "the Office of Special Operations (OSO)"[10:],
        "the IPCC report (IPCC)",
        "Compact disc (disc)",
        "in the song (written by a friend who had never seen any such place in her whole life and was glad) by MU",
    ],
)
def test_what_is_no_definition(text: str) -> None:
    assert list(definitions_in(text)) == []


def test_a_text_may_define_several() -> None:
    text = "The World Bank Group (WBG) and the UN (United Nations) met."
    assert list(definitions_in(text)) == [Definition("WBG", "World Bank Group"), Definition("UN", "United Nations")]


@given(
    st.lists(st.text("abcd", min_size=1, max_size=4), min_size=2, max_size=8).map(" ".join),
    st.text("ABCD", min_size=2, max_size=4),
)
def test_the_long_form_is_the_shortest_end_with_all_letters_in_order(text: str, abbreviation: str) -> None:
    """As in the paper: the first letter begins a word, the others stand anywhere after it."""
    pattern = re.compile(".*".join(abbreviation.lower()))
    ends = [text[word.start() :] for word in re.finditer(r"\S+", text)]
    fitting = [end for end in ends if pattern.match(end)]
    shortest = min(fitting, key=len, default="")
    words = shortest.split()
    is_kept = 1 < len(words) <= min(len(abbreviation) + 5, 2 * len(abbreviation)) and words[0] not in STOP_WORDS
    assert long_form(abbreviation, text) == (shortest if is_kept and len(shortest) > len(abbreviation) else "")


@pytest.fixture
def climate(library: Library) -> Library:
    put_text(library, WORDS, CLIMATE, "/climate.txt")
    return library


PANEL = "Intergovernmental Panel on Climate Change"


@pytest.mark.parametrize(
    ("question", "expansions"),
    [
        ("What does the IPCC say?", [("IPCC", PANEL)]),
        (f"What does the {PANEL} say?", [(PANEL, "IPCC")]),
        (f"What does the {PANEL.lower()} say?", [(PANEL.lower(), "IPCC")]),
        (f"What does the {PANEL} (IPCC) say?", []),
        ("What does the ipcc say?", []),
        ("Is there a panel on climate change?", []),
        ("Who is Intergovernmental? Panel on Climate Change?", []),
        ("What did the DBF cast?", []),
        ("What did the Dunmouth Bell Foundry cast?", []),
        ("What is the EU?", []),
        ("WHAT DOES THE IPCC SAY?", []),
    ],
)
def test_only_what_the_library_defines_is_searched_also(
    climate: Library, question: str, expansions: list[tuple[str, str]]
) -> None:
    assert [(one.written, one.searched) for one in expand(climate, question)] == expansions


@pytest.mark.parametrize(
    ("form", "abbreviation"),
    [
        ("Department of Defense", "DOD"),
        ("Food and Drug Administration", "FDA"),
        ("Organisation for Security and Co-operation in Europe", "OSCE"),
        ("International Crops Research Institute for the Semi-Arid Tropics", "ICRISAT"),
        ("automated teller machines", "ATMs"),
    ],
)
def test_a_long_form_is_known_by_its_initials(library: Library, form: str, abbreviation: str) -> None:
    put_text(library, WORDS, f"In 1980 there was the {form} ({abbreviation}).\n", "/forms.txt")
    assert expand(library, f"What did the {form} do?") == (Expansion(form, abbreviation),)
    assert expand(library, f"What did the {abbreviation} do?") == (Expansion(abbreviation, form),)


def test_of_several_long_forms_the_one_defined_more_often_counts(library: Library) -> None:
    put_text(library, WORDS, "The Culinary Institute of America (CIA) cooks.\n", "/1.txt")
    put_text(library, WORDS, "The Central Intelligence Agency (CIA) spies.\n", "/2.txt")
    put_text(library, WORDS, "The CIA (Central Intelligence Agency) has spied for longer than that.\n", "/3.txt")
    assert expand(library, "What does the CIA do?") == (Expansion("CIA", "Central Intelligence Agency"),)
    assert expand(library, "Where is the Culinary Institute of America?") == (
        Expansion("Culinary Institute of America", "CIA"),
    )


def test_an_abbreviation_that_is_another_word_in_lower_case_stands_for_no_long_form(library: Library) -> None:
    put_text(library, WORDS, "The World Health Organization (WHO) met.\n", "/who.txt")
    assert expand(library, "Where did the World Health Organization meet?") == ()
    assert expand(library, "Where did the WHO meet?") == (Expansion("WHO", "World Health Organization"),)


def test_an_abbreviation_is_embedded_with_its_long_form_and_a_long_form_alone() -> None:
    expansions = (Expansion("DBF", "Dunmouth Bell Foundry"), Expansion("sea level", "SL"))
    assert with_long_forms("Is DBF at sea level, or DBFS? DBF!", expansions) == (
        "Is Dunmouth Bell Foundry (DBF) at sea level, or DBFS? Dunmouth Bell Foundry (DBF)!"
    )


STEMS = st.frozensets(st.sampled_from("abcdef"))


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(1e-3, 20), min_size=1),
    st.dictionaries(st.sampled_from("abc"), st.lists(STEMS.filter(bool), min_size=1).map(tuple)),
    STEMS,
)
def test_a_stem_counts_as_said_where_the_whole_of_another_form_is(
    weights: dict[str, float], forms: dict[str, tuple[frozenset[str], ...]], stems: frozenset[str]
) -> None:
    question = Question("?", (), (), weights, np.zeros(2, dtype=np.float32), (), forms)
    said = 0.0
    for one, weight in weights.items():
        if one in stems or any(form <= stems for form in forms.get(one, ())):
            said += weight
    assert question.coverage(stems) == pytest.approx(said / sum(weights.values()))


def test_coverage_by_hand() -> None:
    forms = other_forms((Expansion("IPCC", PANEL), Expansion("bells of Dunmouth", "BOD")))
    assert forms == {"ipcc": (stems_of("intergovernmental panel climate change"),)} | {
        one: (frozenset({"bod"}),) for one in stems_of("bells Dunmouth")
    }


def test_a_question_is_searched_for_in_both_forms(climate: Library) -> None:
    question = prepare_question(climate, WORDS, "What does the IPCC say?")
    assert question.content_words == ("ipcc", "intergovernmental", "panel", "climate", "change")
    assert question.coverage(stems_of(f"What does the {PANEL} say?")) == 1
    assert question.coverage(stems_of("What does the Panel on Climate Change say?")) < 1
    np.testing.assert_array_equal(question.vector, WORDS.embed_question(f"What does the {PANEL} (IPCC) say?"))
    question = prepare_question(climate, WORDS, f"What does the {PANEL} say?")
    assert question.content_words == ("intergovernmental", "panel", "climate", "change", "ipcc")
    assert question.coverage(stems_of("What does the IPCC say?")) > 0.9
    np.testing.assert_array_equal(question.vector, WORDS.embed_question(f"What does the {PANEL} say?"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.sampled_from("what does the panel on climate change of EU DBF bell sea".split()), min_size=1))
def test_a_question_without_a_defined_form_stays_as_it_was(library: Library, words: list[str]) -> None:
    if not library.documents():
        put_text(library, WORDS, CLIMATE, "/climate.txt")
    text = " ".join(words)
    made, plain = prepare_question(library, WORDS, text), prepare_unexpanded(library, WORDS, text)
    np.testing.assert_array_equal(made.vector, plain.vector)
    assert (made.text, made.content_words, made.missing_words, made.rarity, made.corrections, made.other_forms) == (
        (plain.text, plain.content_words, plain.missing_words, plain.rarity, (), {})
    )


def test_an_answer_says_what_was_searched_for_also(climate: Library) -> None:
    answer = ask(climate, WORDS, "What groups has the IPCC?")
    assert [one.words for one in answer.corrections] == [f"Searched also for “{PANEL}” (IPCC)."]
    assert answer.as_dict()["expansions"] == [{"written": "IPCC", "searched": PANEL}]
    assert "corrections" not in answer.as_dict()
    assert "expansions" not in ask(climate, WORDS, "What groups has the panel?").as_dict()


class CountingLibrary(Library):
    """Counts how often it is asked how many passages hold a word."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked = 0

    def count_passages_with(self, word: str) -> int:
        """As any library."""
        self.asked += 1
        return super().count_passages_with(word)


def test_of_a_long_question_not_all_runs_are_looked_up(tmp_path: Path) -> None:
    with CountingLibrary(tmp_path / "counting") as library:
        put_text(library, WORDS, CLIMATE, "/climate.txt")
        library.asked = 0
        assert expand(library, " ".join(f"bell{number}" for number in range(1000))) == ()
        assert 0 < library.asked <= 300
