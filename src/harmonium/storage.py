"""Saving a machine or a net to a safetensors file with its description; no pickle, no code.

The file is written under another name and renamed when it is complete, so that a crash or a full
disk leaves the old file intact.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from harmonium.arguments import checked, named
from harmonium.connections import Connection
from harmonium.errors import DataError, UsageTypeError
from harmonium.files import check_seal, sealed, write_whole
from harmonium.graph import EnergyGraph
from harmonium.machines import BeliefNet
from harmonium.memory import need
from harmonium.parameters import check_parameters, sound
from harmonium.registry import class_of, classes
from harmonium.units import Units

__all__ = ["FORMAT", "load", "save"]

FORMAT = 1
"""Version of the description; files of a later version are refused."""


@checked
def save(machine: nn.Module, path: str | os.PathLike[str]) -> Path:
    """Writes a machine, or a net of ``harmonium.nets``, to a file, atomically; returns the path.

    Raises:
        TypeError: the argument is neither a machine nor a net of this package.
        ValueError: the format does not support the class of a part.
        OSError: the file cannot be written; an older file there is intact.
    """
    path = Path(path)
    description = {"format": FORMAT, "machine": type(machine).__name__, **_parts(machine)}
    if shared := _shared(machine):
        description["shared"] = shared
    frozen = [name for name, p in machine.named_parameters() if not p.requires_grad]
    if frozen:
        description["frozen"] = frozen
    tensors = {name: t.detach().contiguous() for name, t in _once(machine).items()}
    content = safetensors.torch.save(tensors, {"harmonium": json.dumps(description)})
    return write_whole(path, sealed(content))


def load(path: str | os.PathLike[str]) -> Any:  # noqa: ANN401
    """Reads a machine or a net from the file that ``save`` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, is not a machine, has parameters that are not finite or
            too large, needs more memory than is free, or comes from a later version.
    """
    path = Path(path)
    if not path.is_file():
        folder = " but a folder; harmonium.Run.open(folder).machine() reads that of a run"
        raise FileNotFoundError(f"{path}: no such file{folder if path.is_dir() else ''}")
    need(2 * path.stat().st_size, f"{path}: its machine", remedy="load it on a larger computer")
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            check_seal(path)
            header = (file.metadata() or {}).get("harmonium")
            shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
            machine = _of_shape(header, path, shapes=shapes)
            tensors = {name: file.get_tensor(name) for name in shapes}
    except safetensors.SafetensorError as error:
        raise DataError(
            f"{path}: not a whole safetensors file ({error}); copy it again"
        ) from error
    check_parameters(tensors, path)
    try:
        if tensors:
            kinds = [t.dtype for t in tensors.values() if t.is_floating_point()]
            machine.to(kinds[0] if kinds else None)
    except TypeError as error:
        raise DataError(f"{path}: parameters do not fit the description: {error}") from error
    _fill(machine, path, tensors=tensors)
    if isinstance(machine, EnergyGraph | BeliefNet):
        _check_proper(machine, path)
    return machine


def _parts(machine: nn.Module) -> dict[str, Any]:
    """The description of a machine or a net besides its class."""
    if isinstance(machine, EnergyGraph | BeliefNet):
        parts = {"graphs": [_described(g) for g in machine.graphs]}
        if machine.upwards != machine.graphs[:-1]:
            parts["recognition"] = [_described(g) for g in machine.upwards]
        return parts
    if class_of("Model", type(machine).__name__) is type(machine):
        return {"settings": _written(machine.settings)}
    raise UsageTypeError(
        f"save: machine is {named(machine)}; an EnergyGraph, a BeliefNet or a net of "
        f"harmonium.nets ({', '.join(classes('Model'))}) is needed"
    )


_PART_KINDS = ("Net", "Code", "Connection", "Recurrent", "Reservoir")
"""Kinds of modules that settings may hold."""


def _written(value: Any) -> Any:  # noqa: ANN401
    """Settings for the description; a module becomes its kind, its class and its settings."""
    if isinstance(value, Mapping):
        return {name: _written(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    if not isinstance(value, nn.Module):
        return value
    name = type(value).__name__
    kind = next((k for k in _PART_KINDS if class_of(k, name) is type(value)), None)
    if kind is None:
        known = ", ".join(part for k in _PART_KINDS for part in classes(k))
        raise UsageTypeError(
            f"save: a part of it is {named(value)}, which a file cannot name: take one of {known}"
        )
    settings: Any = value.settings
    if isinstance(value, Connection) and "parts" not in settings:
        settings = {"source": [*value.source], "target": [*value.target], **settings}
    return {"kind": kind, "class": name, "settings": _written(settings)}


def _restored(value: Any) -> Any:  # noqa: ANN401
    """Settings from the description, with the modules that it names."""
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _restored(item) for name, item in value.items()}
    if set(value) != {"kind", "class", "settings"}:
        return inner
    make = class_of(value["kind"], value["class"]) if value["kind"] in _PART_KINDS else None
    if make is None:
        raise DataError(f"unknown part {value['class']!r} of kind {value['kind']!r}")
    return make(**inner["settings"])


def _of_shape(header: str | None, path: Path, *, shapes: Mapping[str, Sequence[int]]) -> nn.Module:
    """The machine that the header describes, if the parameters have these shapes.

    It is first built on the meta device, without memory for the values, because a few bytes of
    header can describe a machine of any size.
    """
    if header is None:
        raise DataError(f"{path}: a safetensors file, but not one that harmonium.save wrote")
    with torch.device("meta"):
        outline = {name: torch.empty(shape, dtype=torch.float32) for name, shape in shapes.items()}
    try:
        description = json.loads(header)
        with torch.device("meta"):
            _fill(_machine(description, path), path, tensors=outline)
        return _machine(description, path)
    except (LookupError, TypeError, ValueError, RuntimeError, RecursionError) as error:
        if str(error).startswith(f"{path}: "):
            raise
        raise DataError(f"{path}: its description cannot be read ({error!r})") from error


def _fill(machine: nn.Module, path: Path, *, tensors: Mapping[str, Tensor]) -> None:
    again = {name: tensors[first] for name, first in _shared(machine).items() if first in tensors}
    try:
        machine.load_state_dict({**tensors, **again})
    except (RuntimeError, TypeError) as error:
        raise DataError(f"{path}: parameters do not fit the description: {error}") from error


def _check_proper(machine: EnergyGraph | BeliefNet, path: Path) -> None:
    """Raises DataError if a precision is not usable or an energy cannot be normalised."""
    for graph in (*machine.graphs, *machine.upwards):
        for name, units in graph.units.items():
            precision = units.curvature()
            wrong = None if precision is None else ~(sound(precision) & (precision > 0))
            if wrong is not None and bool(wrong.any()):
                raise DataError(
                    f"{path}: {int(wrong.sum())} of {wrong.numel()} precisions of group {name!r} "
                    "are 0 or too large to compute with: train again, at a lower rate"
                )
        try:
            graph.check_normalisable()
        except ValueError as error:
            raise DataError(f"{path}: {error}") from error


def _machine(description: dict[str, Any], path: Path) -> nn.Module:
    machine = _thawed(description, path)
    for name, first in description.get("shared", {}).items():
        place, _, own = name.rpartition(".")
        setattr(machine.get_submodule(place), own, machine.get_parameter(first))
    for name in description.get("frozen", ()):
        machine.get_parameter(name).requires_grad_(False)  # noqa: FBT003
    return machine


def _shared(machine: nn.Module) -> dict[str, str]:
    """Other name of a parameter -> its first name, for groups that share their parameters."""
    first: dict[int, str] = {}
    named = machine.named_parameters(remove_duplicate=False)
    return {name: of for name, p in named if (of := first.setdefault(id(p), name)) != name}


def _once(machine: nn.Module) -> dict[str, Tensor]:
    """All parameters and buffers, each under its first name alone."""
    again = _shared(machine)
    return {name: t for name, t in machine.state_dict().items() if name not in again}


def _thawed(description: dict[str, Any], path: Path) -> nn.Module:
    if description["format"] > FORMAT:
        raise DataError(
            f"{path}: format {description['format']}, but this version reads up to {FORMAT}; "
            "upgrade harmonium"
        )
    if (net := class_of("Model", description["machine"])) is not None:
        return net(**_restored(description["settings"]))
    graphs = [_built(d, path) for d in description["graphs"]]
    if description["machine"] == "BeliefNet":
        up = [_built(d, path) for d in description.get("recognition", [])]
        return BeliefNet(graphs, up or None)
    if description["machine"] != "EnergyGraph":
        raise DataError(f"{path}: unknown machine {description['machine']!r}; upgrade harmonium")
    return graphs[0]


def _described(graph: EnergyGraph) -> dict[str, Any]:
    if len({id(u) for u in graph.units.values()}) < len(graph.units):
        raise DataError(
            f"groups {[*graph.units]} share their units (tied copies of a layer), which the file "
            "format cannot store: save the machine that the layer belongs to"
        )
    units = []
    for name, u in graph.units.items():
        if class_of("Units", type(u).__name__) is not type(u):
            raise DataError(f"group {name!r}: {type(u).__name__} is not a family of harmonium")
        more = [u.settings] if u.settings else []
        units.append([name, type(u).__name__, list(u.shape), list(u.tied), *more])
    connections = []
    for e in graph.edges:
        kind = type(e.connection)
        if class_of("Connection", kind.__name__) is not kind:
            raise DataError(f"connection {e.source}-{e.target}: {kind.__name__} cannot be saved")
        more = [_written(e.connection)["settings"]] if e.connection.settings else []
        connections.append([e.source, e.target, kind.__name__, *more])
    return {"units": units, "connections": connections}


def _built(description: dict[str, Any], path: Path) -> EnergyGraph:
    units: dict[str, Units] = {}
    for name, family, shape, tied, *more in description["units"]:
        made = class_of("Units", family)
        if made is None:
            raise DataError(f"{path}: unknown family {family!r}; upgrade harmonium")
        units[name] = made(*shape, **({"tied": tied} if tied else {}), **(more[0] if more else {}))
    connections: dict[tuple[str, str], Connection] = {}
    for source, target, kind, *more in description["connections"]:
        joins = class_of("Connection", kind)
        if joins is None:
            raise DataError(f"{path}: unknown connection {kind!r}; upgrade harmonium")
        if more:
            connections[source, target] = joins(**_restored(more[0]))
            continue
        a, b = units[source].shape, units[target].shape
        shapes = (a,) if source == target else (a, b)
        connections[source, target] = joins(*shapes)
    return EnergyGraph(units, connections)
