"""Serving the page on this machine until it is stopped."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from typing import TYPE_CHECKING

from index.library import Library
from qa.folders import load_model
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


def serve(
    library: Library,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    model_name: str | None = None,
) -> None:
    """Serve the page for `library` until Ctrl-C; says where it is once it can be opened.

    The model `model_name`, or else the one the library was made with, loads while the page is already there.

    Raises:
        ServerError: nothing can listen at `host` and `port`.
    """
    os.environ.update(ENVIRONMENT)
    listener = listen(host, port)
    url = _url(host, listener.getsockname()[1])

    def announce() -> None:
        print(f"Quoted Answers is at {url}", flush=True)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    app = create_app(library, lambda: load_model(library, model_name), host=host)
    with contextlib.suppress(KeyboardInterrupt):
        page_server(app, announce).run([listener])


def create_app(library: Library, load: Callable[[], Embedder], *, host: str = "127.0.0.1") -> FastAPI:
    """The page as an ASGI application; `load` runs in the background, and `host` is where it will listen."""
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles

    from qa.web.librarian import Librarian
    from qa.web.page import mount_page, upload_folder
    from qa.web.security import FileGuard, RequestGuard, ResponseHeaders
    from qa.web.viewer import viewer_routes

    librarian = Librarian(library, ThreadPoolExecutor(1, "model").submit(load))
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(viewer_routes(library))
    app.mount("/ui", StaticFiles(directory=str(resources.files("qa.web") / "static")))
    mount_page(app, librarian, library.folder.name)
    app.add_middleware(FileGuard, upload_folder=upload_folder())
    app.add_middleware(ResponseHeaders)
    app.add_middleware(RequestGuard, host=host)
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
