"""Serving the page on this machine until it is stopped."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from importlib import resources
from ipaddress import ip_address
from typing import TYPE_CHECKING

from index.library import Library
from qa.folders import load_model
from qa.llm.settings import Endpoint
from qa.web.accounts import Accounts
from qa.web.address import HERE, Address, BelowPath
from qa.web.line import MOST_WAITING
from source.errors import ServerError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from index.embed import Embedder

ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
}
"""Variables that keep Gradio and Hugging Face's libraries, which read them once, from calling home, from keeping a
history, and from working out statistics after each event, which takes longer than an answer does."""

_SHUTDOWN_TIMEOUT_S = 1


def serve(  # noqa: PLR0913 - each is an option of the command
    library: Library,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    model_name: str | None = None,
    accounts: Accounts | None = None,
    open_to_all: bool = False,
    endpoint: Endpoint | None = None,
    has_tools: bool = False,
    address: Address = HERE,
    most_waiting: int = MOST_WAITING,
) -> None:
    """Serve the page for `library` until Ctrl-C; says where it is once it can be opened.

    The model `model_name`, or else the one the library was made with, loads while the page is already there. With
    `accounts`, only who signs in sees anything; without, other machines are let in only if it is `open_to_all`.
    With `has_tools`, language models are offered tools, too. `address` is where a proxy shows the page.
    `most_waiting` questions may wait at once; more are turned away.

    Raises:
        ServerError: nothing can listen at `host` and `port`, or nothing may, or what the tools need is not there.
    """
    for one in filter(None, (host, address.host)):
        check_exposure(one, is_guarded=accounts is not None, open_to_all=open_to_all)
    if has_tools:
        check_tools()
    os.environ.update(ENVIRONMENT)
    listener = listen(host, port)
    own = _url(host, listener.getsockname()[1])
    url = address.root if address.origin else f"{own}{address.path}"

    def announce() -> None:
        print(f"Quoted Answers is at {url}", flush=True)
        if address.root:
            print(f"A proxy has to pass on to {own}", flush=True)
        if has_tools:
            print(f"Its tools for language models (MCP) are at {url}/mcp", flush=True)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    def load(one: Library) -> Embedder:
        embedder = load_model(one, model_name if one is library else None)
        if embedder.notice:
            print(embedder.notice, flush=True)
        return embedder

    app = create_app(
        library,
        load,
        host=host,
        accounts=accounts,
        endpoint=endpoint,
        has_tools=has_tools,
        address=address,
        most_waiting=most_waiting,
    )
    with contextlib.suppress(KeyboardInterrupt):
        page_server(app, announce).run([listener])


def check_exposure(host: str, *, is_guarded: bool, open_to_all: bool) -> None:
    """Raise `ServerError` if others could reach the page at `host` without signing in, and that was not asked for."""
    if is_guarded or open_to_all or host == "localhost" or _is_loopback(host):
        return
    raise ServerError(
        f"Cannot start at {host}",
        "whoever reaches this machine could read and change the library",
        "Let people sign in (--auth-file), or add --open-to-all if this is meant.",
    )


def check_tools() -> None:
    """Raise `ServerError` if what the tools for language models need is not installed."""
    try:
        importlib.import_module("qa.web.tools")
    except ImportError as error:
        raise ServerError(
            "Cannot offer tools to language models (--mcp)",
            "the package mcp, version 2, is not installed",
            "Install it: python -m pip install 'mcp>=2.3,<3'.",
        ) from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def create_app(  # noqa: PLR0913 - each is a choice of whoever serves the page
    library: Library,
    load: Callable[[Library], Embedder],
    *,
    host: str = "127.0.0.1",
    undo_s: float = 10.0,
    accounts: Accounts | None = None,
    endpoint: Endpoint | None = None,
    has_tools: bool = False,
    address: Address = HERE,
    most_waiting: int = MOST_WAITING,
) -> FastAPI:
    """The page as an ASGI application.

    `load` makes the model of a library and runs in the background, `host` is where the application will listen, and
    for `undo_s` seconds what was removed can be had back. `accounts` are those who may use it; None is everybody.
    `endpoint` is the language model that may be asked to write; None is none. With `has_tools`, there are tools for
    language models at `/mcp`. `address` is where a proxy shows the page, and `most_waiting` questions may wait at once.
    """
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles

    from qa.web.conversation_routes import conversation_routes
    from qa.web.draft_routes import draft_routes
    from qa.web.drafts import Drafts
    from qa.web.libraries import Libraries
    from qa.web.library_routes import library_routes
    from qa.web.page import mount_page, upload_folder
    from qa.web.page_routes import page_routes
    from qa.web.security import FileGuard, RequestGuard, ResponseHeaders
    from qa.web.signin import SignIn
    from qa.web.viewer_routes import viewer_routes
    from qa.web.visitors import Visitors

    libraries = Libraries(library, load, undo_s=undo_s, endpoint=endpoint, most_waiting=most_waiting)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with run_tools():
            yield
        libraries.close()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    for routes in (page_routes, viewer_routes, library_routes, conversation_routes):
        app.include_router(routes(libraries))
    drafts = Drafts()  # one for all, so that there is one line
    app.include_router(draft_routes(libraries, drafts))
    run_tools: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext
    if has_tools:
        from qa.web.tools import mount_tools

        run_tools = mount_tools(app, libraries, drafts)
    app.mount("/ui", StaticFiles(directory=str(resources.files("qa.web") / "static")))
    mount_page(app, libraries, address.root)
    app.add_middleware(FileGuard, upload_folder=upload_folder())
    app.add_middleware(Visitors, path=address.path)
    app.add_middleware(SignIn, accounts=accounts, path=address.path)
    app.add_middleware(ResponseHeaders, path=address.path)
    app.add_middleware(RequestGuard, host=host, address=address)
    if address.path:
        app.add_middleware(BelowPath, path=address.path)
    return app


def page_server(app: FastAPI, announce: Callable[[], None]) -> uvicorn.Server:
    """What serves `app` on a socket that it is given; `announce` is called once it answers."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                announce()

    config = uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=_SHUTDOWN_TIMEOUT_S)
    return Server(config)


def listen(host: str, port: int) -> socket.socket:
    """A socket at `host` and `port` (0: any that is free).

    Raises:
        ServerError: there can be none.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with contextlib.ExitStack() as on_failure:
            listener = on_failure.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            on_failure.pop_all()
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        reason = "the port is in use" if in_use else (error.strerror or str(error)).lower()
        remedy = "Choose another with --port." if in_use else "Choose another address or port."
        raise ServerError(f"Cannot start at {_url(host, port)}", reason, remedy) from error
    return listener


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
