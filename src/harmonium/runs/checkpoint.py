"""A checkpoint: nested dicts of tensors and numbers in one safetensors file, no pickle.

The tensors lie in the file under numbers, the rest as JSON in its header. One file moves to its
place in one step, so at every instant the old or the new one is there, whole.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import Tensor

from harmonium.files import write_whole

__all__ = ["FORMAT", "read", "write", "write_tensors"]

FORMAT = 1
"""Version of the file; one of a later version is refused."""


def write(path: Path, state: Any) -> Path:  # noqa: ANN401
    """Writes a nested state of dicts, lists, tuples, tensors, strings, numbers, bools and None.

    Raises:
        TypeError: something else is in it.
        OSError: the place cannot be written; what was there before is whole.
    """
    tensors: dict[str, Tensor] = {}
    seen: dict[tuple[Any, ...], str] = {}

    def placed(x: Tensor) -> dict[str, str]:
        """A tensor that occurs twice (a machine's and its optimiser's) is written once."""
        key = (x.data_ptr(), tuple(x.shape), x.stride(), x.dtype)
        name = seen.setdefault(key, str(len(seen)))
        if name not in tensors:
            tensors[name] = _own(x)
        return {"tensor": name}

    tree = _packed(state, placed)
    header = {"harmonium": json.dumps({"format": FORMAT, "state": tree})}
    return write_whole(path, safetensors.torch.save(tensors, header))


def read(path: Path) -> Any:  # noqa: ANN401
    """The state that was written.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is cut short or damaged, or comes from a later version.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such checkpoint")
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {})["harmonium"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        raise ValueError(
            f"{path}: not a whole checkpoint ({error}); resume from another file in its folder, "
            "or start anew"
        ) from error
    if header["format"] > FORMAT:
        raise ValueError(
            f"{path}: format {header['format']}, but this version reads up to {FORMAT}; "
            "upgrade harmonium"
        )
    return _unpacked(header["state"], tensors)


def _packed(x: Any, placed: Callable[[Tensor], Any]) -> Any:  # noqa: ANN401
    """JSON in which every container and tensor says what it is; dicts may have number keys."""
    if isinstance(x, Tensor):
        return placed(x)
    if isinstance(x, dict):
        return {"dict": [[k, _packed(v, placed)] for k, v in x.items()]}
    if isinstance(x, list | tuple):
        return {"tuple" if isinstance(x, tuple) else "list": [_packed(v, placed) for v in x]}
    if x is None or isinstance(x, str | int | float):
        return x
    raise TypeError(f"a checkpoint holds tensors, text and numbers, not {type(x).__name__}")


def _unpacked(x: Any, tensors: dict[str, Tensor]) -> Any:  # noqa: ANN401
    if not isinstance(x, dict):
        return x
    ((kind, content),) = x.items()
    if kind == "tensor":
        return tensors[content]
    if kind == "dict":
        return {k: _unpacked(v, tensors) for k, v in content}
    values = [_unpacked(v, tensors) for v in content]
    return tuple(values) if kind == "tuple" else values


def write_tensors(path: Path, tensors: Mapping[str, Tensor], **notes: str) -> Path:
    """Writes tensors by name, with notes in the header, whole.

    Raises:
        OSError: the place cannot be written.
    """
    plain = {name: _own(t) for name, t in tensors.items()}
    return write_whole(path, safetensors.torch.save(plain, notes))


def _own(x: Tensor) -> Tensor:
    """On the processor and in memory of its own: the format refuses two views of one memory."""
    x = x.detach().cpu().contiguous()
    return x if x.untyped_storage().nbytes() == x.nbytes else x.clone()
