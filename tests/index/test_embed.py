"""Embedding with the real model: one pass per passage gives what slow, obvious loops over its tokens give."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from index.convert import convert
from index.converted_model import copy_folder
from index.embed import Embedder
from index.model import DEFAULT_MODEL, ModelFiles, find_model
from index.sentence_model import SentenceModel
from index.vectors import Vectors
from source.errors import ModelError
from source.fold import fold
from source.load import load_document
from tests.conftest import DEMO_DOCUMENTS
from tests.documents import body_sentences
from tests.strategies import texts

FILLER = "The bell of the north breakwater rings each time the tide has turned, and it is heard at the customs house."
FACT = "The password of the boathouse is herring."


@pytest.fixture(scope="module")
def model() -> Any:
    """The same model, used through its own library alone."""
    return SentenceTransformer(str(find_model(DEFAULT_MODEL).folder), local_files_only=True)


@pytest.fixture(scope="module", params=["as published", "float32 copy"])
def exact(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """What should give the same vectors as Sentence Transformers, but for the last digits."""
    files = find_model(DEFAULT_MODEL)
    if request.param == "as published":
        return Embedder(files, as_published=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        assert convert(files, SentenceModel(files), copy_folder(files), ["float32"])
        opened = Embedder(files)
    if not opened.is_converted:
        pytest.skip("PyTorch finds a faster chip than the CPU here, so no copy is used")
    return opened


@pytest.fixture(scope="module")
def passages() -> list[list[str]]:
    """Body passages of two demo documents, every other one, as folded sentences."""
    documents = [load_document(DEMO_DOCUMENTS / name) for name in ("harbour-bells.txt", "museum-loan-report.md")]
    return [passage for document in documents for passage in body_sentences(document)][::2]


def slow_pool(model: Any, sentences: list[str]) -> Vectors:
    """One passage: each sentence's vector is the mean of those of its tokens, found one by one by their places."""
    passage = " ".join(sentences)
    offsets = model.tokenizer(passage, return_offsets_mapping=True)["offset_mapping"]
    tokens = model.encode(passage, output_value="token_embeddings", show_progress_bar=False).numpy()
    pooled = []
    start = 0
    for sentence in sentences:
        end = start + len(sentence)
        mine = [vector for vector, (first, last) in zip(tokens, offsets, strict=True) if start <= first < last <= end]
        mean = np.mean(mine, axis=0)
        pooled.append(mean / np.linalg.norm(mean))
        start = end + 1
    return np.array(pooled, dtype=np.float32)


def cosine(one: Vectors, other: Vectors) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def test_pooling_equals_the_mean_of_each_sentence_s_own_tokens(
    exact: Embedder, model: Any, passages: list[list[str]]
) -> None:
    fit = [
        passage for passage in passages if len(model.tokenizer(" ".join(passage))["input_ids"]) <= model.max_seq_length
    ]
    assert len(fit) > 0.9 * len(passages)
    for passage, vectors in zip(fit, exact.embed_passages(fit), strict=True):
        np.testing.assert_allclose(vectors, slow_pool(model, passage), atol=1e-4)


def test_who_else_is_in_the_batch_changes_next_to_nothing(exact: Embedder, passages: list[list[str]]) -> None:
    together = exact.embed_passages(passages)
    backwards = exact.embed_passages(passages[::-1])[::-1]
    for number, passage in list(enumerate(passages))[::5]:
        [alone] = exact.embed_passages([passage])
        np.testing.assert_allclose(together[number], alone, atol=1e-3)
        np.testing.assert_allclose(backwards[number], alone, atol=1e-3)


def test_a_passage_longer_than_the_window_loses_nothing(embedder: Embedder, model: Any) -> None:
    """A fact in the last of 40 sentences is found as if it stood alone, and none of the others is lost."""
    sentences = [*[FILLER] * 40, FACT]
    [vectors] = embedder.embed_passages([sentences])
    alone = model.encode([FILLER, FACT], normalize_embeddings=True, show_progress_bar=False)
    assert min(cosine(vector, alone[0]) for vector in vectors[:-1]) > 0.6
    assert cosine(vectors[-1], alone[1]) > 0.6
    assert max(vectors[:-1] @ alone[1]) < vectors[-1] @ alone[1] - 0.2
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_sentence_longer_than_the_window_counts_to_its_end(embedder: Embedder) -> None:
    words = "bell rope tide quay gull " * 80
    [[without]], [[with_fact]] = embedder.embed_passages([[words]]), embedder.embed_passages([[words + FACT]])
    question = embedder.embed_question("What is the password of the boathouse?")
    assert with_fact @ question > without @ question + 0.05


