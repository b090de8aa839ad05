"""A Word document in, its HTML and pictures out. The only module that knows mammoth."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from kb_builder.issues import KbError

try:
    import mammoth  # type: ignore[import-untyped]  # it ships no types
except ImportError:  # pragma: no cover  (the extra is installed wherever tests run)
    raise KbError(
        "this needs the extra 'import'", hint="Install it: pip install 'kb-builder[import]'", exit_code=2
    ) from None

_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_TITLE = re.compile(r"\s*<h1>(.*?)</h1>", re.DOTALL)
_MOST_UNPACKED_BYTES = 500_000_000
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='HTML Preformatted'] => pre:separator('\\n')
r[style-name='HTML Code'] => code
"""  # of Word, besides those that mammoth knows


@dataclass(frozen=True, slots=True)
class Document:
    """What a document holds; ``messages`` say what it holds that HTML does not."""

    title: str
    html: str
    pictures: dict[str, bytes]
    messages: tuple[str, ...]


def read_document(data: bytes, *, name: str) -> Document | None:
    """Read a document; None when it is none, or would unpack to more than is sound.

    Args:
        data: The file.
        name: What the names of its pictures begin with.
    """
    pictures: dict[str, bytes] = {}

    def keep(image: Any) -> dict[str, str]:
        extension = _TYPES.get(image.content_type)
        if extension is None:
            return {"src": ""}
        file_name = f"{name}-{len(pictures) + 1}.{extension}"
        with image.open() as opened:
            pictures[file_name] = opened.read()
        return {"src": file_name}

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_UNPACKED_BYTES:
                return None
        result = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=mammoth.images.img_element(keep), style_map=_STYLES
        )
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError):
        return None
    title = _TITLE.match(result.value)
    plain = re.sub(r"<[^<>]*>", "", title[1]) if title else ""
    body = result.value[title.end() :] if title else result.value
    messages = tuple(sorted({message.message for message in result.messages}))
    return Document(" ".join(plain.split()), body, pictures, messages)
