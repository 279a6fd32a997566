"""The retriever: its scores are those of a slow one that looks at every passage, and never change between runs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embed import Embedder
from index.library import Library
from index.records import StoredPassage
from qa.ask import search
from qa.question import Question, prepare_question
from qa.retrieve import WEIGHTS, gather_evidence, retrieve
from qa.words import content_words, stem, stems_of, words_of
from source.fold import fold
from tests.documents import put_text
from tests.fakes import WordEmbedder

WORD_EMBEDDER = WordEmbedder()
NOUNS = "bell rope tide quay gull harbour warden lathe clapper trawler herring regatta".split()
VERBS = "rings holds covers follows strikes leaves".split()
QUESTION_WORDS = [*NOUNS, *VERBS, "bells", "rung", "ropes", "moth", "what", "who", "the", "is", "oldest", "1687"]


def bell_documents() -> dict[str, str]:
    """Three documents of 39 passages, with headings, furniture and one paragraph that two of them share."""

    def sentence(number: int) -> str:
        noun, verb, other = NOUNS[number % 12], VERBS[number % 5], NOUNS[(number * 7 + 3) % 12]
        return f"The {noun} of place {number} {verb} every {other} in 16{number % 90 + 10}."

    plain = "\n\n".join(" ".join(map(sentence, range(at * 3, at * 3 + 1 + at % 3))) for at in range(18))
    shared = "Nobody asked the oldest warden why the bell rings."
    markdown = "".join(f"## The {NOUNS[at]} and its {NOUNS[-at]}\n\n{sentence(at * 5)}\n\n" for at in range(12))
    page = "\n\n".join(sentence(at * 11 + 1) for at in range(7))
    return {
        "/documents/plain.txt": f"{plain}\n\n{shared}\n",
        "/documents/headed.md": f"# Harbour bells\n\n{markdown}",
        "/documents/other.txt": f"Home | About us\n\n{page}\n\n{shared}\n",
    }


@pytest.fixture(scope="module")
def bells_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("retrieve") / "library"
    with Library(folder) as library:
        for path, text in bell_documents().items():
            put_text(library, WORD_EMBEDDER, text, path)
    return folder


@pytest.fixture(scope="module")
def bells(bells_folder: Path) -> Iterator[Library]:
    with Library(bells_folder) as library:
        yield library


def all_passages(library: Library) -> list[StoredPassage]:
    passages = [one for document in library.documents() for one in library.passages_of(document.id)]
    return [passage for passage in passages if passage.role == "body"]


def cosine(one: list[float], other: list[float]) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / math.sqrt(sum(a * a for a in one)) / math.sqrt(sum(b * b for b in other))


def covered(question: Question, text: str) -> float:
    """The part of the question's stems, weighed by rarity, that `text` has."""
    stems = [stem(word) for word in words_of(text)]
    found = all_of_it = 0.0
    for one, weight in question.rarity.items():
        all_of_it += weight
        found += weight if one in stems else 0
    return found / all_of_it


def slow_score(library: Library, question: Question, passage: StoredPassage) -> tuple[float, float]:
    """The score of a passage and its best cosine, from its own sentences and nothing else."""
    sentences = library.sentences([passage.id])
    vectors = [[float(number) for number in sentence.vector] for sentence in sentences]
    asked = [float(number) for number in question.vector]
    mean = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
    best_cosine = max(cosine(vector, asked) for vector in vectors)
    evidence = {
        "best cosine": best_cosine,
        "mean cosine": cosine(mean, asked),
        "coverage": covered(question, " ".join([*passage.headings, *(one.folded for one in sentences)])),
        "sentence coverage": max(
            covered(question, " ".join([*passage.headings[-1:], sentence.folded])) for sentence in sentences
        ),
    }
    return sum(WEIGHTS[name] * value for name, value in evidence.items()), best_cosine


questions = st.lists(st.sampled_from(QUESTION_WORDS), min_size=1, max_size=7).map(" ".join)


