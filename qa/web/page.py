"""The page's parts and what happens when they are used. Only this module and `qa.web.api` import Gradio.

There is no `gr.State`: one would make every open tab hold a connection for good, and browsers allow six. What the page
knows is in its address, on the server, or on it: the script sends it along with each question (see `static/main.js`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.utils import get_upload_folder

from qa.web import asking, render
from qa.web.api import offer_api
from qa.web.asking import Shown, read_context
from qa.web.librarian import Librarian
from qa.web.libraries import Libraries
from qa.web.library_routes import MAX_UPLOAD_BYTES
from qa.web.markup import name
from qa.web.visitors import USER_HEADER, owner_of
from qa.web.written import switches
from source.errors import QuotedAnswersError

_SUGGESTIONS = 3
_LOG = logging.getLogger(__name__)
_BROKEN = "Something went wrong in the program: see the terminal it was started in. Nothing was changed."

_SHEETS = ("base", "library", "conversation", "written", "viewer", "draft", "narrow")
_HEAD = "".join(f'<link rel="stylesheet" href="./ui/{sheet}.css">' for sheet in _SHEETS) + (
    '<script type="module" src="./ui/main.js"></script>'
)

Step = tuple[Any, Any, Any, Any]
"""New values for the question box, the conversation, the notice, and what the script is told."""

# The names of the events must stand in quotes: Gradio looks for them in this text.
_BRIDGE = "window.qaTrigger = trigger; /* 'ask' 'reopen' 'suggest' */"
# Before the script of the page is there, its address says all there is to know.
_ADDRESS = "JSON.stringify(Object.fromEntries(new URLSearchParams(location.search)))"
_CONTEXT = f"window.qaContext ? window.qaContext() : {_ADDRESS}"
_ASKING = f"window.qaContext ? window.qaContext(true) : {_ADDRESS}"


def mount_page(app: FastAPI, libraries: Libraries, root: str = "") -> None:
    """Put the page at `/` of `app`, which a proxy shows at `root`: a URL, or a path of this server's."""
    page = _build_page(libraries)
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
        max_file_size=MAX_UPLOAD_BYTES,
        show_error=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        pwa=False,
        ssr_mode=False,
        mcp_server=False,
        root_path=root or None,
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
    """The parts of the page that change or are listened to; `context` is what the script sends along."""

    conversation: gr.Chatbot
    notice: gr.HTML
    box: gr.Textbox
    hint: gr.HTML
    bridge: gr.HTML
    context: gr.Textbox


def _build_page(libraries: Libraries) -> gr.Blocks:
    page = gr.Blocks(
        title="Quoted Answers",
        fill_width=True,
        fill_height=True,
        analytics_enabled=False,
        delete_cache=(3600, 3600),
    )
    with page:
        parts = _lay_out(libraries.served.library.folder.name)
        _wire_questions(parts, libraries)
        _wire_start(page, parts, libraries)
        offer_api(libraries)
    return page


def _lay_out(library_name: str) -> _Parts:
    """Three panels below a bar: the library, the conversation, and the document that is being looked at."""
    _html(_static("top.html").replace("LIBRARY", name(library_name)), "top")
    with gr.Row(elem_id="shell"):
        with gr.Column(elem_id="lib"):
            _html(_static("library.html"), "library")
        with gr.Column(elem_id="chat"):
            conversation = _conversation()
            with gr.Column(elem_id="dock"):
                notice = _html("", "notice")
                box = _question_box()
                hint = _html("", "hint")
            _html(_static("draft.html"), "draft")
        with gr.Column(elem_id="view"):
            _html(_static("viewer.html"), "viewer")
    bridge = _html("", "bridge", js_on_load=_BRIDGE)
    context = gr.Textbox(visible=False, elem_id="context")
    return _Parts(conversation, notice, box, hint, bridge, context)


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

# Of an event: no overlays, not in the API, any number at once (questions wait for each other elsewhere).
_OPTIONS: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}


def _owner(request: gr.Request) -> str:
    return owner_of(dict(request.cookies), dict(request.headers).get(USER_HEADER))


