"""Turns a machine into an ordinary net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from harmonium.bounds import Share
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Part

if TYPE_CHECKING:
    from harmonium.models import Model
    from harmonium.stages.trial import Trial

__all__ = ["Unroll"]


@dataclass(frozen=True)
class Unroll:
    """A net with the machine's weights: upward and a new output layer, or upward and down again.

    Args:
        into: the purpose of the net: classifier, or autoencoder, which goes through the layers
            of the machine up to the code and down again.
        dropout: share of the units of every hidden layer of a classifier that is switched off at
            random in training.
    """

    makes: ClassVar[tuple[str, ...]] = ("net",)

    into: Literal["classifier", "autoencoder"] = "classifier"
    dropout: Share = 0.0

    @property
    def needs(self) -> Needs:
        """A model that can become such a net; classes for a classifier."""
        if self.into == "autoencoder":
            return Needs(model=("layered",), data=("train",))
        return Needs(model=("unrolls",), data=("train", "classes"))

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Empty: the stage learns nothing."""
        return []

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns no parts, but promises the net, which is made when the next stage needs it.

        Raises:
            ValueError: dropout is asked for in an autoencoder.
        """
        if self.dropout and self.into == "autoencoder":
            raise UsageError(f"{name}: dropout is for a classifier: leave it out")

        def make() -> Model:
            from harmonium.bridge import autoencoder_of
            from harmonium.models import AutoencoderModel, Classifier
            from harmonium.nets.dropout import after_activations
            from harmonium.stages.trial import some

            if self.into == "autoencoder":
                return AutoencoderModel(autoencoder_of(trial.able("layered").machine))
            rows = some(trial.data.train).x
            net = trial.able("unrolls").unrolled(len(trial.data.classes), rows)
            return Classifier(after_activations(net, self.dropout))

        trial.promise("net", make)
        return []
