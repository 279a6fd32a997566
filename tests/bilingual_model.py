"""Small real models that read six languages: words that mean the same have the same vector, whatever their script.

They are Sentence Transformers in all that a program sees: a SentencePiece-like tokenizer, and an XLM-RoBERTa or BERT
encoder with hand-set word vectors below mean pooling, or a table of word vectors alone.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding, Transformer
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel, XLMRobertaTokenizer

# One meaning a line, in English, German, Chinese, Japanese, Thai and Arabic.
_MEANINGS = """
bell bells | Glocke Glocken | 钟 | 鐘 | ระฆัง | الجرس جرس
cast | gegossen goss | 铸造 铸 | 鋳造 | หล่อ | صب صُب
island | Insel | 岛 | 島 | เกาะ | الجزيرة جزيرة
whale whales | Wal Wale | 鲸鱼 | クジラ | วาฬ | الحوت حوت
seen saw | gesehen sah | 看见 看到 | 見た 見られた | เห็น | شوهد رأى
bread | Brot | 面包 | パン | ขนมปัง | الخبز خبز
baked bakes | gebacken backt | 烤 | 焼く 焼いた | อบ | خبز_النار يخبز
bridge | Brücke | 桥 | 橋 | สะพาน | الجسر جسر
collapsed fell | eingestürzt | 倒塌 | 崩れた | พัง | انهار
tea | Tee | 茶 | お茶 | ชา | الشاي شاي
grows grown | wächst | 种植 生长 | 育つ 育てる | ปลูก | يزرع تزرع
mountain | Berg | 山 | 山岳 | ภูเขา | الجبل جبل
temple | Tempel | 寺庙 | お寺 | วัด | المعبد معبد
painted | bemalt gemalt | 绘 | 描かれた | ทาสี | طلي رسم
market | Markt | 市场 | 市場 | ตลาด | السوق سوق
opens opened | öffnet | 开放 开门 | 開く | เปิด | يفتح تفتح
queen | Königin | 女王 | 王妃 | ราชินี | الملكة ملكة
born | geboren | 出生 | 生まれた | เกิด | ولدت ولد
lighthouse | Leuchtturm | 灯塔 | 灯台 | ประภาคาร | المنارة منارة
built | gebaut erbaut | 建造 建 | 建てられた | สร้าง | بنيت بني
when year | wann Wann Jahr Jahre | 什么时候 何时 年 | いつ | เมื่อไร ปี | متى عام
where | wo Wo | 哪里 | どこ | ที่ไหน | أين
who | wer Wer | 谁 | 誰 | ใคร | من
"""
# Words that say little have vectors of this length, that of the others being one.
_LITTLE = 0.15
_GRAMMAR = """
the The a A of | der Der die Die das Das den dem ein eine von | 的 这 座 | は が の | ของ | هذه هذا
was is were did does has | wurde wird ist war hat | 是 了 被 | た れ る | ถูก เป็น มี | كان كانت تم
in In on at by | in im In Im auf bei | 在 于 | に で と | ที่ ใน | في على
and it It | und es sie Es Sie | 和 它 | と を | และ มัน | و هو هي
"""
_MARKS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
# Scripts of which every letter is a piece, if nothing longer is.
_LETTERS = "".join(map(chr, (*range(0x21, 0x7F), *range(0xC0, 0x180), *range(0x621, 0x64B), *range(0xE01, 0xE5B))))
_KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x3002, 0xFF1F, 0x61F, 0xFF0C)))

Encoder = Literal["xlm-roberta", "bert", "static"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of model is made: its encoder, dimension and window in tokens, and what it wants before each text."""

    encoder: Encoder
    dimension: int
    window: int = 128
    query: str = ""
    passage: str = ""


