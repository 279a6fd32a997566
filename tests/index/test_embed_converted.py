"""Converted copies of a model: near enough to it, the same to the bit each time, and made again where need be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from threadpoolctl import threadpool_info
from transformers import BertConfig, BertModel

from index.convert import Agreement, compare, convert, put_copy
from index.converted_model import (
    GRAPH,
    WORDS,
    Manifest,
    copy_folder,
    file_digest,
    open_copy,
    read_manifest,
    write_manifest,
)
from index.embed import Embedder
from index.model import DEFAULT_MODEL, ModelFiles, find_model
from index.sentence_model import SentenceModel, may_find_accelerator
from index.vectors import Vectors
from source.load import load_document
from tests.conftest import DEMO_DOCUMENTS
from tests.documents import body_sentences

pytestmark = pytest.mark.skipif(may_find_accelerator(), reason="PyTorch may find a faster chip here, and uses no copy")

QUESTION = "Where are the bells of Port Ellery?"


@pytest.fixture(scope="module")
def passages() -> list[list[str]]:
    """Body passages of two demo documents, every third one, as folded sentences."""
    documents = [load_document(DEMO_DOCUMENTS / name) for name in ("harbour-bells.txt", "museum-loan-report.md")]
    return [passage for document in documents for passage in body_sentences(document)][::3]


@pytest.fixture(scope="module")
def published() -> Embedder:
    """The default model itself."""
    return Embedder(find_model(DEFAULT_MODEL), as_published=True)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "quoted-answers" / "models"


def make_model(folder: Path, heads: int, size: int, layers: int, *, spread: float = 0.2) -> ModelFiles:
    """A random BERT with the default model's tokenizer; the larger its weights, the more a small error grows."""
    torch.manual_seed(size)
    config = BertConfig(num_hidden_layers=layers, initializer_range=spread, num_attention_heads=heads)
    config.hidden_size, config.intermediate_size = size, 3 * size
    bert = BertModel(config)
    default = find_model(DEFAULT_MODEL).folder
    bert.save_pretrained(folder / "bert")
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        (folder / "bert" / name).write_bytes((default / name).read_bytes())
    module = Transformer(str(folder / "bert"), max_seq_length=64)
    SentenceTransformer(modules=[module, Pooling(size, pooling_mode="mean")], device="cpu").save(str(folder / "model"))
    return find_model(str(folder / "model"))


def graph_operators(folder: Path) -> set[str]:
    """What the nodes of a copy do."""
    import onnx

    return {node.op_type for node in onnx.load(folder / GRAPH).graph.node}


