import pytest

from harmonium.describe.read import parse
from harmonium.describe.starter import starter
from harmonium.describe.starter_data import DATA, Facts, quoted, source_of


@pytest.mark.parametrize(
    "name", ["a.csv", "my file.csv", "null", "True", "1.csv", ".inf", "a: b", "# x", "'", '"', "é"]
)
def test_any_name_of_a_file_is_a_text_in_a_recipe(name):
    assert parse(f"path: {quoted(name)} # comment\n").value["path"] == name


def test_a_known_set_has_the_facts_of_the_catalogue():
    assert source_of("mnist").facts == Facts("pictures", "mnist", (28, 28), classes=10)
    assert source_of("diabetes").facts.targets == 1


def test_given_facts_take_the_place_of_the_example():
    facts = Facts("rows", "own file.csv", (7,), classes=3, label=-1)
    recipe = parse(starter(model="mlp", data="table", facts=facts)).value
    assert recipe["data"]["source"]["train"] == "own file.csv"
    assert recipe["data"]["source"]["label"] == -1
    assert recipe["model"]["units"] == [7, 100, 3]


def test_comments_are_aligned():
    for name in ("image_folder", "table", "series"):
        text = starter(model={"series": "recurrent"}.get(name, "rbm"), data=name)
        places = {line.index(" #") for line in text.splitlines() if line.startswith("    ")}
        assert places == {29}, text
    assert DATA["table"].facts.label == "class"
