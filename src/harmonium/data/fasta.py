"""Aligned sequences in FASTA files, as one-hot rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from harmonium.bounds import Share
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.expand import opened_text
from harmonium.data.kinds import Numbers
from harmonium.data.reweight import sequence_weights
from harmonium.errors import DataError
from harmonium.files import write_whole
from harmonium.memory import need

__all__ = ["decoded", "encoded", "fasta", "letters", "read_fasta", "write_fasta"]

_ALPHABETS = {
    "protein": "-ACDEFGHIKLMNPQRSTVWY",
    "rna": "-ACGU",
    "dna": "-ACGT",
}
_GAPS = str.maketrans(".", "-")


class _Sequence(NamedTuple):
    name: str
    text: str
    line: int  # of its header, from 1


def letters(alphabet: str) -> str:
    """Returns the letters of an alphabet, in the order of their codes; the gap "-" is the first.

    Args:
        alphabet: "protein" (20 amino acids and the gap), "rna", "dna", or the letters themselves.

    Raises:
        ValueError: a letter occurs twice, is white space, ">", ".", or lower case, or there is
            only one letter.

    >>> letters("dna"), letters("HP")
    ('-ACGT', 'HP')
    """
    own = _ALPHABETS.get(alphabet, alphabet)
    fine = (
        own.isascii()
        and own == own.upper().translate(_GAPS)
        and not any(c.isspace() or c == ">" for c in own)
    )
    if not fine or len(own) < 2 or len(set(own)) < len(own):
        raise DataError(
            f"alphabet {alphabet!r}: {', '.join(_ALPHABETS)}, or at least two different capital "
            'letters such as "-ACGT" are needed ("." is read as the gap "-")'
        )
    return own


def fasta(
    train: Path,
    test: Path | None = None,
    *,
    alphabet: str = "protein",
    unknown: Literal["error", "gap", "drop"] = "error",
    insertions: Literal["keep", "drop"] = "keep",
    identity: Share | None = None,
) -> DataSet:
    """Aligned sequences, one-hot: rows for ``Categorical(sites, letters)`` units.

    The shape of an example is (sites, letters), its rows are flattened; `names` holds the header
    lines. Letters are read in any case, "." is the gap "-". A file may be plain or .gz.

    Args:
        train: FASTA file of the training sequences.
        test: FASTA file of the test sequences, of the same alignment.
        alphabet: "protein", "rna", "dna", or the letters themselves, as "-ACGT".
        unknown: Treatment of letters outside the alphabet (X, B, N ...): "error", "gap" to read
            them as a gap, or "drop" to leave out their sequences.
        insertions: "drop" removes lower-case letters and ".", which in A2M, A3M and Pfam files
            are residues outside the columns of the alignment.
        identity: Weigh every sequence by 1 / (number of sequences of its file that agree with it
            on at least this fraction of sites, itself included); null for no weights. 0.8 is
            usual.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not FASTA or has no sequence, lengths of sequences differ, or a
            letter is outside the alphabet; the message names file, line and sequence.
    """
    own = letters(alphabet)
    sites: int | None = None
    splits: dict[str, Any] = {}
    for part, path in {"train": train, "test": test}.items():
        if path is None:
            continue
        read = _matched(Path(path), insertions=insertions)
        sites = _aligned(read, Path(path), sites=sites)
        read = _known(read, Path(path), own=own, unknown=unknown)
        x = encoded([s.text for s in read], own).flatten(1)
        weights = None if identity is None else sequence_weights(x, sites, identity=identity)
        splits[part] = Split(x, weights=weights, names=tuple(s.name for s in read))
    return DataSet(
        Path(train).name.removesuffix(".gz").rpartition(".")[0] or Path(train).name,
        **splits,
        columns={"x": Numbers((sites or 0, len(own)))},
    )


def read_fasta(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Reads header lines and sequences of a FASTA file (plain or .gz), unchanged.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a FASTA file, or has no sequence.
    """
    read = list(_sequences(Path(path)))
    return tuple(s.name for s in read), tuple(s.text for s in read)


def write_fasta(path: Path, sequences: Sequence[str], *, names: Sequence[str] = ()) -> Path:
    """Writes sequences, 80 letters a line; without names they are numbered from 1.

    Raises:
        ValueError: names and sequences differ in number.
    """
    names = names or [f"sequence {i}" for i in range(1, len(sequences) + 1)]
    if len(names) != len(sequences):
        raise DataError(f"{len(sequences)} sequences but {len(names)} names: one each is needed")
    rows = [
        "\n".join([f">{name}", *(text[at : at + 80] for at in range(0, len(text), 80))])
        for name, text in zip(names, sequences, strict=True)
    ]
    return write_whole(Path(path), "\n".join([*rows, ""]))


