"""Trains the small network of `qa.trained` on SQuAD 1.1 train (CC BY-SA 4.0), and writes its weights.

An hour on two cores; `docs/trained_reader.md` is its card. The articles of `reader_data.held_out_titles` are left out.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional

from index.embed import Embedder
from index.model import DEFAULT_MODEL, find_model
from qa.trained import WEIGHTS
from tests.measure.reader_batches import BatchMaker, Case
from tests.measure.reader_data import make_data, training_sets, word_table
from tests.measure.reader_network import ReaderNetwork

EPOCHS = 2
_RATE, _WARM_UP_STEPS, _LAST_SHARE = 2e-3, 300, 0.01
_DECAY = 0.01
_BETAS = (0.9, 0.98)
_LARGEST_GRADIENT = 1.0
_AVERAGED = 0.998
_REPORT_EVERY = 250
_CHECKED_BATCHES = 60


class Trainer:
    """A network in training, and the moving average of its weights, which is what is kept."""

    def __init__(self, dimension: int, steps: int) -> None:
        self._network = ReaderNetwork(dimension)
        self.averaged = copy.deepcopy(self._network)
        self._steps = steps
        self._step = 0
        parameters = list(self._network.parameters())
        groups = [
            {"params": [one for one in parameters if one.ndim > 1], "weight_decay": _DECAY},
            {"params": [one for one in parameters if one.ndim <= 1], "weight_decay": 0.0},
        ]
        self._optimizer = torch.optim.AdamW(groups, lr=_RATE, betas=_BETAS)

    def learn(self, maker: BatchMaker, cases: Sequence[Case]) -> float:
        """Learn from one batch; the loss before."""
        warm, done = min(1.0, (self._step + 1) / _WARM_UP_STEPS), self._step / self._steps
        for group in self._optimizer.param_groups:
            group["lr"] = _RATE * warm * (0.5 * (1 + math.cos(math.pi * done)) + _LAST_SHARE)
        scores, places = _scores(self._network, maker, cases)
        loss = _loss(scores, places)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), _LARGEST_GRADIENT)
        self._optimizer.step()
        self._step += 1
        kept = min(_AVERAGED, self._step / (self._step + 9))
        with torch.no_grad():
            for mean, one in zip(self.averaged.parameters(), self._network.parameters(), strict=True):
                mean.lerp_(one, 1 - kept)
        return float(loss.detach())


def _scores(network: ReaderNetwork, maker: BatchMaker, cases: Sequence[Case]) -> tuple[torch.Tensor, torch.Tensor]:
    """(cases, 1 + tokens of both passages, 2) with 0 for no answer first, and (cases, 2) the right places."""
    passages, asked, places = maker.tensors(cases)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = network(passages, asked)
    both = torch.cat([scores[: len(cases)], scores[len(cases) :]], 1)
    return torch.cat([torch.zeros(len(cases), 1, 2), both], 1), places


def _loss(scores: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    likelihoods = functional.log_softmax(scores, 1).gather(1, places[:, None])
    return -likelihoods.mean()


def check(network: ReaderNetwork, maker: BatchMaker, batches: Sequence[Sequence[Case]]) -> str:
    """The loss on `batches`, how often the first token of the answer is right, and the AUROC of there being one."""
    network.eval()
    losses, begins, answered, unanswered = [], [], [], []
    with torch.no_grad():
        for cases in batches:
            scores, places = _scores(network, maker, cases)
            losses.append(float(_loss(scores, places)))
            has_answer = places[:, 0] > 0
            begins += (scores[:, 1:, 0].argmax(1) + 1 == places[:, 0])[has_answer].tolist()
            sure = scores[:, 1:].logsumexp(1).mean(-1)
            answered += sure[has_answer].tolist()
            unanswered += sure[~has_answer].tolist()
    above = np.mean(np.array(answered)[:, None] > np.array(unanswered))
    network.train()
    return f"loss {np.mean(losses):.3f}, begins right {np.mean(begins):.3f}, AUROC {above:.3f}"


def train(data: BatchMaker, held: BatchMaker, dimension: int, epochs: int) -> ReaderNetwork:
    """The network after so many epochs of `data`; prints how it does on `held` meanwhile."""
    torch.manual_seed(0)
    batches = [batch for epoch in range(epochs) for batch in data.epoch(random.Random(epoch))]
    checked = list(held.epoch(random.Random(0)))[:_CHECKED_BATCHES]
    trainer = Trainer(dimension, len(batches))
    losses: list[float] = []
    for step, cases in enumerate(batches, 1):
        losses.append(trainer.learn(data, cases))
        if step % _REPORT_EVERY == 0 or step == len(batches):
            told = check(trainer.averaged, held, checked)
            print(
                f"{step:,} of {len(batches):,} batches: loss {np.mean(losses[-_REPORT_EVERY:]):.3f}; held out: {told}"
            )
    return trainer.averaged


def save(network: torch.nn.Module, digest: str, path: Path) -> None:
    """Write the weights at 16 bits; `digest` is that of the embedding model they go with."""
    weights = {name: values.half().contiguous() for name, values in network.state_dict().items()}
    save_file(weights, path, {"model": digest, "licence": "CC BY-SA 4.0"})
    path.chmod(0o644)  # others are to read it, too


def main() -> None:
    """Train, and write the weights in half precision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=EPOCHS, metavar="N", help=f"{EPOCHS} unless given")
    parser.add_argument("--output", type=Path, default=WEIGHTS, metavar="FILE")
    arguments = parser.parse_args()
    files = find_model(DEFAULT_MODEL)
    embedder = Embedder(files)
    words = word_table(files)
    data, held = (BatchMaker(make_data(embedder, one), words) for one in training_sets())
    network = train(data, held, words.shape[1], arguments.epochs)
    save(network, embedder.identity.digest, arguments.output)


if __name__ == "__main__":
    main()
