"""``harmonium summary``: shows the parts of a model, from a recipe or a run."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harmonium.cli.naming import recipe_or_run
from harmonium.cli.options import Overrides, Overwrite, RecipeOrRun
from harmonium.cli.output import AsJson, emit, say, table
from harmonium.memory import in_words

__all__ = ["summary"]


def summary(  # noqa: PLR0913
    name: RecipeOrRun,
    overrides: Overrides = None,
    *,
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth", min=1, help="Show lists of layers as one row below this many names."
        ),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", help="Write the graph of a net's layers as a picture.")
    ] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Show the parts of a model with their shapes and parameters, its memory and its stages."""
    from harmonium import apply, describe

    place, is_of_run = recipe_or_run(name)
    file = place / "recipe.resolved.yaml" if is_of_run else place
    recipe = describe.load(file, overrides or [])
    facts = {"recipe": name, **apply.summary(recipe, depth=depth)}
    if svg is not None:
        apply.draw_layers(recipe, svg, depth=depth, overwrite=overwrite)
    if as_json:
        emit(facts)
    else:
        _tell(facts)


def _parts(facts: dict[str, Any]) -> str:
    """The table of parts, or of the layers of a described net."""
    if "layers" in facts:
        head = ["layer", "type", "output", "parameters", "multiply-adds", "field"]
        return table(head, map(_layer, facts["layers"]))
    head = ["part", "kind", "shape", "parameters"]
    rows = (
        [r["part"], r["kind"], " x ".join(map(str, r["shape"])), r["parameters"]]
        for r in facts["parts"]
    )
    return table(head, rows)


def _layer(row: dict[str, Any]) -> list[Any]:
    """Cells of a layer; long names lose their beginning, so that the table fits a terminal."""
    name = row["name"] if len(row["name"]) <= _LONGEST else f"…{row['name'][1 - _LONGEST :]}"
    size: tuple[float, ...] = () if row["field"] is None else row["field"]["size"]
    seen = f"{size[0]:g}" if len(set(size)) == 1 else " x ".join(f"{n:g}" for n in size)
    shape = " x ".join(map(str, row["shape"]))
    return [name, row["type"], shape, row["parameters"], row["multiply_adds"], seen or "-"]


_LONGEST = 24
"""Letters of the name of a layer in the table."""


def _tell(facts: dict[str, Any]) -> None:
    say(_parts(facts))
    size, training = (in_words(facts[key]) for key in ("bytes", "training_bytes"))
    say(
        f"\n{facts['parameters']} parameters of {facts['precision']}: {size}, "
        f"{training} in training"
    )
    if "layers" in facts:
        total = sum(row["multiply_adds"] for row in facts["layers"])
        kept = in_words(facts["activation_bytes"])
        say(f"an example: {total} multiply-adds, {kept} of outputs of layers")
    for split, part in facts["rows"].items():
        lacking = part.get("unlabelled")
        without = f", {lacking} of them without a label" if lacking else ""
        say(f"{split}: {part['rows']} rows{without}")
    head = ["stage", "epochs", "batch_size", "updates"]
    say("\n" + table(head, ([stage[key] for key in head] for stage in facts["stages"])))
    if any(stage["updates"] is None for stage in facts["stages"]):
        say("The number of updates is unknown: the data are not on this computer.")
