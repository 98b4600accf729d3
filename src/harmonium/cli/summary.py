"""``harmonium summary``: shows the parts of a model, from a recipe or a run."""

from typing import Any

from harmonium.cli.naming import recipe_or_run
from harmonium.cli.options import Overrides, RecipeOrRun
from harmonium.cli.output import AsJson, emit, say, table
from harmonium.memory import in_words

__all__ = ["summary"]


def summary(
    name: RecipeOrRun,
    overrides: Overrides = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the parts of a model with their shapes and parameters, its memory and its stages."""
    from harmonium import apply, describe

    place, is_of_run = recipe_or_run(name)
    file = place / "recipe.resolved.yaml" if is_of_run else place
    recipe = describe.load(file, overrides or [])
    facts = {"recipe": name, **apply.summary(recipe)}
    if as_json:
        emit(facts)
    else:
        _tell(facts)


def _tell(facts: dict[str, Any]) -> None:
    head = ["part", "kind", "shape", "parameters"]
    rows = (
        [r["part"], r["kind"], " x ".join(map(str, r["shape"])), r["parameters"]]
        for r in facts["parts"]
    )
    say(table(head, rows))
    size, training = (in_words(facts[key]) for key in ("bytes", "training_bytes"))
    say(
        f"\n{facts['parameters']} parameters of {facts['precision']}: {size}, "
        f"{training} in training"
    )
    for split, part in facts["rows"].items():
        lacking = part.get("unlabelled")
        without = f", {lacking} of them without a label" if lacking else ""
        say(f"{split}: {part['rows']} rows{without}")
    head = ["stage", "epochs", "batch_size", "updates"]
    say("\n" + table(head, ([stage[key] for key in head] for stage in facts["stages"])))
    if any(stage["updates"] is None for stage in facts["stages"]):
        say("The number of updates is unknown: the data are not on this computer.")