@pytest.mark.parametrize("shape", [(1, 8, 1), (4, 32, 3), (12, 96, 2)], ids=str)
def test_a_float32_copy_of_any_bert_gives_its_vectors(
    shape: tuple[int, int, int], cache: Path, tmp_path: Path, passages: list[list[str]]
) -> None:
    files = make_model(tmp_path, *shape)
    itself = Embedder(files, as_published=True)
    assert convert(files, SentenceModel(files), copy_folder(files), ["float32"])
    copy = Embedder(files)
    assert (copy.is_converted, copy.identity) == (True, itself.identity)
    np.testing.assert_allclose(copy.embed_question(QUESTION), itself.embed_question(QUESTION), atol=1e-4)
    for one, other in zip(copy.embed_passages(passages), itself.embed_passages(passages), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    for tokens, others in zip(copy.embed_tokens(passages), itself.embed_tokens(passages), strict=True):
        np.testing.assert_allclose(tokens.midway, others.midway, atol=1e-4)
        np.testing.assert_allclose(tokens.in_context, others.in_context, atol=1e-4)


def test_numpy_leaves_the_cores_to_the_model(embedder: Embedder) -> None:
    assert embedder.is_converted
    assert {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"} == {1}


def test_the_8_bit_copy_of_the_default_model_stays_near_it(
    embedder: Embedder, published: Embedder, passages: list[list[str]]
) -> None:
    assert embedder.is_converted
    assert embedder.identity == published.identity
    assert float(embedder.embed_question(QUESTION) @ published.embed_question(QUESTION)) > 0.998
    pairs = zip(embedder.embed_passages(passages), published.embed_passages(passages), strict=True)
    cosines = np.concatenate([np.sum(one * other, axis=1) for one, other in pairs])
    assert cosines.mean() > 0.998
    assert cosines.min() > 0.99


def test_a_vector_is_the_same_to_the_bit_whatever_it_is_computed_with(
    embedder: Embedder, passages: list[list[str]]
) -> None:
    together = embedder.embed_passages(passages)
    alone = [embedder.embed_passages([passage])[0] for passage in passages]
    with ThreadPoolExecutor(4) as threads:
        at_once = list(threads.map(lambda passage: embedder.embed_passages([passage])[0], passages))
    for one, other, third in zip(together, alone, at_once, strict=True):
        assert one.tobytes() == other.tobytes() == third.tobytes()


def test_another_process_starts_without_pytorch_and_finds_the_same_vector(embedder: Embedder) -> None:
    code = (
        "import sys; from index.embed import Embedder; from index.model import DEFAULT_MODEL, find_model\n"
        f"vector = Embedder(find_model(DEFAULT_MODEL)).embed_question({QUESTION!r})\n"
        "slow = {'torch', 'transformers', 'sentence_transformers', 'onnx'}\n"
        "print(vector.tobytes().hex(), sorted(slow & {*sys.modules}))"
    )
    assert embedder.is_converted
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout == f"{embedder.embed_question(QUESTION).tobytes().hex()} []\n"
    assert child.stderr == ""


def test_a_model_that_8_bits_would_spoil_keeps_its_float32_weights(
    cache: Path, tmp_path: Path, passages: list[list[str]]
) -> None:
    files = make_model(tmp_path, 4, 32, 3, spread=1.0)
    copy, itself = Embedder(files), Embedder(files, as_published=True)
    assert copy.is_converted
    assert "MatMulIntegerToFloat" not in graph_operators(copy_folder(files))
    np.testing.assert_allclose(copy.embed_question(QUESTION), itself.embed_question(QUESTION), atol=1e-4)


def test_where_no_copy_agrees_the_model_itself_is_used_and_says_so(cache: Path, tmp_path: Path) -> None:
    files = make_model(tmp_path, 4, 32, 3, spread=1.0)
    assert convert(files, SentenceModel(files), copy_folder(files), ["8-bit", "7-bit"])
    before = sorted(path.stat().st_mtime_ns for path in cache.rglob("*"))
    embedder = Embedder(files)
    assert not embedder.is_converted
    assert embedder.notice.startswith(
        f"Cannot use a faster copy of the model {files.name}: its vectors are not those of the model (cosines down to "
    )
    assert embedder.notice.endswith("). Embedding takes longer without it; nothing else changes.")
    assert sorted(path.stat().st_mtime_ns for path in cache.rglob("*")) == before


@pytest.fixture
def small(cache: Path, tmp_path: Path) -> tuple[ModelFiles, Path]:
    """A small model and the folder of its copy."""
    files = make_model(tmp_path, 4, 32, 2)
    assert Embedder(files).is_converted
    return files, copy_folder(files)


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", [GRAPH, WORDS, "tokenizer.json", "manifest.json"])
def test_a_damaged_copy_is_made_again(small: tuple[ModelFiles, Path], name: str) -> None:
    files, folder = small
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    if name == "manifest.json":
        (folder / name).write_text((folder / name).read_text()[:-9])
    else:
        damage(folder / name)
    assert Embedder(files).is_converted
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_copy_that_does_otherwise_on_this_machine_is_made_again(small: tuple[ModelFiles, Path]) -> None:
    files, folder = small
    manifest = read_manifest(folder)
    assert manifest
    fields = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**fields, "expected": [-one for one in fields["expected"]]}))
    spoiled = read_manifest(folder)
    assert spoiled
    assert open_copy(folder, spoiled) is None
    assert Embedder(files).is_converted
    assert read_manifest(folder) == manifest


def test_copies_made_at_the_same_time_do_not_disturb_each_other(cache: Path, tmp_path: Path) -> None:
    files = make_model(tmp_path, 4, 32, 1)
    model, folder = SentenceModel(files), copy_folder(files)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: convert(files, model, folder), range(4)))
    assert made == [True] * 4
    assert [path.name for path in cache.iterdir()] == [folder.name]
    assert Embedder(files).is_converted


def test_what_a_killed_process_left_is_removed_after_a_day_and_not_before(cache: Path, tmp_path: Path) -> None:
    old, new = cache / "a.x.tmp", cache / "b.x.tmp"
    for folder, days in ((old, 2), (new, 0)):
        folder.mkdir(parents=True)
        (folder / WORDS).write_bytes(b"unfinished")
        os.utime(folder, (time.time() - days * 86_400,) * 2)
    files = make_model(tmp_path, 4, 32, 1)
    assert Embedder(files).is_converted
    assert {path.name for path in cache.iterdir()} == {new.name, copy_folder(files).name}


