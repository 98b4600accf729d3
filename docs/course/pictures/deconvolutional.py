"""Picture of the page on deconvolutional nets: kernels, and a patch as a sum of them."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from harmonium.apply import Trained
from harmonium.nets.deconvolutional import DeconvolutionalNet
from harmonium.random import seeded
from harmonium.report.style import INK, blank
from harmonium.training import train

with TemporaryDirectory() as folder:
    with patch("harmonium.report.write_run"):  # the page is not needed
        run = train("photographs_deconvolutional", output=folder)
    print(run.results["trials"][0]["methods"])
    used = Trained(run)
    net, x = used.able("decodes").net, used.dataset().test.batch(slice(None))["x"]
with seeded(0):
    random = DeconvolutionalNet(**net.settings)
for name, one in {"learned": net, "random": random}.items():
    some = x[:300]
    z = one.encode(some)
    error = (one.decode(z).detach() - some.flatten(1)).square().mean()
    active = (z != 0).double().sum(1).mean()
    print(name, float(error), float(active), float(one.cost(some, z).detach().mean()), flush=True)

figure = blank(6.4, 2.5)
kernels = net.decoder.unit().detach()[:, 0]


def square(values, at, *, limit, colours="PuOr_r"):
    """A picture at (left, bottom, width), in shares of the figure."""
    left, bottom, width = at
    axes = figure.add_axes((left, bottom, width, width * 6.4 / 2.5))
    axes.imshow(values, cmap=colours, vmin=-limit, vmax=limit)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(color="#d8dde3")


figure.text(0.02, 0.93, "12 kernels of 5 x 5", fontsize=8.5, color=INK, fontweight="bold")
for k, kernel in enumerate(kernels):
    place = (0.02 + 0.075 * (k % 6), 0.72 - 0.145 * (k // 6), 0.052)
    square(kernel.numpy(), place, limit=float(kernels.abs().max()))
rows = x.flatten(1).var(1).argsort(descending=True)[50:54]
x = x[rows]
z = net.encode(x)
figure.text(0.53, 0.93, "patches, and sums of kernels", fontsize=8.5, color=INK, fontweight="bold")
for column, row in enumerate(range(4)):
    again = net.decode(z[row : row + 1]).detach().reshape(14, 14)
    for line, values in enumerate((x[row, 0], again)):
        place = (0.53 + 0.115 * column, 0.62 - 0.29 * line, 0.105)
        square(values.numpy(), place, limit=3, colours="gray")
    active = int((z[row] != 0).sum())
    figure.text(0.5825 + 0.115 * column, 0.26, f"{active} values", ha="center", fontsize=7.5)
maps = z[0].reshape(net.decoder.maps)
figure.text(
    0.02, 0.46, "feature maps of the first patch", fontsize=8.5, color=INK, fontweight="bold"
)
for k, values in enumerate(maps):
    place = (0.02 + 0.075 * (k % 6), 0.25 - 0.145 * (k // 6), 0.052)
    square(values.numpy(), place, limit=float(maps.abs().max()) / 2)
figure.savefig(Path(__file__).parent / "deconvolutional.png", dpi=110)
