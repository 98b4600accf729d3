"""The layers of the net of a recipe as a picture."""

from io import BytesIO
from pathlib import Path

from harmonium.describe import Recipe
from harmonium.describe.size import outlined
from harmonium.errors import UsageError
from harmonium.files import write_whole
from harmonium.models import Described, adapted
from harmonium.report.layer_graph import layer_graph

__all__ = ["draw_layers"]


def draw_layers(recipe: Recipe, path: Path, *, depth: int | None = None) -> Path:
    """Writes the graph of the layers of a recipe's net as an SVG file; returns its path.

    Args:
        recipe: of a net that is described by its layers.
        path: of the file.
        depth: of names at which lists of layers become one box (``nets.anatomy``).

    Raises:
        ValueError: the model is no such net.
    """
    model = adapted(outlined(recipe))
    rows = model.anatomy(depth) if isinstance(model, Described) else []
    if not rows:
        raise UsageError(
            f"--svg: the model {recipe.model.type} is not described by its layers: take one of "
            "type net"
        )
    stream = BytesIO()
    layer_graph(rows).savefig(stream, format="svg", metadata={"Date": None})
    return write_whole(path, stream.getvalue())
