"""Who is said to speak, in drafts and in documents, and which documents a draft names."""

from __future__ import annotations

import pytest

from qa.check_draft import make_draft, numbers_of
from qa.check_mask import mask_markdown
from qa.check_quotations import find_quotations
from qa.check_said import Said
from qa.check_sources import make_source
from qa.check_speakers import is_same_person, speaker_beside, speakers_of
from source.document import Span
from tests.documents import make_document


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Jonas Trell said: “It rang.” Then", "Jonas Trell"),
        ("“It rang,” said Dr. Carver. But", "Dr. Carver"),
        ("“It rang,” Carver explained.", "Carver"),
        ("“It rang,” says the warden Anna Berg.", "Anna Berg"),
        ("According to Marta Quill, “it rang”.", "Marta Quill"),
        ("Trell: “It rang.”", "Trell"),
        ("“It rang” — Jonas Trell", "Jonas Trell"),
        ("Ludwig van Beek argues that “it rang”.", "Ludwig van Beek"),
        ("In Marta Quill’s house “it rang”.", ""),
        ("The word “it rang” means. Smith said nothing.", ""),
        ("He said “it rang”.", ""),
        ("“It rang.” Smith said nothing.", ""),
        ("She says “it rang”. Smith said nothing.", ""),
        ("Trell told the Ellery Post that the bell “rang”. Smith said nothing.", "Trell"),
    ],
)
def test_the_name_beside_a_quotation_is_its_speaker(text: str, speaker: str) -> None:
    assert speaker_beside(text, find_quotations(text)[0].outer) == speaker


def test_turns_of_a_meeting_have_their_speakers() -> None:
    words = "**Anna Berg:** It rang.\n\nTom Hill: No.\n\nAnna Berg: Yes, it did.\n".replace("**", "\0\0")
    speakers = speakers_of(words)
    assert [speakers.at(Span(words.index(one), words.index(one) + 2)) for one in ("It rang", "No.", "Yes")] == [
        *("Anna Berg", "Tom Hill", "Anna Berg"),
    ]


def test_answers_of_an_interview_are_the_interviewees() -> None:
    words = (
        "# Ropes\n\n*Interview by Étienne Roux.* A talk with Aoife Lund, who makes ropes.\n\n## How are ropes made?"
        "\n\nWith hemp.\n\nBriefly explain the tar.\n\nIt smells.\n"
    )
    speakers = speakers_of(mask_markdown(words))
    places = {
        one: Span(words.index(one), words.index(one) + 4) for one in ("who makes", "How are", "With", "It smells")
    }
    assert [speakers.at(place) for place in places.values()] == ["", "", "Aoife Lund", "Aoife Lund"]
    assert [speakers.only_asks("Roux", place) for place in places.values()] == [False, False, True, True]


def test_a_word_with_a_colon_is_no_speaker() -> None:
    words = "Note: It rang.\n\nWarning: It rang.\n\nNote: It did.\n"
    assert speakers_of(words).at(Span(6, 8)) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Trell", "Jonas Trell", True),
        ("Dr. A. B. Carver", "Carver", True),
        ("Anna Berg", "Tom Berg", True),
        ("Anna", "Anna Berg", True),
        ("Anna Berg", "Tom Hill", False),
        ("Dr. Hill", "Dr. Berg", False),
    ],
)
def test_names_that_can_be_one_persons(one: str, other: str, *, same: bool) -> None:
    assert is_same_person(one, other) is same


SOURCES = (
    make_source(1, "harbour-bells.txt", "The Bells of Port Ellery", "By A. Carver, 2020. It rang.", "text"),
    make_source(2, "honey.md", "Honey", "Bees.", "markdown"),
)


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("In harbour-bells.txt: “it rang”.", {1}),
        ("In The Bells of Port Ellery we read “it rang”.", {1}),
        ("“it rang” (honey.md)", {2}),
        ("“it rang” (Carver 2020)", {1}),
        ("“it rang” (Carver, 2021)", set()),
        ("“it rang” [1].\n\n[1] honey.md", {2}),
        ("“it rang”.[^a]\n\n[^a]: See honey.md.", {2}),
        ("“it rang” [2].\n\n## References\n\n1. honey.md\n2. harbour-bells.txt", {1}),
        ("“it rang.”² Other.\n\n² honey.md", {2}),
        ("Honey is sweet. “it rang”.", set()),
        ("In honey.md it is so. But “it rang”.", set()),
        ("“It rang.” In honey.md it is so.", set()),
        ("“It rang”. In honey.md it is so.", set()),
        ("“It rang”! (honey.md) It is so.", {2}),
    ],
)
def test_the_documents_that_a_draft_names(text: str, documents: set[int]) -> None:
    assert Said(text, SOURCES).documents_for(find_quotations(text)[0].outer) == documents


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("It rang for 31 hours (honey.md).", {2}),
        ("In honey.md it rang for 31 hours. Other.", {2}),
        ("It rang for 31 hours [1] or so.\n\n[1] honey.md", {2}),
        ("It rang for 31. (Carver 2020) Other.", {1}),
        ("It rang for 31. (honey.md) Other.", {2}),
        ("It rang in 2031. “It rang” (honey.md).", set()),
        ("It rang for 31 hours. In honey.md it is so.", set()),
        ("In honey.md it is so. 31 bells rang.", set()),
    ],
)
def test_the_documents_that_a_draft_names_for_a_number_stand_in_its_sentence(text: str, documents: set[int]) -> None:
    draft = make_draft(make_document(text, "/draft.txt"), b"")
    [(value, sentence)] = [one for one in numbers_of(draft) if "31" in one[0].span.of(text)]
    assert Said(text, SOURCES).documents_for_number(value.span, sentence) == documents
