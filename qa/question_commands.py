"""The commands that ask a library: ask, search, serve, eval."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.library import Library
from qa import folders, progress, show
from qa.answer import hit_dict
from qa.ask import ask as answer_question
from qa.ask import search as search_passages
from qa.follow_up import complete
from qa.left_out import left_out_reader_for
from qa.llm.settings import endpoint_of
from qa.llm.terminal import show_written, writer_for
from qa.mentions import Mentions, find_mentions
from qa.mentions_show import show_mentions
from qa.options import (
    JsonOption,
    LibraryOption,
    ModelOption,
    QuestionArgument,
    load_model,
    open_filled,
    session_of,
)
from qa.question import fold_question, prepare_question
from qa.quoted_phrases import holding_phrases
from qa.since import SinceOption, documents_since
from qa.topics import Quoted, Turn
from qa.unread import unread_notice
from source.errors import printable

if TYPE_CHECKING:
    from index.embed import Embedder


def ask(
    context: typer.Context,
    question: QuestionArgument,
    *,
    after: Annotated[
        list[str] | None,
        typer.Option(
            "--after", metavar="QUESTION", help="An earlier question that this one leans on; may be repeated."
        ),
    ] = None,
    is_all: Annotated[
        bool,
        typer.Option("--all", help="Show every passage that mentions the words or comes near in meaning, counted."),
    ] = False,
    is_written: Annotated[
        bool,
        typer.Option("--write", help="Have the language model at QA_LLM_URL write an answer, too."),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --write: leave out what is not proven.")] = False,
    is_rewritten: Annotated[
        bool, typer.Option("--rewrite", help="Have that model put the question into other words first.")
    ] = False,
    since: SinceOption = None,
    as_json: JsonOption = False,
    library: LibraryOption = None,
) -> None:
    """Answer a question with quotes, or say that there is no answer.

    Where the documents do not answer, the passages that came nearest are shown, and the words of the question that
    stand in no document. With --write, what a language model writes stands above the quotes, each sentence proven by
    those that it cites or marked as unproven; see docs/llm.md.

    \b
    Examples:
      qa ask "Who cast the oldest bell?"
      qa ask "Who cast the oldest bell?" --write --strict
      qa ask "Where does it hang?" --after "Who cast the oldest bell?"
      qa ask --all "bell founders" --json
      qa ask "Why did the strike end?" --since 2026-03-31
      qa ask "Why did the strike end?" --library articles --json
    """
    fold_question(question)  # before the model is loaded
    if is_all and (is_written or is_rewritten or after):
        message = "--all shows passages as they stand: leave --write, --rewrite and --after out"
        raise typer.BadParameter(message)
    writer = writer_for(is_written=is_written, is_strict=strict, is_rewritten=is_rewritten)
    session = session_of(context, library)
    with open_filled(session) as opened:
        new = documents_since(opened, since) if since else None
        embedder = load_model(session, opened)
        if is_all:
            _tell(unread_notice(embedder, question))
            _show_all(find_mentions(opened, embedder, question, documents=new), as_json=as_json)
            return
        searched = writer.rewrite(_complete(opened, embedder, question, after or []))
        answer = answer_question(opened, embedder, searched, documents=new)
        written = writer.write(opened, answer)
    if as_json:
        also = {"asked": question} if searched != question else {}
        show.show_json(answer.as_dict() | also | ({"written": written.as_dict()} if written else {}))
        return
    if searched != question:
        show.show_line(show.output(), f"Searched for: {printable(searched)}\n", "dim")
    if written:
        show_written(show.output(), written)
    show.show_answer(show.output(), answer)


def _tell(*told: str) -> None:
    """Say on standard error what there is to know of a search."""
    for one in filter(None, told):
        show.show_line(show.messages(), printable(one), "dim")


def _searched_otherwise(library: Library, embedder: Embedder, question: str) -> list[str]:
    prepared = prepare_question(library, embedder, question)
    _, phrases = holding_phrases(library, prepared.text, None)
    return [one.words for one in (*prepared.corrections, *phrases)]


def _show_all(mentions: Mentions, *, as_json: bool) -> None:
    if as_json:
        show.show_json(mentions.as_dict())
    else:
        show_mentions(show.output(), mentions)


def _complete(library: Library, embedder: Embedder, question: str, earlier: Sequence[str]) -> str:
    """`question` with what it leaves out, from the `earlier` ones and their answers."""
    turns, reader = list[Turn](), left_out_reader_for(embedder)
    for one in earlier:
        searched = complete(one, turns, reader).text
        citations = answer_question(library, embedder, searched).citations
        quotes = tuple(Quoted(quote.quote, quote.location.headings) for quote in citations)
        turns.append(Turn(one, searched, quotes))
    return complete(question, turns, reader).text


def search(
    context: typer.Context,
    question: QuestionArgument,
    *,
    k: Annotated[int, typer.Option("-k", min=1, metavar="N", help="How many passages.")] = 10,
    as_json: JsonOption = False,
    library: LibraryOption = None,
) -> None:
    """Show the passages nearest to a question, with their scores.

    \b
    Examples:
      qa search "oldest bell" -k 3
    """
    fold_question(question)  # before the model is loaded
    session = session_of(context, library)
    with open_filled(session) as opened:
        embedder = load_model(session, opened)
        began = time.perf_counter()
        hits = search_passages(opened, embedder, question, k)
        seconds = time.perf_counter() - began
        _tell(unread_notice(embedder, question), *_searched_otherwise(opened, embedder, question))
    if as_json:
        found = {"question": question, "hits": [hit_dict(hit) for hit in hits], "seconds": round(seconds, 4)}
        show.show_json(found)
    else:
        show.show_hits(show.output(), hits)


def serve(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="The port to listen at.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in your browser.")] = False,
    auth_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Let only those sign in whose names are in FILE.")
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open-to-all", help="With --host: let in whoever reaches this machine.")
    ] = False,
    root_path: Annotated[
        str, typer.Option(metavar="PATH|URL", help="Where a proxy shows the page: /qa, or https://example.org/qa.")
    ] = "",
    queue: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many questions may wait; more are turned away.")
    ] = 100,
    mcp: Annotated[bool, typer.Option("--mcp", help="Offer tools to language models, at /mcp.")] = False,
    model: ModelOption = None,
    library: LibraryOption = None,
) -> None:
    """Serve the chat as a page for the browser.

    It can be reached from this machine only, unless --host says otherwise. Then people have to sign in, with names and
    passwords from a file that `python -m qa.web.accounts NAME >> FILE` makes.

    \b
    Examples:
      qa serve --open
      qa serve --host 0.0.0.0 --auth-file people
      qa serve --root-path https://example.org/qa --auth-file people
      qa serve --library articles --port 8080 --mcp
    """
    from qa.web.accounts import read_accounts
    from qa.web.address import read_address
    from qa.web.server import check_exposure, check_tools
    from qa.web.server import serve as serve_page

    accounts = read_accounts(auth_file) if auth_file else None
    address = read_address(root_path)
    for one in filter(None, (host, address.host)):  # before a library is made
        check_exposure(one, is_guarded=accounts is not None, open_to_all=open_to_all)
    if mcp:
        check_tools()
    endpoint = endpoint_of(os.environ)
    if endpoint:
        show.show_line(show.messages(), f"Where an answer is to be written: {endpoint.notice}")
    with folders.open_library(session_of(context, library).library) as opened:
        serve_page(
            opened,
            host=host,
            port=port,
            open_browser=open_browser,
            model_name=model,
            accounts=accounts,
            open_to_all=open_to_all,
            endpoint=endpoint,
            has_tools=mcp,
            address=address,
            most_waiting=queue,
        )


def evaluate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    *,
    compare: Annotated[bool, typer.Option("--compare", help="Measure simpler ways to rank passages, too.")] = False,
    as_json: JsonOption = False,
    library: LibraryOption = None,
) -> None:
    """Measure how well a library answers questions with known answers.

    FILE has one such question a line, in JSON: "question"; "document", the name of the file that answers it, a list
    of names, or null if none does; and, where they are known, "start" and "end" of the answer in the document's text,
    or a "quote".

    \b
    Examples:
      qa eval questions.jsonl
      qa eval questions.jsonl --compare --json
    """
    from qa.evaluate import evaluate as ask_all
    from qa.evaluate import load_gold_questions
    from qa.metrics import summarize

    questions = load_gold_questions(file)
    session = session_of(context, library)
    with open_filled(session) as opened:
        outcomes = ask_all(opened, load_model(session, opened), questions, compare=compare)
        report = summarize(list(progress.track(show.messages(), outcomes, "Asking", len(questions))))
    if as_json:
        show.show_json(report)
    else:
        show.show_evaluation(show.output(), report)
