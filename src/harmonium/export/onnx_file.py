"""ONNX files: a net or a part of a machine for other programs (https://onnx.ai)."""

import contextlib
import json
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

import harmonium
from harmonium.errors import UsageError
from harmonium.export.check import check_onnx
from harmonium.export.parts import Part, What, part
from harmonium.extras import need
from harmonium.files import write_whole
from harmonium.graph import EnergyGraph
from harmonium.models import Model, adapted

__all__ = ["export_onnx", "onnx_bytes"]

_ROWS = 3
"""Rows of the trial from which the graph is read; the file takes any number."""

_LARGEST = 2**31 - 1
"""Largest size of an ONNX file, in bytes, since protobuf counts with 32 bits."""


def export_onnx(  # noqa: PLR0913
    model: nn.Module,
    path: str | os.PathLike[str],
    *,
    what: What = "forward",
    steps: int = 1,
    verify: bool = False,
    notes: Mapping[str, Any] | None = None,
) -> Path:
    """Writes a net, or a part of an energy machine, as an ONNX file; returns the path.

    The first axis of inputs and outputs, "rows", takes any number of rows. Random parts (gibbs)
    draw with the generator of the program that runs the file.

    Args:
        model: a net, a machine, or a part (``harmonium.export.part``).
        path: the new file; an existing file is replaced.
        what: "forward", "encode", "decode", "free_energy" or "gibbs".
        steps: number of Gibbs sweeps.
        verify: compare ONNX Runtime with torch on random rows before the file is written.
        notes: more entries of the file's metadata.

    Raises:
        ImportError: onnx, onnxscript or, to verify, onnxruntime is missing.
        ValueError: the model has no such part, ONNX lacks an operation of it, or ONNX Runtime
            gives other numbers.
        OSError: the file cannot be written.

    >>> from harmonium import rbm
    >>> export_onnx(rbm(6, 3), "rbm.onnx", what="prediction")
    Traceback (most recent call last):
    harmonium.errors.UsageError: what is 'prediction': choose one of forward, encode, decode, \
free_energy, gibbs
    """
    with _modes_kept(model):
        chosen = model if isinstance(model, Part) else _part(model, what, steps=steps)
        content = onnx_bytes(chosen, notes={"what": what, **(notes or {})})
        if verify:
            check_onnx(content, chosen)
    return write_whole(Path(path), content)


def onnx_bytes(chosen: Part, *, notes: Mapping[str, Any] | None = None) -> bytes:
    """The content of an ONNX file of a part.

    Args:
        chosen: the part.
        notes: entries of the file's metadata.

    Raises:
        ImportError: onnx or onnxscript is missing.
        ValueError: ONNX lacks an operation of the part, or the file would exceed 2 GiB.
    """
    need("onnx", "ONNX files need")
    need("onnxscript", "ONNX files need")
    size = sum(t.numel() * t.element_size() for t in chosen.state_dict().values())
    if size > _LARGEST:
        raise UsageError(f"{size:,d} bytes of parameters: an ONNX file holds {_LARGEST:,d}")
    rows = torch.export.Dim("rows")
    try:
        with _modes_kept(chosen), _quiet():
            chosen.eval()
            program = torch.onnx.export(
                chosen,
                chosen.rows(_ROWS),
                dynamo=True,
                input_names=[*chosen.inputs],
                output_names=[*chosen.outputs],
                dynamic_shapes={"columns": tuple({0: rows} for _ in chosen.inputs)},
                verbose=False,
            )
    except (torch.onnx.errors.OnnxExporterError, RuntimeError) as error:
        raise UsageError(
            f"ONNX cannot express this part ({_reason(error)}): export another part, or use the "
            "model from Python"
        ) from error
    assert program is not None
    file = program.model_proto
    if file.graph.input[0].type.tensor_type.shape.dim[0].HasField("dim_value"):
        raise UsageError(
            "the number of rows is fixed in this part, because its code asks for it: use the "
            "model from Python"
        )
    _named(file, notes or {})
    return file.SerializeToString()


def _part(model: nn.Module, what: What, *, steps: int) -> Part:
    if isinstance(model, EnergyGraph) and "v" not in model.units:
        return part(model, what, steps=steps)
    return part(model if isinstance(model, Model) else adapted(model), what, steps=steps)


@contextlib.contextmanager
def _modes_kept(model: nn.Module) -> Iterator[None]:
    """Restores training and evaluation modes, which adapting and exporting change."""
    modes = {module: module.training for module in model.modules()}
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training


def _named(file: Any, notes: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Names the producer and the first axes, and writes notes to the metadata."""
    file.producer_name, file.producer_version = "harmonium", harmonium.__version__
    file.graph.name = "harmonium"
    for value in (*file.graph.input, *file.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "rows"
    for node in file.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for value in file.graph.value_info:
        value.ClearField("metadata_props")
    del file.graph.value_info[:]
    for key, value in notes.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        file.metadata_props.add(key=key, value=text)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silences the exporter: its remarks are about its own parts and about torchvision."""
    level = logging.root.manager.disable
    with (
        warnings.catch_warnings(),
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(level)


def _reason(error: BaseException) -> str:
    """The first line of the innermost cause that says something."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__
