"""Updates of adversaries: steps of the discriminator, then one of the generator."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.learning import ranks
from harmonium.random import Source, uniform
from harmonium.sampling import normalised

__all__ = ["Adversarial", "AdversarialLoss", "gradient_penalty"]


class AdversarialLoss(Protocol):
    """What scores are worth to both players; see ``learning.adversarial_losses``."""

    @property
    def penalty(self) -> float:
        """Weight of the gradient penalty of the discriminator; 0 for none."""
        ...

    def real(self, scores: Tensor) -> Tensor:
        """The discriminator's loss for rows of the data, ``(B,)``."""
        ...

    def made(self, scores: Tensor) -> Tensor:
        """The discriminator's loss for made rows, ``(B,)``."""
        ...

    def generator(self, scores: Tensor) -> Tensor:
        """The generator's loss, ``(B,)``."""
        ...


@checked
@dataclass
class Adversarial:
    r"""Alternating updates of a generator and a discriminator, each with its optimiser.

    A batch is cut into ``steps`` parts. For each, the discriminator makes one step down

    .. math:: \langle L(s(x)) \rangle_{x \sim \text{part}}
              + \langle L'(s(g(z))) \rangle_{z \sim p(z)}
              + \lambda \langle (\lVert \nabla s(\hat x) \rVert - 1)^2 \rangle

    with as many made rows as the part has rows, and of their classes. Then the generator makes one
    step down its own loss, with new noise. (Algorithm 1 of Goodfellow et al., 2014,
    https://arxiv.org/abs/1406.2661.)

    Args:
        module: the adversaries, ``nets.Adversaries``; noise comes from its ``source``.
        generator: optimiser of the generator's parameters.
        discriminator: optimiser of the discriminator's parameters.
        loss: what scores are worth to both.
        steps: steps of the discriminator in each update.

    Raises:
        ValueError: the loss has a gradient penalty, and the discriminator normalises batches.
    """

    module: Any
    generator: torch.optim.Optimizer
    discriminator: torch.optim.Optimizer
    _: KW_ONLY
    loss: AdversarialLoss
    steps: Count = 1

    def __post_init__(self) -> None:
        batch_norm = nn.modules.batchnorm._BatchNorm
        parts = self.module.discriminator.modules()
        if self.loss.penalty and any(isinstance(part, batch_norm) for part in parts):
            raise UsageError(
                "the gradient penalty is one of each row, and batch normalisation mixes the rows "
                "in the discriminator: take another norm there, such as group_norm, or a loss "
                "without penalty"
            )

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """That of the generator, then that of the discriminator."""
        return [self.generator, self.discriminator]

    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Makes one update; returns the mean losses before the steps.

        Args:
            batch: "x", with "y" where the adversaries have classes, and perhaps "weights".

        Returns:
            "discriminator_loss", over all steps and without the penalty, and "generator_loss".
        """
        n = len(batch["x"])
        columns = {name: batch[name] for name in ("x", "y", "weights") if name in batch}
        cut = {name: x.tensor_split(min(self.steps, n)) for name, x in columns.items()}
        parts = [dict(zip(cut, part, strict=True)) for part in zip(*cut.values(), strict=True)]
        self.module.train()
        try:
            losses = [self._discriminate(part) for part in parts]
            own = self._generate(len(parts[-1]["x"]), y=self._classes(parts[-1]))
        finally:
            self.module.eval()
        means = ranks.mean([torch.stack(losses).mean(), own], weight=n)
        return dict(zip(("discriminator_loss", "generator_loss"), means, strict=True))

    def _discriminate(self, part: Mapping[str, Tensor]) -> Tensor:
        """One step of the discriminator; returns its loss before it."""
        x, y = part["x"].flatten(1), self._classes(part)
        net, source = self.module, self.module.source
        with torch.no_grad():
            made = net.made(net.latents(len(x), y=y, source=source))
        real = self.loss.real(net.scores(x, y))
        weights = normalised(part.get("weights"), real)
        loss = (weights * real).sum() + self.loss.made(net.scores(made, y)).mean()
        total = loss
        if self.loss.penalty:
            slopes = gradient_penalty(net, x, made=made, y=y, source=source)
            total = loss + self.loss.penalty * slopes.mean()
        self.discriminator.zero_grad()
        total.backward()
        ranks.mean_gradients(net.discriminator.parameters(), weight=len(x))
        self.discriminator.step()
        return loss.detach()

    def _generate(self, n: int, *, y: Tensor | None) -> Tensor:
        """One step of the generator from n made rows; returns its loss before it."""
        net = self.module
        with _held(net.discriminator):
            made = net.made(net.latents(n, y=y, source=net.source))
            loss = self.loss.generator(net.scores(made, y)).mean()
            self.generator.zero_grad()
            loss.backward()
        ranks.mean_gradients(net.generator.parameters(), weight=n)
        self.generator.step()
        return loss.detach()

    def _classes(self, part: Mapping[str, Tensor]) -> Tensor | None:
        return None if self.module.classes is None else part["y"]

    def state_dict(self) -> dict[str, Any]:
        """Parameters of both nets, and the states of both optimisers."""
        return {
            "net": self.module.state_dict(),
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.module.load_state_dict(state["net"])
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])


def gradient_penalty(
    net: Any,  # noqa: ANN401
    x: Tensor,
    *,
    made: Tensor,
    y: Tensor | None = None,
    source: Source = None,
) -> Tensor:
    r"""Squared distance of the slope of the scores from 1, between data and made rows, ``(B,)``.

    .. math:: (\lVert \nabla s(\hat x) \rVert - 1)^2, \qquad
              \hat x = u x + (1 - u) g(z), \quad u \sim U(0, 1)

    It can be differentiated by the parameters of the discriminator.

    Args:
        net: the adversaries.
        x: rows of the data, ``(B, D)``.
        made: made rows, ``(B, D)``.
        y: classes of both, ``(B,)``, where the net has classes.
        source: random generator.
    """
    share = uniform(x[:, :1].detach(), source)
    between = (share * x + (1 - share) * made).detach().requires_grad_()
    total = net.scores(between, y).sum()
    (slope,) = torch.autograd.grad(total, between, create_graph=True)
    # the root of zero has no slope
    return ((slope.square().sum(1) + 1e-12).sqrt() - 1).square()


@contextmanager
def _held(net: nn.Module) -> Iterator[None]:
    """Inside, no gradients of the parameters are computed; those that were frozen stay so."""
    learned: Sequence[nn.Parameter] = [p for p in net.parameters() if p.requires_grad]
    for p in learned:
        p.requires_grad_(False)  # noqa: FBT003
    try:
        yield
    finally:
        for p in learned:
            p.requires_grad_(True)  # noqa: FBT003
