"""How to do it again: what was written when the run began."""

from harmonium.report.evidence import Evidence
from harmonium.report.sections.again import ENTRY, section
from harmonium.runs import Run


def test_command_recipe_and_environment(evidence):
    seen = evidence("classifier")
    command, recipe, environment = section(seen).parts
    assert command.text == "harmonium train recipes/digits-dbn.yaml"
    assert recipe.text == seen.text("recipe.resolved.yaml").rstrip()
    assert ["versions.torch", "2.13.0"] in environment.rows


def test_a_bare_directory_has_none(tmp_path):
    (tmp_path / "status.json").write_text('{"status": "failed"}')
    assert ENTRY.section(Evidence(Run(tmp_path))) is None


def test_lists_stand_on_one_line_and_nothing_is_a_dash(evidence):
    seen = evidence("energy")
    seen.environment.update(classes=[0, 1], features=[], commit=None)
    rows = dict(section(seen).parts[2].rows)
    assert (rows["classes"], rows["features"], rows["commit"]) == ("0, 1", "–", "–")
