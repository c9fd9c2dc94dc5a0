"""The routes of the report as a form: a link from the chat opens it, once; the page saves and sends.

No script is needed. A platform that looks at a link for its preview only sees a button, so it cannot use
the link up.
"""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from handlers import live
from handlers.services import Services
from isobot.actions.approving import hand_in
from isobot.actions.reporting import Work, load_work
from isobot.clock import Clock, vietnam_day
from isobot.domain.people import STRANGER, Actor
from isobot.errors import Refusal
from isobot.storage import form_links, people
from isobot.storage.database import Database
from isobot.storage.form_links import FormLink
from isobot.storage.store import Store
from isobot.web.form_page import CHANNEL, Entered, cells, take

HERE = Path(__file__).parent
PATH = "/bieu"
COOKIE = "isobot_form"
MOST_BYTES = 300_000
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)

DEAD_LINK = (
    "Đường dẫn này đã mở ở nơi khác, hoặc đã hết hạn. "
    "Anh/chị quay lại cuộc trò chuyện, gõ “mở biểu trên web” để lấy đường dẫn mới."
)
TAKEN_AWAY = "Anh/chị không còn giữ vai trò báo cáo của đơn vị này."


class FormPages:
    """Shows reports as forms to the browsers that opened a link."""

    def __init__(
        self, database: Database, services: Services, clock: Clock, *, told: Callable[[], None]
    ) -> None:
        self._database = database
        self._services = services
        self._clock = clock
        self._told = told
        """Called after messages were queued: the head of a unit is told what waits."""

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the form and of its style sheet."""
        return [
            Mount(f"{PATH}/static", StaticFiles(directory=HERE / "static")),
            Route(f"{PATH}/{{secret}}", self._door, methods=["GET", "POST"]),
            Route(f"{PATH}/{{secret}}/nhap", self._form, methods=["GET", "POST"]),
        ]

    async def _door(self, request: Request) -> Response:
        """Show a button; opening spends the link, and gives this browser the form for some hours."""
        secret, now = request.path_params["secret"], self._clock.now()
        if await self._link_of(request) is not None:
            return _to_form(secret)
        if request.method == "GET":
            async with self._database.read() as connection:
                link = await form_links.find(connection, secret, now=now)
            return (
                _note(DEAD_LINK, HTTPStatus.FORBIDDEN) if link is None or link.session else _page("door.html")
            )
        async with self._database.write() as connection:
            session = await form_links.open_once(connection, secret, now=now)
        if session is None:
            return _note(DEAD_LINK, HTTPStatus.FORBIDDEN)
        answer = _to_form(secret)
        answer.set_cookie(
            COOKIE,
            session,
            max_age=int(form_links.LASTS.total_seconds()),
            path=f"{PATH}/{secret}",
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="lax",
        )
        return answer

    async def _link_of(self, request: Request) -> FormLink | None:
        """Return the link that this browser opened."""
        async with self._database.read() as connection:
            link = await form_links.find(connection, request.path_params["secret"], now=self._clock.now())
        mine = link is not None and form_links.is_opened_by(link, request.cookies.get(COOKIE, ""))
        return link if mine else None

    async def _form(self, request: Request) -> Response:
        link = await self._link_of(request)
        if link is None:
            return _note(DEAD_LINK, HTTPStatus.FORBIDDEN)
        if request.method == "GET":
            async with self._database.read() as connection:
                store = Store(connection, self._clock.now())
                work, actor = await self._load(store, link)
            return self._show(work, actor, Entered())
        posted = await _posted(request)
        if posted is None:
            return _note("Nội dung gửi lên dài quá mức nhận được.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await self._save(link, posted)

    async def _save(self, link: FormLink, posted: dict[str, str]) -> Response:
        """Write what was entered; with "gui", send the report where nothing stands in the way."""
        async with self._database.write() as connection:
            store = Store(connection, self._clock.now())
            work, actor = await self._load(store, link)
            if not actor.may_report_for(work.record.unit):
                return _note(TAKEN_AWAY, HTTPStatus.FORBIDDEN)
            try:
                entered = take(store, actor=actor, work=work, posted=posted, today=vietnam_day(store.now))
                said, done = _saved(entered), False
                if posted.get("viec") == "gui" and entered.is_clean:
                    said, done = await self._send(store, actor, work, posted)
            except Refusal as refusal:
                entered, said, done = Entered(), str(refusal), False
            await store.flush()
        self._told()
        return (
            _page("sent.html", said=said, name=work.name) if done else self._show(work, actor, entered, said)
        )

    async def _send(self, store: Store, actor: Actor, work: Work, posted: dict[str, str]) -> tuple[str, bool]:
        seen = posted.get("events", "")
        try:
            receipt = await hand_in(
                store, actor=actor, work=work, channel=CHANNEL, seen=int(seen) if seen.isdecimal() else None
            )
        except Refusal as refusal:
            return str(refusal), False
        if receipt is None:
            return "Đã trình lãnh đạo đơn vị duyệt; lãnh đạo duyệt thì báo cáo được gửi ngay.", True
        return (
            f"Đã nhận số liệu. Mã biên nhận: {receipt}. "
            "Văn bản chính thức vẫn phải được ký và gửi theo quy định."
        ), True

    async def _load(self, store: Store, link: FormLink) -> tuple[Work, Actor]:
        """Load the report and the person, with the posts held now.

        Raises:
            NotFound: the report is no more.
        """
        services = self._services
        await live.refresh_rules(store, services)
        keys = await people.identities_of(store.connection, link.person)
        found = await people.actors(store.connection, keys, on=vietnam_day(store.now))
        actor = next(iter(found.values()), STRANGER)
        record = await store.report(link.report)
        work = await load_work(
            store, record, forms=services.forms, rules=services.rules, directory=services.directory
        )
        return work, actor

    def _show(self, work: Work, actor: Actor, entered: Entered, said: str = "") -> Response:
        if not actor.may_report_for(work.record.unit):
            return _note(TAKEN_AWAY, HTTPStatus.FORBIDDEN)
        missing = work.form.missing(work.values)
        drawn = cells(work, entered)
        return _page(
            "form.html",
            work=work,
            cells=drawn,
            again=[cell for cell in drawn if cell.wrong or cell.doubted],
            said=said,
            clean=entered.is_clean,
            sure=entered.sure,
            wrong=entered.wrong,
            missing=missing,
            done=len(work.form.visible_fields(work.values)) - len(missing),
            computed=[(f, f.show(v)) for f, v in work.form.lines(work.values) if f.computed is not None],
            errors=work.errors,
            warnings=[(w, work.reasons.get(w.check, "")) for w in work.warnings],
        )


def _saved(entered: Entered) -> str:
    if entered.is_clean:
        return f"Đã lưu {entered.written} số." if entered.written else "Không có số nào thay đổi."
    left = len(entered.wrong) + len(entered.doubted)
    return f"Đã lưu {entered.written} số; còn {left} ô cần xem lại, đánh dấu ở dưới."


async def _posted(request: Request) -> dict[str, str] | None:
    """Read what the page sent; None where it is larger than any form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1_000)
    return {key: values[-1] for key, values in fields.items()}


def _to_form(secret: str) -> RedirectResponse:
    return RedirectResponse(f"{PATH}/{secret}/nhap", HTTPStatus.SEE_OTHER, headers=_HEADERS)


def _page(template: str, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(**values), status, headers=_HEADERS)


def _note(text: str, status: int) -> HTMLResponse:
    return _page("note.html", status, text=text)
