"""Compares an exported file, run by ONNX Runtime, with the model that it was made of."""

import math
import os
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from harmonium.errors import UsageError
from harmonium.export.parts import Part
from harmonium.extras import need

__all__ = ["check_onnx", "run_onnx"]

_SIZES = (1, 7)
"""Numbers of rows of a comparison: one, and another than the exporter saw."""

_CHAINS = 4000
"""Chains of a comparison of random parts."""

_FAR = 6.0
"""Largest difference of means, in standard errors, over all units of a random part."""

_CLOSE = 1e-5
"""Largest difference, absolute for values up to 1 and relative beyond."""


def run_onnx(
    file: str | os.PathLike[str] | bytes, *columns: NDArray[np.floating]
) -> list[NDArray[np.floating]]:
    """Runs a file in ONNX Runtime, on the CPU.

    Args:
        file: its path or content.
        *columns: an array ``(B, *shape)`` for each input.

    Raises:
        ImportError: onnxruntime is missing.
    """
    runtime = need("onnxruntime", "running ONNX files needs")
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = torch.get_num_threads()
    given = file if isinstance(file, bytes) else str(Path(file))
    session = runtime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    found: list[NDArray[np.floating]] = session.run(None, dict(zip(names, columns, strict=True)))
    return found


def check_onnx(file: str | os.PathLike[str] | bytes, chosen: Part) -> float:
    """Compares ONNX Runtime with torch on random rows; returns the largest difference.

    Values must agree to 1e-5, relative above 1. Of random parts, the means over 4000 chains from
    one state are compared, and the difference is in standard errors (largest allowed: 6).

    Args:
        file: path or content of the ONNX file.
        chosen: the part that it was made of.

    Raises:
        ImportError: onnxruntime is missing.
        ValueError: the numbers differ.
    """
    if chosen.random:
        worst, limit, unit = _apart_on_average(file, chosen), _FAR, " standard errors"
    else:
        worst, limit, unit = _apart(file, chosen), _CLOSE, ""
    if not worst <= limit:
        raise UsageError(
            f"ONNX Runtime and torch differ by {worst:.2g}{unit}, and {limit:g} is allowed: do "
            "not use this file, and report the model"
        )
    return worst


def _apart(file: str | os.PathLike[str] | bytes, chosen: Part) -> float:
    worst = 0.0
    for n in _SIZES:
        rows = chosen.rows(n)
        expected = chosen(*rows)
        expected = expected if isinstance(expected, tuple) else (expected,)
        found = run_onnx(file, *(x.numpy() for x in rows))
        for ours, theirs in zip(expected, found, strict=True):
            a, b = ours.double().numpy(), theirs.astype(np.float64)
            if a.shape != b.shape:
                raise UsageError(f"ONNX Runtime gives shape {b.shape}, torch {a.shape}")
            same = (a == b) | (np.isnan(a) & np.isnan(b))
            gap = np.where(same, 0.0, np.abs(a - b) / np.maximum(1.0, np.abs(a)))
            worst = max(worst, float(gap.max(initial=0.0)))
    return worst


def _apart_on_average(file: str | os.PathLike[str] | bytes, chosen: Part) -> float:
    rows = tuple(x.expand(_CHAINS, *x.shape[1:]).contiguous() for x in chosen.rows(1))
    worst = 0.0
    for ours, theirs in zip(
        chosen(*rows), run_onnx(file, *(x.numpy() for x in rows)), strict=True
    ):
        a, b = ours.double().numpy(), theirs.astype(np.float64)
        error = np.sqrt((a.var(0) + b.var(0)) / _CHAINS) + 1e-3 / math.sqrt(_CHAINS)
        worst = max(worst, float((np.abs(a.mean(0) - b.mean(0)) / error).max()))
    return worst
