"""Pictures of the page on vanishing gradients: norms by layer, and letters in a hidden layer."""

from pathlib import Path

import torch
from paralysis import DRAWN, NETS, race

from harmonium.report.layers import by_layer
from harmonium.report.pictures import strips

HERE = Path(__file__).parent
COUNT = 8

torch.set_num_threads(1)


def gradients():
    """Norm of the gradient of every layer before training, for six nets."""
    looks = {name: race(f"{NETS[name]} train.epochs=1", 0)[0] for name in DRAWN}
    layers = [layer.name for layer in looks[DRAWN[0]].flow.layers]
    norms = {name: [x.gradient for x in look.flow.layers] for name, look in looks.items()}
    return by_layer(norms, layers, y_label="norm of the gradient")


def scaled(values):
    """Every row from 0, its lowest value, to 1."""
    low, high = values.amin(1, keepdim=True), values.amax(1, keepdim=True)
    return (values - low) / (high - low)


def images():
    """Letters, and the activities of a first hidden layer of as many units as pixels."""
    units = "model.units=[841,841,100,100,100,100,26]"
    rows = {}
    for std in ("0.1", "0.01"):
        first, last = race(f"{units} model.initial={std}", 0)
        values = first.flow.activities["h1"][:: len(first.flow.activities["h1"]) // COUNT][:COUNT]
        rows[f"sd {std}"] = values
        same = torch.corrcoef(
            torch.stack([x.flow.activities["h1"].flatten() for x in (first, last)])
        )
        print(f"sd {std}: correlation before and after 5 epochs {same[0, 1]:.4f}")
        if std == "0.01":
            rows["0.01, scaled"] = scaled(values)
        print(f"range of activities {values.min():.3f} to {values.max():.3f}")
    return rows


def letters(count):
    """The letters themselves, as they were measured."""
    from harmonium.data.known import letters_set

    x = letters_set().train.x[:]
    measured = x[torch.arange(1000) * len(x) // 1000]
    return measured[:: 1000 // count][:count]


gradients().savefig(HERE / "vanishing_gradient.png", dpi=160)
sheet = {"letters": letters(COUNT), **images()}
strips(sheet, (29, 29)).savefig(HERE / "vanishing_gradient-images.png", dpi=130)
