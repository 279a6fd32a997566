"""The reader: whole sentences, best first, with what they lean on, each thing said once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import Library
from qa.answer import Citation
from qa.question import Question, prepare_question
from qa.read import WEIGHTS, RankedSentence, best_quotes, choose_quotes, rank_sentences, sentence_features
from qa.retrieve import Found, retrieve
from source.document import Span
from tests.documents import put_text
from tests.fakes import WordEmbedder

EMBEDDER = WordEmbedder()
MOST = 4

SENTENCES = (
    "The bell of the quay was cast in 1687 by Jonas Trell.",
    "However, this did not settle the quarrel about the rope.",
    "It weighs 640 kilograms and hangs above the fish market.",
    "The rope had worn through twice before the storm.",
    "They sent the cup to Dunmouth, full of herring.",
    "Nobody paid for the rope of the bell.",
    "But the warden of the quay kept the clapper.",
    "Nine bells hang on the harbour walls of the town.",
)
paragraphs = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5).map(" ".join)
documents = st.lists(paragraphs, min_size=1, max_size=4).map("\n\n".join)
questions = st.sampled_from(
    [
        "Who cast the bell of the quay?",
        "What did not settle the quarrel about the rope?",
        "How much does it weigh?",
        "Where do nine bells hang?",
        "Who paid for the rope, and when did it wear through?",
        "moths",
    ]
)


def read(library: Library, text: str) -> tuple[Question, Found, list[RankedSentence]]:
    """What is there to read for a question, with its sentences ranked."""
    question = prepare_question(library, EMBEDDER, text)
    found = retrieve(library, question, 10)
    return question, found, rank_sentences(found, question)


def quoted(library: Library, text: str, k: int = 1) -> list[str]:
    """The `k` best quotes."""
    question, found, ranked = read(library, text)
    return [citation.quote for citation in best_quotes(ranked, found, question, k)]


def chosen(library: Library, text: str) -> list[Citation]:
    """The quotes of an answer."""
    question, found, ranked = read(library, text)
    return choose_quotes(ranked, found, question, MOST)


def with_probabilities(ranked: list[RankedSentence], probabilities: dict[str, float]) -> list[RankedSentence]:
    """The sentences that begin with these words, in this order, with these probabilities."""
    by_words = {one.evidence.sentence.folded: one for one in ranked}
    return [
        replace(one, probability=probability)
        for words, probability in probabilities.items()
        for folded, one in by_words.items()
        if folded.startswith(words)
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(documents, documents, questions)
def test_whatever_is_read_is_ranked_and_quoted_by_the_rules(library: Library, one: str, other: str, text: str) -> None:
    put_text(library, EMBEDDER, one, "/documents/one.txt")
    put_text(library, EMBEDDER, other, "/documents/other.txt")
    question, found, ranked = read(library, text)
    assert sum(one.probability for one in ranked) == pytest.approx(1)
    assert len({one.evidence.sentence.id for one in ranked}) == sum(map(len, found.evidence.values())) == len(ranked)
    order = [(-one.score, one.evidence.sentence.id) for one in ranked]
    assert order == sorted(order)
    assert all(one.probability >= other.probability for one, other in pairwise(ranked))

    best = best_quotes(ranked, found, question, 5)
    answer = choose_quotes(ranked, found, question, MOST)
    assert 1 <= len(answer) <= MOST
    assert best_quotes(ranked, found, question, 2) == best[:2]
    for quotes in (best, answer):
        for quote in quotes:
            sentences = [one.sentence.span for one in found.evidence[quote.passage.id]]
            assert quote.span.start in {span.start for span in sentences}
            assert quote.span.end in {span.end for span in sentences}
            assert quote.quote == quote.span.of(library.text(quote.document.id))
            assert list(quote.answering) == sorted(set(quote.answering))
        places = sorted((quote.document.id, quote.span) for quote in quotes)
        assert not any(
            before == after and first.overlaps(second) for (before, first), (after, second) in pairwise(places)
        )
        assert len({quote.quote for quote in quotes}) == len(quotes)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.permutations(range(5)), st.integers(1, 4))
def test_quotes_of_an_answer_that_follow_each_other_are_one(library: Library, order: list[int], count: int) -> None:
    """In whatever order they were chosen."""
    words = "Bells Ropes Tides Gulls Quays".split()
    sentences = [f"{word} number {at} near place {at * at} say thing {at + 20}." for at, word in enumerate(words)]
    put_text(library, EMBEDDER, " ".join(sentences))
    question, found, ranked = read(library, "bells ropes tides gulls quays")
    picked = order[:count]
    probabilities = {words[at]: 0.19 - 0.01 * place for place, at in enumerate(picked)}
    quotes = choose_quotes(with_probabilities(ranked, probabilities), found, question, MOST)
    runs: list[list[int]] = []
    for at in sorted(picked):
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    runs.sort(key=lambda run: min(map(picked.index, run)))
    assert [quote.quote for quote in quotes] == [" ".join(sentences[at] for at in run) for run in runs]
    for quote, run in zip(quotes, runs, strict=True):
        assert quote.score == pytest.approx(sum(probabilities[words[at]] for at in run))
        assert [span.of(library.text(quote.document.id)) for span in quote.answering] == [sentences[at] for at in run]


def test_a_sentence_scores_by_its_own_fit_and_that_of_its_neighbours(library: Library) -> None:
    put_text(library, EMBEDDER, "The quay is old. Moths ate the warden. Herring hangs here.")
    _, found, ranked = read(library, "moths ate")
    [hit] = found.hits
    fit = found.evidence[hit.passage.id]
    for one in ranked:
        before = fit[one.number - 1].cosine if one.number > 0 else 0.2
        after = fit[one.number + 1].cosine if one.number < 2 else 0.2
        evidence = fit[one.number]
        expected = {
            "cosine": evidence.cosine,
            "coverage": evidence.coverage,
            "passage": hit.score,
            "before": before,
            "after": after,
        }
        assert dict(zip(WEIGHTS, sentence_features(hit, fit, one.number), strict=True)) == expected
        assert one.score == pytest.approx(sum(WEIGHTS[name] * value for name, value in expected.items()))
    assert ranked[0].evidence.sentence.folded == "Moths ate the warden."


def test_a_sentence_with_the_kind_of_words_that_are_asked_for_ranks_higher(library: Library) -> None:
    """The two fit the question as well as each other, but one has a year."""
    put_text(library, EMBEDDER, "The bell rang once.\n\nIn spring moths came.\n\nThe bell rang 1687.\n")
    _, _, ranked = read(library, "bell rang when")
    assert ranked[0].evidence.sentence.folded == "The bell rang 1687."


# What a sentence leans on


@pytest.mark.parametrize(
    "leaning",
    ["However, this did", "But it did", "“It did", "This did", "They did", "In addition, he did", "SUCH things did"],
)
def test_a_sentence_that_points_back_is_quoted_with_the_one_before(library: Library, leaning: str) -> None:
    sentence = f"{leaning} not settle the quarrel about herring{'.”' if '“' in leaning else '.'}"
    put_text(library, EMBEDDER, f"Gulls cried above the town. The council bought a lathe. {sentence}")
    question, found, ranked = read(library, "settle the quarrel about herring")
    [quote] = best_quotes(ranked, found, question, 1)
    assert quote.quote == f"The council bought a lathe. {sentence}"
    assert [span.of(library.text(quote.document.id)) for span in quote.answering] == [sentence]


@pytest.mark.parametrize("begins", ["Itineraries did", "Nobody did", "Butter did", "Sothebys did", "“Thistles did"])
def test_a_sentence_that_stands_by_itself_is_quoted_alone(library: Library, begins: str) -> None:
    sentence = f"{begins} not settle the quarrel about herring{'.”' if '“' in begins else '.'}"
    put_text(library, EMBEDDER, f"Gulls cried above the town. The council bought a lathe. {sentence}")
    assert quoted(library, "settle the quarrel about herring") == [sentence]


def test_what_leans_on_another_passage_is_quoted_without_it(library: Library) -> None:
    put_text(library, EMBEDDER, "The council bought a lathe.\n\nHowever, this did not settle the quarrel.\n")
    assert quoted(library, "settle the quarrel") == ["However, this did not settle the quarrel."]


def test_a_quote_is_extended_over_two_sentences_at_most(library: Library) -> None:
    text = "The lathe came. It was dear. It was loud. It was old. It was for the herring quarrel."
    put_text(library, EMBEDDER, text)
    assert quoted(library, "for the herring quarrel") == ["It was loud. It was old. It was for the herring quarrel."]


# Nothing is said twice


def test_a_paragraph_that_stands_in_two_documents_is_quoted_once(library: Library) -> None:
    text = "The rope of the bell had worn through twice.\n"
    put_text(library, EMBEDDER, text, "/documents/first.txt")
    put_text(library, EMBEDDER, text.replace("twice", "twice then"), "/documents/second.txt")
    put_text(library, EMBEDDER, "A gull sits on the roof.\n", "/documents/third.txt")
    assert quoted(library, "The rope of the bell had worn through twice.", 5) == [
        "The rope of the bell had worn through twice.",
        "A gull sits on the roof.",
    ]


def test_a_quote_never_overlaps_another(library: Library) -> None:
    """The second sentence is quoted with the first, which is therefore not quoted by itself."""
    put_text(library, EMBEDDER, "The quarrel began with herring. It was about herring and the quarrel over rope.")
    both = "The quarrel began with herring. It was about herring and the quarrel over rope."
    assert quoted(library, "about herring and the quarrel over rope", 5) == [both]


def test_a_quote_does_not_reach_back_into_one_before_it(library: Library) -> None:
    put_text(library, EMBEDDER, "The bell was cast in 1687. It weighs 640 kilograms.")
    question, found, ranked = read(library, "How much does the bell weigh?")
    in_order = with_probabilities(ranked, {"The bell": 0.5, "It weighs": 0.4})
    quotes = [quote.quote for quote in best_quotes(in_order, found, question, 5)]
    assert quotes == ["The bell was cast in 1687.", "It weighs 640 kilograms."]
    [joined] = choose_quotes(in_order, found, question, MOST)
    assert joined.quote == "The bell was cast in 1687. It weighs 640 kilograms."


# How many quotes


def test_quotes_are_added_until_one_of_them_answers_most_likely(library: Library) -> None:
    texts = ["Bells ring at noon.", "Ropes wear out soon.", "Tides turn at night.", "Gulls cry all day.", "Moths eat."]
    for number, text in enumerate(texts):
        put_text(library, EMBEDDER, text, f"/documents/{number}.txt")
    question, found, ranked = read(library, "bells ropes tides gulls moths")

    def quotes_for(*probabilities: float) -> list[str]:
        told = dict(zip([text.split()[0] for text in texts], probabilities, strict=True))
        return [one.quote for one in choose_quotes(with_probabilities(ranked, told), found, question, MOST)]

    assert quotes_for(0.9, 0.05, 0.05, 0, 0) == texts[:1]
    assert quotes_for(0.5, 0.35, 0.1, 0.05, 0) == texts[:2]
    assert quotes_for(0.25, 0.2, 0.2, 0.19, 0.16) == texts[:4]
    assert quotes_for(0.7, 0.01, 0.01, 0.01, 0.01) == texts[:1]
    assert quotes_for(0.02, 0.02, 0.02, 0.02, 0.02) == texts[:1]


def test_the_best_quotes_are_there_however_unlikely(library: Library) -> None:
    put_text(library, EMBEDDER, "The bell rang at noon.\n\nGulls sit on roofs.\n\nMoths eat the ropes.\n")
    assert quoted(library, "The bell rang at noon.", 5)[0] == "The bell rang at noon."
    assert sorted(quoted(library, "The bell rang at noon.", 5)) == [
        "Gulls sit on roofs.",
        "Moths eat the ropes.",
        "The bell rang at noon.",
    ]
    assert [one.quote for one in chosen(library, "The bell rang at noon.")] == ["The bell rang at noon."]


def test_where_nothing_was_found_there_is_nothing_to_quote(library: Library) -> None:
    question, found, ranked = read(library, "bell")
    assert ranked == []
    assert best_quotes(ranked, found, question, 5) == choose_quotes(ranked, found, question, MOST) == []


# What answers


def test_the_words_that_answer_are_marked_where_they_stand(library: Library) -> None:
    text = "Bells hang here.\n\nThe oldest bell was cast in 1687 by Jonas Trell, and again in 1702.\n"
    record = put_text(library, EMBEDDER, text)
    [quote] = chosen(library, "When was the oldest bell cast?")
    assert [span.of(library.text(record.id)) for span in quote.answering] == ["1687", "1702"]
    [quote] = chosen(library, "Who cast the oldest bell?")
    assert [span.of(library.text(record.id)) for span in quote.answering] == ["Jonas Trell"]
    [quote] = chosen(library, "How was the oldest bell cast?")
    assert quote.answering == (quote.span,) == (Span(18, 85),)


def test_the_words_that_the_trained_reader_names_are_marked_where_they_stand_as_often(library: Library) -> None:
    record = put_text(library, EMBEDDER, "The ﬁrst bell rang (or rang twice) before the tide rang the other bell.\n")
    question, found, [ranked] = read(library, "How was the bell rung?")
    folded = ranked.evidence.sentence.folded

    def marked(start: int, words: str) -> list[tuple[int, str]]:
        [quote] = best_quotes([replace(ranked, words=Span(start, start + len(words)))], found, question, 1)
        return [(span.start, span.of(library.text(record.id))) for span in quote.answering]

    assert marked(folded.rindex("rang"), "rang") == [(library.text(record.id).rindex("rang"), "rang")]
    assert marked(folded.index("rang"), "rang") == [(library.text(record.id).index("rang"), "rang")]
    assert marked(folded.index("first"), "first") == [(0, ranked.evidence.sentence.span.of(library.text(record.id)))]


def test_a_question_is_quoted_with_what_answers_it(library: Library) -> None:
    put_text(library, EMBEDDER, "How old is the bell of the quay? It was cast in 1687.\n")
    question, found, ranked = read(library, "How old is the bell of the quay?")
    (quote, *_) = best_quotes(ranked, found, question, 1)
    assert quote.quote == "How old is the bell of the quay? It was cast in 1687."
    assert [span.of(library.text(quote.document.id)) for span in quote.answering] == ["1687"]


def test_a_question_that_nothing_follows_answers_nothing(library: Library) -> None:
    put_text(library, EMBEDDER, "The spare key is under the pot.\n\nMaud asked us. Where is the spare key?\n")
    assert quoted(library, "Where is the spare key?", 3) == ["The spare key is under the pot.", "Maud asked us."]
    assert "Where is the spare key?" in quoted(library, "What did Maud ask of us?", 3)


def test_a_short_answer_is_found_by_the_question_above_it(library: Library) -> None:
    put_text(library, EMBEDDER, "# Kettle\n\n## What does error E7 mean?\n\nThe lid is open.\n", "/documents/kettle.md")
    put_text(library, EMBEDDER, "# Oven\n\n## Who made it?\n\nAn error of mine, they mean.\n", "/documents/oven.md")
    assert quoted(library, "What does error E7 mean?") == ["The lid is open."]
