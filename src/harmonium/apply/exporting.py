"""Writes the models of a run to files for other programs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harmonium.apply.tables import new_file
from harmonium.apply.trained import Trained
from harmonium.errors import UsageError
from harmonium.export import Part, What, export_onnx, part
from harmonium.export.parts import MANY
from harmonium.needs import able

__all__ = ["export_run", "part_of"]

_ABLE = {"encode": "encodes", "decode": "decodes", "free_energy": "free energy", "gibbs": "mixes"}
"""Part -> the ability that a model needs for it."""


def part_of(trained: Trained, what: What, *, steps: int = 1) -> Part:
    """A part of a run's last model that has it, which reads rows as the run's data have them.

    The transforms of the run come first, so the input is a row before them; predicted targets
    come out in their own units. Codes and groups (decode, gibbs) are those of the model itself.

    Args:
        trained: the run.
        what: "forward", "encode", "decode", "free_energy" or "gibbs".
        steps: number of Gibbs sweeps.

    Raises:
        ValueError: no model of the run has this part.
    """
    if not 1 <= steps <= MANY:
        raise UsageError(f"steps is {steps}: from 1 to {MANY} sweeps can be written to a file")
    models = [*trained.models.values()]
    if models[0].reads_tokens:
        raise UsageError(
            "a net that continues texts hands a state from symbol to symbol, and is not written "
            "as ONNX: write a .safetensors file, or use the model from Python"
        )
    model = able((_ABLE[what],), models) if what in _ABLE else _last(models)
    inner = part(model, what, steps=steps)
    if what in ("decode", "gibbs"):
        return inner
    chain, dtype, raw = trained.chain, trained.like.dtype, trained.dataset().train.x
    predicts = what == "forward" and hasattr(model, "predict")

    def call(x: Tensor) -> Tensor:
        rows = chain(x.flatten(1)).to(dtype)
        y = inner.call(rows.reshape(-1, *next(iter(inner.inputs.values()))))
        return chain.back(y) if predicts else y

    def rows(n: int) -> tuple[Tensor, ...]:
        return (raw[:n].to(torch.float32).reshape(-1, *trained.shape),)

    return Part(model, call, inputs={"x": trained.shape}, outputs=inner.outputs, rows=rows)


def export_run(  # noqa: PLR0913
    trained: Trained, path: Path, *, what: What, steps: int = 1, verify: bool, overwrite: bool
) -> Path:
    """Writes a part of a run as ``.onnx``, or its whole last model as ``.safetensors``.

    Args:
        trained: the run.
        path: the new file.
        what: as in ``part_of``; a .safetensors file holds the whole model whatever it says.
        steps: number of Gibbs sweeps.
        verify: compare ONNX Runtime with torch before the file is written.
        overwrite: replace an existing file.

    Raises:
        FileExistsError: the file exists, and ``overwrite`` is False.
        FileNotFoundError: there is no such folder.
        ImportError: a package of the extra "export" is missing.
        ValueError: the run has no such part, or its numbers differ in ONNX Runtime.
    """
    if path.suffix == ".safetensors":
        name = [*trained.models][-1]
        with new_file(path, suffixes=[".safetensors"], overwrite=overwrite) as place:
            shutil.copyfile(trained.run.path / f"models/{trained.trial}-{name}.safetensors", place)
        return path
    notes: dict[str, Any] = {"recipe": trained.recipe.name, "what": what}
    if trained.classes:
        notes["classes"] = list(trained.classes)
    if what == "gibbs":
        notes["steps"] = steps
    chosen = part_of(trained, what, steps=steps)
    with new_file(path, suffixes=[".onnx"], overwrite=overwrite) as place:
        export_onnx(chosen, place, verify=verify, notes=notes)
    return path


def _last(models: list[Any]) -> Any:  # noqa: ANN401
    nets = [model for model in models if hasattr(model, "net")]
    return nets[-1] if nets else able(("classifies",), models)
