"""Public weights: a checkpoint of another program is read into a net by the names of its tensors.

A checkpoint is a safetensors file, or a state dict that ``torch.save`` wrote (.pth, .pt). Tensors
only: a file that holds Python objects is refused, and none of its code runs.
"""

import os
import pickle
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import torch
from torch import Tensor, nn

from harmonium.arguments import checked, named
from harmonium.errors import DataError
from harmonium.files import expanded, regular
from harmonium.memory import need
from harmonium.parameters import check_parameters

__all__ = ["Loaded", "compare_weights", "load_weights", "read_weights"]

FEW = 5
"""Names that a message lists."""

_OLD_DENSE = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12])\.")
"""Names in DenseNet's public checkpoints, whose modules once had a point in their names."""

_WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Keys under which training scripts save a state dict."""

_OWN = re.compile(r"(.*\.)?num_batches_tracked|rescaled\..*")
"""Values of a net that older or foreign checkpoints lack, and that keep their value then."""


@dataclass(frozen=True)
class Loaded:
    """What became of the tensors of a checkpoint.

    Args:
        matched: tensors of the net that have the values of the file now.
        missing: tensors of the net that the file lacks.
        unexpected: tensors of the file that the net lacks.
        reshaped: tensor -> its shape in the file and in the net, where they differ.
        left_out: tensors of the net that were to keep their values.
        count: number of values that were loaded.
    """

    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    reshaped: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = ()
    left_out: tuple[str, ...] = ()
    count: int = 0

    @property
    def whole(self) -> bool:
        """Whether net and file have the same tensors, besides those left out."""
        return not (self.missing or self.unexpected or self.reshaped)

    def lines(self, few: int = FEW) -> list[str]:
        """The report, one line for each kind of tensor that there is.

        Args:
            few: names that a line lists at most.
        """
        shapes = [f"{name} {there} for {here}" for name, there, here in self.reshaped]
        kinds = (
            ("not in the file", self.missing),
            ("not in the net", self.unexpected),
            ("of another shape (file for net)", shapes),
            ("left out", self.left_out),
        )
        many = "s" * (len(self.matched) != 1)
        found = [f"{len(self.matched)} tensor{many} matched, {self.count:,d} values"]
        return found + [
            f"{len(names)} {what}: {_listed(names, few)}" for what, names in kinds if names
        ]

    def __str__(self) -> str:
        """The report as text."""
        return "\n".join(self.lines())


@checked
def load_weights(
    net: nn.Module,
    path: str | os.PathLike[str],
    *,
    leave_out: Sequence[str] = (),
    strict: bool = True,
) -> Loaded:
    """Copies the tensors of a checkpoint into a net, by name; nothing is changed if it fails.

    Known differences of names are mended: "module." in front, which parallel training leaves, and
    the old names of DenseNet ("norm.1" for "norm1"). A missing "num_batches_tracked", a counter
    that older checkpoints lack, does not count.

    Args:
        net: any module; its parameters and buffers are set in place, in its own precision.
        path: the checkpoint.
        leave_out: names of tensors, or of the layers that have them, that keep the values of the
            net, such as "fc", whose size differs where the classes differ. They may stand in the
            net, in the file, or in both.
        strict: refuse a checkpoint whose tensors are not those of the net, besides those left out.
            Otherwise those that fit are loaded.

    Returns:
        What matched and what did not.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, holds Python objects, or has values that are not finite;
            a name to be left out does not occur; nothing matches; or, if strict, tensors differ.
            The message lists the first names.

    >>> import torch, tempfile, pathlib
    >>> source, net = torch.nn.Linear(2, 3), torch.nn.Linear(2, 3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "linear.pth"
    ...     torch.save(source.state_dict(), path)
    ...     print(load_weights(net, path))
    2 tensors matched, 9 values
    >>> bool((net.weight == source.weight).all())
    True
    """
    path = expanded(path)
    tensors = read_weights(path)
    state = net.state_dict(keep_vars=True)
    report = compare_weights(net, tensors, leave_out=leave_out)
    for name in leave_out:
        if not any(_under(key, [name]) for key in (*state, *tensors)):
            raise DataError(f"{path}: leave_out names {name!r}, and neither file nor net has it")
    if not report.matched or (strict and not report.whole):
        raise DataError(_refusal(path, report, tensors=tensors))
    chosen = {name: tensors[name] for name in report.matched}
    check_parameters(chosen, path)
    with torch.no_grad():
        for name, value in chosen.items():
            state[name].copy_(value)
    return report


def compare_weights(
    net: nn.Module, tensors: Mapping[str, Tensor], *, leave_out: Sequence[str] = ()
) -> Loaded:
    """What a net would take from these tensors, by name; nothing is loaded.

    Args:
        net: any module, also one on the device "meta".
        tensors: name -> tensor, such as those of ``read_weights``.
        leave_out: see ``load_weights``.
    """
    state = net.state_dict(keep_vars=True)
    matched, missing, reshaped, left = [], [], [], []
    for name, own in state.items():
        if _under(name, leave_out):
            left.append(name)
        elif name not in tensors:
            if not _OWN.fullmatch(name):
                missing.append(name)
        elif tensors[name].shape != own.shape:
            reshaped.append((name, tuple(tensors[name].shape), tuple(own.shape)))
        else:
            matched.append(name)
    extra = [n for n in tensors if n not in state and not _under(n, leave_out)]
    count = sum(state[name].numel() for name in matched)
    return Loaded(
        tuple(matched), tuple(missing), tuple(extra), tuple(reshaped), tuple(left), count
    )


def read_weights(path: str | os.PathLike[str]) -> dict[str, Tensor]:
    """The tensors of a checkpoint by name, with known differences of names mended.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, needs more memory than is free, or holds Python objects.
    """
    path = regular(expanded(path))
    need(2 * path.stat().st_size, f"{path}: its weights", remedy="load it on a larger computer")
    found = _safetensors(path) if path.suffix == ".safetensors" else _torch(path)
    names = [*found]
    parallel = all(name.startswith("module.") for name in names)
    mended = {
        _OLD_DENSE.sub(r"\1\2.", n.removeprefix("module.") if parallel else n): n for n in names
    }
    if len(mended) < len(found):
        raise DataError(f"{path}: it has tensors under an old and a new name; keep one of each")
    return {new: found[old] for new, old in mended.items()}


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except safetensors.SafetensorError as error:
        raise DataError(
            f"{path}: not a whole safetensors file ({error}); copy it again"
        ) from error


def _torch(path: Path) -> dict[str, Tensor]:
    """The state dict of a file of ``torch.save``; objects other than tensors are refused."""
    _check_packed(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other pickle protocols; errors say what matters
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise DataError(
            f"{path}: it holds Python objects or is no file of torch.save ({_first(error)}); "
            "nothing of it was run. Load it where you trust it, and save its state_dict alone"
        ) from error
    except (
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as error:
        raise DataError(
            f"{path}: not a whole file of torch.save ({_first(error)}); copy it again"
        ) from error
    for key in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    return _tensors(content, path)


def _check_packed(path: Path) -> None:
    """Refuses an archive whose content is larger than the file: torch never compresses."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise DataError(f"{path}: a damaged archive ({error}); copy it again") from error
    if size > path.stat().st_size:
        raise DataError(
            f"{path}: a compressed archive of {size:,d} bytes, which torch.save does not write: "
            "unpack it first"
        )


def _tensors(content: Any, path: Path) -> dict[str, Tensor]:  # noqa: ANN401
    """The content of a file as name -> dense tensor."""
    whole = isinstance(content, Mapping) and content
    odd = [key for key, value in content.items() if not isinstance(value, Tensor)] if whole else []
    if not whole or odd:
        what = (
            f"its {odd[0]!r} is {named(content[odd[0]])}" if odd else f"it holds {named(content)}"
        )
        raise DataError(
            f"{path}: {what}, and a state dict, name -> tensor, is needed: save net.state_dict()"
        )
    for name, value in content.items():
        dense = value.layout is torch.strided and not value.is_quantized and not value.is_meta
        if not isinstance(name, str) or not dense or value.is_complex():
            raise DataError(
                f"{path}: {name} is {named(value)} of {value.dtype}, {value.layout}: dense "
                "tensors of real numbers are needed"
            )
    return dict(content)


def _under(name: str, layers: Iterable[str]) -> bool:
    """Whether a tensor is one of these, or belongs to one of these layers."""
    return any(name == layer or name.startswith(f"{layer}.") for layer in layers)


def _refusal(path: Path, report: Loaded, *, tensors: Mapping[str, Tensor]) -> str:
    if not report.matched:
        needed = [*report.missing, *(name for name, *_ in report.reshaped)]
        return (
            f"{path}: none of its {len(tensors)} tensors fits the net. It has "
            f"{_listed([*tensors], FEW)}; the net has {_listed(needed, FEW)}: take the checkpoint "
            "of this net"
        )
    odd = [*dict.fromkeys(name.rpartition(".")[0] or name for name, *_ in report.reshaped)]
    advice = (
        f"leave_out={odd[:FEW]} keeps the net's own values there"
        if odd
        else "leave_out=[...] names what may differ, and strict=False loads what fits"
    )
    return f"{path}: not the weights of this net: {'; '.join(report.lines())}. {advice}"


def _listed(names: Sequence[str], few: int) -> str:
    more = f" and {len(names) - few} more" if len(names) > few else ""
    return f"{', '.join(names[:few])}{more}"


def _first(error: BaseException) -> str:
    """The first line of a message, cut to a readable length."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:160]
