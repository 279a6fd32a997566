"""An embedding model as Sentence Transformers loads it, on whatever chip PyTorch finds.

This is the only module that imports `torch`, `transformers` or `sentence_transformers`.
"""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np

from index.bert_graph import Array
from index.model import ModelFiles
from index.vectors import Vectors
from source.errors import ModelError

Pooling = Literal["late", "single"]
"""`late`: sentences are averaged from their passage's token vectors. `single`: each is encoded by itself."""

# Padded tokens in one forward pass: larger batches only add padding on a CPU.
_BATCH_TOKENS = 4096
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")
_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd", "C:/Windows/System32/nvcuda.dll")
"""What is there where PyTorch may find a graphics chip: NVIDIA's, through Windows, AMD's."""


@dataclass(frozen=True, slots=True)
class BertParts:
    """A BERT encoder: its configuration, its float32 arrays by name, and its tokenizer in JSON."""

    config: Any
    arrays: dict[str, Array]
    tokenizer: str


class SentenceModel:
    """A loaded model; threads may share it, and take turns between batches.

    Raises:
        ModelError: `files` hold no model that Sentence Transformers can load.
    """

    def __init__(self, files: ModelFiles) -> None:
        self._model = _load(files)
        self._lock = threading.Lock()
        self.dimension: int = self._model.get_embedding_dimension() or len(self.embed_question("dimension"))
        self.pooling: Pooling = "late" if self._pools_by_mean() else "single"

    @property
    def window(self) -> int:
        """How many tokens it reads at once, marks included."""
        return int(self._model.max_seq_length)

    @property
    def is_on_cpu(self) -> bool:
        """Whether PyTorch found nothing faster."""
        return bool(self._model.device.type == "cpu")

    @property
    def tells_tokens(self) -> bool:
        """Whether `tokenize` may be called: a tokenizer written in Python does not say where its tokens stand."""
        return self._has_bare_tokenizer or bool(getattr(self._model.tokenizer, "is_fast", False))

    @property
    def _has_bare_tokenizer(self) -> bool:
        """True of a table of word vectors, the tokenizer of which is not wrapped by Transformers."""
        return hasattr(self._model.tokenizer, "encode_batch")

    def embed_question(self, question: str) -> Vectors:
        """(dimension,) float32 of length 1. Words past the window do not count."""
        with self._lock:
            vector = self._model.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def embed_sentences(self, sentences: Sequence[str]) -> Vectors:
        """(sentences, dimension) float32 of length 1: each encoded by itself."""
        # Sentence Transformers adds an empty prompt named "document", and would take that before any other.
        prompt = next((name for name in _DOCUMENT_PROMPTS if self._model.prompts.get(name)), None)
        with self._lock:
            vectors = self._model.encode_document(
                [*sentences], prompt_name=prompt, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32).reshape(len(sentences), self.dimension)

    def fit_window(self, sentence: str) -> list[str]:
        """`sentence` in parts that the model reads to their ends."""
        window, tokenizer = self._model.max_seq_length, self._model.tokenizer
        if not isinstance(window, int) or not getattr(tokenizer, "is_fast", False):
            return [sentence]  # its window is endless, or not to be told
        longest_prompt = max(self._model.prompts.values(), key=len, default="") or ""
        # One is left: a part that begins within a word may have a token more for the blank that is taken for granted.
        capacity = max(1, window - 1 - len(tokenizer(longest_prompt, verbose=False)["input_ids"]))
        encoded = tokenizer(sentence, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        starts = [start for start, _ in encoded["offset_mapping"][::capacity]]
        return [sentence[start:end] for start, end in pairwise([0, *starts[1:], len(sentence)])]

    def tokenize(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The ids of all tokens of `text` without marks, and the code points that each stands for."""
        if self._has_bare_tokenizer:
            bare = self._model.tokenizer.encode(text, add_special_tokens=False)
            return bare.ids, bare.offsets
        with self._lock:
            encoded = self._model.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return encoded["input_ids"], encoded["offset_mapping"]

    def token_vectors(self, rows: Sequence[Sequence[int]]) -> list[Vectors]:
        """For the token ids of each text, at most the window without its marks, (tokens, dimension) float32."""
        return [last for [last] in self._layers(rows, self._pass)]

    def token_layers(self, rows: Sequence[Sequence[int]]) -> list[tuple[Vectors, Vectors]]:
        """As `token_vectors`, each after half of the layers and after the last."""
        return [(midway, last) for midway, last in self._layers(rows, self._pass_both)]

    def _layers(
        self, rows: Sequence[Sequence[int]], one_pass: Callable[[Sequence[Sequence[int]]], Vectors]
    ) -> list[Vectors]:
        """For each row, (layers, tokens, dimension)."""
        found: list[Vectors] = [np.zeros((0, 0, self.dimension), np.float32)] * len(rows)
        shortest_first = sorted(range(len(rows)), key=lambda number: (len(rows[number]), number))
        for batch in _batches(shortest_first, rows):
            layers = one_pass([rows[number] for number in batch])
            for place, number in enumerate(batch):
                found[number] = layers[:, place, 1 : 1 + len(rows[number])]
        return found

    def word_vectors(self, ids: Sequence[int]) -> Vectors:
        """(tokens, dimension) float32: what stands for each token before the first layer."""
        table = self._model[0].auto_model.get_input_embeddings().weight.detach()
        return np.asarray(table[[*ids]].float().cpu().numpy(), dtype=np.float32)

    def marks(self) -> tuple[int, int]:
        """The ids that begin and end each text of a model that pools late."""
        first, last = self._model.tokenizer("")["input_ids"]
        return first, last

    def bert_parts(self) -> BertParts | None:
        """What a copy is made of; None of a model that is no plain BERT encoder or does not pool late."""
        if self.pooling != "late":
            return None
        bert = self._model[0].auto_model
        config = bert.config
        is_plain = type(bert).__name__ == "BertModel" and config.hidden_act == "gelu" and not config.is_decoder
        if not is_plain or getattr(config, "position_embedding_type", "absolute") != "absolute":
            return None
        backend = self._model.tokenizer.backend_tokenizer
        tokenizer = type(backend).from_str(backend.to_str())
        tokenizer.no_padding()
        tokenizer.no_truncation()
        arrays = {name: tensor.float().cpu().numpy() for name, tensor in bert.state_dict().items()}
        return BertParts(config, arrays, tokenizer.to_str())

    def largest_inputs(self, rows: Sequence[Sequence[int]], names: Sequence[str]) -> dict[str, Vectors]:
        """By the names of linear layers, the largest absolute number in each column that comes in with `rows`."""
        seen: dict[str, list[Any]] = {name: [] for name in names}

        def watch(name: str) -> Callable[[Any, Any], None]:
            return lambda _, inputs: seen[name].append(inputs[0].abs().flatten(0, -2).amax(0).float().cpu().numpy())

        with ExitStack() as hooks:
            for name in names:
                module = self._model[0].auto_model.get_submodule(name)
                hooks.callback(module.register_forward_pre_hook(watch(name)).remove)
            for row in rows:
                self._pass([row])
        return {name: np.max(largest, axis=0) for name, largest in seen.items()}

    def _pass(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """(1, rows, tokens and marks and padding, dimension)."""
        return self._run(rows, lambda padded: [self._model[0](padded)["token_embeddings"]])

    def _pass_both(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """As `_pass`, but (2, ...): after half of the layers and after the last."""

        def both(padded: dict[str, Any]) -> list[Any]:
            passed = self._model[0].auto_model(**padded, output_hidden_states=True)
            # Not the last of these: of some models it is not normalized yet.
            return [passed.hidden_states[(len(passed.hidden_states) - 1) // 2], passed.last_hidden_state]

        return self._run(rows, both)

    def _run(self, rows: Sequence[Sequence[int]], layers_of: Callable[[dict[str, Any]], list[Any]]) -> Vectors:
        import torch

        first_mark, last_mark = self.marks()
        marked = [[first_mark, *row, last_mark] for row in rows]
        with self._lock:
            padded = self._model.tokenizer.pad({"input_ids": marked}, return_tensors="pt").to(self._model.device)
            with torch.inference_mode():
                vectors = torch.stack(layers_of(dict(padded))).float().cpu().numpy()
        return np.asarray(vectors, dtype=np.float32)

    def _pools_by_mean(self) -> bool:
        modules = list(self._model)
        names = [type(module).__name__ for module in modules]
        prompts = any(self._model.prompts.values())  # the tokens of a prompt would be those of a sentence
        return (
            names[:2] == ["Transformer", "Pooling"]
            and set(names[2:]) <= {"Normalize"}
            and modules[1].pooling_mode == "mean"
            and self._model.tokenizer.is_fast
            and len(self._model.tokenizer("")["input_ids"]) == 2
            and not prompts
        )


def may_find_accelerator() -> bool:
    """Whether PyTorch could find a faster chip than the CPU. Asking it takes a second, looking for drivers does not."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    build = metadata.version("torch").partition("+")[2]
    if build == "cpu":
        return False
    return build == "xpu" or any(Path(driver).exists() for driver in _DRIVERS)


def _batches(numbers: Sequence[int], rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Runs of `numbers`, the rows of which are sorted by length, of at most `_BATCH_TOKENS` once padded."""
    batch: list[int] = []
    for number in numbers:
        if batch and (len(batch) + 1) * (len(rows[number]) + 2) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _load(files: ModelFiles) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return _within_positions(SentenceTransformer(str(files.folder), local_files_only=True))
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        reason = f"Sentence Transformers cannot load it ({str(error).splitlines()[0][:200] if str(error) else error!r})"
        raise ModelError(f"Cannot load the model {files.name}", reason, "Choose another with --model.") from error


def _within_positions(model: Any) -> Any:
    """`model`, with no larger window than it has places for: RoBERTa and its like do not use the first few."""
    encoder = getattr(model[0], "auto_model", None)
    places: Any = getattr(getattr(encoder, "embeddings", None), "position_embeddings", None)
    first = getattr(places, "padding_idx", None)
    if first is not None:
        model.max_seq_length = min(model.max_seq_length, places.num_embeddings - first - 1)
    return model
