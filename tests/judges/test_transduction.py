"""The share of right outputs and the edits, by hand and of a run."""

import pytest
import torch

from harmonium.judges.transduction import Transduction, writing_figures
from tests.apply.sequences import data, recipe, run
from tests.stages import small


def test_figures_by_hand():
    found = writing_figures(torch.tensor([0, 2, 1, 0]), torch.tensor([4, 4, 4, 3]))
    assert found == {"exact_output": 0.5, "symbol_error": pytest.approx(0.2)}


def test_it_counts_the_outputs_of_the_model(tmp_path):
    own = {k: v for k, v in recipe(tmp_path).items() if k in ("model", "train")}
    trial = small.one(data=data(), pretrain=None, fine_tune=None, judge=["transduction"], **own)
    found = Transduction()(trial)
    model, test = trial.able("transduces"), trial.data.test
    _, write = model.vocabularies
    written = [write.decode(row) for row in model.transduce(test.batch(slice(None)))]
    right = [text == name.upper() for text, name in zip(written, test.names, strict=True)]
    assert found["exact_output"] == sum(right) / len(right)


def test_a_run_that_has_learned():
    (trial,) = run().results["trials"]
    assert trial["methods"]["transducer"]["exact_output"] == 1.0
    assert trial["methods"]["transducer"]["symbol_error"] == 0.0


def test_what_it_cannot_judge():
    with pytest.raises(ValueError, match="judge transduction: .*sequence"):
        small.tasks(judge=["transduction"])