@settings(max_examples=40)
@given(questions)
def test_every_passage_scores_what_a_slow_retriever_says(bells: Library, text: str) -> None:
    question = prepare_question(bells, WORD_EMBEDDER, text)
    found = retrieve(bells, question, 100)
    passages = all_passages(bells)
    assert len(passages) == 39
    expected = {passage.id: slow_score(bells, question, passage) for passage in passages}
    got = {hit.passage.id: (hit.score, hit.cosine) for hit in found.hits}
    assert got.keys() == expected.keys()
    for passage_id, (score, best_cosine) in expected.items():
        assert got[passage_id] == pytest.approx((score, best_cosine), abs=2e-3)  # vectors are kept in 16 bits


@settings(max_examples=40)
@given(questions, st.integers(1, 60))
def test_hits_come_by_score_then_by_passage_and_k_cuts_them_off(bells: Library, text: str, k: int) -> None:
    question = prepare_question(bells, WORD_EMBEDDER, text)
    found = retrieve(bells, question, 100)
    order = [(-hit.score, hit.passage.id) for hit in found.hits]
    assert order == sorted(order)
    few = retrieve(bells, question, k)
    assert few.hits == found.hits[:k] == found.first(k).hits
    assert list(few.evidence) == [hit.passage.id for hit in few.hits]


@settings(max_examples=40)
@given(questions)
def test_the_keyword_score_of_a_hit_is_that_of_the_keyword_search(bells: Library, text: str) -> None:
    question = prepare_question(bells, WORD_EMBEDDER, text)
    scores = dict(bells.search_keywords(content_words(fold(text, "none")), 100))
    best = max(scores.values(), default=1.0)
    for hit in retrieve(bells, question, 100).hits:
        assert hit.keyword_score == scores.get(hit.passage.id, 0)
        assert hit.keyword_share == pytest.approx(scores.get(hit.passage.id, 0) / best)
        assert hit.document.id == hit.passage.document_id


def test_evidence_is_of_the_passage_s_sentences_in_order(bells: Library) -> None:
    question = prepare_question(bells, WORD_EMBEDDER, "What holds the rope of the quay?")
    found = retrieve(bells, question, 100)
    for hit in found.hits:
        evidence = found.evidence[hit.passage.id]
        texts = [one.sentence.span.of(bells.text(hit.document.id)) for one in evidence]
        assert " ".join(texts) == " ".join(hit.passage.text.split())
        for one, text in zip(evidence, texts, strict=True):
            assert one.coverage == pytest.approx(covered(question, " ".join([*hit.passage.headings[-1:], text])))
            assert one.cosine == float(one.sentence.vector @ question.vector)
            assert one.stems == stems_of(text)


@settings(max_examples=40)
@given(questions)
def test_evidence_is_to_the_last_bit_what_it_is_by_itself(bells: Library, text: str) -> None:
    """A score must not depend on which passages are looked at together with its own."""
    question = prepare_question(bells, WORD_EMBEDDER, text)
    ids = [passage.id for passage in all_passages(bells)]
    headings = bells.headings(ids)
    together = gather_evidence(bells.sentence_table(ids), headings, question)
    assert list(together.features) == sorted(ids)
    for id_ in ids:
        alone = gather_evidence(bells.sentence_table([id_]), headings, question)
        assert alone.features[id_] == together.features[id_]
        evidence = [(one.sentence.id, one.cosine, one.coverage) for one in together.of(id_)]
        assert [(one.sentence.id, one.cosine, one.coverage) for one in alone.of(id_)] == evidence
        mean = np.mean([one.sentence.vector for one in together.of(id_)], axis=0)
        assert together.features[id_] == (
            max(cosine for _, cosine, _ in evidence),
            float(mean @ question.vector) / float(np.linalg.norm(mean)),
            question.coverage(stems_of(" ".join([*headings[id_], *(one.sentence.folded for one in together.of(id_))]))),
            max(coverage for _, _, coverage in evidence),
        )


def test_equal_passages_rank_in_the_order_they_were_added(bells: Library) -> None:
    text = "Nobody asked the oldest warden why the bell rings."
    first, second = search(bells, WORD_EMBEDDER, text, 2)
    assert first.score == second.score
    assert (first.document.name, second.document.name) == ("plain.txt", "other.txt")
    assert first.passage.text == second.passage.text == text


