"""The ONNX graph of a BERT encoder: from the vectors of a text's word pieces to those of its tokens in context.

Written node by node, of operators that ONNX Runtime has fast code for. With 8-bit weights, each token's row of numbers
is rounded by a scale of its own, so a token's vector does not depend on the others' sizes, and columns that are large
in every text are first made small and their weights large (SmoothQuant; Xiao et al. 2023, arXiv:2211.10438).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto

Array = np.typing.NDArray[Any]

Precision = Literal["8-bit", "7-bit", "float32"]
"""Of the weights. Processors without 8-bit dot products (VNNI) can overflow with full 8-bit weights, not with 7."""

_LARGEST_WEIGHT = {"8-bit": 127, "7-bit": 63}
# How much of the difference between columns moves from what comes in to the weights.
_SMOOTHING = 0.7
# Below what any number is after GELU, of which the least is -0.16997: with it added, none is negative.
_BELOW_GELU = 0.17
_ONNX_OPERATORS = 18
_IR_VERSION = 9
_CONTRIBUTED = "com.microsoft"


@dataclass(frozen=True, slots=True)
class BertWeights:
    """An encoder's float32 arrays by the names that Transformers gives them, and what the arrays do not tell.

    `largest` holds, by the names of linear layers, the largest absolute number seen in each column that comes in.
    """

    arrays: Mapping[str, Array]
    layers: int
    heads: int
    epsilon: float
    largest: Mapping[str, Array]


def bert_graph(weights: BertWeights, precision: Precision) -> ModelProto:
    """A model from `words`, (1, tokens, dimension) float32, to `midway` and `in_context` of the same shape.

    `midway` is what there is after the first half of the layers.
    """
    from onnx import TensorProto, helper

    graph = _Graph(weights, precision)
    state = graph.embeddings("words")
    for number in range(weights.layers):
        if number == weights.layers // 2:
            graph.nodes.append(helper.make_node("Identity", [state], ["midway"]))
        state = graph.layer(state, f"encoder.layer.{number}.")
    graph.nodes.append(helper.make_node("Identity", [state], ["in_context"]))
    shape: list[str | int | None] = [1, "tokens", len(weights.arrays["embeddings.LayerNorm.weight"])]
    made = helper.make_graph(
        graph.nodes,
        "bert",
        [helper.make_tensor_value_info("words", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("midway", "in_context")],
        graph.constants,
    )
    operators = [helper.make_opsetid("", _ONNX_OPERATORS), helper.make_opsetid(_CONTRIBUTED, 1)]
    return helper.make_model(made, opset_imports=operators, ir_version=_IR_VERSION)


class _Graph:
    """Nodes and constants as they are added; each method takes and gives names of values."""

    def __init__(self, weights: BertWeights, precision: Precision) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._weights = weights
        self._precision = precision

    def embeddings(self, words: str) -> str:
        """With the vectors of the first positions, and of the only kind of segment, added and normalized."""
        arrays = self._weights.arrays
        kind = arrays["embeddings.token_type_embeddings.weight"][0]
        positions = self._constant(arrays["embeddings.position_embeddings.weight"] + kind)
        [tokens] = self._node("Shape", words, start=1, end=2)
        zero = self._constant(np.zeros(1, np.int64))
        [first] = self._node("Slice", positions, zero, tokens, zero)
        return self._normalize(self._add(words, first), "embeddings.LayerNorm")

    def layer(self, state: str, prefix: str) -> str:
        """Attention and the two layers after it."""
        arrays = self._weights.arrays
        parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([arrays[f"{part}.weight"] for part in parts])
        bias = np.concatenate([arrays[f"{part}.bias"] for part in parts])
        product = self._multiply(self._smooth(state, matrix, parts[0]))
        split = self._node("Split", product, outputs=3, axis=-1, num_outputs=3)
        [attended] = self._node(
            "MultiHeadAttention", *split, self._constant(bias), domain=_CONTRIBUTED, num_heads=self._weights.heads
        )
        state = self._close(attended, state, f"{prefix}attention.output")
        inner = f"{prefix}intermediate.dense"
        product = self._multiply(self._smooth(state, arrays[f"{inner}.weight"], inner))
        [active] = self._node("BiasGelu", product, self._constant(arrays[f"{inner}.bias"]), domain=_CONTRIBUTED)
        return self._close(active, state, f"{prefix}output", is_after_gelu=True)

    def _close(self, inner: str, state: str, prefix: str, *, is_after_gelu: bool = False) -> str:
        """A linear layer back to the width of `state`, which is added before all is normalized."""
        arrays = self._weights.arrays
        matrix, bias = arrays[f"{prefix}.dense.weight"].T, arrays[f"{prefix}.dense.bias"]
        if is_after_gelu and self._precision != "float32":
            product, shift = self._multiply_after_gelu(inner, matrix)
            bias = bias - shift
        else:
            product = self._multiply((inner, matrix))
        total = self._add(self._add(product, state), self._constant(bias.astype(np.float32)))
        return self._normalize(total, f"{prefix}.LayerNorm")

    def _smooth(self, state: str, weight: Array, name: str) -> tuple[str, Array]:
        """`state` and the matrix for it, with what is large in `state` moved into the matrix."""
        matrix = weight.T
        if self._precision == "float32":
            return state, matrix
        largest = np.maximum(self._weights.largest[name], 1e-5)
        rows = np.maximum(np.abs(matrix).max(axis=1), 1e-5)
        factors = (largest**_SMOOTHING / rows ** (1 - _SMOOTHING)).astype(np.float32)
        [smoothed] = self._node("Mul", state, self._constant(1 / factors))
        return smoothed, matrix * factors[:, None]

    def _multiply(self, factors: tuple[str, Array]) -> str:
        state, matrix = factors
        if self._precision == "float32":
            [product] = self._node("MatMul", state, self._constant(matrix))
            return product
        [sizes] = self._node("Abs", state)
        scales = self._row_scales(sizes, 127)
        return self._multiply_rounded(state, scales, matrix, zero=128)[0]

    def _multiply_after_gelu(self, active: str, matrix: Array) -> tuple[str, Array]:
        """The product, and by how much it is too large: all of 8 bits goes to numbers from -0.17 on."""
        raised = self._add(active, self._constant(np.float32(_BELOW_GELU)))
        product, rounded = self._multiply_rounded(raised, self._row_scales(raised, 255), matrix, zero=0)
        return product, _BELOW_GELU * rounded.sum(axis=0)

    def _row_scales(self, sizes: str, steps: int) -> str:
        """(1, tokens, 1): a step of each row, so that its largest number is `steps` of them."""
        [largest] = self._node("ReduceMax", sizes, self._constant(np.array([-1], np.int64)), keepdims=1)
        [positive] = self._node("Max", largest, self._constant(np.float32(1e-8)))
        [scales] = self._node("Mul", positive, self._constant(np.float32(1 / steps)))
        return scales

    def _multiply_rounded(self, state: str, scales: str, matrix: Array, *, zero: int) -> tuple[str, Array]:
        """The product with the rounded matrix, and that matrix as it counts."""
        columns = np.maximum(np.abs(matrix).max(axis=0), 1e-8) / _LARGEST_WEIGHT[self._precision]
        rounded = np.round(matrix / columns).astype(np.int8)
        one, middle = self._constant(np.float32(1)), self._constant(np.uint8(zero))
        [steps] = self._node("Div", state, scales)
        [whole] = self._node("QuantizeLinear", steps, one, middle)
        constants = self._constant(rounded), one, self._constant(columns.astype(np.float32)), middle
        [product] = self._node("MatMulIntegerToFloat", whole, *constants, domain=_CONTRIBUTED)
        [scaled] = self._node("Mul", product, scales)
        return scaled, rounded * columns

    def _normalize(self, state: str, name: str) -> str:
        arrays, epsilon = self._weights.arrays, self._weights.epsilon
        constants = [self._constant(arrays[f"{name}.{part}"]) for part in ("weight", "bias")]
        [normalized] = self._node("LayerNormalization", state, *constants, axis=-1, epsilon=epsilon)
        return normalized

    def _add(self, one: str, other: str) -> str:
        [total] = self._node("Add", one, other)
        return total

    def _node(self, operator: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> list[str]:
        from onnx import helper

        names = [f"{operator}_{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names

    def _constant(self, array: Any) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name
