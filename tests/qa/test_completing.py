"""What the network says of words, and what becomes of the question: with networks that say what they are told to."""

from __future__ import annotations

import pytest

from qa.follow_up import complete
from qa.left_out import LeftOutReader, Said
from qa.topics import Quoted, Turn

BELL = Turn(
    "When was the bell of Dunmouth cast?",
    "When was the bell of Dunmouth cast?",
    (Quoted("It was cast in 1687 by Marta Quill for the harbour.", ("The bells", "The oldest")),),
)
BOTH = Turn("Who was there?", "Who was there?", (Quoted("Marta Quill came. Jonas Trell left.", ()),))


class Told(LeftOutReader):
    """Gives the stems it is told of their log odds, and all others very low ones."""

    def __init__(self, **scores: float) -> None:
        self._scores = scores

    def read(self, said: Said) -> dict[str, float]:
        """As it is told."""
        return {word.stem: self._scores.get(word.stem, -8.0) for word in said.words if word.may_be_left_out}


@pytest.mark.parametrize(
    ("reader", "completed"),
    [
        (Told(marta=3.0, quill=3.0), "Where was Marta Quill born?"),
        (Told(jona=3.0, trell=3.0), "Where was Jonas Trell born?"),
    ],
)
def test_a_pronoun_stands_for_what_the_network_is_surest_of(reader: Told, completed: str) -> None:
    assert complete("Where was she born?", [BOTH], reader).text == completed


def test_where_the_network_is_sure_of_nothing_the_weights_decide_unless_the_question_names_something() -> None:
    assert complete("How loud is it?", [BELL], Told()).text == "How loud is the bell of Dunmouth?"
    assert complete("Did you say Marta Quill heard about it?", [BELL], Told()).added == ()


@pytest.mark.parametrize(
    ("question", "score", "completed"),
    [
        ("Who else was there?", 0.4, "Who else was there?"),
        ("Who else was there?", 0.6, "Who else was there? (harbour)"),
        ("Did the team win?", 1.9, "Did the team win?"),
        ("Did the team win?", 2.1, "Did the team win? (harbour)"),
    ],
)
def test_other_words_come_in_brackets_if_the_network_is_sure(question: str, score: float, completed: str) -> None:
    assert complete(question, [BELL], Told(harbour=score)).text == completed


def test_what_stands_in_the_question_or_in_brackets_already_does_not_come_again() -> None:
    turn = Turn("What of the harbour museum?", "What of the harbour museum?", (Quoted("The museum lent 3.", ()),))
    reader = Told(harbour=3.0, museum=3.0, lent=3.0)
    (added,) = (one.text for one in complete("How old is it?", [turn], reader).added if "museum" in one.text)
    assert added == "harbour museum"
    lending = "How many objects did the museum lend?"
    turn = Turn(lending, lending, (Quoted("The museum lent 38 in all.", ()),))
    others = complete("Who else was there?", [turn], Told(museum=3.0, lent=3.0, object=3.0)).added
    assert [one.text for one in others] == ["objects", "museum lent"]
