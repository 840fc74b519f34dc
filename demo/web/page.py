"""The page itself: a file at `/`, the rest of its folder under `/static/`."""

from pathlib import Path

from aiohttp import web

from demo.web.guard import Wrong

FOLDER = Path(__file__).parent.parent / "page"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}


def routes() -> list[web.RouteDef]:
    return [web.get("/", index), web.get("/static/{name}", static)]


async def index(request: web.Request) -> web.Response:  # noqa: ARG001 every handler has one
    return _file("index.html")


async def static(request: web.Request) -> web.Response:
    return _file(request.match_info["name"])


def _file(name: str) -> web.Response:
    path = FOLDER / name
    if path.parent != FOLDER or path.suffix not in TYPES or not path.is_file():
        raise Wrong(404, "there is no such file")
    kind = TYPES[path.suffix]
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=path.read_bytes(), content_type=kind, charset=charset)
