"""``harmonium schema``: prints the schema of recipes, for editors and programs."""

from harmonium.cli.output import emit

__all__ = ["schema"]


def schema() -> None:
    """Print the JSON Schema of recipes.

    An editor that reads the line "# yaml-language-server: $schema=FILE" completes and checks.
    """
    from harmonium import describe

    emit(describe.schema())
