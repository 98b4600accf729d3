"""``harmonium suggest``: names nets for a task, and writes a recipe to start from."""

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonium.cli.output import AsJson, emit, note, say, table
from harmonium.errors import UsageError

if TYPE_CHECKING:
    from harmonium.describe.starter_data import Facts

__all__ = ["on_terminal", "suggest"]


def _tasks(incomplete: str) -> list[str]:
    from harmonium.describe.guide import GUIDE

    return [name for name in GUIDE if name.startswith(incomplete)]


def _kinds(incomplete: str) -> list[str]:
    from harmonium.describe.starter_data import DATA

    return [name for name in DATA if name.startswith(incomplete)]


def suggest(  # noqa: PLR0913
    source: Annotated[
        str | None,
        typer.Argument(metavar="[DATA]", help="A file, a folder or a known set, if there is one."),
    ] = None,
    *,
    task: Annotated[
        str | None,
        typer.Option(
            help="patterns, text, characters, images, objects, speech, classification or series. "
            "Default: by the data.",
            autocompletion=_tasks,
        ),
    ] = None,
    data_kind: Annotated[
        str | None,
        typer.Option(
            help="How to read the data: arrays, table, image_folder, ... Default: by their file.",
            autocompletion=_kinds,
        ),
    ] = None,
    net: Annotated[
        str | None, typer.Option(help="Net of the recipe. Default: the first that suits.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="Column of a table with the classes, by name or position.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Column of a table with a real target; or true for arrays.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The new recipe.")] = Path(
        "recipe.yaml"
    ),
    as_json: AsJson = False,
) -> None:
    """Name the nets that suit data or a task, say why, and write a recipe to start from.

    With neither DATA nor --task nor --data-kind it asks, on a terminal.
    """
    if source is task is data_kind is None:
        task, data_kind, source = _asked()
    _check_names(task, data_kind)
    from harmonium.describe.builtin import write_new
    from harmonium.describe.guide import GUIDE, suited
    from harmonium.describe.starter import MODELS, starter

    if source is None:
        task, kind, facts = _from_answers(task, data_kind)
    else:
        from harmonium.apply.suggesting import Wanted, found

        task, kind, facts = found(source, Wanted(task, data_kind, label, target))
        facts = replace(facts, path=_relative(facts.path, output)) if source != kind else facts
    line = GUIDE[task]
    reasons = suited(line, kind, facts=facts)
    model = _picked(net, reasons, task=task)
    say_file = write_new(output, starter(model=model, data=kind, file=str(output), facts=facts))
    if as_json:
        nets = [{"net": n, "why": line.nets[n], "unsuited": why} for n, why in reasons.items()]
        emit(
            {
                "task": task,
                "data_kind": kind,
                "nets": nets,
                "net": model,
                "recipe": say_file,
                "recipes": line.recipes,
            }
        )
        return
    say(f"{task}: {line.about}; the data: {kind}")
    say(table(["net", "why"], ((n, _why(line.nets[n], why)) for n, why in reasons.items())))
    say(f"built-in recipes: {', '.join(line.recipes)}")
    say(f"{say_file}: {MODELS[model].about}")
    where = shlex.quote(str(output))
    before = "" if source else "put your data where the recipe expects them, then "
    note(f"next: {before}harmonium validate {where} and harmonium train {where}")


def _why(why: str, reason: str | None) -> str:
    return why if reason is None else f"{why} (not here: {reason})"


def _picked(net: str | None, reasons: Mapping[str, str | None], *, task: str) -> str:
    """The net of the recipe: the one asked for, or the first that suits."""
    if net is None:
        first, reason = next(iter(reasons.items()))
        if reason is not None:
            raise UsageError(f"task {task}: {reason}")
        return first
    if net not in reasons:
        raise UsageError(f"task {task}: no net {net!r}: take {' or '.join(reasons)}")
    if reason := reasons[net]:
        raise UsageError(f"task {task}: {reason}")
    return net


def _check_names(task: str | None, kind: str | None) -> None:
    from harmonium.catalogue.find import nearest
    from harmonium.describe.guide import GUIDE
    from harmonium.describe.starter_data import DATA

    for what, name, known in (("task", task, GUIDE), ("kind of data", kind, DATA)):
        if name is not None and name not in known:
            raise UsageError(f"no {what} {name!r}{nearest(name, known)}")


def _from_answers(task: str | None, kind: str | None) -> tuple[str, str, "Facts"]:
    """Task, kind of data, and the facts that the comments of a recipe describe."""
    from harmonium.describe.guide import GUIDE, task_of
    from harmonium.describe.starter_data import DATA

    kind = GUIDE[str(task)].data[0] if kind is None else kind
    facts = DATA[kind].facts
    return task_of(kind, facts) if task is None else task, kind, facts


def _relative(path: str, recipe: Path) -> str:
    """The path as a recipe has to name it: relative to the recipe's own folder, if it was so."""
    if os.path.isabs(path):
        return path
    return os.path.relpath(path, recipe.parent).replace(os.sep, "/")


def _asked() -> tuple[str | None, str | None, str | None]:
    """Asks for the task, the kind of data and their place; only on a terminal.

    Raises:
        ValueError: nobody can answer.
    """
    from harmonium.describe.guide import GUIDE
    from harmonium.describe.starter_data import DATA

    if not on_terminal():
        raise UsageError(
            f"give data, or --task and --data-kind; tasks are {', '.join(GUIDE)}; kinds of data "
            f"are {', '.join(DATA)}"
        )
    place = _answer("Your data: a file, a folder or a known set (empty: none yet)", {})
    task = _answer("What shall be found? (empty: by the data)", _about(GUIDE))
    if place:
        return task, None, place
    kinds = GUIDE[task].data if task else tuple(DATA)
    kind = _answer("What are your data?", {n: DATA[n].title for n in kinds})
    return task, kind or kinds[0], None


def _about(guide: Mapping[str, Any]) -> dict[str, str]:
    return {name: line.about for name, line in guide.items()}


def on_terminal() -> bool:
    """Whether somebody can answer questions."""
    return sys.stdin is not None and sys.stdin.isatty()


def _answer(question: str, choices: Mapping[str, str]) -> str | None:
    """One answer: a name or the number of a choice; None for an empty line."""
    for number, (name, about) in enumerate(choices.items(), start=1):
        typer.echo(f"  {number}  {name}: {about}", err=True)
    text = typer.prompt(question, default="", show_default=False, err=True).strip()
    if choices and text.isdecimal() and 0 < int(text) <= len(choices):
        return [*choices][int(text) - 1]
    return text or None
