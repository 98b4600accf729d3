"""``harmonium weights``: shows what a public checkpoint holds, and whether it fits a net."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harmonium.cli.guard import REFUSED
from harmonium.cli.options import Overrides, Overwrite
from harmonium.cli.output import AsJson, emit, say, table
from harmonium.memory import in_words

__all__ = ["weights"]

FEW = 8
"""Tensors that are shown without --json."""


def weights(  # noqa: PLR0913, PLR0917
    file: Annotated[Path, typer.Argument(help="The checkpoint: .safetensors, .pth or .pt.")],
    name: Annotated[
        str | None, typer.Argument(help="Recipe (file or name), or model such as resnet50.")
    ] = None,
    overrides: Overrides = None,
    *,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(help="Tensor or layer that may differ, such as fc; repeat for several."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="New .safetensors: the net with these weights."),
    ] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Show what a public checkpoint holds, and whether its tensors fit a net.

    The exit code is 2 where they do not fit.
    """
    from harmonium import apply

    left = leave_out or []
    facts: dict[str, Any] = {"file": str(file)}
    if name is None:
        facts = apply.held(file)
    else:
        recipe = apply.model_recipe(name, overrides or [])
        if output is None:
            facts |= apply.weighed(file, recipe, leave_out=left)
        else:
            with apply.new_file(output, suffixes=[".safetensors"], overwrite=overwrite) as part:
                facts |= apply.fitted(file, recipe, output=part, leave_out=left)
            facts["output"] = str(output)
    if as_json:
        emit(facts)
    elif name is None:
        _tell(facts)
    else:
        _compare(facts)
    if not facts.get("fits", True):
        raise typer.Exit(REFUSED)


def _tell(facts: dict[str, Any]) -> None:
    rows = [[tensor, " x ".join(map(str, s)) or "1"] for tensor, s in facts["tensors"].items()]
    say(table(["tensor", "shape"], rows[:FEW]))
    if len(rows) > FEW:
        say(f"and {len(rows) - FEW} more")
    types = ", ".join(f"{count} of {kind}" for kind, count in facts["types"].items())
    size = in_words(facts["bytes"])
    many = "s" * (len(rows) != 1)
    say(f"\n{len(rows)} tensor{many} ({types}), {facts['values']:,d} values: {size}")


def _compare(facts: dict[str, Any]) -> None:
    verdict = "fits" if facts["fits"] else "does not fit"
    say(f"{facts['file']} {verdict} {facts['model']}")
    for line in facts["lines"]:
        say(f"  {line}")
    if "output" in facts:
        say(facts["output"])
