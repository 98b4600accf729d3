"""Optional packages, imported at use; a missing one is one line with the remedy."""

import importlib
from types import ModuleType

__all__ = ["need"]


def need(module: str) -> ModuleType:
    """Import `module`, or say how to install it.

    Raises:
        ImportError: the package is not installed; the message holds the pip command.

    >>> need("math").sqrt(4.0)
    2.0
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        message = f'a report needs {package}: pip install "harmonium[app]"'
        raise ImportError(message) from None
