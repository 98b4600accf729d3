"""A job that is done in one go."""

import pytest

from harmonium.runs.stages import Once


def test_a_job_in_one_go():
    stage = Once(lambda: {"accuracy": 0.5})
    assert not stage.done
    assert stage.position["update"] == 0
    stage.update()
    assert stage.done
    assert not stage.epoch_ended
    again = Once(lambda: pytest.fail("it is done"))
    again.load_state_dict(stage.state_dict())
    assert again.done
    assert again.results == {"accuracy": 0.5}
