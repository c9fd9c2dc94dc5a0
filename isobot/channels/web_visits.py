"""Who asks on the web: cookies, the chat they lead to, and posts of other pages told apart."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "isobot_chat"
PERSONA_COOKIE = "isobot_persona"
COOKIE_SECONDS = 180 * 24 * 3600
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks: the cookie's value, the persona chosen in the demo, and the chat they lead to."""

    session: str
    persona: str
    fresh: bool

    @property
    def chat(self) -> str:
        """The chat's name; whoever reads it cannot tell the cookie from it."""
        return hashlib.sha256(f"{self.session}|{self.persona}".encode()).hexdigest()[:32]


class Visitors:
    """Tells visitors apart, and remembers them by cookies."""

    def __init__(self, *, public_url: str | None, personas: bool) -> None:
        """Prepare; `personas` tells whether a visitor may be one of several people."""
        self._public_url = public_url
        self._personas = personas

    def visit(self, request: Request) -> Visit:
        """Tell who asks; a newcomer gets a cookie's value that nobody can guess."""
        session = request.cookies.get(COOKIE, "")
        persona = request.cookies.get(PERSONA_COOKIE, "") if self._personas else ""
        known = _SESSION.fullmatch(session) is not None
        return Visit(session if known else secrets.token_urlsafe(32), persona, fresh=not known)

    def remember(self, request: Request, visit: Visit, response: Response) -> Response:
        """Give the cookie to a newcomer, and anew whenever the page is opened."""
        if visit.fresh or request.url.path == "/":
            self._set_cookie(request, response, COOKIE, visit.session)
        return response

    def become(self, request: Request, response: Response, persona: str) -> None:
        """Remember which persona a visitor is from now on."""
        self._set_cookie(request, response, PERSONA_COOKIE, persona)

    def _set_cookie(self, request: Request, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            name,
            value,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self._seen_as(request).scheme == "https",
        )

    def _seen_as(self, request: Request) -> URL:
        return URL(self._public_url) if self._public_url else request.url

    def is_own_page(self, request: Request) -> bool:
        """Tell whether a post comes from our page; what is no browser names no origin and has no cookie."""
        origin = request.headers.get("origin")
        if origin is None:
            return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
        # The scheme is left out: behind a proxy the program itself is reached by plain http.
        return urlsplit(origin).netloc in {self._seen_as(request).netloc, request.url.netloc}
