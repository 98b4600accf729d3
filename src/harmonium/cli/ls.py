"""``harmonium ls``: lists the built-in recipes."""

from harmonium.cli.output import AsJson, emit, say, table

__all__ = ["ls"]


def ls(*, as_json: AsJson = False) -> None:
    """List the built-in recipes. Copy one with cp, or train it by its name."""
    from harmonium.describe.builtin import builtin

    recipes = builtin()
    if as_json:
        emit([{"recipe": name, "about": about} for name, about in recipes.items()])
    else:
        say(table(["recipe", "about"], recipes.items()))
