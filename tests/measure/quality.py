"""Measures how well questions are answered, and prints a table for each set and one of all.

The demo questions are part of this repository; all other sets come from `../shared/data`.
"""

from __future__ import annotations

import argparse
import json

from index.embed import Embedder
from index.model import DEFAULT_MODEL, find_model
from tests.measure.datasets import SHARED_DATA
from tests.measure.quality_report import Report, console, print_report, print_summary
from tests.measure.quality_sets import SETS


def main() -> None:
    """Print all tables; sets that are not there are named and left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", action="append", choices=SETS, metavar="NAME", help=f"one of {', '.join(SETS)}")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask every Nth question of the large sets")
    arguments = parser.parse_args()
    wanted = arguments.only or list(SETS)
    if not SHARED_DATA.is_dir():
        console.print(f"Left out, for {SHARED_DATA} is not there: {', '.join(set(wanted) - {'demo'})}")
        wanted = [name for name in wanted if name == "demo"]
    embedder = Embedder(find_model(DEFAULT_MODEL))
    reports: list[Report] = []
    for name in wanted:
        measured = SETS[name](embedder, arguments.every)
        reports += measured
        for report in measured if not arguments.json else ():
            print_report(report)
    if arguments.json:
        console.print_json(json.dumps({report.name: _as_dict(report) for report in reports}))
    else:
        print_summary(reports)


def _as_dict(report: Report) -> dict[str, object]:
    lines = {line.figure: {"value": line.value, "interval": line.interval} for line in report.lines}
    return {"questions": report.questions, "figures": lines} | report.details


if __name__ == "__main__":
    main()
