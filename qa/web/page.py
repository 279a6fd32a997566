"""The page's parts and what happens when they are used. The only module that imports Gradio.

There is no `gr.State`: one would make every open tab hold a connection for good, and browsers allow six. What the page
knows is on it (the conversation) or in the library.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import gradio as gr
from fastapi import FastAPI
from gradio.utils import get_upload_folder
from markupsafe import Markup

from index.ingest import Failed, Stored
from qa.web import render
from qa.web.librarian import Librarian
from qa.web.markup import name
from qa.web.viewer import number_in
from source.errors import QuotedAnswersError

# Uploads beyond this are refused while they arrive; the loader's own, lower limit gives a reason and a remedy.
_MAX_UPLOAD = "200mb"
_SUGGESTIONS = 3
# Each update sends the whole list of what was added.
_UPDATE_EVERY_S = 0.5
_LOG = logging.getLogger(__name__)
_BROKEN = "Something went wrong in the program: see the terminal it was started in. Nothing was changed."

_HEAD = "".join(f'<link rel="stylesheet" href="./ui/{sheet}.css">' for sheet in ("base", "panels", "narrow")) + (
    '<link rel="icon" type="image/svg+xml" href="./ui/icon.svg"><script src="./ui/ui.js" defer></script>'
)

Conversation = list[dict[str, Any]]
Turn = tuple[Any, Any, Any]
"""New values for the question box, the conversation and the notice."""

# The names of the events must stand in quotes: Gradio looks for them in this text.
_TOP_EVENTS = "element.addEventListener('click', e => e.target.closest('.new-chat') && trigger('restart'))"
_LIST_EVENTS = """element.addEventListener('click', e => {
  const button = e.target.closest('.remove button');
  if (button) trigger('discard', {document: button.value});
})"""


def mount_page(app: FastAPI, librarian: Librarian, library_name: str) -> None:
    """Put the page at `/` of `app`."""
    page = _build_page(librarian, library_name)
    # Only then does Gradio refuse a request that names a file of this machine which was not uploaded.
    page.has_launched = True
    gr.mount_gradio_app(
        app,
        page,
        "/",
        head=_HEAD,
        favicon_path=str(resources.files("qa.web") / "static" / "icon.svg"),
        theme=_theme(),
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        max_file_size=_MAX_UPLOAD,
        show_error=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        pwa=False,
        ssr_mode=False,
        mcp_server=False,
    )


def upload_folder() -> Path:
    """Where Gradio puts what is uploaded."""
    return Path(get_upload_folder())


def _theme() -> gr.themes.Base:
    """Nothing but the canvas, which a browser paints before the stylesheet is there."""
    sans: list[gr.themes.Font | str] = [gr.themes.Font("Inter"), "system-ui", "sans-serif"]
    return gr.themes.Base(font=sans).set(body_background_fill="#e8ecef", body_background_fill_dark="#0d1216")


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of the page that change or are listened to."""

    top: gr.HTML
    drop: gr.File
    added: gr.HTML
    documents: gr.HTML
    conversation: gr.Chatbot
    notice: gr.HTML
    box: gr.Textbox
    hint: gr.HTML


def _build_page(librarian: Librarian, library_name: str) -> gr.Blocks:
    page = gr.Blocks(
        title="Quoted Answers",
        fill_width=True,
        fill_height=True,
        analytics_enabled=False,
        delete_cache=(3600, 3600),
    )
    with page:
        parts = _lay_out(library_name)
        _wire_questions(page, parts, librarian)
        _wire_library(page, parts, librarian)
    return page


def _lay_out(library_name: str) -> _Parts:
    """Three panels below a bar: the library, the conversation, and the document that is being looked at."""
    top = _html(_static("top.html").replace("LIBRARY", name(library_name)), "top", js_on_load=_TOP_EVENTS)
    with gr.Row(elem_id="shell"):
        with gr.Column(elem_id="lib"):
            drop = gr.File(file_count="multiple", label="Add documents", show_label=False, elem_id="drop", height=60)
            added = _html("", "added")
            documents = _html("", "documents", js_on_load=_LIST_EVENTS)
        with gr.Column(elem_id="chat"):
            conversation = _conversation()
            with gr.Column(elem_id="dock"):
                notice = _html("", "notice")
                box = _question_box()
                hint = _html("", "hint")
        with gr.Column(elem_id="view"):
            _html(_static("viewer.html"), "viewer")
    return _Parts(top, drop, added, documents, conversation, notice, box, hint)


def _static(file: str) -> str:
    return (resources.files("qa.web") / "static" / file).read_text("utf-8")


def _html(value: str, elem_id: str, js_on_load: str | None = None) -> gr.HTML:
    return gr.HTML(str(value), elem_id=elem_id, apply_default_css=False, js_on_load=js_on_load)


def _conversation() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="conversation",
        show_label=False,
        height="100%",
        autoscroll=False,
        render_markdown=False,
        latex_delimiters=[],
        group_consecutive_messages=False,
        buttons=[],
        feedback_options=None,
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="ask",
        label="Your question",
        placeholder="Ask about your documents",
        container=False,
        lines=1,
        max_lines=8,
        autofocus=True,
        submit_btn=True,
    )


# What happens


