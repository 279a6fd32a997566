"""What is folded in comparing, and that nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.check_fold import FOLDS, folds_between
from qa.check_mask import mask_markdown
from qa.check_words import key_of
from tests.strategies import markdowns, texts


@given(texts)
def test_a_text_is_itself(text: str) -> None:
    assert folds_between(text, text) == ()


@given(texts, texts)
def test_comparing_has_no_direction(one: str, other: str) -> None:
    assert folds_between(one, other) == folds_between(other, one)


@given(texts, st.data())
def test_a_changed_letter_or_digit_is_never_folded(text: str, data: st.DataObject) -> None:
    places = [place for place, one in enumerate(text) if key_of(one)]
    if places:
        at = data.draw(st.sampled_from(places))
        changed = text[:at] + data.draw(st.sampled_from("xz17")) + text[at + 1 :]
        if key_of(changed) != key_of(text):
            assert folds_between(changed, text) is None


@pytest.mark.parametrize(
    ("draft", "source", "folds"),
    [
        ("the “old” bell", 'the "old" bell', ("quotation marks",)),
        ("the ‘old’ bell", "the „old“ bell", ("quotation marks",)),
        ("l'heure « juste »", "l’heure «\u00a0juste\u00a0»", ("quotation marks",)),
        ("the «old» bell", "the 'old' bell", ("quotation marks",)),
        ("a bell—old", "a bell – old", ("dashes",)),
        ("a bell -- old", "a bell — old", ("dashes",)),
        ("1990-1995", "1990–1995", ("dashes",)),
        ("at -5 degrees", "at −5 degrees", ("dashes",)),
        ("the  old\nbell", "the old bell", ("white space",)),
        ("10\u202f000 bells", "10 000 bells", ("white space",)),
        ("鐘が 鳴る", "鐘が\n鳴る", ("white space",)),
        ("har-\nbour", "harbour", ("hyphenation",)),
        ("well-known", "well-\nknown", ("hyphenation",)),
        ("har\u00adbour", "harbour", ("hyphenation",)),
        ("The bell", "the bell", ("letter case at the start",)),
        ("“The bell", '"the bell', ("quotation marks", "letter case at the start")),
        ("ﬁne caf\u00e9", "fine cafe\u0301", ()),
        ("to be … or", "to be ... or", ()),
    ],
)
def test_what_is_folded_is_listed(draft: str, source: str, folds: tuple[str, ...]) -> None:
    assert folds_between(draft, source) == folds
    assert set(folds) <= set(FOLDS)


@pytest.mark.parametrize(
    ("draft", "source"),
    [
        ("the Bell", "the bell"),
        ("harbour", "har-bour"),
        ("re-sign", "resign"),
        ("there fore", "therefore"),
        ("1,000", "1000"),
        ("10,5", "10.5"),
        ("5%", "5 %"),
        ("-5", "5"),
        ("old, bell", "old bell"),
        ("old bell.", "old bell!"),
        ("the dogs’ bell", "the dogs bell"),
        ("a 5' pipe", 'a 5" pipe'),
        ("café", "cafe"),
        ("colour", "color"),
        ("10²", "102"),
        ("½", "1/2"),
        ("bells", "bell"),
        ("can't", "cannot"),
        ("and", "&"),
    ],
)
def test_nothing_else_is_folded(draft: str, source: str) -> None:
    assert folds_between(draft, source) is None


def test_a_mark_after_a_digit_can_end_a_quotation() -> None:
    assert folds_between("he said ‘in 1687’ twice", 'he said "in 1687" twice') == ("quotation marks",)


@given(markdowns)
def test_a_masked_text_is_as_long_and_has_the_same_lines(text: str) -> None:
    masked = mask_markdown(text)
    assert len(masked) == len(text)
    assert all(one in {other, "\0"} for one, other in zip(masked, text, strict=True))
    assert [one for one in masked if one in "\r\n"] == [one for one in text if one in "\r\n"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a **bold** and _soft_ word", "a bold and soft word"),
        ("[the bell](http://x.org/a_b) rings", "the bell rings"),
        ("`code` and \\*stars\\*", "code and *stars*"),
        ("> quoted\n> lines", "quoted\nlines"),
        ("said[^1] <b>so</b>", "said so"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
    ],
)
def test_what_is_left_of_markdown_is_what_is_seen(text: str, seen: str) -> None:
    assert mask_markdown(text).replace("\0", "") == seen
