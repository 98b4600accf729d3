"""From files to checked recipes and back."""

import dataclasses
import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonium.describe import RecipeError, dump, load, resolve
from harmonium.describe.builtin import builtin, find
from harmonium.describe.read import parse
from tests.describe.bad import BAD, GOOD


def attempt(make):
    """What is made, and the problems if it is refused; any other error is a failure."""
    try:
        return make(), ()
    except RecipeError as error:
        return None, error.problems


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "recipe.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize(("what", "old", "new", "line", "said"), BAD, ids=[b[0] for b in BAD])
def test_what_is_wrong_is_named_with_its_line(written, what, old, new, line, said):
    assert GOOD.count(old) >= 1, what
    path = written(GOOD.replace(old, new, 1))
    with pytest.raises(RecipeError) as refused:
        load(path)
    lines = [str(problem) for problem in refused.value.problems]
    assert any(text.startswith(f"{path}:{line}: ") and said in text for text in lines), lines


@pytest.mark.parametrize("raw", [b"", b"\n\n# only a comment\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told_where_to_start(written, raw):
    with pytest.raises(RecipeError, match="is empty; `harmonium init`"):
        load(written(raw))


@pytest.mark.parametrize(
    "raw", [b"\x89PNG\r\n\x1a\n\x00\xff", b"seed: 0\nname: \xe9\n", b"\x00" * 9]
)
def test_a_file_that_is_no_text_is_refused(written, raw):
    with pytest.raises(RecipeError, match="not UTF-8|is not YAML"):
        load(written(raw))


@pytest.mark.parametrize("end", range(10, len(GOOD), 37))
def test_a_file_that_breaks_off_never_raises_anything_else(written, end):
    recipe, problems = attempt(lambda: load(written(GOOD[:end])))
    assert recipe is not None or problems


def test_all_problems_are_listed_in_the_order_of_the_file(written):
    text = GOOD.replace("seed: 0", "sed: 0").replace("std: 0.1", "std: -1").replace("l2", "l3")
    with pytest.raises(RecipeError) as refused:
        load(written(text))
    lines = [int(p.where.rpartition(":")[2]) for p in refused.value.problems]
    assert lines == [3, 11, 17]


def test_a_good_file_has_its_defaults_filled_in(written):
    recipe = load(written(GOOD))
    assert recipe.pretrain.epochs == 5
    assert recipe.pretrain.batch_size == 100
    assert recipe.model.settings["std"] == 0.1
    assert recipe.checkpoint.every_updates == 100
    assert recipe.fine_tune.early_stopping.patience == 5


def test_the_name_is_the_files_unless_it_says_another(written):
    assert load(written(GOOD)).name == "good"
    assert load(written(GOOD.replace("name: good\n", ""))).name == "recipe"
    assert load(parse(GOOD).value).name == "good"


def test_json_is_read(written):
    value = parse(GOOD).value
    assert load(written(json.dumps(value, indent=1))) == load(value)


def test_paths_are_relative_to_the_file(written, tmp_path, monkeypatch):
    text = GOOD.replace("source: digits", "source: {type: arrays, train: data/x.npz}")
    path = written(text)
    monkeypatch.chdir("/")
    assert load(path).data.source.settings["train"] == tmp_path.resolve() / "data" / "x.npz"
    absolute = text.replace("data/x.npz", str(tmp_path / "y.npz"))
    assert load(written(absolute)).data.source.settings["train"] == tmp_path.resolve() / "y.npz"


def test_paths_of_a_mapping_are_relative_to_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    value = parse(GOOD.replace("digits", "{type: arrays, train: x.npz}")).value
    assert load(value).data.source.settings["train"] == tmp_path.resolve() / "x.npz"


@pytest.mark.parametrize("name", [*builtin()])
def test_what_is_dumped_loads_as_the_same(name, tmp_path):
    recipe = resolve(load(find(name)), seed=7)
    text = dump(recipe)
    path = tmp_path / "recipe.resolved.yaml"
    path.write_text(text)
    assert load(path) == recipe
    assert dump(load(path)) == text
    assert load(recipe) == recipe


def test_a_seed_is_drawn_only_where_there_is_none(written):
    recipe = load(written(GOOD))
    assert resolve(recipe).seed == 0
    assert resolve(recipe, seed=5).seed == 5
    drawn = {resolve(dataclasses.replace(recipe, seed=None)).seed for _ in range(8)}
    assert len(drawn) > 1
    assert all(0 <= seed < 2**31 for seed in drawn)


# --- whatever is written, a RecipeError is the only error -----------------------------------

KEYS = sorted({key for line in GOOD.splitlines() for key in line.split(":")[0].split()})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["digits", "rbm", "belief_net", "cd", "sgd", "mean", "greedy", "classify"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from([*KEYS, "type"]), st.text(max_size=4)), inner),
    ),
    max_leaves=12,
)


