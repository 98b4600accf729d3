"""Optional packages, imported at use; if one is missing, the error says how to install it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

__all__ = ["EXTRAS", "extra_of", "installed", "need", "pip_line"]

EXTRAS: dict[str, dict[str, str]] = {
    "app": {
        "scikit-learn": "sklearn",
        "matplotlib": "matplotlib",
        "pillow": "PIL",
        "jinja2": "jinja2",
        "pydantic": "pydantic",
        "ruamel.yaml": "ruamel.yaml",
        "typer": "typer",
        "rich": "rich",
    },
    "data": {"h5py": "h5py", "pyarrow": "pyarrow"},
    "tracking": {"tensorboard": "tensorboard"},
    "export": {"onnx": "onnx", "onnxscript": "onnxscript", "onnxruntime": "onnxruntime"},
    "tune": {"optuna": "optuna"},
    "music": {"music21": "music21"},
    "play": {
        "gymnasium": "gymnasium",
        "pygame": "pygame",
        "ale-py": "ale_py",
        "opencv-python-headless": "cv2",
        "sgfmill": "sgfmill",
    },
}
"""Extra -> name of the package -> name of the module."""


def pip_line(extra: str) -> str:
    """The command that installs an extra.

    >>> pip_line("data")
    'pip install "harmonium[data]"'
    """
    return f'pip install "harmonium[{extra}]"'


def extra_of(module: str) -> str | None:
    """The extra that installs a module, or None.

    >>> extra_of("PIL.Image")
    'app'
    """
    top = module.partition(".")[0]
    return next(
        (
            extra
            for extra, packages in EXTRAS.items()
            if top in {name.partition(".")[0] for name in packages.values()}
        ),
        None,
    )


def installed(module: str) -> bool:
    """Whether a module is installed; it is not imported."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it is missing
        return False


def need(module: str, user: str = "this needs") -> Any:  # noqa: ANN401
    """Imports and returns a module of an extra.

    Args:
        module: name of the module, such as "pyarrow.parquet".
        user: the beginning of the message if it is missing.

    Raises:
        ImportError: the package is not installed; the message holds the pip command.

    >>> need("math").sqrt(4.0)
    2.0
    """
    top, extra = module.partition(".")[0], extra_of(module)
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if extra is None or (error.name or "").partition(".")[0] != top:
            raise
        named = {
            import_name.partition(".")[0]: name for name, import_name in EXTRAS[extra].items()
        }
        raise ImportError(f"{user} {named[top]}: {pip_line(extra)}", name=top) from None
