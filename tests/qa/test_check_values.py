"""Numbers, percentages and dates: what each is worth, whatever way it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.check_values import Value, find_values
from tests.strategies import texts


def one_value(text: str) -> Value:
    [found] = find_values(text)
    return found


@pytest.mark.parametrize(
    "group",
    [
        ("1,000", "1000", "1 000", "1\u202f000", "1’000", "one thousand", "a thousand"),
        ("5 %", "5%", "5 percent", "five per cent"),
        ("$3m", "$3 million", "3 million dollars", "three million dollars", "US$3,000,000"),
        ("12 March 2020", "March 12, 2020", "12th of March 2020", "2020-03-12", "12.03.2020", "Mar. 12 2020"),
        ("640 kg", "640kg", "640 kilograms", "640-kilogram"),
        ("206", "two hundred and six"),
        ("25", "twenty-five"),
        ("3,5", "3.5"),
        ("€2bn", "2 billion euros"),
        ("-5 °C", "−5 °C"),
    ],
)
def test_ways_to_write_a_number_are_the_same(group: tuple[str, ...]) -> None:
    values = [one_value(f"It is {written} there") for written in group]
    assert all(one.agrees(values[0]) and values[0].agrees(one) for one in values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000", "100"),
        ("5 %", "5"),
        ("5 %", "5 percentage points"),
        ("5 million", "5 billion"),
        ("$3", "€3"),
        ("3 m", "$3m"),
        ("-5", "5"),
        ("12 March 2020", "13 March 2020"),
        ("12 March 2020", "12 March 2021"),
        ("19th", "19"),
        ("1.5", "15"),
        ("16:30", "16:31"),
        ("1990s", "1990"),
        ("1 km", "1000 m"),
    ],
)
def test_other_numbers_are_not(one: str, other: str) -> None:
    assert not one_value(f"It is {one} there").agrees(one_value(f"It is {other} there"))


@pytest.mark.parametrize(
    ("said", "source"), [("640", "640 kg"), ("2009", "11 February 2009"), ("May 2009", "3 May 2009")]
)
def test_a_source_may_say_more_but_not_less(said: str, source: str) -> None:
    assert one_value(said).agrees(one_value(source))
    assert not one_value(source).agrees(one_value(said))


@pytest.mark.parametrize("text", ["one of them", "a bell", "file2.txt", "CO2", "x86", "they may march", "B-52"])
def test_what_is_no_number(text: str) -> None:
    assert list(find_values(text)) == []


@given(st.integers(0, 999_999_999))
def test_digits_are_worth_what_python_says(number: int) -> None:
    for written in (str(number), f"{number:,}", f"{number:,}".replace(",", "\u202f")):
        assert one_value(f"It is {written}.").amount == (Decimal(number),)


@given(texts)
def test_values_are_in_order_and_disjoint(text: str) -> None:
    end = 0
    for value in find_values(text):
        assert end <= value.span.start < value.span.end <= len(text)
        end = value.span.end
