"""Pictures of the page on depth: three partitions of the plane, and the composed tent map."""

from pathlib import Path

from depth import draw_partitions, draw_tents

HERE = Path(__file__).parent

draw_partitions().savefig(HERE / "depth.png", dpi=130)
draw_tents().savefig(HERE / "depth-tents.png", dpi=130)
