"""Settings of early stopping become the object that stops."""

import dataclasses

from harmonium.describe.settings import EarlyStopping
from harmonium.learning import EarlyStopping as Stopping


def test_every_setting_arrives():
    settings = EarlyStopping("val/loss", 7, 0.5, "max", restore_best=False)
    made = Stopping(**dataclasses.asdict(settings))
    assert (made.monitor, made.patience, made.min_delta) == ("val/loss", 7, 0.5)
    assert (made.mode, made.restore_best) == ("max", False)
