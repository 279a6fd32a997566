"""The layers of the small trained networks, in NumPy: they are trained in PyTorch and read without it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from index.vectors import Vectors

HEADS = 4
"""Of the attention among the tokens of a text."""

SCALE = 19.6
"""Vectors of length 1 are multiplied by it: their numbers are then about as large as a network's."""

_EPSILON = 1e-5


class Layers:
    """The weights of a network, by the names of its layers in PyTorch, and what those do; threads may share it."""

    def __init__(self, weights: Mapping[str, Vectors]) -> None:
        self.weights = {name: np.asarray(values, dtype=np.float32) for name, values in weights.items()}
        self._blocks = sum(name.endswith("mixing.weight") for name in weights)

    def through_blocks(self, state: Vectors) -> Vectors:
        """(tokens, width): `state` after all blocks, normalized."""
        for number in range(self._blocks):
            state = self._block(state, f"blocks.{number}.")
        return self.normalize(state, "last")

    def _block(self, state: Vectors, prefix: str) -> Vectors:
        """Convolution over neighbours, attention among all, and a layer for each by itself, all added to `state`."""
        near = self._convolve(self.normalize(state, f"{prefix}before_near"), f"{prefix}near")
        state = state + self.linear(silu(near), f"{prefix}mixing")
        among = self._attend(self.normalize(state, f"{prefix}before_among"), f"{prefix}among")
        state = state + self.linear(among, f"{prefix}attended")
        inner = silu(self.linear(self.normalize(state, f"{prefix}before_inner"), f"{prefix}inner"))
        return state + self.linear(inner, f"{prefix}outer")

    def _convolve(self, state: Vectors, name: str) -> Vectors:
        """Each column by itself over neighbouring tokens."""
        weights = self.weights[f"{name}.weight"][:, 0]  # (width, neighbours)
        around = weights.shape[1] // 2
        padded = np.pad(state, ((around, around), (0, 0)))
        near: Vectors = sum(
            (padded[at : at + len(state)] * weights[:, at] for at in range(weights.shape[1])),
            self.weights[f"{name}.bias"],
        )
        return near

    def _attend(self, state: Vectors, name: str) -> Vectors:
        tokens, width = state.shape
        parts = self.linear(state, name).reshape(tokens, 3, HEADS, width // HEADS)
        queries, keys, values = parts.transpose(1, 2, 0, 3)  # each (heads, tokens, width of a head)
        shares = softmax(queries @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(width // HEADS)))
        attended: Vectors = (shares @ values).transpose(1, 0, 2).reshape(tokens, width)
        return attended

    def linear(self, state: Vectors, name: str, *, has_bias: bool = True) -> Vectors:
        """(tokens, width of the layer)."""
        product: Vectors = state @ self.weights[f"{name}.weight"].T
        return product + self.weights[f"{name}.bias"] if has_bias else product

    def normalize(self, state: Vectors, name: str) -> Vectors:
        """Each row with mean 0 and variance 1, then scaled and moved."""
        centred = state - state.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(_EPSILON))
        normalized: Vectors = centred / deviation * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return normalized


def silu(values: Vectors) -> Vectors:
    """Each value times its logistic function."""
    activated: Vectors = values / (1 + np.exp(-values))
    return activated


def softmax(values: Vectors) -> Vectors:
    """Shares along the last axis, which sum to 1."""
    shares: Vectors = values - values.max(axis=-1, keepdims=True)
    np.exp(shares, out=shares)  # in place: making arrays takes as long as filling them
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares


@cache
def load_weights(path: Path) -> tuple[dict[str, Vectors], str]:
    """The weights of a network by name, and the digest of the embedding model that they go with."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        weights = {name: np.asarray(file.get_tensor(name), np.float32) for name in file.keys()}  # noqa: SIM118 - it is no mapping
        return weights, file.metadata()["model"]
