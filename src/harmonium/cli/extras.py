"""The packages that each extra brings, and the line that installs it."""

from importlib.util import find_spec

__all__ = ["EXTRAS", "extra_of", "installed", "pip_line"]

EXTRAS: dict[str, dict[str, str]] = {
    "app": {
        "scikit-learn": "sklearn",
        "matplotlib": "matplotlib",
        "pillow": "PIL",
        "jinja2": "jinja2",
        "pydantic": "pydantic",
        "ruamel.yaml": "ruamel.yaml",
        "typer": "typer",
    },
    "data": {"h5py": "h5py", "pyarrow": "pyarrow"},
    "tracking": {"tensorboard": "tensorboard"},
}
"""Extra -> name of the package -> name to import."""


def pip_line(extra: str) -> str:
    """The command that installs an extra.

    >>> pip_line("data")
    'pip install "harmonium[data]"'
    """
    return f'pip install "harmonium[{extra}]"'


def extra_of(module: str) -> str | None:
    """The extra that brings a module, or None.

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
    """Whether a module could be imported; it is not."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it is missing
        return False
