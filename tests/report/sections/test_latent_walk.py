"""The section of walks through the noise of a generator."""

from harmonium.report.evidence import Evidence
from harmonium.report.sections.latent_walk import section
from harmonium.training import train
from tests.judges.test_parzen import GAN

RECIPE = {
    **{name: part for name, part in GAN.items() if part is not None},
    "threads": 1,
    "data": {"source": "digits"},
}


def test_it_shows_rows_on_the_way_between_samples(tmp_path):
    evidence = Evidence(train(RECIPE, output=tmp_path))
    evidence.read_data()
    (picture,) = section(evidence).parts
    assert "6 pairs of samples" in picture.alt
    assert "11 equal steps" in picture.caption


def test_rows_that_are_no_pictures_are_left_out_with_a_reason(tmp_path):
    evidence = Evidence(train(RECIPE, output=tmp_path))
    assert "cannot be read" in section(evidence)


def test_other_runs_do_not_mention_it(tmp_path):
    other = {
        "threads": 1,
        "data": {"source": "digits"},
        "model": {"type": "mlp", "units": [64, 10]},
        "train": {"type": "supervised", "epochs": 1},
    }
    assert section(Evidence(train(other, output=tmp_path))) is None
