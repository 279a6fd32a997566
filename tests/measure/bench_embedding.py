"""Measures embedding alone: beside Sentence Transformers as it comes, and beside the bare matrix products of the model.

Repetitions of both take turns, and the best of each counts: what else the machine does meanwhile only ever adds time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sentence_transformers import SentenceTransformer

from index.embed import Embedder
from index.model import DEFAULT_MODEL, find_model
from tests.measure.datasets import SHARED_DATA, load_squad

PASSAGES = 60
QUESTIONS = 20
REREAD = 3
REPETITIONS = 5
# Of the default model: the layers, and (in, out) of each matrix in one of them.
LAYERS = 6
MATRICES = ((384, 1152), (384, 384), (384, 1536), (1536, 384))
_ROWS = 160


@dataclass(frozen=True, slots=True)
class EmbeddingFigures:
    """How many times as fast as Sentence Transformers by its defaults, and how near to it.

    `reread` is beside the same work by the model as published, for which Sentence Transformers has no call. `of_peak`
    is the share of the time that the 8-bit matrix products would take on all cores, were there nothing else.
    """

    passages: float
    question: float
    reread: float
    of_peak: float
    question_ms: float
    reread_ms: float
    mean_cosine: float
    worst_cosine: float


def measure_embedding(embedder: Embedder) -> EmbeddingFigures:
    """The figures of `embedder`, which holds the default model, on XQuAD-en."""
    files = find_model(DEFAULT_MODEL)
    usual = SentenceTransformer(str(files.folder), local_files_only=True)
    published = Embedder(files, as_published=True)
    xquad = load_squad(SHARED_DATA / "xquad" / "xquad.en.json")
    texts = [one.text for one in xquad.paragraphs][:: len(xquad.paragraphs) // PASSAGES][:PASSAGES]
    questions = [one.question for one in xquad.questions][:QUESTIONS]
    passages, reread = [[text] for text in texts], [[text] for text in texts[:REREAD]]
    usual_s, ours_s = best_of(
        lambda: usual.encode(texts, show_progress_bar=False), lambda: embedder.embed_passages(passages)
    )
    usual_question_s, question_s = best_of(
        lambda: [usual.encode(question, show_progress_bar=False) for question in questions],
        lambda: [embedder.embed_question(question) for question in questions],
    )
    published_s, reread_s = best_of(lambda: [*published.embed_tokens(reread)], lambda: [*embedder.embed_tokens(reread)])
    tokens = sum(len(one.part_of) + 2 for one in embedder.embed_tokens(passages))
    pairs = zip(embedder.embed_passages(passages), published.embed_passages(passages), strict=True)
    cosines = np.concatenate([np.sum(one * other, axis=1) for one, other in pairs])
    return EmbeddingFigures(
        passages=usual_s / ours_s,
        question=usual_question_s / question_s,
        reread=published_s / reread_s,
        of_peak=products_s(tokens) / ours_s,
        question_ms=1000 * question_s / QUESTIONS,
        reread_ms=1000 * reread_s,
        mean_cosine=float(cosines.mean()),
        worst_cosine=float(cosines.min()),
    )


def products_s(tokens: int) -> float:
    """The seconds in which all cores do the 8-bit matrix products that `tokens` tokens pass through."""
    session = products_session()
    chance = np.random.default_rng(0)
    inputs = {str(size): chance.integers(0, 255, (_ROWS, size), dtype=np.uint8) for size in (384, 1536)}
    runs = LAYERS * tokens // _ROWS
    with ThreadPoolExecutor() as threads:
        return best_of(lambda: [*threads.map(lambda _: session.run(None, inputs), range(runs))])[0]


def products_session() -> Any:
    """One layer's matrix products, each in one thread, and nothing else."""
    weights = [np.random.default_rng(0).integers(-127, 127, shape, dtype=np.int8) for shape in MATRICES]
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", [str(len(one)), f"w{i}"], [f"y{i}"]) for i, one in enumerate(weights)],
        "products",
        [helper.make_tensor_value_info(str(size), TensorProto.UINT8, [_ROWS, size]) for size in (384, 1536)],
        [helper.make_tensor_value_info(f"y{i}", TensorProto.INT32, None) for i in range(len(weights))],
        [numpy_helper.from_array(one, f"w{i}") for i, one in enumerate(weights)],
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def best_of(*works: Callable[[], object]) -> list[float]:
    """For each of `works`, which take turns, the shortest seconds it takes; the first turn only warms up."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(1 + REPETITIONS):
        for work, of_work in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            of_work.append(time.perf_counter() - began)
    return [min(of_work[1:]) for of_work in times]
