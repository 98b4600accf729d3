"""``harmonium report``: writes a page about a run, or a comparison of several."""

from pathlib import Path
from typing import Annotated

import typer

from harmonium.cli.naming import complete_run, find_run
from harmonium.cli.output import AsJson, emit, say

__all__ = ["report"]


def report(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...",
            help='Paths of runs, beginnings of names, or "last".',
            autocompletion=complete_run,
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Write an HTML page about a run, or a page that compares several runs."""
    from harmonium import report as pages
    from harmonium.runs import Run

    opened_runs = [Run.open(find_run(name)) for name in runs]
    page: Path = (
        pages.write_run(opened_runs[0]) if len(opened_runs) == 1 else pages.compare(opened_runs)
    )
    if as_json:
        emit({"page": page, "runs": [run.path for run in opened_runs]})
    else:
        say(str(page))
