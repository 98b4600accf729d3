"""Picture of the page on associative memory: letters with noise, and what is recalled."""

from pathlib import Path

from harmonium.data import font_letters
from harmonium.learning import correlation_matrix, optimal_mapping
from harmonium.random import generator, normal
from harmonium.report import strips

stored = font_letters().train[:26]
cue = stored + 0.5 * normal(stored, generator(0))
optimal = cue @ optimal_mapping(stored, stored).mT
sums = cue @ correlation_matrix(stored, stored).mT
rows = {"stored": stored, "cue": cue, "optimal": optimal, "correlation": sums / sums.max()}
for name, x in rows.items():
    print(f"{name}: mean square error {float((x - stored).square().mean()):.4f}")
figure = strips({name: x[:10] for name, x in rows.items()}, (29, 29))
figure.savefig(Path(__file__).parent / "associative_memory.png", dpi=110)
