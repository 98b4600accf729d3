"""Picture of the page on forecasts: yearly sunspots, with forecasts from four origins."""

from pathlib import Path

from harmonium import Forecaster
from harmonium.data import sunspots
from harmonium.data.windows import frames_of
from harmonium.judges.horizon import shaped
from harmonium.report.style import INK, MUTED, PALETTE, WIDTH, blank

HERE = Path(__file__).parent
HORIZON, ORIGINS = 11, (1946, 1960, 1975, 1990)

splits = sunspots().splits()
parts = [frames_of(*shaped(split))[:, 0] for split in (splits["train"], splits["test"])]
first = int(splits["train"].names[0]) - 43
last = int(splits["test"].names[-1]) + HORIZON
years = range(first, last + 1)
y = dict(zip(range(first, first + len(parts[0])), parts[0].tolist(), strict=True))
for name in ("validation", "test"):
    frames = frames_of(*shaped(splits[name]))[:, 0].tolist()
    start = int(splits[name].names[0]) - 43
    y |= dict(zip(range(start, start + len(frames)), frames, strict=True))

settings = {"context": 44, "lags": 22, "dropout": 0.5, "weight_decay": 0.3, "random_state": 0}
model = Forecaster(HORIZON, calibration_fraction=0.25, **settings)
model.fit([y[t] for t in years if t <= ORIGINS[0]])

figure = blank(WIDTH, 2.6)
axes = figure.add_axes((0.07, 0.12, 0.91, 0.84))
axes.plot([t for t in years if t > 1920], [y[t] for t in years if t > 1920], color=MUTED, lw=1.5)
for before, origin in zip((ORIGINS[0], *ORIGINS), ORIGINS, strict=False):
    model = (
        model.update([y[t] for t in range(before + 1, origin + 1)]) if before < origin else model
    )
    ahead = range(origin + 1, origin + 1 + HORIZON)
    axes.fill_between(ahead, *model.predict_interval(), color=PALETTE[0], alpha=0.2, lw=0)
    axes.plot(ahead, model.predict(), color=PALETTE[0], lw=1.4)
    axes.axvline(origin + 0.5, color=INK, lw=0.6, ls=":")
axes.tick_params(labelsize=7)
axes.set_ylabel("sunspots", fontsize=8, color=INK)
figure.savefig(HERE / "forecasting.png", dpi=110)
