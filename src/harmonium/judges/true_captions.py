"""Whether the captions that a model writes for drawn scenes are true."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.bounds import NonNegative
from harmonium.data.captions import alone, facts_of, true_of
from harmonium.needs import Needs
from harmonium.random import generator
from harmonium.sampling.picking import Pick
from harmonium.stages.trial import Trial

__all__ = ["TrueCaptions"]

_SEED = 27182
_OTHERS = 20
"""Other pictures with which each caption is compared, for chance."""


@dataclass(frozen=True)
class TrueCaptions:
    r"""The share of written captions that are grammatical and true in every fact that they state.

    The model writes a caption for each test picture. What the caption states of sizes, colours,
    forms, places and the ground is compared with what was drawn; its shapes are those of the
    picture in one of both orders. Chance is the same share where each caption is compared with
    other pictures: a caption that states little is easily true.

    ``true_captions_of_one`` and ``true_captions_of_two`` are the shares of pictures with one shape
    and with two.

    Args:
        temperature: of the draws of words; 0 for the most probable word.
    """

    needs: ClassVar[Needs] = Needs(model=("describes",), data=("test", "written", "scenes"))

    temperature: NonNegative = 0.0

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``true_captions``, their chance, single kinds of facts, and the number of ``rows``."""
        model, test = trial.able("describes"), trial.data.test
        assert test is not None
        pick, source = Pick(temperature=float(self.temperature)), None
        if self.temperature:
            source = generator(_SEED, model.device)
        pieces, single = [], []
        for batch in model.batches(test, 500):
            words = model.described(batch, pick=pick, source=source)
            facts, scenes = facts_of(words, model.vocabulary), batch["scene"]
            right = facts.grammatical
            turns = range(1, min(_OTHERS, len(words)))
            others = [true_of(facts, scenes.roll(k, 0)) for k in turns]
            elsewhere = torch.stack(others or [torch.zeros_like(right)])
            true, chance = true_of(facts, scenes) & right, (elsewhere & right).double().mean(0)
            pieces.append(torch.stack([true.double(), chance, right.double()], 1))
            single.append(alone(scenes))
        found, one = torch.cat(pieces), torch.cat(single)
        names = ("true_captions", "true_captions_chance", "grammatical_captions")
        figures: dict[str, Any] = dict(zip(names, found.mean(0).tolist(), strict=True))
        for name, which in {"one": one, "two": ~one}.items():
            if bool(which.any()):
                figures[f"true_captions_of_{name}"] = float(found[which, 0].mean())
        return {**figures, "rows": len(test)}
