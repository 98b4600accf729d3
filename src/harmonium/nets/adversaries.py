"""Two nets that play against each other: a generator of rows, and a discriminator."""

import math
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm as normalised

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.codec import Net
from harmonium.random import Source, by_torch, normal, uniform

__all__ = ["Adversaries"]


@checked
class Adversaries(nn.Module):
    r"""A generator that makes rows from noise, and a discriminator that tells them from data.

    .. math:: x = g(z), \quad z \sim p(z), \qquad s = d(x)

    The score s of a row is high for rows of the data and low for made ones. How the two learn
    from each other is the loss of the stage ``adversarial``; with the loss of Goodfellow et al.
    (2014, https://arxiv.org/abs/1406.2661), s is the log-odds that a row is of the data.

    With classes, the generator also reads the class of the row to make, as one-hot numbers behind
    the noise, and the discriminator has an output for each class, of which a row has that of its
    class. A linear last layer is then the projection of Miyato and Koyama (2018,
    https://arxiv.org/abs/1802.05637); both see the class (Mirza and Osindero, 2014,
    https://arxiv.org/abs/1411.1784).

    Args:
        generator: net from noise to rows; its outputs are linear.
        discriminator: net from rows to one score, or to one for each class.
        classes: number of classes; null for rows without.
        prior: distribution of each number of the noise: standard normal, or uniform on [-1, 1].
        outputs: kind of the values of a row: probabilities in [0, 1], made by a sigmoid; or real
            values, the outputs of the generator themselves.
        spectral_norm: divides the weights of every layer of the discriminator by their largest
            singular value, so that each layer stretches no distance (Miyato et al., 2018,
            https://arxiv.org/abs/1802.05957).

    Attributes:
        source: random generator of noise in training (``nets.dropout.set_source``). Copies and
            files do not keep it.

    Raises:
        ValueError: the sizes of the nets do not fit each other, or a part rescales its outputs.

    >>> from harmonium.nets import MLP
    >>> net = Adversaries(MLP([10, 32, 64]), MLP([64, 32, 1]))
    >>> net.units, net.noise, net.made(net.latents(5)).shape
    ((64, 32, 1), 10, torch.Size([5, 64]))
    """

    def __init__(  # noqa: PLR0913
        self,
        generator: Net,
        discriminator: Net,
        *,
        classes: Count | None = None,
        prior: Literal["normal", "uniform"] = "normal",
        outputs: Literal["probabilities", "values"] = "probabilities",
        spectral_norm: bool = False,
    ) -> None:
        super().__init__()
        self.generator: Any = generator
        self.discriminator: Any = discriminator
        self.classes = None if classes is None else int(classes)
        self.settings: dict[str, Any] = {
            "generator": generator,
            "discriminator": discriminator,
            "classes": self.classes,
            "prior": prior,
            "outputs": outputs,
            "spectral_norm": bool(spectral_norm),
        }
        self.source: Source = None
        self._check()
        if spectral_norm:
            _normalise(discriminator)

    # --- sizes -----------------------------------------------------------------------------------

    @property
    def output_kind(self) -> str:
        """Kind of the values of a row: "probabilities" or "values"."""
        return str(self.settings["outputs"])

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, units of every layer of the discriminator, its outputs."""
        return tuple(self.discriminator.units)

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Shape of an example for a discriminator that needs it; None: flat rows."""
        return getattr(self.discriminator, "shape", None)

    @property
    def noise(self) -> int:
        """Numbers of the noise of a row."""
        return int(self.generator.units[0]) - (self.classes or 0)

    # --- rows ------------------------------------------------------------------------------------

    def latents(self, n: int, *, y: Tensor | None = None, source: Source = None) -> Tensor:
        """Draws what the generator reads: noise, then the class as one-hot numbers, ``(n, k)``.

        Args:
            n: the number of rows.
            y: classes of the rows, ``(n,)``, int64; None: equally many of each, in turn.
            source: random generator.
        """
        like = next(self.generator.parameters()).new_empty(n, self.noise)
        if self.settings["prior"] == "normal":
            z = normal(like, source)
        else:
            z = 2 * uniform(like, source) - 1
        if self.classes is None:
            return z
        y = torch.arange(n, device=z.device) % self.classes if y is None else y
        return torch.cat([z, nn.functional.one_hot(y, self.classes).to(z)], 1)

    def made(self, latents: Tensor) -> Tensor:
        """Rows from noise, ``(B, k) -> (B, D)``."""
        outputs: Tensor = self.generator(latents).flatten(1)
        return outputs.sigmoid() if self.output_kind == "probabilities" else outputs

    def scores(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Score of every row, ``(B,)``: high for rows of the data.

        Args:
            x: rows ``(B, D)`` or ``(B, *shape)``.
            y: their classes ``(B,)``, where the net has classes.
        """
        outputs: Tensor = self(x)
        if self.classes is None:
            return outputs[:, 0]
        if y is None:
            raise UsageError("the scores depend on the classes of the rows: give y")
        return outputs.gather(1, y[:, None])[:, 0]

    def forward(self, x: Tensor) -> Tensor:
        """Outputs of the discriminator, ``(B, *shape) -> (B, outputs)``."""
        x = x.flatten(1) if self.shape is None else x.reshape(-1, *self.shape)
        outputs: Tensor = self.discriminator(x).flatten(1)
        return outputs

    def path(self, first: Tensor, last: Tensor, *, steps: int) -> Tensor:
        r"""Latents on the way from some to others, ``(B, k) -> (steps, B, k)``, ends included.

        .. math:: z(t) = \cos(\tfrac{\pi}{2} t) z_0 + \sin(\tfrac{\pi}{2} t) z_1

        for a normal prior: every point of the way has the distribution of the prior, which the
        points of a straight line do not have (White, 2016, https://arxiv.org/abs/1609.04468).
        Uniform noise, and classes, go straight.
        """
        t = torch.linspace(0, 1, steps, dtype=first.dtype, device=first.device)[:, None, None]
        straight = first + t * (last - first)
        if self.settings["prior"] == "uniform":
            return straight
        angle = 0.5 * math.pi * t
        n = self.noise
        turned = angle.cos() * first[:, :n] + angle.sin() * last[:, :n]
        turned[0], turned[-1] = first[:, :n], last[:, :n]
        return torch.cat([turned, straight[..., n:]], -1)

    @torch.no_grad()
    def start(self, mean: Tensor) -> None:
        """Sets the biases of the generator's outputs, so that first rows are like the mean row.

        Nothing changes where its last layer does not end with a bias for each value, such as a
        convolution.

        Args:
            mean: of every value over the training rows, ``(D,)``.
        """
        *_, bias = self.generator.parameters()
        if bias.shape == mean.shape:
            probable = self.output_kind == "probabilities"
            bias.copy_(torch.logit(mean, eps=0.01) if probable else mean)

    # --- checks ----------------------------------------------------------------------------------

    def _check(self) -> None:
        for name, part in (("generator", self.generator), ("discriminator", self.discriminator)):
            if not hasattr(part, "units"):
                raise UsageError(
                    f"{name} {type(part).__name__} has no units: give it the values that it reads "
                    "and the units of every layer (see harmonium.nets)"
                )
            if getattr(part, "rescaled", None) is not None:
                raise UsageError(
                    f"{name}: its outputs are in the units of targets, and here they must be "
                    "linear: leave its setting `outputs` out, and set that of the adversaries"
                )
        made, read = self.generator.units[-1], self.discriminator.units[0]
        if made != read:
            raise UsageError(
                f"the generator makes rows of {made} values, and the discriminator reads {read}: "
                f"make the last size of the generator {read}"
            )
        outputs, needed = self.discriminator.units[-1], self.classes or 1
        if outputs != needed:
            what = "one score" if self.classes is None else f"a score for each of {needed} classes"
            raise UsageError(
                f"the discriminator has {outputs} outputs, and {what} is needed: make its last "
                f"size {needed}"
            )
        if self.noise < 1:
            raise UsageError(
                f"the generator reads {self.generator.units[0]} numbers, the last {self.classes} "
                "of which are the class: give it more, for the noise"
            )

    def __getstate__(self) -> dict[str, Any]:
        """The state for copies and files, without the generator."""
        return {**self.__dict__, "source": None}


def _normalise(net: nn.Module) -> None:
    """Divides the weights of all layers with a matrix or with kernels by their spectral norm."""
    for part in [*net.modules()]:
        weight = getattr(part, "weight", None)
        if isinstance(weight, nn.Parameter) and weight.ndim > 1:
            with by_torch():
                normalised(part)
