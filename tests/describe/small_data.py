"""Small files of every kind of data that a recipe may start from."""

import numpy as np
from PIL import Image

__all__ = ["write"]

SENTENCE = "the quick brown fox jumps over the lazy dog. "


def write(kind, folder, *, labelled=True, target=False):
    """Writes data of a kind into a folder; returns the file or folder."""
    return _WRITERS[kind](folder, np.random.default_rng(0), labelled, target)


def _pictures(folder, rng, labelled, _):
    for name in ("cat", "dog"):
        place = folder / "images" / name if labelled else folder / "images"
        place.mkdir(parents=True, exist_ok=True)
        for k in range(30):
            pixels = rng.integers(0, 256, (8, 8), dtype=np.uint8)
            Image.fromarray(pixels).save(place / f"{name}{k}.png")
    return folder / "images"


def _arrays(folder, rng, labelled, target):
    x = rng.random((60, 8, 8), dtype=np.float32)
    y = {"y": rng.random(60) if target else np.arange(60) % 2} if labelled or target else {}
    np.savez(folder / "arrays.npz", x=x, **y)
    return folder / "arrays.npz"


def _table(folder, rng, labelled, target):
    last = [f"{v:.3f}" for v in rng.normal(size=60)] if target else [*"ab" * 30]
    rows = [[f"{v:.3f}" for v in row] for row in rng.normal(size=(60, 4))]
    names = ["one", "two", "three", "four"]
    if labelled or target:
        names, rows = (
            [*names, "price" if target else "colour"],
            [[*row, cell] for row, cell in zip(rows, last, strict=True)],
        )
    (folder / "table.csv").write_text("\n".join(map(",".join, [names, *rows])) + "\n")
    return folder / "table.csv"


def _text(folder, *_):
    (folder / "book.txt").write_text(SENTENCE * 300)
    return folder / "book.txt"


def _alignment(folder, rng, *_):
    lines = ["".join(rng.choice([*"-ACDE"], 12)) for _ in range(60)]
    lines = [f">{k}\n{line}" for k, line in enumerate(lines)]
    (folder / "family.fasta").write_text("\n".join(lines) + "\n")
    return folder / "family.fasta"


def _documents(folder, rng, labelled, _):
    words = SENTENCE.split()
    lines = [" ".join(rng.choice(words, 8)) for _ in range(60)]
    lines = [f"{'ab'[k % 2]}\t{line}" if labelled else line for k, line in enumerate(lines)]
    (folder / "documents.txt").write_text("\n".join(lines) + "\n")
    return folder / "documents.txt"


def _trees(folder, rng, *_):
    lines = [f"({k % 3} (0 w{k // 8}) ({k % 2} v{k % 8}))" for k in rng.permutation(60)]
    (folder / "trees.txt").write_text("\n".join(lines) + "\n")
    return folder / "trees.txt"


def _series(folder, rng, *_):
    waves = np.sin(np.arange(300)[:, None] * [0.3, 0.7]) + 0.1 * rng.normal(size=(300, 2))
    lines = [f"{t},{a:.3f},{b:.3f}" for t, (a, b) in enumerate(waves)]
    (folder / "waves.csv").write_text("\n".join(["time,left,right", *lines]) + "\n")
    return folder / "waves.csv"


_WRITERS = {
    "arrays": _arrays,
    "characters": _text,
    "fasta": _alignment,
    "image_folder": _pictures,
    "series": _series,
    "table": _table,
    "text": _documents,
    "trees": _trees,
    "words": _documents,
}
