"""What is said of quotations, numbers and cited sentences: verdicts and differences, by example."""

from __future__ import annotations

import pytest

from qa.check import Finding
from tests.qa.drafts import BELLS, LIBRARY, check_text, quotation, sources_of_texts


@pytest.mark.parametrize(
    ("quoted", "verdict", "difference"),
    [
        ("none of them hangs in a church.", "exact", ""),
        ("None of them hangs in a church", "folded", "letter case at the start"),
        ("of what the harbour earns", "folded", "hyphenation"),
        ("with a crew of five … it rang for 31 hours", "exact", ""),
        ("for the trawler [L.], with a crew of five", "exact", ""),
        ("with a crew of five, and it rang for 13 hours", "altered", "… it rang for [-31-] {+13+} hours"),
        ("it is for sale", "altered", "it is [-not-] for sale"),
        ("it is … for sale", "altered", "it skips “not”"),
        ("for sale", "altered", "it is cut off from “not” before it"),
        ("the bell on the north breakwater rings", "altered", "it is cut off from “If” before it"),
        ("The auction may begin.", "altered", "it is cut off from “only if” after it"),
        ("It costs $3", "altered", "it is cut within a number"),
        ("or 12", "altered", "it is cut within a number"),
        ("it is [not] for sale", "altered", "“not” is added in brackets"),
        ("The harbour master has a parrot that sings", "not_found", None),
    ],
)
def test_what_is_said_of_a_quotation(quoted: str, verdict: str, difference: str | None) -> None:
    found = quotation(f"One reads: “{quoted}”")
    assert found.verdict == verdict
    if difference is not None:
        assert found.difference == difference


@pytest.mark.parametrize(
    ("draft", "verdict", "difference"),
    [
        ("In bells.txt we read “rang for 31 hours”.", "exact", ""),
        ("In honey.txt we read “rang for 31 hours”.", "misattributed", "it stands in bells.txt, not in honey.txt"),
        ("“It rang for 31 hours” [1].\n\n[1]: bells.txt", "folded", "letter case at the start"),
        ("“it rang for 31 hours” [1].\n\n[1]: bells.txt", "exact", ""),
        ("“it rang for 31 hours” [1].\n\n[1]: honey.txt", "misattributed", "it stands in bells.txt, not in honey.txt"),
        ("> it rang for 31 hours\n>\n> — honey.txt", "misattributed", "it stands in bells.txt, not in honey.txt"),
        ("As honey.txt says:\n\n> it rang for 31 hours", "misattributed", "it stands in bells.txt, not in honey.txt"),
        ("Anna Berg said: “We were lucky that the ferry was late.”", "exact", ""),
        ("Hill said: “We were lucky that the ferry was late.”", "misattributed", "Anna Berg says it, not Hill"),
        ("“We were fortunate,” said Dr. Valdahl.", "exact", ""),
        ("According to Tom Hill, “we were fortunate,” indeed.", "misattributed", "Ines Valdahl says it, not Tom Hill"),
        (
            "Jonas Trell said: “Bees dance in the dark of the hive”",
            "misattributed",
            "Jonas Trell is not named in honey.txt",
        ),
    ],
)
def test_words_of_another_document_or_speaker_are_misattributed(draft: str, verdict: str, difference: str) -> None:
    found = quotation(draft)
    assert (found.verdict, found.difference) == (verdict, difference)


