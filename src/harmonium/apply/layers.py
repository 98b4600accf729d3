"""The layers of the net of a recipe as a picture."""

from pathlib import Path

from harmonium.apply.tables import new_file
from harmonium.describe import Recipe
from harmonium.describe.size import outlined
from harmonium.errors import UsageError
from harmonium.models import Described, adapted
from harmonium.report.layer_graph import layer_graph

__all__ = ["draw_layers"]


def draw_layers(
    recipe: Recipe, path: Path, *, depth: int | None = None, overwrite: bool = False
) -> Path:
    """Writes the graph of the layers of a recipe's net as an SVG file; returns its path.

    Args:
        recipe: of a net that is described by its layers.
        path: of the new file.
        depth: of names at which lists of layers become one box (``nets.anatomy``).
        overwrite: replace an existing file.

    Raises:
        FileExistsError: the file exists, and ``overwrite`` is False.
        FileNotFoundError: there is no such folder.
        ValueError: the model is no such net, or the suffix is not .svg.
    """
    model = adapted(outlined(recipe))
    rows = model.anatomy(depth) if isinstance(model, Described) else []
    if not rows:
        raise UsageError(
            f"--svg: the model {recipe.model.type} is not described by its layers: take one of "
            "type net"
        )
    with new_file(path, suffixes=[".svg"], overwrite=overwrite) as part:
        layer_graph(rows).savefig(part, format="svg", metadata={"Date": None})
    return path
