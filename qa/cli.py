"""The command line: `main`, and the options that come before a command.

The commands are in the modules `qa.*_commands`; what they print is made in `qa.show`, their progress in `qa.progress`.
Errors that a user can meet are raised where they are known, and shown here.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import typer

from qa import (
    calibrate_commands,
    folders,
    library_commands,
    proof_commands,
    question_commands,
    saved_commands,
    show,
    sync_commands,
)
from qa.options import LoadModel, Session
from source.errors import QuotedAnswersError, printable

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


def main(arguments: Sequence[str] | None = None, *, load_model: LoadModel = folders.load_model) -> None:
    """Run the command in `arguments`, those of the process if None; ends in SystemExit."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app(arguments, prog_name="qa", obj=Session(folders.DEFAULT_LIBRARY, load_model))
        finally:
            sys.stdout.flush()  # not at exit, where a failure could no longer be told
    except QuotedAnswersError as error:
        show.show_line(show.messages(), printable(str(error)))
        sys.exit(1)
    except OSError as error:
        if error.filename is not None:  # of a file, not of a stream
            raise
        _drop_output()
        if not isinstance(error, BrokenPipeError):
            reason = (error.strerror or str(error)).lower()
            show.show_line(show.messages(), f"Cannot write the output: {reason}. Send it elsewhere.")
        sys.exit(1)


def _drop_output() -> None:
    """Send what could not be written nowhere, or Python tries again at exit and complains."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _print_version(is_wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if is_wanted:
        show.show_line(show.output(), f"qa {metadata.version('quoted-answers')}")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    *,
    library: Annotated[
        str | None,
        typer.Option(
            "--library",
            envvar="QA_LIBRARY",
            metavar="NAME|DIR",
            help="The library: a name, or a folder (written with a slash). Every command takes this, too.",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback has acted on it
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Ask your own documents; get verbatim quotes, each with its place in the source.

    \b
    Examples:
      qa add ~/articles                   take in files and folders
      qa ask "Who cast the oldest bell?"  an answer, in quotes
      qa serve                            the same, as a page in your browser
    """
    context.obj = Session(context.obj.library if library is None else library, context.obj.load_model)


app.command()(library_commands.add)
app.command()(sync_commands.sync)
app.command()(sync_commands.watch)
app.command()(question_commands.ask)
app.command()(question_commands.search)
app.command()(question_commands.serve)
app.command()(proof_commands.check)
app.command()(proof_commands.verify)
app.command("highlight")(saved_commands.highlight_command)
app.command()(saved_commands.again)
app.command("list")(library_commands.list_documents)
app.command()(library_commands.remove)
app.command()(library_commands.stats)
app.command()(library_commands.reindex)
app.command("eval")(question_commands.evaluate)
app.command()(calibrate_commands.calibrate)
