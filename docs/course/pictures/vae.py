"""Pictures of the page on variational autoencoders: a plane of codes, and bounds of rows."""

from pathlib import Path

import numpy as np
import torch
from scipy.stats import norm

from harmonium import VAE
from harmonium.data import sampled
from harmonium.data.known import digits_set
from harmonium.random import generator
from harmonium.report.style import INK, PALETTE, WIDTH, above, blank, chart

HERE = Path(__file__).parent
SIDE, CODES, GREYS = 10, (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000), 11

data = digits_set()
train, test = (split.flattened().x[:] for split in (data.train, data.test))


def plane():
    """Where test digits lie in a code of two numbers, and what the whole plane decodes to."""
    model = VAE((100, 2), n_epochs=300, learning_rate=3e-3, random_state=0).fit(train.numpy())
    codes, labels = model.transform(test.numpy()), data.test.labels.numpy()
    figure = blank(6.6, 3.2)
    axes = figure.add_axes((0.06, 0.11, 0.42, 0.78))
    for (x, y), label in zip(codes, labels, strict=True):
        axes.text(x, y, str(label), color=PALETTE[label % len(PALETTE)], fontsize=6.5,
                  ha="center", va="center", clip_on=True)  # fmt: skip
    axes.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2))
    axes.tick_params(labelsize=7)
    axes.set_title("codes of 500 test digits", fontsize=9, color=INK, loc="left")
    ends = norm.ppf(np.linspace(0.02, 0.98, SIDE))
    across, up = np.meshgrid(ends, ends[::-1])
    rows = model.inverse_transform(np.stack([across.ravel(), up.ravel()], 1).astype("float32"))
    tiles = np.pad(rows.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)), constant_values=0.4)
    tiles = np.round(tiles * GREYS) / GREYS  # few greys leave room for colours in the palette
    sheet = tiles.reshape(SIDE, SIDE, 10, 10).transpose(0, 2, 1, 3).reshape(10 * SIDE, 10 * SIDE)
    axes = figure.add_axes((0.55, 0.11, 0.38, 0.78))
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.set_title("what the plane decodes to", fontsize=9, color=INK, loc="left")
    return figure


def bounds():
    """Both bounds of binary test digits by the number of codes."""
    bits = [sampled(x, generator(seed)).numpy() for seed, x in ((1, train), (2, test))]
    model = VAE((100, 10), n_epochs=100, learning_rate=3e-3, random_state=0).fit(bits[0])
    figure, axes = chart(WIDTH, 2.7, title="Bounds of 500 binary test digits")
    weighted = [float(np.mean(model.log_likelihood(bits[1], k))) for k in CODES]
    axes.plot(CODES, weighted, "o-", color=PALETTE[0], ms=4, lw=1.3, label="importance-weighted")
    lower = model.score(bits[1])
    axes.axhline(lower, color=PALETTE[1], ls="--", lw=1.3, label="ELBO")
    axes.set(xscale="log", xlabel="codes of each row", ylabel="nats per row")
    axes.legend(**above())
    print(f"ELBO {lower:.2f}, importance-weighted {weighted[0]:.2f} to {weighted[-1]:.2f}")
    return figure


torch.set_num_threads(1)
plane().savefig(HERE / "vae.png", dpi=150)
bounds().savefig(HERE / "vae-bounds.png", dpi=150)
