"""The command line: thin commands over the library, one file each."""

import sys

__all__ = ["main"]


def main() -> None:
    """Runs the program ``harmonium`` and exits with its exit code."""
    from harmonium.stream import Unfailing

    sys.stderr = Unfailing(sys.stderr)
    try:
        from harmonium.cli.app import run
    except ModuleNotFoundError as error:
        if error.name != "typer":
            raise
        sys.stderr.write('error: the command line needs typer: pip install "harmonium[app]"\n')
        sys.exit(3)
    sys.exit(run())
