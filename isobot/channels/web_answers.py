"""What the web's routes answer with: pages, data, refusals, files."""

from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse, JSONResponse, Response

from isobot.chat.outgoing import Outgoing, Renderer

log = structlog.get_logger()

HERE = Path(__file__).parent
MOST_TEXT = 20_000

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
PAGES = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)


async def rendered(message: Outgoing, render: Renderer) -> Response:
    """Make the file of a message now; it shows the figures as the recipe names them."""
    if message.reply.attachment is None:
        return no_such_file()
    try:
        file = await render(message.reply.attachment)
    except Exception:
        log.exception("file_not_rendered", message=message.id)
        words = "Chưa tạo được tệp này. Anh/chị thử lại sau ít phút, hoặc báo quản trị viên."
        return HTMLResponse(note(words), HTTPStatus.INTERNAL_SERVER_ERROR, headers=HEADERS)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in file.filename)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.filename, safe='')}"
    headers = {**HEADERS, "Content-Disposition": disposition}
    return Response(file.content, media_type=file.media_type, headers=headers)


def no_such_file() -> Response:
    """Say that there is no such file for this person."""
    words = "Không có tệp này trong cuộc trò chuyện của anh/chị."
    return HTMLResponse(note(words), HTTPStatus.NOT_FOUND, headers=HEADERS)


def note(text: str) -> str:
    """Draw a page that says one thing."""
    return PAGES.get_template("note.html").render(text=text)


def json_answer(content: dict[str, Any]) -> JSONResponse:
    """Answer the page with data that no cache keeps."""
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def refusal(status: HTTPStatus, text: str) -> JSONResponse:
    """Answer the page with a sentence that it shows."""
    return JSONResponse({"ok": False, "error": text}, status)


def too_long() -> JSONResponse:
    """Refuse a text beyond `MOST_TEXT`."""
    most = f"{MOST_TEXT:,}".replace(",", ".")
    return refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"Tin dài quá {most} ký tự nên chưa gửi được. Anh/chị chia thành nhiều tin ngắn hơn.",
    )
