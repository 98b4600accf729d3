"""Decodes codes to rows, in the units of a run's data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from harmonium.apply.reading import read
from harmonium.apply.trained import Trained
from harmonium.apply.using import code_names
from harmonium.data.table import column_names
from harmonium.errors import UsageError
from harmonium.memory import need
from harmonium.runs import Run

__all__ = ["Decoded", "codes_in", "decode"]

_BLOCK = 1000


class Decoded(NamedTuple):
    """Rows ``(N, D)``, the shape of a row, names of its values, and whether transforms are undone.

    The values are in the units of the data if every transform of the run can be undone, otherwise
    in those of the transformed rows, which the model reads.
    """

    rows: Tensor
    shape: tuple[int, ...]
    names: tuple[str, ...]
    undone: bool


def codes_in(run: Run | Trained, path: str | Path) -> Tensor:
    """Codes in a file, ``(N, k)``: an array, or a table such as ``encode`` writes.

    Columns of a table are matched by name if it has those of ``encode`` (it may have more),
    otherwise by position.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the run's model decodes no codes, or the file holds none of its size.
    """
    trained = run if isinstance(run, Trained) else Trained(run)
    names = code_names(trained, trained.able("decodes"))
    path = Path(path)
    if path.is_dir():
        raise UsageError(f"{path}: a folder: name the file with the codes")
    codes = _read(path, names)
    _check(codes, path, names=names)
    return codes


def decode(run: Run | Trained, codes: Tensor) -> Decoded:
    """Decodes codes ``(N, k)`` to rows.

    Args:
        run: a run that has finished its training.
        codes: as ``encode`` gives them.

    Raises:
        ValueError: the run's model decodes no codes, or these are not finite or of another size.
    """
    trained = run if isinstance(run, Trained) else Trained(run)
    model = trained.able("decodes")
    _check(codes, "codes", names=code_names(trained, model))
    like = next(model.parameters())
    width = math.prod(trained.shape)
    need(
        2 * like.element_size() * len(codes) * (width + sum(model.sizes)),
        f"decoding {len(codes):,d} codes at once",
        remedy="decode fewer at a time",
    )
    rows = torch.cat([model.decode(part.to(like))["x"].flatten(1) for part in codes.split(_BLOCK)])
    try:
        back = trained.chain.back(rows, column="x")
    except ValueError:
        return Decoded(rows, tuple(trained.chain.shape), trained.visible_names, undone=False)
    return Decoded(back, trained.shape, trained.features, undone=True)


def _read(path: Path, names: Sequence[str]) -> Tensor:
    """The values of a file, ``(N, ...)`` as one row for each code."""
    suffix = path.suffix.lower()
    settings: dict[str, Any] = {}
    if suffix in {".csv", ".parquet"}:
        known = column_names(path) if path.is_file() else None
        if known is not None and (there := set(names) & set(known)):
            if missing := [name for name in names if name not in there]:
                raise UsageError(
                    f"{path}: has no column {missing[0]!r}, which is a number of the code: give "
                    f"all of {names[0]} to {names[-1]}, or as many columns without these names"
                )
            settings = {"features": list(names)}
    elif suffix in {".h5", ".hdf5"}:
        settings = {"x": "code"}
    x = read(path, **settings).train.x
    return torch.as_tensor(x[:]).flatten(1)


def _check(codes: Tensor, where: str | Path, *, names: Sequence[str]) -> None:
    if codes.ndim != 2 or codes.shape[1] != len(names):
        size = "x".join(map(str, codes.shape))
        raise UsageError(
            f"{where}: an array of {size}, but codes of the model have {len(names)} numbers, "
            f"{names[0]} to {names[-1]}: give rows as `harmonium encode` writes them"
        )
    bad = ~codes.isfinite()
    if bool(bad.any()):
        row, column = bad.nonzero()[0].tolist()
        raise UsageError(
            f"{where}: row {row}, number {column} (from 0) is {float(codes[row, column])}: give "
            "finite numbers"
        )
