"""Picture of the page on Hebb's rule: weights of letters by both rules."""

from pathlib import Path

from harmonium.data import font_letters
from harmonium.learning import Hebbian
from harmonium.nets import LinearMemory
from harmonium.report import strips

letters = font_letters()
batch = {"x": (letters.train > 0.5).float(), "y": letters.train_labels}


def learned(epochs=10, **settings):
    rule = Hebbian(LinearMemory(841, 26), **settings)
    for _ in range(epochs):
        removed = float(rule.step(batch)["removed"])
    weight = rule.module.weight.detach()
    print(f"{settings}: {removed:.1%} removed, largest {float(weight.max()):.3f}")
    return weight


weights = {
    "Hebb": learned(),
    "decay .01": learned(decay=0.01),
    "and floor 0": learned(decay=0.01, floor=0.0),
}
rows = {name: 0.5 + 0.5 * w[:10] / float(w.abs().max()) for name, w in weights.items()}
strips(rows, (29, 29)).savefig(Path(__file__).parent / "hebb.png", dpi=110)
