"""Makes the module of a layer from the shapes that it reads, and finds the shape that it gives."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.catalogue.find import nearest
from harmonium.errors import HarmoniumError
from harmonium.nets.described.initial import apply_initial
from harmonium.nets.described.steps import LayerError, Step
from harmonium.random import by_torch
from harmonium.registry import INFERRED, KINDS, target

__all__ = ["Shape", "module_of", "shape_of", "size_settings"]

Shape = tuple[int, ...]
"""Axes of one example, without the batch axis."""

_BATCH = 1009
"""Rows with which shapes are found; no other axis is likely to have this size."""


def module_of(step: Step, shapes: Sequence[Shape]) -> nn.Module:
    """Makes the module of a layer on the default device, with its initial values.

    Args:
        step: the layer.
        shapes: of the layers that it reads.

    Raises:
        LayerError: a setting is unknown, missing or not valid.
    """
    make = target(KINDS["Layer"][step.type])
    settings = {**size_settings(make, shapes), **step.settings}
    _check_names(step, make, settings=settings)
    tuples = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
    try:
        with by_torch():
            module: nn.Module = make(**tuples).float()
            apply_initial(module, step.initial, around=step.around)
    except HarmoniumError as error:
        raise LayerError(step.place, step.label, reason=str(error)) from error
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        reason = f"{step.type} cannot be made with these settings ({_first(error)}): change them"
        raise LayerError(step.place, step.label, reason=reason) from error
    if step.frozen:
        module.requires_grad_(requires_grad=False)
    return module


def size_settings(make: Any, shapes: Sequence[Shape]) -> dict[str, Any]:  # noqa: ANN401
    """The arguments of a constructor that follow from the shapes that a layer reads.

    ``in_channels``, ``num_channels`` and ``num_features`` are the first axis, ``in_features`` the
    last, and ``shape`` all of them; of several inputs a list of shapes.

    >>> size_settings(nn.Conv2d, [(3, 8, 8)]), size_settings(nn.Linear, [(64,)])
    ({'in_channels': 3}, {'in_features': 64})
    """
    first = shapes[0]
    found: dict[str, Any] = {
        "in_channels": first[:1],
        "num_channels": first[:1],
        "num_features": first[:1],
        "in_features": first[-1:],
    }
    taken = inspect.signature(make).parameters
    sizes = {name: axes[0] for name, axes in found.items() if name in taken and axes}
    if "shape" in taken:
        sizes["shape"] = first if len(shapes) == 1 else [*shapes]
    assert set(found) | {"shape"} == set(INFERRED["Layer"])
    return sizes


def shape_of(step: Step, module: nn.Module, *, shapes: Sequence[Shape]) -> Shape:
    """Shape of a layer's output for one example, by a forward pass on the device "meta".

    Raises:
        LayerError: the layer cannot read these shapes, or does not give one tensor of rows.
    """
    shown = " and ".join(map(str, shapes))
    try:
        with torch.no_grad(), torch.device("meta"):
            rows = [torch.empty(_BATCH, *shape, dtype=torch.float32) for shape in shapes]
            output = module.eval()(*rows)
    except HarmoniumError as error:
        raise LayerError(step.place, step.label, reason=str(error)) from error
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        reason = (
            f"{step.type} cannot read {'an input' if len(shapes) == 1 else 'inputs'} of shape "
            f"{shown} ({_why(step, module, shapes=shapes, error=error)}): change its settings, or "
            "the layers that it reads"
        )
        raise LayerError(step.place, step.label, reason=reason) from error
    if not isinstance(output, Tensor) or output.shape[:1] != (_BATCH,) or output.ndim < 2:
        got = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
        reason = (
            f"{step.type} does not keep the rows of a batch apart: from {_BATCH} rows of shape "
            f"{shown} it makes {got}; give it inputs with the axes that it needs"
        )
        raise LayerError(step.place, step.label, reason=reason)
    shape = tuple(output.shape[1:])
    if 0 in shape:
        raise LayerError(
            step.place, step.label, reason=f"nothing is left of an input of shape {shown}"
        )
    return shape


def _check_names(step: Step, make: Any, *, settings: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Raises LayerError where a setting is unknown or missing."""
    parameters = inspect.signature(make).parameters.values()
    known = [p.name for p in parameters if p.kind in _NAMED]
    for name in settings:
        if name not in known:
            reason = f"{name!r} is not a setting of {step.type}{nearest(name, known)}"
            raise LayerError(step.place, step.label, reason=reason)
    for p in parameters:
        if p.kind in _NAMED and p.default is p.empty and p.name not in settings:
            reason = f"{step.type} needs the setting {p.name}: add it"
            raise LayerError(step.place, step.label, reason=reason)


_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


_AXES = {
    "1d": "(channels, places)",
    "2d": "(channels, rows, columns)",
    "3d": "(channels, slices, rows, columns)",
}
"""Axes that layers read, by the end of their type."""


def _why(step: Step, module: nn.Module, *, shapes: Sequence[Shape], error: Exception) -> str:
    """Why a layer cannot read these shapes; torch's words name the batch and its own methods."""
    inputs = inspect.signature(module.forward).parameters.values()
    if len(shapes) > 1 and len(inputs) == 1 and all(p.kind in _NAMED for p in inputs):
        return f"it reads one input, not {len(shapes)}"
    axes = _AXES.get(step.type[-2:])
    if axes is not None and any(len(shape) != axes.count(",") + 1 for shape in shapes):
        return f"it reads {axes}"
    return _first(error)


def _first(error: Exception) -> str:
    """First line of an error of torch."""
    return str(error).strip().split("\n")[0][:200].rstrip(".")