def save_model(folder: Path, shape: Shape) -> Path:
    """The folder of a model of this shape, saved as Sentence Transformers saves one."""
    vocabulary = _vocabulary()
    tokenizer = XLMRobertaTokenizer(vocab=vocabulary, model_max_length=shape.window)
    table = _word_vectors([piece for piece, _ in vocabulary], shape.dimension)
    prompts = {"query": shape.query, "passage": shape.passage} if shape.query else {}
    if shape.encoder == "static":
        module = StaticEmbedding(tokenizer.backend_tokenizer, embedding_weights=table)
        model = SentenceTransformer(modules=[module], device="cpu", prompts=prompts)
    else:
        encoder = folder / "encoder"
        _encoder(shape, table).save_pretrained(encoder)
        tokenizer.save_pretrained(encoder)
        modules = [Transformer(str(encoder), max_seq_length=shape.window), Pooling(shape.dimension, "mean")]
        model = SentenceTransformer(modules=modules, device="cpu", prompts=prompts)
    model.save(str(folder / "model"))
    return folder / "model"


def _vocabulary() -> list[tuple[str, float]]:
    """Pieces with their log probabilities: whole words, behind a blank and in a run without one, and single letters."""
    words = [word for words in _rows(_MEANINGS + _GRAMMAR.lstrip()) for word in words]
    letters = dict.fromkeys(_LETTERS + _KANA + "".join(words))
    scores = dict.fromkeys(letters, -20.0) | {"▁": -10.0}
    scores |= {piece: -5.0 - 0.1 * len(word) for word in words for piece in (word, f"▁{word}")}
    return [*((mark, 0.0) for mark in _MARKS), *scores.items()]


def _rows(meanings: str) -> list[list[str]]:
    return [line.replace("|", " ").split() for line in meanings.strip().splitlines()]


def _word_vectors(pieces: list[str], dimension: int) -> np.typing.NDArray[np.float32]:
    """(pieces, dimension): drawn at random for each meaning, and apart from these for each piece that has none."""
    telling_words = {word for words in _rows(_MEANINGS) for word in words}
    meaning_of = {word: words[0] for words in _rows(_GRAMMAR) + _rows(_MEANINGS) for word in words}
    telling = _telling(dimension)
    table = np.zeros((len(pieces), dimension), dtype=np.float32)
    for row, piece in enumerate(pieces):
        word = piece.removeprefix("▁")
        tells = word in telling_words
        drawn = np.random.default_rng(zlib.crc32(meaning_of.get(word, piece).encode())).standard_normal(dimension)
        drawn = np.where(telling == tells, drawn, 0)
        drawn -= np.where(telling == tells, drawn.sum() / (telling == tells).sum(), 0)  # as the encoder's norms do
        table[row] = drawn / np.linalg.norm(drawn) * (1.0 if tells else _LITTLE)
    return table


def _telling(dimension: int) -> np.typing.NDArray[np.bool_]:
    """(dimension,): whether meanings are told apart in this place, which they are in three quarters of them."""
    return np.arange(dimension) < 3 * dimension // 4


def _encoder(shape: Shape, table: np.typing.NDArray[np.float32]) -> Any:
    """An encoder of two layers, the attention of which blends a little of each token's neighbours into it."""
    torch.manual_seed(shape.dimension)
    kinds = {"xlm-roberta": (XLMRobertaConfig, XLMRobertaModel), "bert": (BertConfig, BertModel)}
    make_config, make_model = kinds[shape.encoder]
    config = make_config(vocab_size=len(table), num_hidden_layers=2, num_attention_heads=4, pad_token_id=1)
    config.hidden_size, config.intermediate_size = shape.dimension, 2 * shape.dimension
    config.max_position_embeddings = shape.window + 2  # the first two places are not used
    encoder = make_model(config)
    with torch.no_grad():
        encoder.embeddings.word_embeddings.weight.copy_(torch.from_numpy(table))
        encoder.embeddings.position_embeddings.weight.mul_(0.1)
        encoder.embeddings.token_type_embeddings.weight.zero_()
        telling = torch.from_numpy(_telling(shape.dimension))
        encoder.encoder.layer[-1].output.LayerNorm.weight.copy_(torch.where(telling, 1.0, _LITTLE))
    return encoder.eval()
