"""Excel workbooks: what opens them, and every error of one that is broken.

Kept apart because the library takes a while to load, and hardly a start needs it.
"""

import zipfile
import zlib

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

__all__ = ["BROKEN_WORKBOOK", "load_workbook"]

BROKEN_WORKBOOK = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # both XML readers derive their error from it
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
)
