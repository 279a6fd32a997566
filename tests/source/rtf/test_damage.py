"""RTF files that are empty, hostile or damaged cost a sentence, no more."""

from __future__ import annotations

import random

import pytest

from source.document import Extraction
from source.errors import LoadError
from source.rtf.blocks import load_rtf
from tests.checks import check_passages
from tests.rtfs import reason_of, row, rtf


def test_the_empty_file_has_no_text() -> None:
    assert load_rtf(b"").blocks == ()
    assert load_rtf(rtf(b"")).blocks == ()
    assert load_rtf(rtf(b"Text.") + b"\r\n\0 after the end").text == "Text."
    assert load_rtf(b"\xef\xbb\xbf" + rtf(b"Text.")).text == "Text."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Plain text.", "it is not an RTF file"),
        (b"\0" * 100, "it is not an RTF file"),
        (rtf(b"Text.")[:-1], "it is not a whole .rtf file"),
        (rtf(b"Text.")[:60], "it is not a whole .rtf file"),
        (rb"{\rtf1 a\bin999999999 b}", "it is not a whole .rtf file"),
        (rb"{\rtf1 " + b"{" * 1_000_000, "its groups lie more than 1,000 deep in each other"),
        (rb"{\rtf1 " + rb"{\footnote " * 100_000, "its groups lie more than 1,000 deep in each other"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    assert reason_of(data) == reason


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"a\bin-5 b", "ab"),
        (rb"\u99999999?a", "\ue0ffa"),
        (rb"\f99999\s99999\cell a", "a"),
        (rb"\uc999999999 a", "a"),
        (b"a" * 1_000_000, "a" * 1_000_000),
        (rb"a\'zzb", "azzb"),
        (rb"\cell" * 10_000 + rb"\row a", "a"),
        (rb"{\footnote " * 900 + b"deep" + b"}" * 900, "deep"),
    ],
)
def test_odd_numbers_and_huge_pieces_do_no_harm(body: bytes, text: str) -> None:
    extraction = load_rtf(rtf(body))
    check_passages(extraction)
    assert extraction.text.strip() == text


def test_damage_costs_a_sentence_and_nothing_else() -> None:
    whole = rtf(
        row(b"A", b"B") + row(b"x", rb"y{\footnote Note.}") + rb"\pard\s1 Head\par Caf\'e9 \u1046?\par\ls1 it\par"
    )
    generator = random.Random(0)
    outcomes = set()
    for _ in range(1000):
        damaged = bytearray(whole[: generator.choice([len(whole), generator.randrange(1, len(whole))])])
        for _ in range(generator.randrange(1, 6)):
            damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
        try:
            extraction = load_rtf(bytes(damaged))
            check_coverage_of(extraction)
            outcomes.add("read")
        except LoadError as error:
            outcomes.add(error.reason)
    assert outcomes == {"read", "it is not a whole .rtf file", "it is not an RTF file"}


def check_coverage_of(extraction: Extraction) -> None:
    if any(block.role == "body" for block in extraction.blocks):
        check_passages(extraction)