@pytest.mark.parametrize(
    ("draft", "number", "verdict", "difference"),
    [
        ("The oldest bell was cast in 1687 by Trell.", "1687", "exact", ""),
        ("The oldest bell was cast in 1678 by Trell.", "1678", "altered", "[-1687-] {+1678+}"),
        ("Port Ellery has 9 bells, none in a church.", "9", "folded", "written “nine”"),
        ("Port Ellery has ten bells, none in a church.", "ten", "altered", "[-nine-] {+ten+}"),
        ("The last time it rang was on 2009-02-11.", "2009-02-11", "folded", "written “11 February 2009”"),
        ("The last time it rang was on 12 February 2009.", "12 February 2009", "altered", None),
        ("The last time it rang was on 31 February 2009.", "31 February 2009", "altered", None),
        ("The last time it rang was on 0 February 2009.", "0 February 2009", "altered", None),
        ("The last time it rang was on 2009-00-11.", "2009-00-11", "altered", None),
        ("The last time it rang was on 11 February 0000.", "11 February 0000", "altered", None),
        ("The last time it rang was on 45 February 2009.", "45 February 2009", "altered", None),
        ("The last time it rang was in February 2009.", "February 2009", "exact", ""),
        ("It costs 3,000,000 dollars a year.", "3,000,000 dollars", "folded", "written “$3 million”"),
        ("That is 12.5 % of what the harbour earns.", "12.5 %", "folded", "written “12.5 per\ncent”"),
        ("The parrots of Valletta ate 77 lemons.", "77", "not_found", None),
    ],
)
def test_what_is_said_of_a_number(draft: str, number: str, verdict: str, difference: str | None) -> None:
    [found] = [one for one in check_text(draft, LIBRARY) if one.text == number]
    assert (found.kind, found.verdict) == ("number", verdict)
    if difference is not None:
        assert found.difference == difference


def test_of_sentences_as_near_the_one_with_the_same_words_beside_the_number_is_meant() -> None:
    sources = sources_of_texts(
        {
            "loans.md": "The museum lent 212 objects to 17 borrowers, and took in 94 objects.\n\n"
            "The museum borrowed 94 objects, 70 of them for a show.\n"
        }
    )
    for number, verdict in (("94", "exact"), ("95", "altered")):
        draft = f"The museum borrowed {number} objects, seventy of them for a fair."
        [found] = [one for one in check_text(draft, sources) if one.text == number]
        assert found.verdict == verdict


@pytest.mark.parametrize(
    ("draft", "verdict"),
    [
        ("The couriers cost EUR 36,900.", "exact"),
        ("Transport cost EUR 148,200.", "exact"),
        ("Transport cost EUR 36,900.", "altered"),
    ],
)
def test_of_the_numbers_of_a_sentence_the_one_behind_the_same_words_is_meant(draft: str, verdict: str) -> None:
    sources = sources_of_texts({"costs.md": "Transport cost EUR 148,200 and couriers EUR 36,900.\n"})
    [found] = check_text(draft, sources)
    assert (found.kind, found.verdict) == ("number", verdict)


def test_a_cited_sentence_is_proven_where_it_stands_word_for_word() -> None:
    draft = (
        "Port Ellery has nine bells, and none of them hangs in a church [1]. Port Ellery has nine bells, and all of "
        "them hang in a church [1]. Bees dance in the dark of the hive for 40 minutes [1].\n\n[1] bells.txt\n"
    )
    found = [(one.verdict, one.document) for one in map(Named, check_text(draft)) if one.kind == "cited"]
    assert found == [("exact", "bells.txt"), ("altered", "bells.txt"), ("misattributed", "honey.txt")]


class Named:
    """A finding by its names."""

    def __init__(self, finding: Finding) -> None:
        self.verdict, self.kind = finding.verdict, finding.kind
        self.document = finding.source.name if finding.source else ""


def test_places_are_those_of_the_document_and_the_draft() -> None:
    draft = "We say “cast in 1687 by Jonas Trell”."
    found = quotation(draft)
    assert found.as_dict() == {
        "text": "cast in 1687 by Jonas Trell",
        "kind": "quotation",
        "start": draft.index("cast"),
        "end": draft.index("”"),
        "verdict": "exact",
        "document": "bells.txt",
        "source_start": BELLS.index("cast"),
        "source_end": BELLS.index("; it is"),
        "difference": "",
    }
