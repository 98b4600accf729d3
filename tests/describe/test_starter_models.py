from harmonium.describe.starter_models import MODELS
from harmonium.registry import KINDS


def test_every_model_reads_something_and_is_described():
    for start in MODELS.values():
        assert start.parts
        assert start.about.split()[0] in ("a", "an")
        assert start.learns in ("", "classes", "targets")


def test_every_part_names_a_model_of_the_registry_and_a_stage():
    for start in MODELS.values():
        for part in start.parts.values():
            lines = part.splitlines()
            kind = next(line.split()[1] for line in lines if line.startswith("  type"))
            assert kind in KINDS["Model"]
            assert "\ntrain:" in part or "\npretrain:" in part
