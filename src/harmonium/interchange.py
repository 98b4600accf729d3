"""RBMs in the HDF5 archives of the ``rbms`` package (https://github.com/DsysDML/rbms).

An archive holds the models saved during one training run, by number of updates, and the chains:
``model_type`` ("BBRBM", binary, or "PBRBM", Potts visible units), ``parallel_chains`` (bits, or
indices of states), ``hyperparameters/*``, and for each ``update_N`` the parameters
``params/{weight_matrix, vbias, hbias}`` of shapes (sites[, states], hidden), (sites[, states]) and
(hidden,), a time and the states of random generators. This is the layout of version 0.5.0.
"""

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.connections.matrix import matrix
from harmonium.data.archive import Archive, opened_archive
from harmonium.errors import DataError
from harmonium.extras import need
from harmonium.files import write_whole
from harmonium.graph import EnergyGraph, State
from harmonium.machines import rbm
from harmonium.units import Bernoulli, Categorical

__all__ = ["read_rbms", "rbms_chains", "rbms_updates", "write_rbms"]

_PARAMETERS = ("weight_matrix", "vbias", "hbias")
_AXES = {"BBRBM": 2, "PBRBM": 3}
_HYPERPARAMETERS: dict[str, float | int] = {
    "batch_size": 2000,
    "gibbs_steps": 100,
    "learning_rate": 0.01,
    "L1": 0.0,
    "L2": 0.0,
    "seed": 0,
    "train_size": 0.6,
}
"""Hyperparameters that ``rbms`` needs to continue training, with its own defaults."""


def rbms_updates(path: str | os.PathLike[str]) -> tuple[int, ...]:
    """The numbers of updates at which an archive holds models, in ascending order.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged or holds no model.
    """
    with opened_archive(Path(path)) as archive:
        return _updates(archive)


def read_rbms(path: str | os.PathLike[str], *, update: int | None = None) -> EnergyGraph:
    """Reads a model of an archive as a machine with groups "v" and "h".

    Args:
        path: the archive, .h5 or .hdf5.
        update: number of updates of the model; None: the last model.

    Raises:
        FileNotFoundError: there is no such file.
        ImportError: h5py is missing.
        ValueError: the file is damaged, of another kind, or has no such update.
    """
    with opened_archive(Path(path)) as archive:
        updates = _updates(archive)
        update = updates[-1] if update is None else update
        if update not in updates:
            known = ", ".join(map(str, updates))
            raise DataError(f"{path}: no update {update}; there are {known}")
        axes = _AXES[_kind(archive)]
        weight, v, h = (_parameter(archive, update, name=name) for name in _PARAMETERS)
    fits = weight.ndim == axes and weight.shape == (*v.shape, *h.shape) and h.ndim == 1
    if not fits or not all(bool(torch.isfinite(t).all()) for t in (weight, v, h)):
        raise DataError(
            f"{path}, update {update}: weight_matrix {tuple(weight.shape)}, vbias "
            f"{tuple(v.shape)} and hbias {tuple(h.shape)} do not fit together, or are not finite"
        )
    visible = Bernoulli(*v.shape) if axes == 2 else Categorical(*v.shape)
    graph = rbm(visible, Bernoulli(*h.shape), std=0.0).to(weight.dtype)
    with torch.no_grad():
        graph.edges[0].connection.get_parameter("weight").copy_(weight.reshape(-1, len(h)).mT)
    graph.units["v"].load(bias=v)
    graph.units["h"].load(bias=h)
    return graph


def rbms_chains(path: str | os.PathLike[str]) -> Tensor:
    """The visible states of an archive's chains, ``(chains, *shape)``, for "v" of ``read_rbms``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the archive holds no chains, or they do not fit its model.
    """
    with opened_archive(Path(path)) as archive:
        if "parallel_chains" not in archive.names:
            raise DataError(f"{path}: no parallel_chains; it holds {', '.join(archive.names)}")
        codes = _numbers(archive, "parallel_chains")
        bias = _parameter(archive, _updates(archive)[-1], name="vbias")
    states = 2 if bias.ndim == 1 else bias.shape[1]
    whole = bool((codes == codes.round()).all()) and codes.ndim == 2
    if not (whole and len(bias) == codes.shape[1] and 0 <= codes.min() <= codes.max() < states):
        raise DataError(
            f"{path}: parallel_chains {tuple(codes.shape)} are not states 0 to {states - 1} of "
            f"{len(bias)} units"
        )
    if bias.ndim == 1:
        return codes.to(bias.dtype)
    return torch.nn.functional.one_hot(codes.long(), states).to(bias.dtype)


