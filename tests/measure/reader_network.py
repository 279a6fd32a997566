"""The network of the trained reader in PyTorch, to train it; `qa.trained` is what reads with it.

All parts have the names of the weights there.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from qa.layers import HEADS, SCALE

LAYERS = 3  # of the vectors of a token: alone, midway, in context
_WIDTH, _BLOCKS, _NEIGHBOURS = 128, 2, 7
_DROPPED = 0.1
_FAR = 1e4


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded texts: `layers` are three times (texts, tokens, dimension), and the rest (texts, tokens) of 0 and 1."""

    layers: tuple[Tensor, Tensor, Tensor]
    is_token: Tensor
    is_heading: Tensor


class Block(nn.Module):
    """Convolution over neighbours, attention among all, and a layer for each by itself."""

    def __init__(self, width: int, dropped: float = _DROPPED) -> None:
        super().__init__()
        self._dropped = dropped
        self.before_near = nn.LayerNorm(width)
        self.near = nn.Conv1d(width, width, _NEIGHBOURS, padding=_NEIGHBOURS // 2, groups=width)
        self.mixing = nn.Linear(width, width)
        self.before_among = nn.LayerNorm(width)
        self.among = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.before_inner = nn.LayerNorm(width)
        self.inner = nn.Linear(width, 2 * width)
        self.outer = nn.Linear(2 * width, width)

    def forward(self, state: Tensor, is_token: Tensor) -> Tensor:
        """(texts, tokens, width), as it came."""
        near = self.near((self.before_near(state) * is_token[..., None]).transpose(1, 2)).transpose(1, 2)
        state = state + self._drop(self.mixing(functional.silu(near)))
        texts, tokens, width = state.shape
        parts = self.among(self.before_among(state)).view(texts, tokens, 3, HEADS, width // HEADS)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        among = functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=is_token[:, None, None, :].bool()
        )
        state = state + self._drop(self.attended(among.transpose(1, 2).reshape(texts, tokens, width)))
        return state + self._drop(self.outer(functional.silu(self.inner(self.before_inner(state)))))

    def _drop(self, state: Tensor) -> Tensor:
        return functional.dropout(state, self._dropped, self.training)


class ReaderNetwork(nn.Module):
    """From question and passage to the log odds that an answer begins and ends with each of the passage's tokens."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.first = nn.Linear(LAYERS * dimension, _WIDTH)
        self.narrow = nn.LayerNorm(_WIDTH)
        self.telling = nn.Linear(_WIDTH, 1)
        self.attention = nn.Linear(_WIDTH, _WIDTH, bias=False)
        self.sharpness = nn.Parameter(torch.full((LAYERS,), 3.0))
        self.meeting = nn.Linear(4 * _WIDTH + 2 * LAYERS + 2, _WIDTH)
        self.whole = nn.Linear(2 * _WIDTH + LAYERS, _WIDTH)
        self.blocks = nn.ModuleList(Block(_WIDTH) for _ in range(_BLOCKS))
        self.last = nn.LayerNorm(_WIDTH)
        self.ends = nn.Linear(_WIDTH, 2)
        self.pooling = nn.Linear(2 * _WIDTH, _WIDTH)
        self.answers = nn.Linear(_WIDTH, 1)

    def forward(self, passage: Batch, asked: Batch) -> Tensor:
        """(texts, tokens, 2) float32; very low where there is no token, or one of a heading."""
        beside, whole, no_token = self._meet(passage, asked)
        state = functional.silu(self.meeting(beside) + whole[:, None])
        for block in self.blocks:
            state = block(state, passage.is_token)
        state = self.last(state)
        pooled = torch.cat([(state + no_token).amax(1), whole], -1)
        answers = self.answers(functional.silu(self.pooling(pooled)))
        cannot = (passage.is_token - 1 - passage.is_heading)[..., None] * _FAR
        scores: Tensor = (self.ends(state) + answers[:, None]).float() + cannot
        return scores

    def _meet(self, passage: Batch, asked: Batch) -> tuple[Tensor, Tensor, Tensor]:
        words, question = self._project(passage), self._project(asked)
        no_token, none_asked = (passage.is_token[:, :, None] - 1) * _FAR, (asked.is_token[:, None] - 1) * _FAR
        cosines = [one @ other.transpose(1, 2) for one, other in zip(passage.layers, asked.layers, strict=True)]
        telling = torch.softmax(self.telling(question)[..., 0] + none_asked[:, 0], -1)
        learnt = self.attention(words) @ question.transpose(1, 2) / words.shape[-1] ** 0.5
        sharp = sum(factor * one for factor, one in zip(self.sharpness, cosines, strict=True))
        attended = torch.softmax(sharp + learnt + none_asked, -1)
        about = attended @ question
        summary = (telling[..., None] * question).sum(1)
        weighed = [(one.clamp_min(0) * (telling * asked.is_token)[:, None]).amax(-1) * 4 for one in cosines]
        features = [(one + none_asked).amax(-1) for one in cosines] + weighed
        features += [(attended * telling[:, None]).sum(-1), passage.is_heading]
        nearest = [(one + no_token).amax(1) for one in cosines]
        missing = ((telling * (1 - nearest[2]))[..., None] * question).sum(1)
        shares = torch.stack([(telling * one).sum(-1) for one in nearest], -1)
        whole = self.whole(torch.cat([summary, missing, shares], -1))
        beside = [words, about, words * about, words * summary[:, None], torch.stack(features, -1)]
        return torch.cat(beside, -1), whole, no_token

    def _project(self, texts: Batch) -> Tensor:
        return functional.silu(self.narrow(self.first(torch.cat(texts.layers, -1) * SCALE)))
