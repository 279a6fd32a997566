"""Trains the small network of `qa.left_out` on CANARD and SQuAD 1.1 train, and writes its weights.

Ten minutes on two cores; `docs/completing.md` is its card. A quarter of CANARD's conversations is left out.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.embed import Embedder
from index.model import DEFAULT_MODEL, find_model
from qa.layers import SCALE
from qa.left_out import WEIGHTS
from tests.measure.conversations import load_canard
from tests.measure.datasets import SHARED_DATA, load_squad
from tests.measure.left_out_data import Case, Meanings, canard_examples, case_of, squad_examples
from tests.measure.reader_network import Block
from tests.measure.train_reader import save

EPOCHS = 2
_WIDTH, _BLOCKS, _DROPPED = 128, 2, 0.3
_RATE, _WARM_UP_STEPS, _DECAY = 1e-3, 100, 0.05
_CASES, _SORTED_TOGETHER = 32, 20
_AVERAGED = 0.995
_MOST_OF_SQUAD = 12_000
_REPORT_EVERY = 200
_SHARES = (0.9, 0.8, 0.75, 0.7, 0.6)


class LeftOutNetwork(nn.Module):
    """From the meanings and features of words to the log odds that each is to be added to the question."""

    def __init__(self, meanings: int, features: int) -> None:
        super().__init__()
        self.meanings = nn.Linear(meanings, _WIDTH)
        self.features = nn.Linear(features, _WIDTH)
        self.first = nn.LayerNorm(_WIDTH)
        self.blocks = nn.ModuleList(Block(_WIDTH, _DROPPED) for _ in range(_BLOCKS))
        self.last = nn.LayerNorm(_WIDTH)
        self.added = nn.Linear(_WIDTH, 1)
        nn.init.constant_(self.added.bias, -2.0)

    def forward(self, meanings: Tensor, features: Tensor, is_word: Tensor) -> Tensor:
        """(cases, words)."""
        meanings = functional.dropout(meanings, _DROPPED / 2, self.training) * SCALE
        state = self.first(self.meanings(meanings) + self.features(features))
        for block in self.blocks:
            state = block(state, is_word)
        scores: Tensor = self.added(self.last(state))[..., 0]
        return scores


class Maker:
    """Batches of cases, and what the network makes of them."""

    def __init__(self, cases: Sequence[Case], meanings: Meanings) -> None:
        self.cases = cases
        self._meanings = meanings

    def widths(self) -> tuple[int, int]:
        """Of the meanings and the features of a word."""
        return self._meanings.of(self.cases[0]).shape[1], self.cases[0].features.shape[1]

    def epoch(self, generator: random.Random) -> Iterator[list[Case]]:
        """All cases once, in batches of like lengths."""
        cases = generator.sample(self.cases, len(self.cases))
        for first in range(0, len(cases), _CASES * _SORTED_TOGETHER):
            some = sorted(cases[first : first + _CASES * _SORTED_TOGETHER], key=lambda one: len(one.stem_of))
            batches = [some[at : at + _CASES] for at in range(0, len(some), _CASES)]
            generator.shuffle(batches)
            yield from batches

    def stem_scores(self, network: LeftOutNetwork, cases: Sequence[Case]) -> Tensor:
        """(stems of all cases, one after another): the log odds of each."""
        meanings, features = (
            nn.utils.rnn.pad_sequence([torch.from_numpy(rows) for rows in of], batch_first=True)
            for of in ([self._meanings.of(case) for case in cases], [case.features for case in cases])
        )
        lengths = torch.tensor([len(case.stem_of) for case in cases])
        is_word = (torch.arange(meanings.shape[1]) < lengths[:, None]).float()
        words = network(meanings, features, is_word)[is_word.bool()]
        before = np.cumsum([0, *(len(case.is_added) for case in cases)])
        stems = np.concatenate(
            [np.where(one.stem_of < 0, -1, one.stem_of + at) for one, at in zip(cases, before, strict=False)]
        )
        return _sum_by(words[torch.from_numpy(stems >= 0)], torch.from_numpy(stems[stems >= 0]), int(before[-1]))


def _sum_by(words: Tensor, stems: Tensor, count: int) -> Tensor:
    """The logarithm of the sum of the exponentials of `words`, by stem."""
    largest = torch.full((count,), -1e9).scatter_reduce(0, stems, words.detach(), "amax")
    return largest + torch.zeros(count).scatter_add(0, stems, torch.exp(words - largest[stems])).log()


class Trainer:
    """A network in training, and the moving average of its weights, which is what is kept."""

    def __init__(self, widths: tuple[int, int], steps: int) -> None:
        self._network = LeftOutNetwork(*widths)
        self.averaged = copy.deepcopy(self._network)
        self._steps, self._step = steps, 0
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(), lr=_RATE, weight_decay=_DECAY, betas=(0.9, 0.98)
        )

    def learn(self, maker: Maker, cases: Sequence[Case]) -> float:
        """Learn from one batch; the loss before."""
        self._step += 1
        share = 0.5 * (1 + math.cos(math.pi * self._step / self._steps)) + 0.01
        for group in self._optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, self._step / _WARM_UP_STEPS) * share
        is_added = torch.from_numpy(np.concatenate([case.is_added for case in cases]))
        scores = maker.stem_scores(self._network, cases)
        loss = functional.binary_cross_entropy_with_logits(scores, is_added, reduction="sum") / len(cases)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimizer.step()
        kept = min(_AVERAGED, self._step / (self._step + 9))
        with torch.no_grad():
            for mean, one in zip(self.averaged.parameters(), self._network.parameters(), strict=True):
                mean.lerp_(one, 1 - kept)
        return float(loss.detach())


def train(maker: Maker, held: Maker, epochs: int) -> LeftOutNetwork:
    """The network after so many epochs; prints how it does on `held` meanwhile."""
    torch.manual_seed(0)
    batches = [batch for epoch in range(epochs) for batch in maker.epoch(random.Random(epoch))]
    trainer = Trainer(maker.widths(), len(batches))
    losses: list[float] = []
    for step, cases in enumerate(batches, 1):
        losses.append(trainer.learn(maker, cases))
        if step % _REPORT_EVERY == 0 or step == len(batches):
            told = check(trainer.averaged, held)
            print(f"{step:,} of {len(batches):,} batches: loss {np.mean(losses[-_REPORT_EVERY:]):.2f}; {told}")
    return trainer.averaged


def check(network: LeftOutNetwork, held: Maker) -> str:
    """Which share of the added stems that were said before is held, where so many in a hundred are right."""
    batches = list(held.epoch(random.Random(0)))
    network.eval()
    with torch.no_grad():
        scores = np.concatenate([held.stem_scores(network, cases).numpy() for cases in batches])
    network.train()
    is_added = np.concatenate([case.is_added for cases in batches for case in cases])
    return ", ".join(f"{stems_held(scores, is_added, share):.3f} held at {share:.0%} right" for share in _SHARES)


def stems_held(scores: npt.NDArray[np.float32], is_added: npt.NDArray[np.float32], share: float) -> float:
    """The largest share of what is to be added that is held, if the surest are taken and `share` of them are right."""
    right = np.cumsum(is_added[np.argsort(-scores, kind="stable")])
    precision, recall = right / np.arange(1, len(right) + 1), right / is_added.sum()
    return float(recall[precision >= share].max(initial=0.0))


def main() -> None:
    """Train, and write the weights in half precision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=EPOCHS, metavar="N", help=f"{EPOCHS} unless given")
    parser.add_argument("--output", type=Path, default=WEIGHTS, metavar="FILE")
    arguments = parser.parse_args()
    embedder = Embedder(find_model(DEFAULT_MODEL))
    canard, squad = SHARED_DATA / "canard" / "dev.json", SHARED_DATA / "squad" / "train-v1.1.json.gz"
    made = random.Random(0).sample(list(squad_examples(load_squad(squad))), _MOST_OF_SQUAD)
    learnt = [case_of(one) for one in (*canard_examples(load_canard(canard, held_out=False)), *made)]
    held = [case_of(one) for one in canard_examples(load_canard(canard, held_out=True))]
    meanings = Meanings(embedder, [piece.text for case in (*learnt, *held) for piece in case.pieces])
    network = train(Maker(learnt, meanings), Maker(held, meanings), arguments.epochs)
    save(network, embedder.identity.digest, arguments.output)


if __name__ == "__main__":
    main()
