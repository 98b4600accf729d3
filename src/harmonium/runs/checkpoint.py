"""A checkpoint: nested dicts of tensors and numbers in one safetensors file, without pickle.

Tensors are stored under numbers as names. The header holds the rest as JSON, and a checksum of the
whole file. The file is moved into place in one step, so that at every instant the old or the new
checkpoint exists complete.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import Tensor

from harmonium.errors import HarmoniumError, RunError, UsageTypeError
from harmonium.files import check_seal, sealed, write_whole
from harmonium.runs.directory import regular

__all__ = ["FORMAT", "listed", "others", "read", "read_tensors", "write", "write_tensors"]

FORMAT = 2
"""Version of the file format; later versions are refused. Version 2 added the checksum."""


def write(path: Path, state: Any) -> Path:  # noqa: ANN401
    """Writes a nested state of dicts, lists, tuples, tensors, strings, numbers, bools and None.

    Raises:
        TypeError: the state contains an object of another type.
        OSError: the file cannot be written; the previous file is intact.
    """
    tensors: dict[str, Tensor] = {}
    seen: dict[tuple[Any, ...], str] = {}

    def placed(x: Tensor) -> dict[str, str]:
        """Adds a tensor; one that occurs twice (in machine and optimiser) is stored once."""
        key = (x.data_ptr(), tuple(x.shape), x.stride(), x.dtype)
        name = seen.setdefault(key, str(len(seen)))
        if name not in tensors:
            tensors[name] = _own(x)
        return {"tensor": name}

    tree = _packed(state, placed)
    header = {"harmonium": json.dumps({"format": FORMAT, "state": tree})}
    return write_whole(path, sealed(safetensors.torch.save(tensors, header)))


def read(path: Path) -> Any:  # noqa: ANN401
    """Reads the state that ``write`` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is incomplete, damaged, not a checkpoint, or from a later version.
    """
    if not regular(path):
        raise FileNotFoundError(f"{path}: no such checkpoint{listed(path)}")
    try:
        tensors, notes = read_tensors(path)
        header = json.loads(notes["harmonium"])
        version = header["format"]
        if version > FORMAT:
            raise _Later(
                f"{path}: format {version}, but this version reads up to {FORMAT}; "
                "upgrade harmonium"
            )
        if version > 1 and not notes.get("checksum", "").startswith("sha256:"):
            raise RunError("its checksum is missing")
        return _unpacked(header["state"], tensors)
    except _Later:
        raise
    except (LookupError, ValueError, TypeError, RecursionError) as error:
        raise RunError(
            f"{path}: not a whole checkpoint ({_words(error, path)}); resume from another file in "
            f"its folder{listed(path)}, or start anew"
        ) from error


class _Later(RunError):
    """A later version wrote the file."""


def _words(error: BaseException, path: Path) -> str:
    """Describes in one line why a file cannot be read, in place of Python's short messages."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, HarmoniumError | json.JSONDecodeError):
        text = str(error).removeprefix(f"{path}: ").removesuffix("; copy it again")
        return text.splitlines()[0][:200]
    return f"its content makes no sense: {error!r}"[:200]


def others(path: Path) -> list[str]:
    """Names of the other checkpoints in the folder of a checkpoint, the newest first."""
    paths = [p for p in path.parent.glob("[!.]*.safetensors") if p != path and p.is_file()]
    return [p.name for p in sorted(paths, key=lambda p: p.stat().st_mtime_ns, reverse=True)]


def listed(path: Path) -> str:
    """Names of the other checkpoints, in brackets; empty if there are none."""
    names = others(path)
    more = ", ..." if len(names) > 5 else ""
    return f" ({', '.join(names[:5])}{more})" if names else ""


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Reads tensors and header notes of a safetensors file, after checking the checksum.

    Raises:
        ValueError: the file is damaged or has another format.
    """
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            check_seal(path)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return tensors, dict(file.metadata() or {})
    except (safetensors.SafetensorError, LookupError, UnicodeDecodeError) as error:
        raise RunError(f"{path}: not a whole safetensors file ({error}); copy it again") from error


def _packed(x: Any, placed: Callable[[Tensor], Any]) -> Any:  # noqa: ANN401
    """JSON in which every container and tensor has its type; keys of dicts may be numbers."""
    if isinstance(x, Tensor):
        return placed(x)
    if isinstance(x, dict):
        return {"dict": [[k, _packed(v, placed)] for k, v in x.items()]}
    if isinstance(x, list | tuple):
        return {"tuple" if isinstance(x, tuple) else "list": [_packed(v, placed) for v in x]}
    if x is None or isinstance(x, str | int | float):
        return x
    raise UsageTypeError(f"a checkpoint holds tensors, text and numbers, not {type(x).__name__}")


def _unpacked(x: Any, tensors: dict[str, Tensor]) -> Any:  # noqa: ANN401
    if not isinstance(x, dict | list):
        return x
    if not isinstance(x, dict) or len(x) != 1:
        raise RunError("a container does not say what it is")
    ((kind, content),) = x.items()
    if kind == "tensor":
        return tensors[content]
    if kind not in {"dict", "list", "tuple"} or not isinstance(content, list):
        raise RunError(f"{kind[:30]!r} is no kind of container")
    if kind == "dict":
        return {k: _unpacked(v, tensors) for k, v in content}
    values = [_unpacked(v, tensors) for v in content]
    return tuple(values) if kind == "tuple" else values


def write_tensors(path: Path, tensors: Mapping[str, Tensor], **notes: str) -> Path:
    """Writes named tensors, with notes in the header, in one step.

    Raises:
        OSError: the file cannot be written.
    """
    plain = {name: _own(t) for name, t in tensors.items()}
    # with neither tensors nor notes, an empty mapping of notes would make an invalid header
    return write_whole(path, sealed(safetensors.torch.save(plain, notes or None)))


def _own(x: Tensor) -> Tensor:
    """A copy on the CPU with its own memory: the format refuses two views of the same memory."""
    x = x.detach().cpu().contiguous()
    return x if x.untyped_storage().nbytes() == x.nbytes else x.clone()
