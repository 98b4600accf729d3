"""The command line: thin verbs over the library, one file each."""

import sys

__all__ = ["main"]


def main() -> None:
    """The program ``harmonium``; ends the interpreter with its exit code."""
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
