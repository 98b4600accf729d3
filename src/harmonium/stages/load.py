"""Public weights as the start of a net."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Part

if TYPE_CHECKING:
    from harmonium.models import Model
    from harmonium.stages.trial import Trial

__all__ = ["Load"]


@dataclass(frozen=True)
class Load:
    """A net takes the weights of a checkpoint by the names of its tensors.

    The weights are read before anything is learned, so the stage comes first. A run that goes on
    needs the file again.

    Args:
        file: safetensors, or a state dict that torch.save wrote (.pth, .pt).
        leave_out: names of tensors or layers that keep their first weights, such as the output
            layer, where the classes are others.
        strict: refuse a file whose tensors are not those of the net; otherwise load what fits.
    """

    makes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Needs] = Needs(model=("net",))

    file: Path
    leave_out: Sequence[str] = ()
    strict: bool = True

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Empty: the stage learns nothing."""
        del model, name
        return []

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Loads the weights; returns no parts.

        Raises:
            ValueError: another stage comes first, or the file does not fit the net.
        """
        from harmonium.weights import load_weights

        before = [*trial.stages][: [*trial.stages].index(name)]
        if any(not isinstance(trial.stages[other], Load) for other in before):
            raise UsageError(
                f"{name}: weights are read before anything is learned, and {before[0]} comes "
                "first: put this stage before it"
            )
        try:
            load_weights(
                trial.able("net").net, self.file, leave_out=self.leave_out, strict=self.strict
            )
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from error
        return []
