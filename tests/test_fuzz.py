"""Broken files of every kind end as documents or as sentences that say why not, and harm nothing.

`make fuzz` runs more of them; see `tests.measure.fuzz_cases` for how they are made.
"""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from source.container import CONTAINERS
from source.load import FORMATS
from tests.measure.fuzz_bombs import BOMBS
from tests.measure.fuzz_cases import make_case
from tests.measure.fuzz_library import add_cases, check_library
from tests.measure.fuzz_run import run_cases
from tests.measure.fuzz_seeds import made_seeds

CASES = 300
# In `make fuzz` a file may also be too slow or too large to load, as some bombs are; none of these is.
HARMLESS = {"document", "refused", "left out"}
# Cases below this many are bombs, every tenth of them, one after the other.
_FIRST = 10 * len(BOMBS) + 1


def test_there_is_a_seed_of_every_format() -> None:
    names = {FORMATS[seed.suffix].name for seed in made_seeds() if seed.suffix in FORMATS}
    assert names == {file_format.name for file_format in FORMATS.values()}
    assert {seed.suffix for seed in made_seeds()} >= CONTAINERS.keys()


@given(st.integers(0, 20_000))
def test_a_number_always_makes_the_same_file(number: int) -> None:
    if number % 10:  # bombs take long to make
        assert make_case(number) == make_case(number)


def test_broken_files_end_as_documents_or_as_sentences() -> None:
    results = list(run_cases(range(_FIRST, _FIRST + CASES), lanes=2))
    assert [result for result in results if result.fate not in HARMLESS] == []
    assert len(results) == CASES


def test_broken_files_do_not_harm_a_library(tmp_path: Path) -> None:
    add_cases(range(_FIRST, _FIRST + CASES // 3), tmp_path / "library")
    check_library(tmp_path / "library")
