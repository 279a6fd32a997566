"""Questions: what cannot be searched for is said so, and the rest is weighed by the words of the library."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import Library
from qa.question import MAX_QUESTION_CHARS, Question, fold_question, prepare_question
from qa.rarity import rarity
from qa.words import content_words, stem, stems_of, unbroken_words_of, words_of
from source.errors import LibraryError, QuestionError
from source.fold import fold
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.strategies import texts

WORDS = WordEmbedder()
NO_WORD = "Cannot answer this question: there is no word in it. Ask in a few words."
BELLS = """\
# The bells

Home | About us | Contact

They were ringing when the tide had turned.

Photo: Marta Quill

## The oldest

It was cast in 1687 for the harbour and hangs on the quay.
"""


@pytest.fixture
def filled(library: Library) -> Library:
    """A library of one document with headings and furniture."""
    put_text(library, WORDS, BELLS, "/documents/bells.md")
    return library


@pytest.mark.parametrize("text", ["", " \n\t", "?", "… — !", "\u200b\u00ad", "_", "🔔", "\ud800"])
def test_a_question_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(QuestionError) as caught:
        fold_question(text)
    assert str(caught.value) == NO_WORD


def test_a_question_that_is_too_long_is_refused() -> None:
    assert fold_question("a" * MAX_QUESTION_CHARS) == "a" * 10_000
    with pytest.raises(QuestionError) as caught:
        fold_question("a" * 12_345)
    assert str(caught.value) == (
        "Cannot answer this question: it has 12,345 characters, more than 10,000. Ask about one thing at a time."
    )


@given(texts)
def test_any_text_with_a_word_is_a_question_and_is_folded_as_documents_are(text: str) -> None:
    if words_of(fold(text, "none")):
        assert fold_question(text) == fold(text, "none")
    else:
        with pytest.raises(QuestionError, match="there is no word in it"):
            fold_question(text)


def test_a_question_is_not_prepared_for_a_library_of_another_model(filled: Library) -> None:
    with pytest.raises(LibraryError, match="Cannot use the model other"):
        prepare_question(filled, WordEmbedder("other"), "Who rang?")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            "the bell bells tides turning oldest HARBOURS 1687 1688 Photo Marta contact gull moths what who is not"
            " cast casting quay “quay” home about".split()
        ),
        min_size=1,
        max_size=8,
    ).map(" ".join)
)
def test_missing_are_the_content_words_that_stand_nowhere_in_any_form(library: Library, text: str) -> None:
    """Headings, captions and navigation count as much as paragraphs."""
    if not library.documents():
        put_text(library, WORDS, BELLS, "/documents/bells.md")
    question = prepare_question(library, WORDS, text)
    assert list(question.content_words) == content_words(fold(text, "none"))
    assert list(question.missing_words) == [
        word for word in question.content_words if stem(word) not in stems_of(BELLS)
    ]


def test_missing_words_by_hand(filled: Library) -> None:
    question = prepare_question(filled, WORDS, "Who rings the oldest bells and photographs moths at the contact?")
    assert question.content_words == ("rings", "oldest", "bells", "photographs", "moths", "contact")
    assert question.missing_words == ("photographs", "moths")


def test_a_question_of_stop_words_only_has_them_for_content(filled: Library) -> None:
    question = prepare_question(filled, WORDS, "What is it?")
    assert question.content_words == ("what", "is", "it")
    assert question.missing_words == ("what", "is")
    assert question.coverage(stems_of("It")) > 0


@pytest.mark.parametrize(
    "text", ['"bell', "bell*", 'bell" OR "gull', "NEAR(bell gull, 2)", "headings : bell", "^bell -gull +tide", "(bell"]
)
def test_the_syntax_of_keyword_search_is_nothing_but_words(filled: Library, text: str) -> None:
    question = prepare_question(filled, WORDS, text)
    assert list(question.content_words) == content_words(text)
    known = {stem(word) for word in words_of(text)} & stems_of(BELLS)
    assert {stem(word) for word in question.content_words} - {stem(word) for word in question.missing_words} <= known
    assert filled.search_keywords(question.content_words, 9)[0][1] > 0


def test_each_stem_of_a_question_is_as_rare_as_the_library_makes_it(filled: Library) -> None:
    """Of two passages to rank, one has the quay, both stand below the bells, and the photo is a caption's."""
    question = prepare_question(filled, WORDS, "Is the quay in a photo of bells, or a gull?")
    assert filled.count_passages() == 2
    assert question.rarity == {
        "is": rarity("is", 0, 2),
        "the": rarity("the", 2, 2),
        "quai": rarity("quay", 1, 2),
        "in": rarity("in", 1, 2),
        "a": rarity("a", 0, 2),
        "photo": rarity("photo", 1, 2),
        "of": rarity("of", 0, 2),
        "bell": rarity("bells", 2, 2),
        "or": rarity("or", 0, 2),
        "gull": rarity("gull", 0, 2),
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts)
def test_every_word_of_a_question_in_any_script_tells_something(filled: Library, text: str) -> None:
    if words_of(fold(text, "none")):
        question = prepare_question(filled, WORDS, text)
        for word in unbroken_words_of(fold(text, "none")):
            assert question.rarity_of(word) > 0, word


