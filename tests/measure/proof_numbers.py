"""Measures how well wrong numbers of a draft are told from true ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from qa.check import check_draft
from qa.check_draft import make_draft
from qa.check_sources import Sources
from qa.metrics import wilson
from source.document import Span
from source.load import make_document
from tests.measure.proof_case import Passage, is_right
from tests.measure.proof_number_cases import TRUE_NUMBERS, NumberCase, make_number_cases

# What is said of a number rests on the words beside it, not on every word, as it does for a quotation.
LEAST_NOTICED, MOST_FALSE_ALARMS = 0.97, 0.01


def print_numbers(
    console: Console, sources: Sources, passages: Sequence[Passage], seed: int, per_kind: int, *, with_missed: bool
) -> bool:
    """The table by kind, and the shares in all; whether the bounds are kept."""
    cases = make_number_cases(passages, seed, per_kind)
    verdicts = number_verdicts(sources, cases)
    rights: dict[str, list[bool]] = defaultdict(list)
    for case, verdict in zip(cases, verdicts, strict=True):
        rights[case.kind].append(is_right(case.expected, verdict))
        if with_missed and not rights[case.kind][-1]:
            line = f"{case.kind}: {case.span.of(case.paragraph)}: {verdict}: {case.paragraph}\n"
            console.print(line, markup=False, highlight=False)
    table = Table("numbers", "cases", "right", "95 % interval")
    for kind, right in rights.items():
        low, high = wilson(sum(right), len(right))
        table.add_row(kind, str(len(right)), f"{sum(right) / len(right):.4f}", f"{low:.4f} to {high:.4f}")
    console.print(table)
    true = [right for kind in TRUE_NUMBERS for right in rights[kind]]
    wrong = [right for kind, of_kind in rights.items() if kind not in TRUE_NUMBERS for right in of_kind]
    alarms = print_share(console, "true numbers called wrong", [not right for right in true])
    noticed = print_share(console, "wrong numbers noticed", wrong)
    console.print(f"{len(cases)} cases of numbers", highlight=False)
    return alarms <= MOST_FALSE_ALARMS and noticed >= LEAST_NOTICED


def print_share(console: Console, name: str, outcomes: Sequence[bool]) -> float:
    """Print the share of `outcomes` that are true, with its interval; that share."""
    count, total = sum(outcomes), len(outcomes)
    low, high = wilson(count, total)
    console.print(f"{name}: {count} of {total} = {count / total:.4f} ({low:.4f} to {high:.4f})")
    return count / total


def number_verdicts(sources: Sources, cases: Sequence[NumberCase]) -> list[str]:
    """What `qa check` says of each case's number; "no number" if it sees none there, or more than one."""
    data = "\n\n".join(case.paragraph for case in cases).encode()
    draft = make_draft(make_document(Path("draft.md"), data), data)
    found = [one for one in check_draft(sources, draft) if one.kind == "number"]
    verdicts: list[str] = []
    at = 0
    for case in cases:
        span = Span(case.span.start + at, case.span.end + at)
        here = [one.verdict for one in found if one.span.overlaps(span)]
        verdicts.append(here[0] if len(here) == 1 else "no number")
        at += len(case.paragraph) + 2
    return verdicts
