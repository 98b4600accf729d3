"""A report as one HTML file without scripts or outside requests, readable from file://."""

from __future__ import annotations

import base64
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from harmonium.errors import UsageError, UsageTypeError
from harmonium.extras import need
from harmonium.files import write_whole
from harmonium.report.style import DPI
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Code", "Page", "Picture", "Section", "render", "write"]

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A figure, or the bytes of a PNG file, with an alternative text.

    Args:
        figure: the picture on the page.
        alt: its alternative text.
        caption: the text below it.
        moving: an animation of it as a PNG file, which is saved beside the page's figures; the
            page itself does not move.

    Raises:
        ValueError: there is no alternative text, or the bytes are not a PNG file.
    """

    figure: Figure | bytes
    alt: str
    caption: str = ""
    moving: bytes | None = None

    def __post_init__(self) -> None:
        if not self.alt.strip():
            message = "a picture needs alt text: say what it shows, for who cannot see it"
            raise UsageError(message)
        for data in (self.figure, self.moving):
            if isinstance(data, bytes) and not data.startswith(_PNG):
                message = f"picture {self.alt!r}: the bytes are no PNG file"
                raise UsageError(message)

    def png(self) -> bytes:
        """The picture as a PNG file, at two device pixels per CSS pixel."""
        if isinstance(self.figure, bytes):
            return self.figure
        stream = BytesIO()
        self.figure.savefig(stream, format="png", dpi=DPI)
        return stream.getvalue()


@dataclass(frozen=True)
class Code:
    """Preformatted text: a recipe, a command, an environment, a traceback."""

    text: str
    title: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and the parts below it, in order; a string is a paragraph.

    Successive pictures and tables are placed side by side if there is room.

    Raises:
        TypeError: a part is of another kind.
    """

    title: str
    parts: Sequence[str | Table | Picture | Code]

    def __post_init__(self) -> None:
        for part in self.parts:
            if not isinstance(part, str | Table | Picture | Code):
                message = (
                    f"section {self.title!r}: a part is a str, Table, Picture or Code, "
                    f"not {type(part).__name__}"
                )
                raise UsageTypeError(message)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole report: title, verdict in one line, key facts, sections.

    `status` colours and marks the verdict; `facts` are short values below it, such as
    `{"test accuracy": "97.3 %"}`.
    """

    title: str
    verdict: str
    sections: Sequence[Section]
    status: Literal["good", "warning", "bad", "plain"] = "plain"
    subtitle: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def render(page: Page) -> str:
    """The page as one HTML document; all text is escaped."""
    template = resources.files("harmonium.report").joinpath("page.html").read_text("utf-8")
    jinja = need("jinja2")
    environment = jinja.Environment(
        autoescape=True,
        undefined=jinja.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    sections = [
        {"title": section.title, "blocks": _blocks(section.parts)} for section in page.sections
    ]
    html: str = environment.from_string(template).render(page=page, sections=sections)
    return html


def write(page: Page, path: str | os.PathLike[str]) -> Path:
    """Writes the page to `path` and returns the path; on an error the old file stays unchanged."""
    return write_whole(Path(path), render(page))


def _blocks(parts: Sequence[str | Table | Picture | Code]) -> list[dict[str, Any]]:
    """Parts in the form of the template, with successive pictures and tables as one row."""
    blocks: list[dict[str, Any]] = []
    for part in parts:
        if not isinstance(part, Picture | Table):
            blocks.append({"kind": type(part).__name__, "part": part})
            continue
        item = {"picture": _embedded(part)} if isinstance(part, Picture) else {"part": part}
        if blocks and blocks[-1]["kind"] == "row":
            blocks[-1]["items"].append(item)
        else:
            blocks.append({"kind": "row", "items": [item]})
    return blocks


def _embedded(picture: Picture) -> dict[str, Any]:
    png = picture.png()
    width, height = struct.unpack(">II", png[16:24])
    data = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    shown = {"width": (width + 1) // 2, "height": (height + 1) // 2}
    return {"data": data, "alt": picture.alt, "caption": picture.caption, **shown}
