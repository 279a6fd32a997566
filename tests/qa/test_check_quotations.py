"""Finding quotations: every style of marks, nested ones, several paragraphs, block quotes; and no apostrophes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.check_fold import MASK
from qa.check_quotations import block_quotes, find_quotations
from tests.strategies import texts

PAIRS = ["“”", '""', "„“", "„”", "””", "«»", "»«", "»»", "‹›", "›‹", "‘’", "''", "「」", "『』", "〝〞", '“"', '„"']


def quoted(text: str) -> list[str]:
    return [one.words(text).replace(MASK, "") for one in find_quotations(text, block_quotes(text))]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize(
    "around", ["{}", "He said {}.", "({}),", "so—{}—or", "**{}**", "It is:{}", "{} [1]", "{}, he said"]
)
def test_every_style_is_found(pair: str, around: str) -> None:
    text = around.replace("{}", f"{pair[0]}The old bell{pair[1]}")
    assert quoted(text) == ["The old bell"]


@pytest.mark.parametrize(
    "text",
    [
        "don't, can’t and '90s or ’tis",
        "the bells' ropes and the boys’ club",
        "rock 'n' roll",
        'a 5" pipe of 6\'2" and 5′ 30″',
        "it's O'Brien's",
        "no marks at all",
        "“…” and ‘—’",
    ],
)
def test_apostrophes_and_units_quote_nobody(text: str) -> None:
    assert quoted(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("‘it’s the dogs’ bells that rang’ he said", ["it’s the dogs’ bells that rang"]),
        ('"a 5" pipe is used"', ['a 5" pipe is used']),
        ("“he said ‘no’ twice”", ["he said ‘no’ twice"]),
        ("\"he said 'no' twice\"", ["he said 'no' twice"]),
        ("„sie sagte ‚nein‘ dazu“", ["sie sagte ‚nein‘ dazu"]),
        ("“one” and “two”", ["one", "two"]),
        ('"one" and "two"', ["one", "two"]),
        ("« un » et « deux »", ["un", "deux"]),
        ("“first\n\n“second” end", ["first\n\nsecond"]),
        ("“first\n\nsecond” end", ["first\n\nsecond"]),
        ("“first, not ended\n\nOther “second” end", ["first, not ended", "second"]),
        ("“wrapped\nline”", ["wrapped\nline"]),
        ("> one\n> two\n\nthree\n\n> four", ["one\n> two", "four"]),
        ('> "one"\n>\n> — Anna Berg', ["one"]),
        ("> he said “no”\n", ["he said “no”"]),
    ],
)
def test_where_a_quotation_ends(text: str, found: list[str]) -> None:
    assert quoted(text) == found


def test_the_line_below_a_block_quote_names_its_source() -> None:
    [block] = block_quotes("> one\n>\n> — Anna Berg, bells.txt\n")
    assert (block.source, block.is_block) == ("Anna Berg, bells.txt", True)


@given(texts, st.sampled_from("“„«\"'‘»"))
def test_quotations_are_in_order_and_disjoint(text: str, mark: str) -> None:
    text = text.replace("o", mark)
    end = 0
    for one in find_quotations(text, block_quotes(text)):
        assert end <= one.outer.start <= one.span.start <= one.span.end <= one.outer.end <= len(text)
        end = one.outer.end