@st.composite
def mutants(draw):
    """The good recipe with a value somewhere replaced, removed or added."""
    value = parse(GOOD).value
    for _ in range(draw(st.integers(1, 4))):
        target = value
        while True:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(target[key], dict | list) and draw(st.booleans()):
                target = target[key]
                continue
            if draw(st.booleans()):
                target[key] = draw(VALUES)
            else:
                del target[key]
            break
        if isinstance(target, dict) and draw(st.booleans()):
            target[draw(st.sampled_from([*KEYS, "extra", "type"]))] = draw(VALUES)
    return value


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutants())
def test_a_mutated_recipe_loads_or_lists_problems(value):
    recipe, problems = attempt(lambda: load(value))
    assert recipe is not None or (problems and all(p.message for p in problems))
    if recipe is not None:
        assert load(parse(dump(recipe)).value) == recipe


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*KEYS, "train", "compare", "judge"]), VALUES))
def test_an_arbitrary_mapping_loads_or_lists_problems(value):
    made, problems = attempt(lambda: load(value))
    assert made is not None or problems


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!|>'\"#%@`,?\n \t1.e~<=")), max_size=60))
def test_arbitrary_text_is_read_or_lists_problems(text):
    made, problems = attempt(lambda: parse(text))
    assert made is not None or problems


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=3), st.sampled_from(KEYS), VALUES)
def test_arbitrary_overrides_load_or_list_problems(texts, key, value):
    made, problems = attempt(
        lambda: load(parse(GOOD).value, [*texts, f"{key}={json.dumps(value)}"])
    )
    assert made is not None or problems


def test_nothing_here_imports_torch(written):
    """Loading, checking and the schema are for the command line, which must answer at once."""
    code = (
        "import sys\n"
        "from harmonium.describe import dump, load, resolve, schema\n"
        f"dump(resolve(load({str(written(GOOD))!r}, ['repeats=2'])))\n"
        "schema()\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not {"torch", "numpy", "sklearn", "matplotlib"} & set(done.stdout.split())


def test_a_missing_extra_is_named():
    code = (
        "import sys\n"
        "sys.modules['ruamel.yaml'] = None\n"
        "try:\n"
        "    import harmonium.describe\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert 'pip install "harmonium[app]"' in done.stdout, done.stderr


UNNAMED = """
seed: 0
data: {source: {type: arrays, train: x.npy}}
model: {type: rbm, visible: 64, hidden: 4}
train: {type: energy, epochs: 1}
"""


def test_a_file_whose_name_is_not_utf8_is_refused_in_words(tmp_path):
    path = tmp_path / "caf\udce9.yaml"
    path.write_text(UNNAMED)
    with pytest.raises(RecipeError, match="name: is .*; it names a folder: use letters"):
        load(path)
    path.write_text(f"name: good\n{UNNAMED}")
    assert load(path).name == "good"


def test_data_below_a_folder_that_is_not_utf8_are_refused_in_words(tmp_path):
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    (folder / "good.yaml").write_text(UNNAMED)
    with pytest.raises(RecipeError, match="source.train: is 'x.npy'.*whose name is not UTF-8"):
        load(folder / "good.yaml")


def test_the_home_of_nobody_is_a_folder_like_any_other(tmp_path):
    (tmp_path / "good.yaml").write_text(UNNAMED.replace("x.npy", "~nobody-of-this-name/x.npy"))
    found = load(tmp_path / "good.yaml").data.source.settings["train"]
    assert str(found) == str(tmp_path / "~nobody-of-this-name" / "x.npy")