def encoded(sequences: Sequence[str], alphabet: str) -> Tensor:
    """One-hot float32 (N, sites, letters) of sequences of one length, letters in any case.

    Raises:
        ValueError: lengths differ, a letter is outside the alphabet, or the values do not fit
            into free memory.

    >>> encoded(["ac", "-T"], "dna").argmax(-1)
    tensor([[1, 2],
            [0, 4]])
    """
    own = letters(alphabet)
    if len({len(text) for text in sequences}) > 1:
        raise DataError("sequences have different lengths: align them first")
    table = torch.full((256,), -1, dtype=torch.int64)
    for code, letter in enumerate(own):
        table[[ord(letter), ord(letter.lower())]] = code
    if "-" in own:
        table[ord(".")] = own.index("-")
    values = sum(map(len, sequences)) * len(own)
    need(
        4 * values + 16 * values / len(own),
        f"one-hot values of {len(sequences):,d} sequences with {len(own)} letters a site",
        remedy="read fewer sequences, or drop sites",
    )
    raw = bytearray("".join(sequences), "latin-1", "replace")
    codes = table[torch.frombuffer(raw, dtype=torch.uint8).long()].reshape(len(sequences), -1)
    if bool((codes < 0).any()):
        row, site = (codes < 0).nonzero()[0].tolist()
        raise DataError(
            f"sequence {row}, site {site} (from 0) is {sequences[row][site]!r}; the alphabet has "
            f"{own!r}"
        )
    return torch.zeros(*codes.shape, len(own), dtype=torch.float32).scatter_(
        2, codes[..., None], 1.0
    )


def decoded(x: Tensor, alphabet: str) -> tuple[str, ...]:
    """Sequences of rows (N, sites, letters), also flattened, by the letter of the largest value.

    >>> decoded(encoded(["ACGT"], "dna"), "dna")
    ('ACGT',)
    """
    own = letters(alphabet)
    codes = x.reshape(len(x), -1, len(own)).argmax(-1).tolist()
    return tuple("".join(own[code] for code in row) for row in codes)


def _sequences(path: Path) -> Iterator[_Sequence]:
    name, at, begun = "", 0, False
    parts: list[str] = []
    with opened_text(path) as file:
        for number, line in enumerate(file, 1):
            text = line.strip()
            if text.startswith(">"):
                if at:
                    yield _Sequence(name, "".join(parts), at)
                name, at, parts, begun = text[1:].strip(), number, [], True
            elif text and not begun:
                raise DataError(
                    f"{path}, line {number}: begins with {text[:20]!r}; a FASTA file begins with "
                    'a header line, ">" and a name'
                )
            elif text:
                parts.append(text)
    if not begun:
        raise DataError(f"{path}: no sequences: a FASTA file holds at least one")
    yield _Sequence(name, "".join(parts), at)


def _matched(path: Path, *, insertions: str) -> list[_Sequence]:
    read = _sequences(path)
    if insertions == "drop":
        return [
            s._replace(text="".join(c for c in s.text if c != "." and not c.islower()))
            for s in read
        ]
    return [s._replace(text=s.text.upper().translate(_GAPS)) for s in read]


def _aligned(read: list[_Sequence], path: Path, *, sites: int | None) -> int:
    sites = len(read[0].text) if sites is None else sites
    for s in read:
        if len(s.text) != sites or not sites:
            raise DataError(
                f"{path}, line {s.line}: sequence {s.name!r} has {len(s.text)} letters, the first "
                f"one {sites}: align them first; if the file marks insertions by lower-case "
                'letters (A2M, A3M), set insertions="drop"'
            )
    return sites


def _known(read: list[_Sequence], path: Path, *, own: str, unknown: str) -> list[_Sequence]:
    strange = {s.line: sorted(set(s.text) - set(own)) for s in read if set(s.text) - set(own)}
    if not strange:
        return read
    if unknown == "drop":
        kept = [s for s in read if s.line not in strange]
        if not kept:
            raise DataError(f"{path}: every sequence has a letter outside of {own!r}")
        return kept
    if unknown == "gap" and "-" in own:
        change = str.maketrans({c: "-" for letters in strange.values() for c in letters})
        return [s._replace(text=s.text.translate(change)) for s in read]
    line, letters = next(iter(strange.items()))
    remedy = (
        'set unknown="gap" or "drop", or choose the right alphabet'
        if "-" in own
        else 'the alphabet has no gap "-", so set unknown="drop" or name all letters'
    )
    raise DataError(
        f"{path}, line {line}: letters {', '.join(letters)} are not in {own!r} ({len(strange)} of "
        f"{len(read)} sequences have such): {remedy}"
    )
