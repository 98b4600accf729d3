"""Draws the pictures of the course again: every script in docs/course/pictures/, or those named.

python docs/course/pictures.py                     # all pages: minutes
python docs/course/pictures.py backpropagation     # one page

A script has the name of its page and writes its pictures beside itself. They are reduced to a
palette of colours; a picture above 60 kB is an error.
"""

import runpy
import sys
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parent / "pictures"
LIMIT, COLOURS = 60_000, 64


def main():
    names = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("*.py"))
    sys.path.insert(0, str(FOLDER.parents[2] / "examples"))
    for name in names:
        before = {path: path.stat().st_mtime_ns for path in FOLDER.glob("*.png")}
        runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
        for path in sorted(FOLDER.glob("*.png")):
            if path.stat().st_mtime_ns != before.get(path):
                reduce(path)
                print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    large = [path.name for path in FOLDER.glob("*.png") if path.stat().st_size > LIMIT]
    if large:
        sys.exit(f"above {LIMIT / 1000:.0f} kB: {', '.join(large)}; draw them smaller")


def reduce(path):
    """Writes a picture of one frame with a palette, if that makes its file smaller."""
    with Image.open(path) as image:
        if getattr(image, "n_frames", 1) > 1:
            return
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    part = path.with_suffix(".part")
    small.save(part, format="PNG", optimize=True)
    if part.stat().st_size < path.stat().st_size:
        part.replace(path)
    else:
        part.unlink()


if __name__ == "__main__":
    main()
