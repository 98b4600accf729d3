"""Picture of the page on machines in time: a test series, its predictions and continuations."""

from pathlib import Path

import torch

from harmonium import SeriesRBM
from harmonium.data import motions
from harmonium.random import generator
from harmonium.report.style import INK, MUTED, PALETTE, WIDTH, blank

HERE = Path(__file__).parent
ROW, HALF, CHANNELS = 13, 50, (0, 4, 5)

data = motions()
train, test = (split.batch(slice(None))["x"] for split in (data.train, data.test))
settings = {"recurrent": True, "n_epochs": 150, "random_state": 0}
model = SeriesRBM(60, **settings).fit(train.numpy())
x = test[ROW]
predicted = model.predict(x.numpy())
scaled = ((x[:HALF] - torch.from_numpy(model.mean_)) / torch.from_numpy(model.scale_)).float()
three = scaled.expand(3, -1, -1)
drawn = model.machine_.continued(three, len(x) - HALF, source=generator(1)).numpy()
drawn = drawn * model.scale_ + model.mean_

figure = blank(WIDTH, 3.6)
for k, channel in enumerate(CHANNELS):
    axes = figure.add_axes((0.09, 0.1 + 0.3 * (len(CHANNELS) - 1 - k), 0.89, 0.25))
    axes.plot(x[:, channel], color=MUTED, lw=1.8, alpha=0.6)
    axes.plot(range(model.lags, len(x)), predicted[:, channel], color=PALETTE[0], lw=0.9)
    for line in drawn[..., channel]:
        axes.plot(range(HALF, len(x)), line, color=PALETTE[1], lw=0.8, alpha=0.8)
    axes.axvline(HALF - 0.5, color=INK, lw=0.6)
    axes.tick_params(labelsize=7, labelbottom=k == len(CHANNELS) - 1)
    axes.set_title(data.columns["x"].channels[channel], fontsize=8, color=INK, loc="left", pad=2)
figure.savefig(HERE / "time.png", dpi=110)
