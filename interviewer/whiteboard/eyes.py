"""A picture of a whiteboard in, arrow lines out, read by a model that sees. Knows no case, and lets nothing but a diagram through."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from interviewer.errors import InputError
from interviewer.state import Value, Work
from interviewer.whiteboard import diagram
from interviewer.whiteboard.boxes import MOST_LETTERS
from prompts.library import Prompt, load

if TYPE_CHECKING:
    from interviewer.providers.models import ChatModel

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000  # of a picture unpacked: a small file can hold a huge one
LONGEST = 2048  # pixels of a side, as it is sent: models shrink what is larger
MOST_REPLY = 20_000  # letters of a reply that are looked at
NOTHING = "No diagram could be read from this picture. Try a sharper or closer one with boxes and arrows, or write it: client -> gateway"
_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


class Seen(Value):
    """What was read from a picture: arrow lines as the candidate could have written them, or a plain sentence why there are none."""

    text: str = ""
    notice: str = ""
    work: Work = Work()


class Eyes:
    """Reads pictures through a chat model that sees."""

    def __init__(self, model: ChatModel, prompt: Prompt | None = None):
        self._model, self._prompt = model, prompt or load("whiteboard")

    def look(self, image: bytes, mime: str = "") -> Seen:
        """The diagram in a PNG, JPEG or WebP of at most 10 MB, by one call of the model; `mime` is what its sender says it is.

        InputError when it is no such picture, ModelError when the model fails. The picture is sent without its metadata
        (place, camera, author). Of the reply only what is drawn is kept.
        """
        plain, mime = cleaned(image, mime)
        told = self._prompt.fill(arrows=str(diagram.MOST_EDGES), letters=str(MOST_LETTERS))
        before = self._model.spent
        graph = drawn(self._model.see(told.system, told.volatile, plain, mime))
        used = type(before)._make(now - then for now, then in zip(self._model.spent, before, strict=True))
        work = Work(worker=self._model.name, prompt=self._prompt.id).spent(used)
        return Seen(text=diagram.text(graph), work=work) if graph else Seen(notice=NOTHING, work=work)


def drawn(reply: str) -> diagram.Graph | None:
    """The diagram in a model's reply; everything in it that is no arrow line is dropped."""
    return diagram.sketch(reply[:MOST_REPLY])


def cleaned(image: bytes, mime: str = "") -> tuple[bytes, str]:
    """A picture made anew from its pixels, upright, without metadata, no side above 2048 pixels: (bytes, MIME type).

    InputError when it is too large, or when its first bytes are not those of a PNG, JPEG or WebP, whatever `mime` says.
    """
    if len(image) > MOST_BYTES:
        raise InputError(f"The picture has {len(image) / 1e6:.0f} MB: at most 10 MB can be read. Make it smaller, or crop it.")
    kind = kind_of(image)
    if not kind:
        said = f" ({mime} was said)" if mime else ""
        raise InputError(f"This is no PNG, JPEG or WebP picture{said}. Save it as one of them and attach it again.")
    return _made_anew(image, kind), _TYPES[kind]


def kind_of(image: bytes) -> str:
    """PNG, JPEG or WEBP by the first bytes; "" for anything else."""
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if image.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "WEBP" if image[:4] == b"RIFF" and image[8:12] == b"WEBP" else ""


def _made_anew(image: bytes, kind: str) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(image), formats=[kind]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise InputError("The picture has more than 50 million pixels. Make it smaller, or crop it to the diagram.")
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError("The picture is damaged: it could not be opened. Save it anew and attach it again.") from error
    upright.thumbnail((LONGEST, LONGEST))
    flat = Image.new("RGB", upright.size, "white")  # black ink on a transparent ground would be black on black
    flat.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, kind, **({"quality": 90} if kind != "PNG" else {"optimize": True}))
    return out.getvalue()