def _wire_questions(parts: _Parts, libraries: Libraries) -> None:
    async def ask_typed(question: str, context: str, request: gr.Request) -> AsyncIterator[Step]:
        async for shown in asking.ask(libraries, _owner(request), read_context(context), question):
            yield _step(shown)

    async def ask_this(event: gr.EventData, request: gr.Request) -> AsyncIterator[Step]:
        said = _said_by(event)
        context = read_context(json.dumps(said))
        async for shown in asking.ask(libraries, _owner(request), context, str(said.get("question") or "")):
            yield _step(shown)

    async def ask_example(context: str, event: gr.SelectData, request: gr.Request) -> AsyncIterator[Step]:
        question = str(event.value["text"])
        async for shown in asking.ask(libraries, _owner(request), read_context(context), question):
            yield _step(shown)

    async def reopen(event: gr.EventData, request: gr.Request) -> Step:
        return _step(await asking.reopen(libraries, _owner(request), read_context(json.dumps(_said_by(event)))))

    async def stop(context: str, request: gr.Request) -> Step:
        return _step(await asking.stop(libraries, _owner(request), read_context(context)))

    outputs = [parts.box, parts.conversation, parts.notice, parts.bridge]
    with_question = [parts.box, parts.context]
    events = [
        parts.box.submit(ask_typed, with_question, outputs, js=f"(question) => [question, {_ASKING}]", **_OPTIONS),
        parts.conversation.example_select(ask_example, [parts.context], outputs, js=f"() => [{_ASKING}]", **_OPTIONS),
        parts.bridge.ask(ask_this, None, outputs, **_OPTIONS),
    ]
    # An answer on its way goes on without this page, and is kept.
    parts.bridge.reopen(reopen, None, outputs, trigger_mode="multiple", cancels=events, **_OPTIONS)
    parts.box.stop(stop, [parts.context], outputs, js=f"() => [{_CONTEXT}]", cancels=events, **_OPTIONS)


def _said_by(event: gr.EventData) -> dict[str, Any]:
    said = event._data
    return said if isinstance(said, dict) else {}


def _step(shown: Shown) -> Step:
    box = gr.update(submit_btn=not shown.is_running, stop_btn=shown.is_running)
    if shown.question is not None:
        box["value"] = shown.question
    messages = gr.skip() if shown.messages is None else shown.messages
    return box, messages, str(shown.notice), str(render.state(shown.conversation, is_running=shown.is_running))


def _wire_start(page: gr.Blocks, parts: _Parts, libraries: Libraries) -> None:
    async def show(context: str, request: gr.Request) -> Step:
        return _step(await asking.reopen(libraries, _owner(request), read_context(context)))

    def suggest(context: str) -> Any:
        return _start(libraries, read_context(context).library)

    def show_loading(context: str) -> Iterator[str]:
        yield from _loading(libraries, read_context(context).library)

    outputs = [parts.box, parts.conversation, parts.notice, parts.bridge]
    sent = {"js": f"() => [{_CONTEXT}]", **_OPTIONS}
    page.load(show, [parts.context], outputs, **sent)
    page.load(suggest, [parts.context], [parts.conversation], **sent)
    page.load(show_loading, [parts.context], [parts.hint], **sent)
    parts.bridge.suggest(suggest, [parts.context], [parts.conversation], **sent)


def _start(libraries: Libraries, library: str) -> Any:
    """What an empty conversation offers."""
    try:
        librarian = libraries.get(library)
        is_empty = not librarian.documents()
        examples: list[Any] = [{"text": question} for question in librarian.suggest(_SUGGESTIONS)]
    except (KeyError, QuotedAnswersError):
        return gr.skip()  # the list of documents says what is wrong
    return gr.update(placeholder=str(render.welcome(is_empty=is_empty)), examples=examples)


def _loading(libraries: Libraries, library: str) -> Iterator[str]:
    """What stands below the question box while the model is loading, and then."""
    try:
        librarian: Librarian = libraries.get(library)
        if not librarian.is_ready:
            yield str(render.waiting(render.LOADING))
        librarian.model.result()
    except KeyError:
        yield ""
    except QuotedAnswersError as error:
        yield str(render.failure(error))
    except Exception:  # noqa: BLE001 - a bug must not leave the page waiting for ever
        _LOG.exception("The model could not be loaded")
        yield str(render.notice(_BROKEN))
    else:
        yield str(render.HINT + (switches(libraries.endpoint) if libraries.endpoint else ""))
