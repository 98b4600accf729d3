"""Writes the figures of a page as files, drawn once for page and files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from harmonium.report.page import Page, Picture, Section

__all__ = ["save_figures", "with_bytes"]


def with_bytes(page: Page) -> Page:
    """Returns the page with every figure drawn as a PNG file."""
    sections = [
        Section(
            section.title,
            [
                replace(part, figure=part.png()) if isinstance(part, Picture) else part
                for part in section.parts
            ],
        )
        for section in page.sections
    ]
    return replace(page, sections=sections)


def save_figures(page: Page, folder: Path) -> list[Path]:
    """Writes every picture to `folder`, named by section and place, each in one step.

    An animation of a picture has the same name and `-moving`.

    Raises:
        OSError: the folder cannot be written.
    """
    written = []
    for section in page.sections:
        pictures = [part for part in section.parts if isinstance(part, Picture)]
        if pictures:
            folder.mkdir(parents=True, exist_ok=True)
        slug = re.sub(r"\W+", "-", section.title.lower()).strip("-")
        for number, picture in enumerate(pictures, 1):
            place = folder / f"{slug}-{number}.png"
            written.append(_written(place, picture.png()))
            if picture.moving is not None:
                moving = place.with_stem(f"{place.stem}-moving")
                written.append(_written(moving, picture.moving))
    return written


def _written(place: Path, png: bytes) -> Path:
    part = place.with_name(f".{place.name}.part")
    try:
        part.write_bytes(png)
        part.replace(place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return place
