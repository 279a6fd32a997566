"""The command that sets a library's threshold: calibrate."""

from __future__ import annotations

from typing import Annotated

import typer

from qa import progress, show
from qa.ask import threshold_of
from qa.calibrate import Calibration, Rates, find_threshold, make_questions, scores_of
from qa.options import JsonOption, LibraryOption, load_model, open_filled, session_of


def calibrate(
    context: typer.Context,
    *,
    answered: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, metavar="SHARE", help="Answer at most this share of what is not there."),
    ] = 0.1,
    questions: Annotated[int, typer.Option(min=30, metavar="N", help="Make so many questions.")] = 200,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to the threshold that every library has.")] = False,
    as_json: JsonOption = False,
    library: LibraryOption = None,
) -> None:
    """Set how sure an answer has to be in this library, by questions made out of its own documents.

    Each question is asked with the passage that answers it taken away; the threshold is set so that at most one in ten
    of them, or the share that --answered says, is answered all the same.

    \b
    Examples:
      qa calibrate
      qa calibrate --answered 0.05 --library articles
      qa calibrate --reset
    """
    if reset and as_json:
        message = "with --reset there is nothing to print: leave --json out"
        raise typer.BadParameter(message)
    session = session_of(context, library)
    with open_filled(session) as opened:
        opened.check_writable()
        if reset:
            opened.set_threshold(None)
            show.show_line(show.messages(), "The threshold is the usual one again.")
            return
        embedder = load_model(session, opened)
        made = list(make_questions(opened, questions))
        scores = [
            scores_of(opened, embedder, one) for one in progress.track(show.messages(), made, "Asking", len(made))
        ]
        calibration = find_threshold(scores, threshold_of(opened, embedder), answered)
        opened.set_threshold(calibration.found.threshold)
    if as_json:
        show.show_json(calibration.as_dict())
    else:
        _show(calibration)


def _show(calibration: Calibration) -> None:
    console = show.output()
    show.show_line(console, f"{calibration.questions:,} questions made; in brackets, 95 % confidence intervals")
    for name, rates in (("before", calibration.before), ("now", calibration.found)):
        show.show_line(console, f"{name:<8}{_line(rates)}")


def _line(rates: Rates) -> str:
    shares = [
        f"{share:.1%} ({low:.1%} to {high:.1%}) {what}"
        for share, (low, high), what in (
            (rates.answered, rates.answered_interval, "answered that nothing answers"),
            (rates.refused, rates.refused_interval, "refused that have an answer"),
        )
    ]
    return f"threshold {rates.threshold:.3f}: {', '.join(shares)}"
