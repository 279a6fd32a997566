"""What is done with kept conversations: list, rename, delete, rate, export. Each only by whom it belongs to."""

from __future__ import annotations

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from qa.export import FORMATS, export_conversation
from qa.web import render_library
from qa.web.librarian import Librarian
from qa.web.libraries import Libraries
from qa.web.replies import NO_STORE, asker, body_value, done, html, json_of, said, with_library
from qa.web.viewer import number_in

NO_CONVERSATION = "There is no such conversation here. It may have been deleted, or belong to someone else."


def conversation_routes(libraries: Libraries) -> APIRouter:
    """The routes below `/conversations`."""
    router = APIRouter()

    @router.get("/conversations")
    def conversations(request: Request) -> Response:
        def act(librarian: Librarian) -> Response:
            query = request.query_params
            shown = librarian.conversations_of(asker(request))
            return html(render_library.conversation_list(shown, query.get("c", ""), query.get("library", "")))

        return with_library(libraries, request, act)

    @router.post("/conversations/{action}")
    async def change(request: Request, action: str) -> Response:
        body = await json_of(request)

        def act(librarian: Librarian) -> Response:
            try:
                return _change(librarian, asker(request), action, body)
            except KeyError:
                return said(NO_CONVERSATION, 404)

        return await to_thread.run_sync(with_library, libraries, request, act)

    @router.get("/conversations/{conversation_id}/export.{suffix}")
    def export(request: Request, conversation_id: str, suffix: str) -> Response:
        def act(librarian: Librarian) -> Response:
            if suffix not in FORMATS:
                return said("There is no such format.", 404)
            try:
                conversation = librarian.conversations.find(asker(request), conversation_id)
                turns = librarian.conversations.turns(asker(request), conversation_id)
            except KeyError:
                return said(NO_CONVERSATION, 404)
            disposition = f'attachment; filename="quoted-answers-{conversation_id}.{suffix}"'
            headers = {**NO_STORE, "Content-Disposition": disposition}
            content = export_conversation(conversation, turns, suffix)
            return Response(content.encode("utf-8", "backslashreplace"), 200, headers, FORMATS[suffix])

        return with_library(libraries, request, act)

    return router


def _change(librarian: Librarian, owner: str, action: str, body: object) -> Response:
    conversation = str(body_value(body, "conversation"))
    kept = librarian.conversations
    match action:
        case "rename":
            kept.rename(owner, conversation, str(body_value(body, "title") or ""))
        case "delete":
            title = librarian.delete_conversation(owner, conversation)
            return said(title)
        case "restore":
            kept.find(owner, conversation)
            librarian.removals.take_back(("conversation", conversation))
        case "rate":
            turn, rating = number_in(str(body_value(body, "turn"))), body_value(body, "rating")
            if turn is None or rating not in (-1, 0, 1):
                return said("This is no rating.", 400)
            kept.rate(owner, turn, int(rating))
        case _:
            return said("There is no such action.", 404)
    return done()
