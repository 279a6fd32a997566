"""Words are paired at the least cost that there is, as a slow and obvious routine finds it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import assume, given
from hypothesis import strategies as st

from qa.check_align import Pair, Token, align, cost_of, greatest_share, tokens_of

WORDS = st.lists(st.sampled_from(["bell", "Bell", "rang", "1687", ",", ".", "“", '"', "—", "-", "the"]), max_size=12)


def cost(wanted: Sequence[Token], there: Sequence[Token], pairs: Sequence[Pair]) -> int:
    total = 0
    for first, second in pairs:
        if first is None:
            assert second is not None
            total += there[second].weight
        else:
            total += wanted[first].weight if second is None else cost_of(wanted[first], there[second])
    return total


def least_cost(wanted: Sequence[Token], there: Sequence[Token]) -> int:
    """By the book: the table of Sellers, cell by cell."""
    row = [0] * (len(there) + 1)
    for token in wanted:
        above, row = row, [row[0] + token.weight]
        for place, other in enumerate(there):
            row.append(
                min(above[place] + cost_of(token, other), above[place + 1] + token.weight, row[-1] + other.weight)
            )
    return min(row)


@given(WORDS, WORDS)
def test_the_cost_is_the_least_and_all_words_are_paired_in_order(one: list[str], other: list[str]) -> None:
    wanted, there = tokens_of(" ".join(one)), tokens_of(" ".join(other))
    pairs = align(wanted, there)
    assert [first for first, _ in pairs if first is not None] == list(range(len(wanted)))
    used = [second for _, second in pairs if second is not None]
    assert used == list(range(used[0], used[-1] + 1)) if used else True
    assert cost(wanted, there, pairs) == least_cost(wanted, there)


@given(WORDS, WORDS)
def test_no_alignment_finds_more_than_the_greatest_share(one: list[str], other: list[str]) -> None:
    wanted, there = tokens_of(" ".join(one)), tokens_of(" ".join(other))
    assume(wanted)
    total = sum(token.weight for token in wanted)
    assert 1 - cost(wanted, there, align(wanted, there)) / total <= greatest_share(wanted, there) + 1e-9


def test_an_alignment_by_hand() -> None:
    wanted, there = tokens_of("cast in 1678, by Jonas"), tokens_of("It was cast in 1687 by jonas Trell")
    assert align(wanted, there) == [(0, 2), (1, 3), (2, 4), (3, None), (4, 5), (5, 6)]
    assert cost(wanted, there, align(wanted, there)) == 10 + 2 + 5