def _options(turns: str | None = None, trigger_mode: Literal["once", "multiple"] = "once") -> dict[str, Any]:
    """Of an event: no overlays, not in the API; those of the same `turns` wait for each other."""
    return {
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_id": turns,
        "concurrency_limit": 1 if turns else None,
        "trigger_mode": trigger_mode,
    }


def _wire_questions(page: gr.Blocks, parts: _Parts, librarian: Librarian) -> None:
    def ask(question: str, conversation: Conversation) -> Iterator[Turn]:
        yield from _ask(librarian, question, conversation)

    def ask_suggested(conversation: Conversation, event: gr.SelectData) -> Iterator[Turn]:
        yield from _ask(librarian, event.value["text"], conversation)

    def show_loading() -> Iterator[str]:
        yield from _loading(librarian)

    turn = [parts.box, parts.conversation, parts.notice]
    parts.box.submit(ask, [parts.box, parts.conversation], turn, **_options("ask"))
    parts.conversation.example_select(ask_suggested, [parts.conversation], turn, **_options("ask"))
    parts.top.restart(lambda: ("", [], ""), None, turn, **_options())
    page.load(show_loading, None, [parts.hint], **_options())


def _ask(librarian: Librarian, question: str, conversation: Conversation) -> Iterator[Turn]:
    """One turn of the conversation; a question that fails goes back into the box, with the reason beside it."""
    try:
        librarian.check(question)
        asked = [*conversation, _said("user", render.question_bubble(question))]
        words = render.READING if librarian.is_ready else render.LOADING
        yield "", [*asked, _said("assistant", render.waiting(words))], ""
        answer = librarian.answer(question)
    except QuotedAnswersError as error:
        yield question, conversation, str(render.failure(error))
    except Exception:  # noqa: BLE001 - a bug must not leave the page waiting for ever
        _LOG.exception("A question could not be answered")
        yield question, conversation, str(render.notice(_BROKEN))
    else:
        yield gr.skip(), [*asked, _said("assistant", render.answer_html(answer))], ""


def _said(role: Literal["user", "assistant"], content: str) -> dict[str, Any]:
    return {"role": role, "content": str(content)}


def _loading(librarian: Librarian) -> Iterator[str]:
    """What stands below the question box while the model is loading, and then."""
    if not librarian.is_ready:
        yield str(render.waiting(render.LOADING))
    try:
        librarian.wait_until_ready()
    except QuotedAnswersError as error:
        yield str(render.failure(error))
    except Exception:  # noqa: BLE001 - a bug must not leave the page waiting for ever
        _LOG.exception("The model could not be loaded")
        yield str(render.notice(_BROKEN))
    else:
        yield str(render.HINT)


def _wire_library(page: gr.Blocks, parts: _Parts, librarian: Librarian) -> None:
    def show() -> tuple[str, Any]:
        return _library(librarian)

    def add(files: list[str]) -> Iterator[tuple[Any, str, Any, Any]]:
        said = ""
        for said in _add(librarian, [Path(file) for file in files]):
            yield None, said, gr.skip(), gr.skip()
        yield None, said, *_library(librarian)

    def discard(event: gr.EventData) -> tuple[Any, Any, str]:
        document_id = number_in(str(getattr(event, "document", "")))
        try:
            if document_id is not None:
                librarian.remove(document_id)
        except QuotedAnswersError as error:
            return gr.skip(), gr.skip(), str(render.failure(error))
        return *_library(librarian), ""

    library = [parts.documents, parts.conversation]
    page.load(show, None, library, **_options())
    # "multiple": what is dropped while something is being added must not be lost.
    parts.drop.upload(add, [parts.drop], [parts.drop, parts.added, *library], **_options("add", "multiple"))
    parts.documents.discard(discard, None, [*library, parts.notice], **_options(trigger_mode="multiple"))


def _library(librarian: Librarian) -> tuple[str, Any]:
    """The list of documents, and what an empty conversation offers."""
    try:
        documents = librarian.documents()
        questions = librarian.suggest_questions(_SUGGESTIONS)
    except QuotedAnswersError as error:
        return str(render.failure(error)), gr.skip()
    examples: list[Any] = [{"text": question} for question in questions]
    start = gr.update(placeholder=str(render.welcome(is_empty=not documents)), examples=examples)
    return str(render.document_list(documents)), start


def _add(librarian: Librarian, uploads: list[Path]) -> Iterator[str]:
    """What became of the uploads so far, with what is still being done."""
    adding = f"Adding {len(uploads)} {'document' if len(uploads) == 1 else 'documents'}…"
    events: list[Stored | Failed] = []
    trouble = Markup("")
    shown_at = time.monotonic()
    yield str(render.outcomes(events, status=adding if librarian.is_ready else render.LOADING))
    try:
        for event in librarian.add_uploads(uploads):
            events.append(event)
            if time.monotonic() - shown_at > _UPDATE_EVERY_S:
                yield str(render.outcomes(events, status=adding))
                shown_at = time.monotonic()
    except QuotedAnswersError as error:
        trouble = render.failure(error)
    except Exception:  # noqa: BLE001 - a bug must not leave the page waiting for ever
        _LOG.exception("Uploads could not be added")
        trouble = render.notice(_BROKEN)
    yield str(trouble + render.outcomes(events, status=""))
