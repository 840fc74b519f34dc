"""Photos as Telegram keeps them: turned into JPEG, at most 1280 pixels wide or high."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE_LONGEST = 1280
#: Telegram's bound on width + height, and on their ratio.
SIDES_TOGETHER = 10_000
RATIO_MOST = 20


class NoPicture(Exception):
    """These bytes are no picture Telegram would take. The argument is Telegram's word for the reason."""


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    width: int
    height: int


def to_photo(content: bytes) -> Picture:
    """Raises NoPicture. Takes tens of milliseconds: call it in a thread."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            _check_size(opened.size)
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NoPicture("IMAGE_PROCESS_FAILED") from error
    upright.thumbnail((SIDE_LONGEST, SIDE_LONGEST))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=87)
    return Picture(out.getvalue(), upright.width, upright.height)


def _check_size(size: tuple[int, int]) -> None:
    if sum(size) > SIDES_TOGETHER or max(size) > RATIO_MOST * min(size):
        raise NoPicture("PHOTO_INVALID_DIMENSIONS")