def test_small_words_of_another_language_tell_little_and_english_ones_what_they_are_worth(filled: Library) -> None:
    german = prepare_question(filled, WORDS, "Wann wurde die Glocke gegossen?").rarity
    assert {german[stem(word)] for word in ("wann", "wurde", "die")} == {0.5}
    assert german[stem("glocke")] == rarity("glocke", 0, filled.count_passages()) > 2
    english = prepare_question(filled, WORDS, "Did the bell die?").rarity
    assert english[stem("die")] == rarity("die", 0, filled.count_passages()) > 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where is İstanbul?", ["Where", "is", "İstanbul"]),
        ("किताबें कहाँ हैं?", ["किताबें", "कहाँ", "हैं"]),
        ("สวัสดีชาวโลก คืออะไร", ["สวัสดีชาวโลก", "คืออะไร"]),
        ("今天天气很好", ["今天天气很好"]),
    ],
)
def test_unbroken_words_by_hand(filled: Library, text: str, words: list[str]) -> None:
    assert unbroken_words_of(fold(text, "none")) == words
    assert all(prepare_question(filled, WORDS, text).rarity_of(word) > 0 for word in words)
    assert prepare_question(filled, WORDS, "Bells?").rarity_of("quay") == 0


def test_the_vector_is_that_of_the_folded_question(filled: Library) -> None:
    question = prepare_question(filled, WORDS, "  “Bells”\u00a0of\nthe qu\u00aday ")
    np.testing.assert_array_equal(question.vector, WORDS.embed_question('"Bells" of the quay'))
    assert question.text == "  “Bells”\u00a0of\nthe qu\u00aday "


WEIGHTS = st.dictionaries(st.sampled_from("abcdef"), st.floats(1e-3, 20), min_size=1)


@given(WEIGHTS, st.frozensets(st.sampled_from("abcdefgh")))
def test_coverage_is_the_weight_of_the_words_found_over_that_of_all(
    weights: dict[str, float], stems: frozenset[str]
) -> None:
    question = Question("?", (), (), weights, np.zeros(2, dtype=np.float32))
    found = 0.0
    for one, weight in weights.items():
        if one in stems:
            found += weight
    assert question.coverage(stems) == pytest.approx(found / sum(weights.values()))
    assert 0 <= question.coverage(stems) <= question.coverage(stems | {"a", "b"}) <= 1
    assert question.coverage(frozenset(weights)) == 1


Forms = dict[str, tuple[frozenset[str], ...]]


@settings(max_examples=200)
@given(st.lists(texts, max_size=4), texts, texts)
def test_of_any_texts_those_stems_are_told_that_make_a_difference_to_coverage(
    some: list[str], asked: str, also: str
) -> None:
    rarities = dict.fromkeys(stems_of(asked), 1.0) or {"bell": 1.0}
    forms: Forms = {next(iter(rarities)): (stems_of(also), frozenset({"cast", "iron"}))}
    said = [*some, asked, f"{also} Casting irons"]
    for other_forms in (Forms(), forms):
        question = Question("?", (), (), rarities, np.zeros(2, dtype=np.float32), (), other_forms)
        telling = rarities.keys() | frozenset[str]().union(*(form for one in other_forms.values() for form in one))
        told = question.stems_in(said)
        assert told == [stems_of(text) & telling for text in said]
        assert list(map(question.coverage, told)) == [question.coverage(stems_of(text)) for text in said]


def test_coverage_by_hand() -> None:
    question = Question("Old bell?", ("old", "bell"), (), {"old": 1.0, "bell": 3.0}, np.zeros(2, dtype=np.float32))
    assert question.coverage(frozenset({"bell", "rope"})) == 0.75
    assert question.coverage(frozenset()) == 0
