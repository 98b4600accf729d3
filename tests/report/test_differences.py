"""What differs between recipes, on few lines."""

from harmonium.report.differences import compact, differences, flat


def test_equal_sides_differ_in_nothing():
    assert differences([{"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}]) == {}


def test_a_part_that_one_side_lacks_is_told_whole_on_one_line():
    sides = [{"train": {"type": "energy", "epochs": 3, "optimiser": {"type": "sgd", "lr": 0.1}}}]
    found = differences([*sides, {"train": None}, {}])
    assert found == {"train": ["energy(epochs=3, optimiser=sgd(lr=0.1))", "null", "(not there)"]}


def test_components_of_one_type_are_entered():
    sides = [{"o": {"type": "sgd", "lr": rate, "momentum": 0.5}} for rate in (0.1, 0.2)]
    assert differences(sides) == {"o.lr": ["0.1", "0.2"]}


def test_more_sides_than_two():
    assert differences([{"a": 1}, {"a": 1}, {"a": 2}]) == {"a": ["1", "1", "2"]}


def test_lists_are_told_whole():
    assert differences([{"units": [64, 10]}, {"units": [64, 10, 5]}]) == {
        "units": ["[64, 10]", "[64, 10, 5]"]
    }


def test_truth_is_written_as_in_a_recipe():
    assert compact({"a": True, "b": None, "c": []}) == "{a: true, b: null, c: []}"


def test_flat_names_every_leaf():
    assert flat({"a": {}, "b": [], "c": {"d": None}}) == {"a": {}, "b": [], "c.d": None}
    assert flat({"a": [1, {"c": 2}], "e": [3, 4]}) == {"a.0": 1, "a.1.c": 2, "e": [3, 4]}
    assert flat({}) == flat([]) == {}
