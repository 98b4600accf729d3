"""What a checkpoint holds, and whether it fits a net."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from harmonium.catalogue.find import nearest
from harmonium.describe import Recipe, build, load
from harmonium.describe.builtin import builtin, find_recipe
from harmonium.describe.size import outlined
from harmonium.errors import UsageError
from harmonium.models import adapted
from harmonium.random import seeded
from harmonium.registry import KINDS
from harmonium.storage import save
from harmonium.weights import compare_weights, load_weights, read_weights

__all__ = ["fitted", "held", "model_recipe", "weighed"]


def held(path: Path) -> dict[str, Any]:
    """The content of a checkpoint.

    Returns:
        "file"; "tensors", by name their shape; "values", their number; "types", by name of a type
        the number of tensors; "bytes".

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, or holds Python objects.
    """
    tensors = read_weights(path)
    return {
        "file": str(path),
        "tensors": {name: list(x.shape) for name, x in tensors.items()},
        "values": sum(x.numel() for x in tensors.values()),
        "types": dict(Counter(str(x.dtype).removeprefix("torch.") for x in tensors.values())),
        "bytes": sum(x.numel() * x.element_size() for x in tensors.values()),
    }


def model_recipe(name: str, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe of this name or file; for the name of a model, such as resnet50, one with it.

    Raises:
        FileNotFoundError: there is neither.
        ValueError: an override does not fit.
    """
    if name in KINDS["Model"] and not Path(name).exists():
        data, learn = {"source": "digits"}, {"type": "supervised", "epochs": 1}
        return load({"data": data, "model": {"type": name}, "train": learn}, overrides)
    try:
        path = find_recipe(name)
    except FileNotFoundError:
        if Path(name).suffix or len(Path(name).parts) > 1:
            raise
        known = [*builtin(), *KINDS["Model"]]
        raise FileNotFoundError(f"no recipe or model {name!r}{nearest(name, known)}") from None
    return load(path, overrides)


def weighed(path: Path, recipe: Recipe, *, leave_out: Sequence[str] = ()) -> dict[str, Any]:
    """How the tensors of a checkpoint fit the net of a recipe; no net is made.

    Returns:
        "model"; "matched", "missing", "unexpected", "reshaped" and "left_out" as in
        ``weights.Loaded``; "fits", whether all tensors match.
    """
    report = compare_weights(_net(outlined(recipe)), read_weights(path), leave_out=leave_out)
    return {
        "model": recipe.model.type,
        "fits": report.whole and bool(report.matched),
        "matched": [*report.matched],
        "missing": [*report.missing],
        "unexpected": [*report.unexpected],
        "reshaped": [
            {"tensor": name, "file": [*there], "net": [*here]}
            for name, there, here in report.reshaped
        ],
        "left_out": [*report.left_out],
        "lines": report.lines(),
    }


def fitted(
    path: Path, recipe: Recipe, *, output: Path, leave_out: Sequence[str] = ()
) -> dict[str, Any]:
    """Writes the net of a recipe with the weights of a checkpoint to a file of ``harmonium.save``.

    Returns:
        As ``weighed``.

    Raises:
        ValueError: the checkpoint does not fit, or is damaged.
    """
    with seeded(recipe.seed or 0):
        net = _net(build(recipe.model))
    load_weights(net, path, leave_out=leave_out)
    save(net, output)
    return weighed(path, recipe, leave_out=leave_out)


def _net(machine: nn.Module) -> nn.Module:
    """The machine, if it is a net."""
    if getattr(adapted(machine), "net", None) is None:
        raise UsageError(
            f"{type(machine).__name__} is no net, and weights of other programs are those of nets"
        )
    return machine
