"""Whether there are rows for what a recipe asks to be judged, before the first update."""

from harmonium.data import DataSet
from harmonium.describe.recipe import Recipe

__all__ = ["check_judged"]

_LABELLED = {"accuracy"}
"""Judges that need a label; baselines all do."""


def check_judged(recipe: Recipe, dataset: DataSet) -> None:
    """Check that every judge and baseline finds the test rows that it needs.

    Raises:
        ValueError: there are none, or none with a label; it names judge and remedy.
    """
    test = dataset.test
    labelled = test is not None and test.y is not None and bool((test.y >= 0).any())
    remedy = "set `test` of the source to a share or to a file, or leave the judge out"
    for judge in recipe.judge:
        if test is None:
            raise ValueError(f"judge {judge.type}: {dataset.name} has no test rows: {remedy}")
        if judge.type in _LABELLED and not labelled:
            raise ValueError(
                f"judge {judge.type}: {dataset.name} has no labelled test rows: {remedy}"
            )
    if recipe.compare and not labelled:
        raise ValueError(
            f"compare: {dataset.name} has no labelled test rows: set `test` of the source to a "
            "share or to a file, or leave compare out"
        )