def test_a_passage_s_headings_are_searched_with_it(library: Library) -> None:
    text = "## The lathe\n\nIt stands in a loft above the quay.\n\n## The rope\n\nIt hangs in a loft above the quay.\n"
    put_text(library, WORD_EMBEDDER, text, "/documents/a.md")
    assert [hit.passage.headings for hit in search(library, WORD_EMBEDDER, "Where is the rope?")] == [
        ("The rope",),
        ("The lathe",),
    ]
    assert search(library, WORD_EMBEDDER, "lathe")[0].keyword_share == 1


def test_furniture_and_headings_are_never_hits(bells: Library) -> None:
    hits = search(bells, WORD_EMBEDDER, "Home | About us: the harbour bells", 100)
    assert {hit.passage.role for hit in hits} == {"body"}


def test_a_library_of_nothing_has_no_hits(library: Library) -> None:
    assert search(library, WORD_EMBEDDER, "Who rings the bell?") == ()


def test_scores_of_the_real_model_are_those_of_the_slow_retriever(demo_library: Library, embedder: Embedder) -> None:
    question = prepare_question(demo_library, embedder, "Who made the oldest bell in Port Ellery?")
    for hit in retrieve(demo_library, question, 50).hits:
        assert (hit.score, hit.cosine) == pytest.approx(slow_score(demo_library, question, hit.passage), abs=2e-3)


def test_of_the_demo_library_nothing_better_than_the_best_ten_was_left_out(
    demo_library: Library, embedder: Embedder
) -> None:
    """All passages are more than are ranked by evidence: what is cut off before that must be no loss."""
    path = Path(__file__).parents[2] / "qa" / "demo" / "questions.jsonl"
    passages = all_passages(demo_library)
    for line in path.read_text("utf-8").splitlines()[::8]:
        question = prepare_question(demo_library, embedder, json.loads(line)["question"])
        expected = sorted((slow_score(demo_library, question, passage)[0] for passage in passages), reverse=True)[:10]
        found = [hit.score for hit in retrieve(demo_library, question, 10).hits]
        assert found == pytest.approx(expected, abs=2e-3)


def test_another_opening_of_the_library_and_a_vector_file_made_again_change_nothing(
    bells_folder: Path, bells: Library
) -> None:
    texts = ["Who rings the oldest bell?", "quay herring", "What is it?", "moth"]
    expected = [[astuple(hit) for hit in search(bells, WORD_EMBEDDER, text)] for text in texts]
    with Library(bells_folder) as again:
        assert [[astuple(hit) for hit in search(again, WORD_EMBEDDER, text)] for text in texts] == expected
    [file] = bells_folder.glob("vectors-*.faiss")
    file.unlink()
    with Library(bells_folder) as again:
        assert [[astuple(hit) for hit in search(again, WORD_EMBEDDER, text)] for text in texts] == expected
    assert file.exists()


def test_chosen_documents_are_searched_as_if_no_others_were_there(library: Library) -> None:
    """However many passages of others come before theirs."""
    crowd = "\n\n".join(f"The bell of place {number} rings at noon over the quay." for number in range(900))
    put_text(library, WORD_EMBEDDER, crowd, "/crowd.txt")
    put_text(library, WORD_EMBEDDER, "Somewhere a bell is kept in straw.\n\nThe warden sleeps.", "/quiet.txt")
    quiet = next(document for document in library.documents() if document.name == "quiet.txt")
    question = prepare_question(library, WORD_EMBEDDER, "Which bell rings at noon over the quay?")
    found = retrieve(library, question, 10, {quiet.id})
    assert {hit.document.name for hit in found.hits} == {"quiet.txt"}
    assert [hit.passage.text for hit in found.hits] == ["Somewhere a bell is kept in straw.\n\nThe warden sleeps."]
    assert retrieve(library, question, 10, ()).hits == ()
    everything = {document.id for document in library.documents()}
    assert retrieve(library, question, 10, everything).hits == retrieve(library, question, 10).hits
