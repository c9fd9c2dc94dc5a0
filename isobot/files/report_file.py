"""Loads a file that was attached to a report: it is sent on as it came."""

from isobot.chat.outgoing import RenderedFile
from isobot.errors import NotFound
from isobot.files.desk import Desk
from isobot.storage import report_files

REPORT_FILE = "report_file"


async def load_report_file(desk: Desk, *, file: int) -> RenderedFile:
    """Return an attached file.

    Raises:
        NotFound: there is no such file, or it was never fetched.
    """
    async with desk.database.read() as connection:
        known = await report_files.find(connection, file)
        content = await report_files.content_of(connection, file)
    if known is None or content is None:
        raise NotFound(f"file {file} of a report")
    return RenderedFile(known.filename, content, known.media_type)