def test_of_copies_put_into_one_place_at_the_same_time_one_stays_whole(tmp_path: Path) -> None:
    for number in range(40):
        cache = tmp_path / str(number)
        folders = [cache / f"{name}.tmp" for name in "abcdef"]
        for folder in folders:
            folder.mkdir(parents=True)
            (folder / WORDS).write_bytes(b"the same words")
            write_manifest(folder, Manifest({WORDS: file_digest(folder / WORDS)}, 8, (101, 102), "a text", (1.0,)))
        expected = read_manifest(folders[0])
        with ThreadPoolExecutor(len(folders)) as threads:
            list(threads.map(lambda folder: put_copy(folder, cache / "copy"), folders))  # noqa: B023
        assert read_manifest(cache / "copy") == expected is not None
        assert [path for path in cache.iterdir() if path not in folders] == [cache / "copy"]


def test_a_copy_that_another_process_has_just_made_is_left_to_it(small: tuple[ModelFiles, Path]) -> None:
    files, folder = small
    before = folder.stat().st_ino
    assert convert(files, SentenceModel(files), folder)
    assert folder.stat().st_ino == before


def test_a_copy_that_goes_while_it_is_opened_is_none(small: tuple[ModelFiles, Path]) -> None:
    _, folder = small
    manifest = read_manifest(folder)
    assert manifest
    for name in (GRAPH, WORDS, "tokenizer.json"):
        (folder / name).rename(folder / "elsewhere")
        assert open_copy(folder, manifest) is None
        (folder / "elsewhere").rename(folder / name)
    assert open_copy(folder, manifest)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_where_the_disk_is_full_the_model_itself_is_used(cache: Path, tmp_path: Path) -> None:
    import resource

    files = make_model(tmp_path, 4, 32, 1)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        embedder = Embedder(files)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not embedder.is_converted
    start = f"Cannot use a faster copy of the model {files.name}: {cache} cannot be written ("
    assert embedder.notice.startswith(start)
    assert "None" not in embedder.notice.removeprefix(start)
    assert [*cache.iterdir()] == []


def test_a_model_of_the_same_weights_and_other_settings_is_another_model(small: tuple[ModelFiles, Path]) -> None:
    files, _ = small
    config = files.folder / "1_Pooling" / "config.json"
    config.write_text(config.read_text().replace('"mean"', '"cls"'))
    other = find_model(files.name)
    assert other.digest == files.digest
    embedder = Embedder(other)
    assert (embedder.is_converted, embedder.identity.pooling, embedder.notice) == (False, "single", "")


def test_where_no_copy_can_be_written_the_model_itself_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    files = make_model(tmp_path, 4, 32, 1)
    embedder = Embedder(files)
    assert not embedder.is_converted
    place = tmp_path / "file" / "quoted-answers" / "models"
    assert embedder.notice == (
        f"Cannot use a faster copy of the model {files.name}: {place} cannot be written (Not a directory). "
        "Embedding takes longer without it; nothing else changes."
    )


def test_agreement_by_hand() -> None:
    """Of three texts at 0, 90 and 180 degrees, the copy turns the second by 60 degrees towards the first."""
    one = FixedModel([(1, 0), (0, 1), (-1, 0)])
    other = FixedModel([(1, 0), (np.sqrt(3) / 2, 1 / 2), (-1, 0)])
    agreement = compare(one, other, ["0", "1", "2"])
    assert agreement.mean == pytest.approx(2.5 / 3)
    assert agreement.worst == pytest.approx(0.5)
    assert agreement.moved == pytest.approx(np.sqrt(3) / 2)
    assert agreement.ordered == 1
    assert not agreement.is_close
    assert compare(one, one, ["0", "1", "2"]) == Agreement(1.0, 1.0, 0.0, 1.0)


class FixedModel:
    """Texts are numbers, and their vectors known."""

    def __init__(self, vectors: list[tuple[float, float]]) -> None:
        self.window = 3
        self._vectors = vectors

    def tokenize(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        return [int(text)], [(0, len(text))]

    def token_vectors(self, rows: Sequence[Sequence[int]]) -> list[Vectors]:
        return [np.array([self._vectors[number] for number in row], dtype=np.float32) for row in rows]
