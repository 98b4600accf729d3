"""The stage energy: which inference it takes."""

from harmonium.learning import Listed, MeanField
from tests.stages import small


def inference(model):
    (task,) = small.tasks(
        model=model, pretrain=None, fine_tune=None, train={"type": "energy", "epochs": 1}
    )
    return task.build().learner.learner.inference


def test_labels_are_listed_and_other_groups_inferred():
    labelled = {"type": "classification_rbm", "visible": 6, "hidden": 4, "classes": 2}
    assert isinstance(inference(labelled), Listed)
    assert isinstance(inference({"type": "rbm", "visible": 6, "hidden": 4}), MeanField)
