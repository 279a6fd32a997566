"""Small RTF files, written by hand."""

from __future__ import annotations

import pytest

from source.errors import LoadError
from source.rtf.blocks import load_rtf
from tests.extractions import blocks_of

FONTS = (
    rb"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\fswiss\fcharset204{\*\panose 0}Arial;}"
    rb"{\f2\ftech\fcharset2 Symbol;}{\f3\fmodern\fcharset128 MS Mincho;}{\f4\fnil\fcharset238 Calibri;}}"
)
STYLES = (
    rb"{\stylesheet{\ql\snext0 Normal;}{\s1\outlinelevel0\sbasedon0 heading 1;}{\s2\outlinelevel1 heading 2;}"
    rb"{\s3\sbasedon2 Mine;}{\*\cs10 \additive Default;}{\s5 caption;}{\s6 Title;}{\s7 toc 1;}{\s8 List Bullet;}"
    rb"{\s9 heading 3;}}"
)


def rtf(body: bytes, head: bytes = FONTS + STYLES) -> bytes:
    return rb"{\rtf1\ansi\ansicpg1252\deff0" + head + b"\r\n" + body + b"}"


def body_of(body: bytes) -> list[str]:
    """The texts of the blocks of a document with this body, all of them body blocks."""
    blocks = blocks_of(load_rtf(rtf(body)))
    assert {role for role, _, _ in blocks} <= {"body"}
    return [text for _, _, text in blocks]


def reason_of(data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        load_rtf(data)
    return caught.value.reason


def row(*cells: bytes, properties: bytes = b"", shapes: bytes = rb"\cellx1000\cellx2000\cellx3000") -> bytes:
    return rb"\trowd" + properties + shapes + rb"\pard\intbl " + rb"\cell ".join(cells) + rb"\cell\row "
