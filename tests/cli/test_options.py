import pytest

VERBS = ("encode", "predict", "sample")


@pytest.mark.parametrize("verb", ["encode", "predict"])
def test_an_output_must_be_named(refused, verb):
    assert "--output" in refused(verb, "last")


@pytest.mark.parametrize("verb", [*VERBS, "evaluate", "likelihood"])
def test_a_trial_is_a_number_from_0(refused, verb):
    output = [] if verb in {"evaluate", "likelihood"} else ["-o", "x.csv"]
    assert "--trial" in refused(verb, "last", *output, "--trial", "-1")


@pytest.mark.parametrize("verb", [*VERBS, "evaluate", "likelihood"])
def test_the_run_is_looked_for(refused, verb):
    output = [] if verb in {"evaluate", "likelihood"} else ["-o", "x.csv"]
    assert "no run 'mnist': runs holds no runs" in refused(verb, "mnist", *output)
