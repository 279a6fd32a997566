"""What a measured set says: figures with their intervals, aims, the best usual way to rank, and published figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from qa.metrics import bootstrap_mean

console = Console()


@dataclass(frozen=True, slots=True)
class Line:
    """A figure between 0 and 1 with its 95 % confidence interval, and words on what it is to be held against."""

    figure: str
    value: float
    interval: tuple[float, float]
    aim: str = ""
    beside: str = ""

    def cells(self) -> tuple[str, str, str, str, str]:
        """The line in words."""
        low, high = self.interval
        return self.figure, f"{self.value:.3f}", f"{low:.3f} to {high:.3f}", self.aim, self.beside


@dataclass(frozen=True, slots=True)
class Report:
    """All of one set. `main` are the figures that the table of all sets shows; `details` is what --json gives."""

    name: str
    questions: int
    lines: tuple[Line, ...]
    main: tuple[str, ...]
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def mean_line(figure: str, values: Sequence[float], aim: str = "", beside: str = "") -> Line:
    """The mean of a value for each question."""
    return Line(figure, float(np.mean(values)), bootstrap_mean(values), aim, beside)


def summary_lines(report: Mapping[str, Any], groups: Sequence[str], aims: Mapping[str, str]) -> tuple[Line, ...]:
    """The figures of these groups of `qa.metrics.summarize`."""
    lines = []
    for name, interval in report["intervals"].items():
        group, key = name.split(" ")
        if group in groups and report[group][key] is not None:
            beside = best_other(report["compare"], key) if group == "passage" and "compare" in report else ""
            lines.append(Line(name, report[group][key], (interval[0], interval[1]), aims.get(name, ""), beside))
    return tuple(lines)


def best_other(compared: Mapping[str, Mapping[str, float]], key: str) -> str:
    """The best of the usual ways to rank, with its figure."""
    value, method = max((figures[key], method) for method, figures in compared.items() if method != "qa")
    return f"{method} {value:.3f}"


def print_report(report: Report) -> None:
    """A table of one set."""
    table = Table("figure", "value", "95 % interval", "aim", "beside", title=_title(report), title_justify="left")
    for line in report.lines:
        table.add_row(*line.cells())
    console.print(table)
    if report.note:
        console.print(report.note)
    console.print()


def print_summary(reports: Sequence[Report]) -> None:
    """One table of the main figures of all sets."""
    table = Table("set", "figure", "value", "95 % interval", "aim", "beside", title="All sets", title_justify="left")
    for report in reports:
        for line in report.lines:
            if line.figure in report.main:
                table.add_row(report.name, *line.cells())
    console.print(table)


def _title(report: Report) -> str:
    return f"{report.name}: {report.questions:,} questions"
