"""The program: its commands, and what runs before each of them."""

import io
from collections.abc import Callable
from typing import Annotated, Any

import typer

from harmonium import __version__
from harmonium.cli import data, runs
from harmonium.cli.cp import cp
from harmonium.cli.decode import decode
from harmonium.cli.diagnose import diagnose
from harmonium.cli.doctor import doctor
from harmonium.cli.encode import encode
from harmonium.cli.evaluate import evaluate
from harmonium.cli.export import export
from harmonium.cli.filter import filter_picture
from harmonium.cli.guard import FAILED, REFUSED, guarded, show_traceback
from harmonium.cli.importing import import_
from harmonium.cli.init import init
from harmonium.cli.likelihood import likelihood
from harmonium.cli.ls import ls
from harmonium.cli.output import note, say
from harmonium.cli.predict import predict
from harmonium.cli.report import report
from harmonium.cli.retrieve import retrieve
from harmonium.cli.sample import sample
from harmonium.cli.schema import schema
from harmonium.cli.search import search
from harmonium.cli.suggest import suggest
from harmonium.cli.summary import summary
from harmonium.cli.train import train
from harmonium.cli.validate import validate
from harmonium.cli.visualize import visualize
from harmonium.cli.weights import weights

__all__ = ["app", "run"]

_HELP = """Train nets and energy-based models from a recipe: no code needed.

Results go to standard output, progress to standard error. Exit codes: 0 done, 1 the run failed,
2 bad usage, recipe or input, 3 an optional package is missing, 130 stopped and saved.
"""

app = typer.Typer(
    name="harmonium",
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_runs = typer.Typer(
    rich_markup_mode=None, help="List, show, compare and remove runs.", no_args_is_help=True
)
_data = typer.Typer(
    rich_markup_mode=None, help="Find, fetch and look at data sets.", no_args_is_help=True
)


def _print_version(wanted: object) -> None:
    if wanted:
        say(f"harmonium {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Show the version."
        ),
    ] = False,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show the traceback of an error.")
    ] = False,
) -> None:
    show_traceback.set(traceback)


def _add(program: typer.Typer, verbs: dict[str, Callable[..., Any]]) -> None:
    for name, verb in verbs.items():
        program.command(name)(guarded(verb))


_add(
    app,
    {
        "suggest": suggest,
        "init": init,
        "ls": ls,
        "cp": cp,
        "validate": validate,
        "schema": schema,
        "summary": summary,
        "diagnose": diagnose,
        "train": train,
        "search": search,
        "evaluate": evaluate,
        "predict": predict,
        "encode": encode,
        "decode": decode,
        "retrieve": retrieve,
        "sample": sample,
        "likelihood": likelihood,
        "export": export,
        "import": import_,
        "filter": filter_picture,
        "visualize": visualize,
        "report": report,
        "weights": weights,
        "doctor": doctor,
    },
)
_add(_runs, {"ls": runs.ls, "show": runs.show, "compare": runs.compare, "rm": runs.rm})
_add(_data, {"ls": data.ls, "info": data.info, "get": data.get, "preview": data.preview})
app.add_typer(_runs, name="runs")
app.add_typer(_data, name="data")


def run() -> int:
    """Runs the program and returns its exit code; wrong usage is reported like other errors."""
    try:
        return int(app(prog_name="harmonium", standalone_mode=False) or 0)
    except typer.Abort:
        note("aborted")
        return FAILED
    except Exception as error:
        show = getattr(error, "show", None)
        if show is None:
            raise
        told = io.StringIO()
        show(file=told)
        note(told.getvalue().rstrip())
        return int(getattr(error, "exit_code", REFUSED))
