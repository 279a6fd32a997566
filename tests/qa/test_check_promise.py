"""Drafts made to be called exact though a reader reads something else: none of them is proven."""

from __future__ import annotations

import pytest

from qa.check import PROVEN
from tests.qa.drafts import check_text, quotation, sources_of_texts

BELLS = sources_of_texts(
    {
        "bells.txt": "The bell is for sale. It was cast long ago and costs 3,000 pounds. It rang for 5–10 days, and "
        "then for hours in all. Between 5-\n10 people came, and the ther-\nmometer said −5 °C. The gate is not for "
        "hire. Jonas Trell cast the clock in iron.\n",
        "struck.md": "The tower is ~~not~~ closed.\n",
        "talk.txt": "Anna Berg: The crane has been repaired.\n\nTom Hill: We told the harbour office.\n\n"
        "Anna Berg: We were lucky that the ferry was late.\n",
    }
)


@pytest.mark.parametrize(
    ("quoted", "difference"),
    [
        ("The bell is `not` for sale", "The bell is {+not+} for sale"),
        ("The bell is ~~not~~ for sale", "The bell is {+~ ~ not ~ ~+} for sale"),
        ("The gate is ~~not~~ for hire", "The gate is {+~ ~+} not {+~ ~+} for hire"),
        ("The gate is <del>not</del> for hire", "The gate is {+< del >+} not {+< / del >+} for hire"),
        ("The tower is not closed", "The tower is [-~ ~-] not [-~ ~-] closed"),
        ("The bell is <not, sadly,> for sale", "The bell is {+< not , sadly , >+} for sale"),
        ("costs 3,", "it is cut within a number"),
        ("rang for 5", "it is cut within a number"),
        ("10 days", "it is cut within a number"),
        ("Between 510 people", "{+510 people+}"),
        ("costs \u202e3,000\u202c pounds", "costs {+\u202e+} 3,000 {+\u202c+} pounds"),
        ("for [31] hours in all", "“31” is added in brackets"),
        ("The bell … costs 3,000 pounds", "it joins parts of two sentences"),
        ("[Anna Weber] cast the clock", "“Anna” is added in brackets, and stands nowhere in bells.txt"),
        ("We told the harbour office. … We were lucky", "it joins what Tom Hill and Anna Berg say"),
        ("said 5 °C", "… 5 ° C"),
    ],
)
def test_what_reads_otherwise_is_not_proven(quoted: str, difference: str) -> None:
    found = quotation(f"It says “{quoted}”.", BELLS, "draft.md")
    assert found.verdict not in PROVEN
    assert difference.removeprefix("… ") in found.difference


@pytest.mark.parametrize(
    "quoted",
    [
        "The `bell` is for sale",
        "The <b>bell</b> is <span class=\"a\" lang='en'>for</span> sale",
        "The bell is <!-- not --> for sale",
        "costs 3,000 pounds",
        "rang for 5-10 days",
        "Between 5-10 people came",
        "for hours[31] in all",
        "for hours in all [31].",
        "The bell is for sale. … It was cast … ago",
        "The bell … for sale",
        "[Trell] cast the clock",
        "the thermometer said −5 °C",
    ],
)
def test_what_reads_the_same_is_proven(quoted: str) -> None:
    assert quotation(f"It says “{quoted}”.", BELLS, "draft.md").verdict in PROVEN


NUMBERS = sources_of_texts(
    {
        "a.txt": "The bell weighs 15 stones in town. It costs EUR 40 a year. The train does 80 km/h on the bridge. "
        "One half of the museum is shut; it took two and a half years. In January it was −5 °C in the tower. About "
        "half a million visitors saw the garden. The pier is 1.234,5 metres long. The twenty-first boat sank. The "
        "score was 3:1 at the harbour. Some 12 % to 15 % of the fish were sold. The lake has 20 m² of ice. "
        "Several hundred boats came to the pond. Since 1964 the fund gave 310 grants to schools. The chapel was built "
        "in 1687 by Trell.\n"
    }
)


@pytest.mark.parametrize(
    ("draft", "number", "verdict"),
    [
        ("The bell weighs 1\u200b5 stones in town.", "1\u200b5", "folded"),
        ("The bell weighs 1\u200b6 stones in town.", "1\u200b6", "altered"),
        ("It costs USD 40 a year.", "USD 40", "not_found"),
        ("It costs 40 euros a year.", "40 euros", "folded"),
        ("The train does 80 km on the bridge.", "80 km", "not_found"),
        ("The train does 80 km/s on the bridge.", "80 km/s", "not_found"),
        ("The train does 80 kilometres per hour on the bridge.", "80 kilometres per hour", "folded"),
        ("½ of the museum is shut.", "½", "folded"),
        ("¼ of the museum is shut.", "¼", "altered"),
        ("The museum took 2½ years.", "2½ years", "folded"),
        ("The museum took 3½ years.", "3½ years", "altered"),
        ("In January it was minus 5 °C in the tower.", "minus 5 °C", "folded"),
        ("In January it was 5 °C in the tower.", "5 °C", "altered"),
        ("About a million visitors saw the garden.", "a million", "altered"),
        ("About half a million visitors saw the garden.", "half a million", "exact"),
        ("The pier is 1.234,6 metres long.", "1.234,6 metres", "altered"),
        ("The pier is 1,234.5 metres long.", "1,234.5 metres", "folded"),
        ("The twenty-second boat sank.", "twenty-second", "altered"),
        ("The 21st boat sank.", "21st", "folded"),
        ("The score was 1:3 at the harbour.", "1:3", "altered"),
        ("Some 12–15 % of the fish were sold.", "12", "exact"),
        ("Some 12 of the fish were sold.", "12", "not_found"),
        ("The lake has 20 m of ice.", "20 m", "not_found"),
        ("A hundred boats came to the pond.", "A hundred", "altered"),
        ("The fund gave 1964 grants to schools.", "1964", "altered"),
        ("Since 310 the fund gave grants to schools.", "310", "altered"),
        ("The chapel was built in 687 by Trell.", "687", "altered"),
    ],
)
def test_a_number_that_reads_otherwise_is_not_proven(draft: str, number: str, verdict: str) -> None:
    [found] = [one for one in check_text(draft, NUMBERS) if one.text == number]
    assert (found.kind, found.verdict) == ("number", verdict)