def test_tokens_come_with_their_parts_places_and_all_of_their_vectors(
    exact: Embedder, model: Any, passages: list[list[str]]
) -> None:
    table = model[0].auto_model.get_input_embeddings().weight.detach().numpy()
    some = [passage for passage in passages if len(passage) > 1][:3]
    for passage, tokens in zip(some, exact.embed_tokens(some), strict=True):
        text = " ".join(passage)
        ids = model.tokenizer(text)["input_ids"][1:-1]
        in_context = model.encode(text, output_value="token_embeddings", show_progress_bar=False).numpy()[1:-1]
        layers = model[0].auto_model(**model.tokenizer(text, return_tensors="pt"), output_hidden_states=True)
        midway = layers.hidden_states[3][0, 1:-1].detach().numpy()
        assert tokens.ids.tolist() == ids
        assert [text[start:end].lower() for start, end in tokens.places] == [
            model.tokenizer.convert_ids_to_tokens(id_).removeprefix("##") for id_ in ids
        ]
        expected_layers = (table[ids], midway, in_context)
        for vectors, expected in zip((tokens.alone, tokens.midway, tokens.in_context), expected_layers, strict=True):
            lengths = np.linalg.norm(expected, axis=1, keepdims=True)
            np.testing.assert_allclose(vectors, expected / lengths, atol=1e-4)
        assert tokens.part_of.tolist() == [
            part for part, sentence in enumerate(passage) for _ in model.tokenizer(sentence)["input_ids"][1:-1]
        ]


def test_no_token_of_a_long_text_is_left_out(exact: Embedder, model: Any) -> None:
    sentences = [*[FILLER] * 40, FACT]
    [tokens, nothing] = exact.embed_tokens([sentences, []])
    assert len(tokens.part_of) == len(model.tokenizer(" ".join(sentences), verbose=False)["input_ids"]) - 2
    assert tokens.part_of[-1] == 40
    np.testing.assert_allclose(np.linalg.norm(tokens.in_context, axis=1), 1, atol=1e-5)
    assert nothing.alone.shape == nothing.midway.shape == nothing.in_context.shape == (0, exact.identity.dimension)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(texts, min_size=1, max_size=4), max_size=4))
def test_any_text_has_a_vector_of_length_one_or_none_at_all(embedder: Embedder, passages: list[list[str]]) -> None:
    folded = [[fold(sentence, "none") for sentence in passage] for passage in passages]
    embedded = embedder.embed_passages(folded)
    assert [vectors.shape for vectors in embedded] == [
        (len(passage), embedder.identity.dimension) for passage in folded
    ]
    for passage, vectors in zip(folded, embedded, strict=True):
        assert vectors.dtype == np.float32
        for sentence, vector in zip(passage, vectors, strict=True):
            expected = [1.0] if any(map(str.isalnum, sentence)) else [0.0, 1.0]
            assert any(abs(float(np.linalg.norm(vector)) - length) < 1e-4 for length in expected)


def test_a_question_is_encoded_as_the_model_s_own_library_does(exact: Embedder, model: Any) -> None:
    question = "Where are the bells of Port Ellery?"
    expected = model.encode(question, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(exact.embed_question(question), expected, atol=1e-5)


def test_the_default_model_is_what_it_says(embedder: Embedder) -> None:
    assert embedder.identity.name == DEFAULT_MODEL
    assert (embedder.identity.dimension, embedder.identity.pooling) == (384, "late")


@pytest.fixture(scope="module")
def first_token_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model, made to pool by its first token instead, so that a sentence cannot be cut out of a passage."""
    folder = tmp_path_factory.mktemp("model") / "first-token"
    shutil.copytree(find_model(DEFAULT_MODEL).folder, folder, symlinks=False)
    config = folder / "1_Pooling" / "config.json"
    pooling = json.loads(config.read_text())
    config.write_text(json.dumps({**pooling, "pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}))
    return folder


def test_a_model_that_does_not_pool_by_the_mean_is_given_each_sentence_alone(first_token_model: Path) -> None:
    embedder = Embedder(find_model(str(first_token_model)))
    model: Any = SentenceTransformer(str(first_token_model), local_files_only=True)
    passages = [[FILLER, FACT], [FACT], ["Yes."]]
    assert embedder.identity.pooling == "single"
    assert embedder.embed_passages([]) == []
    for passage, vectors in zip(passages, embedder.embed_passages(passages), strict=True):
        expected = model.encode(passage, normalize_embeddings=True, show_progress_bar=False)
        np.testing.assert_allclose(vectors, expected, atol=1e-5)
    words = "bell rope tide quay gull " * 80
    [[without]], [[with_fact]] = embedder.embed_passages([[words]]), embedder.embed_passages([[words + FACT]])
    assert cosine(without, with_fact) < 0.999


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError) as caught:
        Embedder(ModelFiles("mine", tmp_path, "0"))
    assert str(caught.value).startswith("Cannot load the model mine: Sentence Transformers cannot load it (")
    assert caught.value.remedy == "Choose another with --model."
