"""What the library panel asks for: documents, uploads and how far they are, removals, other libraries."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from qa.web import render_library
from qa.web.librarian import Librarian
from qa.web.libraries import Libraries
from qa.web.replies import asker, body_value, done, html, json_of, said, with_library
from qa.web.uploads import incoming_folder
from qa.web.viewer import number_in
from qa.web.visitors import USER_HEADER
from source.errors import LibraryError, printable

MAX_UPLOAD_BYTES = 200_000_000
"""Uploads beyond this are refused while they arrive; the loader's own, lower limit gives a reason and a remedy."""

_MAX_UPLOADS_WAITING = 2_000
_NO_ONE = "This browser is not known here: allow cookies for this page and load it again."


def library_routes(libraries: Libraries) -> APIRouter:
    """The routes below `/library` and `/libraries`."""
    router = APIRouter()

    @router.get("/library/documents")
    def documents(request: Request) -> Response:
        return with_library(
            libraries, request, lambda librarian: html(render_library.document_list(librarian.documents()))
        )

    @router.get("/library/progress")
    def progress(request: Request) -> Response:
        def act(librarian: Librarian) -> Response:
            files = librarian.intake.files(asker(request))
            reply = html(render_library.progress_list(files))
            reply.headers["X-Unfinished"] = str(sum(not one.is_finished for one in files))
            reply.headers["X-Generation"] = str(librarian.library.generation)
            return reply

        return with_library(libraries, request, act)

    @router.put("/library/upload")
    async def upload(request: Request) -> Response:
        return await _upload(libraries, request)

    @router.post("/library/{action}")
    async def change(request: Request, action: str) -> Response:
        body = await json_of(request)

        def act(librarian: Librarian) -> Response:
            return _change(librarian, asker(request), action, body)

        return await to_thread.run_sync(with_library, libraries, request, act)

    @router.get("/libraries")
    def list_libraries(request: Request) -> Response:
        served = libraries.served.library.folder.name
        current = request.query_params.get("library", "")
        return html(
            render_library.library_list(libraries.names(), served, current, request.headers.get(USER_HEADER, ""))
        )

    @router.post("/libraries")
    async def make_library(request: Request) -> Response:
        name = str(body_value(await json_of(request), "name") or "")
        try:
            made = await to_thread.run_sync(libraries.make, name)
        except LibraryError as error:
            return said(str(error), 400)
        return said(render_library.address(made))

    return router


def _change(librarian: Librarian, owner: str, action: str, body: object) -> Response:
    document = number_in(str(body_value(body, "document")))
    match action:
        case "dismiss":
            librarian.intake.dismiss(owner)
        case "remove":
            removed = librarian.remove(document) if document is not None else None
            return said(printable(removed.name) if removed else "")
        case "restore":
            if not librarian.removals.take_back(("document", document or 0)):
                return said("It is gone already. Add it again to have it back.", 410)
        case _:
            return said("There is no such action.", 404)
    return done()


async def _upload(libraries: Libraries, request: Request) -> Response:
    """Write the body of a request to a file as it arrives, and hand that over."""
    name = Path(request.query_params.get("name", "")).name
    owner = asker(request)
    if not owner:
        return said(_NO_ONE, 403)
    if not name or name in {".", ".."} or "\0" in name:
        return said("Refused: this file has no name.", 400)
    try:
        librarian = await to_thread.run_sync(libraries.get, request.query_params.get("library", ""))
        librarian.library.check_writable()
    except KeyError:
        return said("There is no library of this name.", 404)
    except LibraryError as error:
        return said(str(error), 400)
    if sum(not one.is_finished for one in librarian.intake.files(owner)) >= _MAX_UPLOADS_WAITING:
        return said(f"More than {_MAX_UPLOADS_WAITING:,} files are waiting. Add the rest when they are done.", 429)
    folder = incoming_folder(librarian.library.folder) / secrets.token_hex(8)
    problem = await _receive(request, folder, name)
    if problem:
        await to_thread.run_sync(shutil.rmtree, folder, True)  # noqa: FBT003 - errors are ignored
        return said(problem, 400)
    librarian.intake.add(owner, folder / name)
    return done()


async def _receive(request: Request, folder: Path, name: str) -> str:
    """Why the body could not be written to `name` in `folder`; nothing if it was."""
    received = 0
    try:
        folder.mkdir(parents=True)
        with (folder / name).open("wb") as file:
            async for piece in request.stream():
                received += len(piece)
                if received > MAX_UPLOAD_BYTES:
                    return f"It is larger than {MAX_UPLOAD_BYTES // 1_000_000:,} MB. Split it and add the parts."
                await to_thread.run_sync(file.write, piece)
    except ClientDisconnect:
        return "It was not sent to its end."
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used here"
        return f"It cannot be kept as {printable(name)}: {reason.lower()}. Rename it, or look at the disk."
    return ""
