"""The words of a run's progress."""

from harmonium.cli.progress import run_words

STATE = {"trial": 0, "trials": 2, "stage": "train", "findings": 0, "epoch": 1, "epochs": 3}


def test_trial_stage_and_epoch():
    assert run_words({**STATE, "updates": 12}) == "trial 1 of 2: training, epoch 1 of 3"
    alone = {**STATE, "trials": 1, "stage": "pretrain/0"}
    assert run_words({**alone, "updates": 12}) == "pre-training of layer 1, epoch 1 of 3"


def test_what_takes_one_step_has_no_epochs():
    assert run_words({**STATE, "trials": 1, "stage": "judge", "updates": 1}) == "evaluation"


def test_warnings_that_come_at_the_end_are_counted():
    found = run_words({**STATE, "findings": 1, "updates": 12})
    assert found == "trial 1 of 2: training, epoch 1 of 3 (1 warning so far)"
    assert run_words({**STATE, "findings": 2, "updates": 12}).endswith("(2 warnings so far)")
    assert "warning" not in run_words({**STATE, "trials": 1, "findings": 1, "updates": 12})
