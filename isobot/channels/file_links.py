"""Signed links to files, for chats that cannot carry one."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from isobot.channels.web_answers import HEADERS, no_such_file, note, rendered
from isobot.chat.files import FileLinks, LinkRefused
from isobot.chat.history import History
from isobot.chat.outgoing import Renderer


def files_route(links: FileLinks, history: History, render: Renderer) -> Route:
    """Return the route of signed links, for chats that cannot carry a file."""

    async def download(request: Request) -> Response:
        number = request.path_params["message"]
        try:
            links.check(number, request.query_params.get("e", ""), request.query_params.get("s", ""))
        except LinkRefused as refused:
            return HTMLResponse(note(str(refused)), HTTPStatus.FORBIDDEN, headers=HEADERS)
        message = await history.message(number)
        return no_such_file() if message is None else await rendered(message, render)

    return Route("/files/{message:int}", download)
