r"""Potts models in the text format of adabmDCA (https://github.com/spqb/adabmDCA).

A line holds one parameter: ``J i j a b value`` with i < j, the coupling of letter a at site i with
letter b at site j, or ``h i a value``, the field of letter a at site i. Sites are numbered from 0.
Letters are written as letters; files of older versions have their indices. Couplings that are
zero may be left out. The model is :math:`\log p(v) = \sum_i h_i(v_i) + \sum_{i<j}
J_{ij}(v_i, v_j) + const`.
"""

import os
from pathlib import Path

import torch

from harmonium.data.expand import opened_text
from harmonium.data.fasta import letters
from harmonium.data.numerals import number
from harmonium.errors import DataError
from harmonium.files import write_whole
from harmonium.graph import EnergyGraph
from harmonium.learning.couplings import Couplings, effective_couplings
from harmonium.machines import potts

__all__ = ["read_dca", "read_dca_couplings", "write_dca"]

_PARTS = {"J": 6, "h": 4}
"""Kind of a line -> number of its fields."""


def read_dca(path: str | os.PathLike[str], alphabet: str = "protein") -> EnergyGraph:
    """Reads a model as a machine with groups "v" and "h"; see ``machines.potts``.

    Args:
        path: the file, plain or .gz.
        alphabet: as in ``data.letters``; the letters in the order of their codes.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line is not of this format; the message gives its number.
    """
    return potts(*read_dca_couplings(path, alphabet))


def read_dca_couplings(path: str | os.PathLike[str], alphabet: str = "protein") -> Couplings:
    """Reads fields and couplings of a file, float64; those that it leaves out are zero.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line is not of this format; the message gives its number.
    """
    path, own = Path(path), letters(alphabet)
    places: dict[str, list[tuple[int, ...]]] = {"J": [], "h": []}
    values: dict[str, list[float]] = {"J": [], "h": []}
    with opened_text(path) as file:
        for line, text in enumerate(file, 1):
            fields = text.split()
            if not fields:
                continue
            place, value = _entry(fields, own, where=f"{path}, line {line}")
            places[fields[0]].append(place)
            values[fields[0]].append(value)
    if not places["h"]:
        raise DataError(f"{path}: no line 'h site letter value': it holds no fields")
    sites = 1 + max(max(p[0] for p in places["h"]), max((p[1] for p in places["J"]), default=0))
    h = torch.zeros(sites, len(own), dtype=torch.float64)
    j = torch.zeros(sites, sites, len(own), len(own), dtype=torch.float64)
    for table, kind in ((h, "h"), (j, "J")):
        if places[kind]:
            at = tuple(torch.tensor(places[kind]).mT)
            table[at] = torch.tensor(values[kind], dtype=torch.float64)
    j = j + j.permute(1, 0, 3, 2)
    return Couplings(h, j.permute(0, 2, 1, 3).contiguous())


def write_dca(
    path: str | os.PathLike[str], model: EnergyGraph | Couplings, *, alphabet: str = "protein"
) -> Path:
    """Writes a model; of a machine its effective fields and couplings, in the zero-sum gauge.

    These are exact for Gaussian hidden units. For others they leave out interactions of three and
    more sites (``learning.couplings``).

    Raises:
        OSError: the file cannot be written; an older file there is intact.
        ValueError: the machine is none of one-hot sites, or the alphabet has other letters.
    """
    h, j = effective_couplings(model) if isinstance(model, EnergyGraph) else model
    own = letters(alphabet)
    if h.shape[1] != len(own):
        raise DataError(
            f"{h.shape[1]} states a site, but alphabet {own!r} has {len(own)} letters: name the "
            "letters of the model"
        )
    lines = [
        f"J {a} {b} {own[x]} {own[y]} {float(value):.9g}"
        for a, b in torch.triu_indices(len(h), len(h), 1).mT.tolist()
        for x, row in enumerate(j[a, :, b].tolist())
        for y, value in enumerate(row)
        if value
    ]
    lines += [
        f"h {a} {own[x]} {value:.9g}"
        for a, row in enumerate(h.tolist())
        for x, value in enumerate(row)
    ]
    return write_whole(Path(path), "\n".join([*lines, ""]))


def _entry(fields: list[str], own: str, *, where: str) -> tuple[tuple[int, ...], float]:
    """Place and value of the parameter in a line."""
    if len(fields) != _PARTS.get(fields[0]):
        raise DataError(
            f"{where}: {' '.join(fields)[:40]!r}; 'J site site letter letter value' or 'h site "
            "letter value' is needed"
        )
    count = len(fields) // 2 - 1  # of sites, and of letters
    try:
        sites = tuple(int(text) for text in fields[1 : 1 + count])
        states = tuple(_code(text, own) for text in fields[1 + count : -1])
        value = number(fields[-1])
    except ValueError as error:
        raise DataError(f"{where}: {error}; the alphabet has {own!r}") from None
    if min(sites) < 0 or (count == 2 and sites[0] >= sites[1]):
        raise DataError(f"{where}: sites {sites}; i < j, numbered from 0, are needed")
    return (*sites, *states), value


def _code(text: str, own: str) -> int:
    """Code of a letter, or of its index in files of older versions."""
    if text in own:
        return own.index(text)
    if text.isdecimal() and int(text) < len(own):
        return int(text)
    raise DataError(f"{text!r} is no letter")
