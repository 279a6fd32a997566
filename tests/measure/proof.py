"""Measures how well altered quotations and numbers are told from true ones, and how fast a draft is.

They are made of real sentences (XQuAD-en, or with --train another set for development); quotations are also held
against a fuzzy matcher. Exits with 1 if a bound is missed.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz
from rich.console import Console
from rich.table import Table

from index.library import Library
from qa.check import check_draft
from qa.check_draft import make_draft
from qa.check_sources import Sources, sources_of
from qa.metrics import wilson
from source.load import make_document
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.measure.datasets import SHARED_DATA, load_squad
from tests.measure.proof_altered import ALTERED
from tests.measure.proof_case import Case, Passage, is_right
from tests.measure.proof_cases import draft_of, make_cases, spoken
from tests.measure.proof_numbers import print_numbers, print_share
from tests.measure.proof_speed import print_speed
from tests.measure.proof_true import TRUE

SEED = 20261124
PER_KIND = 120
PARAGRAPHS = 240
FUZZY_THRESHOLDS = (80, 90, 95)
LEAST_DETECTED, LEAST_MISATTRIBUTED, MOST_FALSE_ALARMS = 0.995, 0.98, 0.005

# As wide as its tables, also where the output goes into a file.
console = Console(width=max(120, Console().width))


def main() -> None:
    """Print the tables."""
    paragraphs = _paragraphs(is_train="--train" in sys.argv)
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder)) as library:
        passages = _fill(library, paragraphs)
        cases = make_cases(passages, SEED, PER_KIND)
        sources = sources_of(library)
        verdicts = verdicts_of(sources, cases)
        are_numbers_good = "--speed" in sys.argv or print_numbers(
            console, sources, passages, SEED, PER_KIND, with_missed="--missed" in sys.argv
        )
    missed = [
        (case, verdict) for case, verdict in zip(cases, verdicts, strict=True) if not is_right(case.expected, verdict)
    ]
    if "--missed" in sys.argv:
        for case, verdict in missed:
            console.print(f"{case.kind}: {verdict}: {case.paragraph}\n", markup=False, highlight=False)
    is_good = "--speed" in sys.argv or _print_quality(cases, verdicts, passages)
    is_quick = "--quality" in sys.argv or print_speed(console, SEED)
    sys.exit(not (is_good and are_numbers_good and is_quick))


def _paragraphs(*, is_train: bool) -> list[Passage]:
    name = Path("squad", "train-v1.1.json.gz") if is_train else Path("xquad", "xquad.en.json")
    path = SHARED_DATA / name
    if not path.exists():
        sys.exit(f"There is no {path}; QA_SHARED_DATA names another folder.")
    found = load_squad(path).paragraphs
    step = max(1, len(found) // PARAGRAPHS)
    return [Passage(one.name, "", one.text) for one in found[::step][:PARAGRAPHS]]


def _fill(library: Library, paragraphs: Sequence[Passage]) -> list[Passage]:
    """A document for each paragraph, and minutes of meetings; all passages that can be quoted."""
    embedder = WordEmbedder()
    half = len(paragraphs) // 2
    for one in paragraphs[:half]:
        put_text(library, embedder, one.text, f"/documents/{one.document}")
    passages = list(paragraphs[:half])
    for name, turns in spoken(paragraphs[half:], SEED):
        text = "\n\n".join(f"{turn.speaker}: {turn.text}" for turn in turns)
        put_text(library, embedder, text, f"/documents/{name}")
        passages += turns
    return passages


def verdicts_of(sources: Sources, cases: Sequence[Case]) -> list[str]:
    """What `qa check` says of each case's quotation; "no quotation" if it sees none, or more than one."""
    text, spans = draft_of(cases)
    data = text.encode()
    draft = make_draft(make_document(Path("draft.md"), data), data)
    found = [one for one in check_draft(sources, draft) if one.kind == "quotation"]
    verdicts: list[str] = []
    for span in spans:
        here = [one.verdict for one in found if one.span.overlaps(span)]
        verdicts.append(here[0] if len(here) == 1 else "no quotation")
    return verdicts


def _print_quality(cases: Sequence[Case], verdicts: Sequence[str], passages: Sequence[Passage]) -> bool:
    """The tables by kind; whether every bound is kept."""
    texts = [one.text for one in passages]
    fuzzy = [max(fuzz.partial_ratio(case.quoted, text) for text in texts) for case in cases]
    rights: dict[str, list[bool]] = defaultdict(list)
    fuzzy_rights: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for case, verdict, score in zip(cases, verdicts, fuzzy, strict=True):
        rights[case.kind].append(is_right(case.expected, verdict))
        for threshold in FUZZY_THRESHOLDS:
            fuzzy_rights[case.kind, threshold].append((score >= threshold) == (case.expected == "proven"))
    table = Table("quotations", "cases", "right", "95 % interval", *(f"fuzzy {one}" for one in FUZZY_THRESHOLDS))
    for kind, right in rights.items():
        low, high = wilson(sum(right), len(right))
        others = [_share(fuzzy_rights[kind, one]) for one in FUZZY_THRESHOLDS]
        table.add_row(kind, str(len(right)), _share(right), f"{low:.4f} to {high:.4f}", *others)
    console.print(table)
    alarms = print_share(console, "true quotations called wrong", [not one for kind in TRUE for one in rights[kind]])
    noticed = print_share(console, "alterations noticed", _all(cases, rights, "altered"))
    misattributed = print_share(console, "misattributions noticed", _all(cases, rights, "misattributed"))
    console.print(f"{len(cases)} cases", highlight=False)
    return alarms <= MOST_FALSE_ALARMS and noticed >= LEAST_DETECTED and misattributed >= LEAST_MISATTRIBUTED


def _all(cases: Sequence[Case], rights: dict[str, list[bool]], expected: str) -> list[bool]:
    kinds = {case.kind for case in cases if case.expected == expected}
    return [one for kind in ALTERED if kind in kinds for one in rights[kind]]


def _share(right: Sequence[bool]) -> str:
    return f"{sum(right) / len(right):.4f}"


if __name__ == "__main__":
    main()