@torch.no_grad()
def write_rbms(
    path: str | os.PathLike[str],
    models: Mapping[int, EnergyGraph],
    *,
    chains: State | None = None,
    hyperparameters: Mapping[str, float] | None = None,
) -> Path:
    """Writes RBMs to an archive from which ``rbms`` can continue training; returns the path.

    The file is written under another name and renamed when it is complete.

    Args:
        path: the archive; an existing file is replaced.
        models: number of updates -> machine with two groups joined by one connection: the first
            group ``Bernoulli`` or ``Categorical`` (visible), the second ``Bernoulli`` (hidden).
        chains: states of the visible group under its name, as a learner's ``chains``; None: one
            chain of zeros, because the format needs at least one.
        hyperparameters: of the run (learning_rate, batch_size, gibbs_steps, L1, L2, seed ...).

    Raises:
        ImportError: h5py is missing.
        OSError: the file cannot be written; an older file there is intact.
        ValueError: the format does not support a machine; nothing is written.
    """
    h5py = need("h5py", "HDF5 files need")
    if not models:
        raise DataError("no models to write: give at least one, by its number of updates")
    path = Path(path)
    described = {update: _described(graph) for update, graph in sorted(models.items())}
    kind, _, parameters = next(iter(described.values()))
    if len({(k, p["weight_matrix"].shape) for k, _, p in described.values()}) > 1:
        raise DataError("the models of one archive have one kind and one size; these differ")
    sites, hidden = parameters["weight_matrix"].shape[0], parameters["weight_matrix"].shape[-1]
    visible = np.zeros((1, sites), np.float32)
    if chains is not None:
        x = chains[next(iter(described.values()))[1]]
        codes = x.argmax(-1) if kind == "PBRBM" else x
        visible = codes.reshape(len(x), -1).float().cpu().numpy()
    whole = io.BytesIO()
    with h5py.File(whole, "w") as file:
        _fill(file, described, kind=kind)
        file["parallel_chains"] = visible
        sizes = {"num_visibles": sites, "num_hiddens": hidden, "num_chains": len(visible)}
        settings = _HYPERPARAMETERS | dict(hyperparameters or {}) | sizes
        for name, value in {**settings, "filename": path.name}.items():
            file[f"hyperparameters/{name}"] = value
    return write_whole(path, whole.getvalue())


_UPDATE = re.compile(r"update_(0|[1-9][0-9]{0,17})")

_Described = tuple[str, str, dict[str, Tensor]]


def _described(graph: EnergyGraph) -> _Described:
    """(model type, name of the visible group, parameters)."""
    names = list(graph.units)
    ends = [{e.source, e.target} for e in graph.edges]
    first, last = graph.units[names[0]], graph.units[names[-1]]
    sites = isinstance(first, Categorical) and len(first.shape) >= 2
    known = type(first) is Bernoulli or sites
    if len(names) != 2 or ends != [set(names)] or not known or type(last) is not Bernoulli:
        raise DataError(
            "the archive holds RBMs of Bernoulli or Categorical(sites, states) visible units and "
            f"Bernoulli hidden ones; this machine has {dict(graph.units.items())}, joined "
            f"{[(e.source, e.target) for e in graph.edges]}"
        )
    weight = matrix(graph.edges[0].connection)  # (target, source)
    weight = weight.mT if graph.edges[0].source == names[0] else weight
    inner = first.shape[-1:] if sites else ()
    v, h = (u.bias.expand(u.shape) for u in (first, last))
    return (
        "PBRBM" if sites else "BBRBM",
        names[0],
        {
            "weight_matrix": weight.reshape(-1, *inner, weight.shape[1]),
            "vbias": v.reshape(-1, *inner),
            "hbias": h.flatten(),
        },
    )


def _fill(file: Any, described: Mapping[int, _Described], *, kind: str) -> None:  # noqa: ANN401
    file["model_type"] = kind
    random = np.random.get_state()
    for update, (_, _, parameters) in described.items():
        group = file.create_group(f"update_{update}")
        for name, value in parameters.items():
            group[f"params/{name}"] = value.cpu().numpy()
        group["flags/checkpoint"] = True
        group["time"] = 0.0
        group["torch_rng_state"] = torch.get_rng_state().numpy()
        for i, part in enumerate(random):
            group[f"numpy_rng_arg{i}"] = part


def _updates(archive: Archive) -> tuple[int, ...]:
    roots = {name.split("/")[0] for name in archive.names}
    numbers = sorted(int(match[1]) for root in roots if (match := _UPDATE.fullmatch(root)))
    if not numbers:
        raise DataError(
            f"{archive.path}: no model, no update_N; it holds {', '.join(sorted(roots)) or 'none'}"
        )
    return tuple(numbers)


def _kind(archive: Archive) -> str:
    kind = str(archive.read("model_type")[()]) if "model_type" in archive.names else "none"
    if kind not in _AXES:
        raise DataError(
            f"{archive.path}: model_type is {kind}; {' and '.join(_AXES)} are known (binary and "
            "Potts visible units, binary hidden ones)"
        )
    return kind


def _parameter(archive: Archive, update: int, *, name: str) -> Tensor:
    # the archive may hold a parameter under either of two names
    places = (f"update_{update}/params/{name}", f"update_{update}/{name}")
    place = next((p for p in places if p in archive.names), None)
    if place is None:
        raise DataError(f"{archive.path}: no {places[0]}: the archive is not complete")
    value = _numbers(archive, place)
    return value if value.dtype == torch.float64 else value.float()


def _numbers(archive: Archive, name: str) -> Tensor:
    values = archive.read(name)
    if values.dtype.kind not in "buif" or not values.size:
        raise DataError(
            f"{archive.path}, {name}: {values.dtype} of shape {values.shape}; at least one number "
            "is needed: the archive is damaged"
        )
    return torch.from_numpy(np.array(values, dtype=values.dtype.newbyteorder("=")))
