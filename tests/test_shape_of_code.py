"""The shape that every file of the library has: short, indexed, documented, mirrored by a test."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "harmonium"
FILES = sorted(PACKAGE.rglob("*.py"))

MAX_LINES = 400
MAX_ARGUMENTS = 6  # without self or cls
MAX_POSITIONAL = 2  # without self or cls; the others are keyword-only
FORBIDDEN_NAME = re.compile(r"utils?|common|base_.*")

# Functions that may break the two limits above: "folder/file.py::Class.method" and the reason.
ALLOWED_SIGNATURES: dict[str, str] = {
    "cli/data.py::preview": "a verb's options are its arguments",
    "cli/diagnose.py::diagnose": "a verb's options are its arguments",
    "cli/filter.py::filter_picture": "a verb's options are its arguments",
    "cli/encode.py::encode": "a verb's options are its arguments",
    "cli/export.py::export": "a verb's options are its arguments",
    "cli/likelihood.py::likelihood": "a verb's options are its arguments",
    "cli/predict.py::predict": "a verb's options are its arguments",
    "cli/sample.py::sample": "a verb's options are its arguments",
    "cli/retrieve.py::retrieve": "a verb's options are its arguments",
    "cli/visualize.py::visualize": "a verb's options are its arguments",
    "cli/search.py::search": "a verb's options are its arguments",
    "cli/suggest.py::suggest": "a verb's options are its arguments",
    "cli/train.py::train": "a verb's options are its arguments",
    "cli/weights.py::weights": "a verb's options are its arguments",
    "connections/convolution.py::Convolution.__init__": "settings of a convolution",
    "machines/convolutional.py::_layer": "settings of a convolution",
    "machines/convolutional.py::convolutional_rbm": "settings of a convolution",
    "data/arrays.py::arrays": "a reader's settings are its arguments",
    "data/image_folder.py::image_folder": "a reader's settings are its arguments",
    "data/go/games.py::go_games": "a reader's settings are its arguments",
    "data/cluttered_scenes.py::cluttered_scenes": "a reader's settings are its arguments",
    "data/patches.py::patches": "a reader's settings are its arguments",
    "data/series.py::series": "a reader's settings are its arguments",
    "data/table.py::table": "a reader's settings are its arguments",
    "data/text.py::text": "a reader's settings are its arguments",
    "data/windows.py::windows": "a reader's settings are its arguments",
    "data/trees.py::trees": "a reader's settings are its arguments",
    "search/searching.py::search": "the settings of a search are its arguments",
    "nets/operations.py::Operations.__torch_dispatch__": "torch calls it, by position",
    "nets/seeing/rectifiers.py::Rectifiers.__torch_function__": "torch calls it, by position",
    "random.py::_OwnDraws.__torch_function__": "torch calls it, by position",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


# --- the checkers: source text in, problems out ---------------------------------------------


def functions(tree: ast.Module) -> Iterator[tuple[str, Function, bool]]:
    """Every function with its qualified name, and whether it is bound to self or cls."""

    def walk(
        node: ast.AST, prefix: str, *, in_class: bool
    ) -> Iterator[tuple[str, Function, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                name = f"{prefix}{child.name}"
                static = any(ast.unparse(d) == "staticmethod" for d in child.decorator_list)
                yield name, child, in_class and not static
                yield from walk(child, f"{name}.", in_class=False)
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, f"{prefix}{child.name}.", in_class=True)
            else:
                yield from walk(child, prefix, in_class=in_class)

    yield from walk(tree, "", in_class=False)


def too_long(source: str) -> list[str]:
    count = len(source.splitlines())
    return [f"{count} lines, at most {MAX_LINES}: split it"] if count > MAX_LINES else []


def crowded_signatures(source: str) -> dict[str, str]:
    problems = {}
    for name, function, bound in functions(ast.parse(source)):
        arguments = function.args
        positional = len(arguments.posonlyargs) + len(arguments.args) - bound
        total = positional + len(arguments.kwonlyargs)
        if total > MAX_ARGUMENTS:
            problems[name] = f"{total} arguments, at most {MAX_ARGUMENTS}"
        elif positional > MAX_POSITIONAL:
            problems[name] = f"{positional} positional arguments: put * after {MAX_POSITIONAL}"
    return problems


def exported(tree: ast.Module) -> ast.expr | None:
    """The value given to __all__ above the first function or class."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef):
            return None
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets):
            return node.value
    return None


def missing_index(source: str) -> list[str]:
    if exported(ast.parse(source)) is None:
        return ["no __all__ above the first function or class"]
    return []


def undocumented(source: str) -> list[str]:
    """Functions and classes of __all__ (all of them where it is computed) without docstring."""
    tree = ast.parse(source)
    value = exported(tree)
    try:
        names = None if value is None else set(ast.literal_eval(value))
    except ValueError:
        names = None
    return [
        f"{node.name} has no docstring"
        for node in tree.body
        if isinstance(node, Function | ast.ClassDef)
        and (node.name in names if names is not None else not node.name.startswith("_"))
        and not ast.get_docstring(node)
    ]


def vague_names(path: Path) -> list[str]:
    """Parts of a relative path that say nothing about what is inside."""
    parts = [*path.parts[:-1], path.stem]
    return [f"{part!r} says nothing" for part in parts if FORBIDDEN_NAME.fullmatch(part)]


def mirror(path: Path) -> Path:
    """units/spin.py -> units/test_spin.py."""
    return path.with_name(f"test_{path.stem.lstrip('_')}.py")


def foreign_errors(source: str) -> list[str]:
    """Places that raise a built-in error where the package has one of its own."""
    own = ("ValueError", "TypeError", "RuntimeError", "FloatingPointError")
    raised = (n.exc for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Raise))
    calls = (e for e in raised if isinstance(e, ast.Call) and isinstance(e.func, ast.Name))
    return [
        f"line {call.lineno}: raise one of harmonium.errors, not {call.func.id}"
        for call in calls
        if call.func.id in own
    ]


EXPERIMENT = (
    *("stages", "judges", "baselines", "watch", "describe", "runs", "report", "apply", "cli"),
    *("needs.py", "training.py"),
)
"""What knows abilities, never kinds. An estimator is the face of one machine, so it knows that."""

GROUPS = ("v", "h", "v-h", "h1", "h2", "h3", "v_copy", "h_copy")

# Files that may name a group, and the reason.
NAMES_GROUPS: dict[str, str] = {
    "cli/doctor.py": "it trains one small machine of its own",
    "report/style.py": "a marker of lines is called v",
    "runs/words.py": "it gives the words for the names of layers",
}


def kinds_asked_for(source: str, kinds: frozenset[str]) -> list[str]:
    """Places that ask whether something is of a concrete class of model, machine or net."""
    calls = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call))
    asks = (c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "isinstance")
    return [
        f"line {c.lineno}: ask for an ability (models/abilities.py), not for {name}"
        for c in asks
        for name in sorted({n.id for n in ast.walk(c.args[1]) if isinstance(n, ast.Name)} & kinds)
    ]


def groups_named(source: str) -> list[str]:
    """Places that name a group of units."""
    constants = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant))
    return [
        f"line {n.lineno}: {n.value!r} is a group: a model knows its groups, ask for an ability"
        for n in constants
        if n.value in GROUPS
    ]


def concrete_kinds() -> frozenset[str]:
    """Classes of models, machines and nets."""
    files = [PACKAGE / "graph.py", PACKAGE / "machines" / "belief_net.py"]
    abilities = ("abilities", "generative", "learnable", "writing")
    files += [p for p in FILES if p.parent.name in ("models", "nets") and p.stem not in abilities]
    nodes = (n for p in files for n in ast.parse(p.read_text(encoding="utf-8")).body)
    return frozenset(n.name for n in nodes if isinstance(n, ast.ClassDef)) - {"Model"}


def without_mirror(package: Path, tests: Path) -> list[str]:
    modules = (path.relative_to(package) for path in sorted(package.rglob("*.py")))
    return [
        f"{path}: no tests/{mirror(path)}"
        for path in modules
        if path.stem not in {"__init__", "__main__"} and not (tests / mirror(path)).is_file()
    ]


TYPED = {"zeros", "ones", "empty", "full", "rand", "randn", "eye", "linspace", "logspace"}
GLOBAL = re.compile(
    r"torch\.(random\.)?(manual_seed|seed|fork_rng|set_rng_state|set_default_dtype|"
    r"set_default_device)|(np|numpy)\.random\.(seed|set_state|rand|randn|randint|random|normal|"
    r"uniform|choice|permutation|shuffle)"
)


def untyped(source: str) -> list[str]:
    """New tensors of torch's default type, which a caller may have changed."""
    problems = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called, given = ast.unparse(node.func), {k.arg for k in node.keywords}
        made = called.startswith("torch.") and called.split(".")[1] in TYPED
        real = called == "torch.tensor" and any(
            isinstance(part, ast.Constant) and isinstance(part.value, float)
            for argument in node.args
            for part in ast.walk(argument)
        )
        if (made or real) and "dtype" not in given:
            problems.append(f"line {node.lineno}: {ast.unparse(node)} has no dtype")
    return problems


def global_sources(source: str) -> list[str]:
    """Calls that draw from, seed or restore what all threads share, or change torch's defaults."""
    problems = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called, given = ast.unparse(node.func), {k.arg for k in node.keywords}
        drawn = re.fullmatch(r"(torch\.)?nn\.init\.\w+(uniform|normal|orthogonal)_", called)
        loose = re.fullmatch(
            r"torch\.(rand|randn|randint|randperm|bernoulli|multinomial|normal)|"
            r".*\.(normal|uniform|bernoulli|exponential)_",
            called,
        )
        layer = re.fullmatch(r"(torch\.)?nn\.(Linear|Conv\dd|Embedding|LSTM|GRU|RNN)", called)
        if (
            GLOBAL.fullmatch(called)
            or ((drawn or loose) and "generator" not in given)
            or (layer and "device" not in given)
        ):
            problems.append(
                f"line {node.lineno}: {ast.unparse(node)} draws from a source that all threads "
                "share: take harmonium.random, and connections.matrix.linear for a layer"
            )
    return problems


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after the statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


# --- the library obeys ----------------------------------------------------------------------


def refuse(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(problems)


def found(check, files=FILES) -> list[str]:
    return [f"{path.relative_to(ROOT)}: {p}" for path in files for p in check(path.read_text())]


def test_there_are_files_to_check():
    assert FILES


def test_files_fit_in_one_reading():
    refuse(found(too_long))


def test_functions_take_few_arguments():
    problems = {
        f"{path.relative_to(PACKAGE).as_posix()}::{name}": problem
        for path in FILES
        for name, problem in crowded_signatures(path.read_text()).items()
    }
    refuse([f"{name}: {p}" for name, p in problems.items() if name not in ALLOWED_SIGNATURES])
    refuse([f"{name}: obeys, not to be allowed" for name in ALLOWED_SIGNATURES.keys() - problems])


def test_every_module_begins_with_its_index():
    refuse(found(missing_index, [path for path in FILES if path.name != "__main__.py"]))


def test_everything_public_has_a_docstring():
    refuse(found(undocumented))


def test_names_say_what_is_inside():
    paths = [path.relative_to(PACKAGE) for path in FILES]
    refuse([f"{path}: {p}" for path in paths for p in vague_names(path)])


def test_every_module_has_its_test_file():
    refuse(without_mirror(PACKAGE, ROOT / "tests"))


def test_tensors_name_their_type():
    refuse(found(untyped))


def test_the_experiment_asks_for_no_kind_and_names_no_group():
    kinds, problems = concrete_kinds(), []
    assert {"EnergyGraph", "BeliefNet", "GraphModel", "Classifier"} <= kinds
    for path in FILES:
        place = path.relative_to(PACKAGE)
        if place.parts[0] in EXPERIMENT:
            source = path.read_text(encoding="utf-8")
            found = kinds_asked_for(source, kinds)
            found += [] if place.as_posix() in NAMES_GROUPS else groups_named(source)
            problems += [f"{place}: {problem}" for problem in found]
    refuse(problems)


def test_errors_are_of_the_packages_own_family():
    refuse(found(foreign_errors))


def test_nothing_touches_what_all_threads_share():
    refuse(found(global_sources))


def test_importing_the_library_does_not_import_torch():
    assert "torch" not in loaded_by("import harmonium")


# --- the checkers can fail ------------------------------------------------------------------


def test_too_long_counts_lines():
    assert too_long("x = 1\n" * MAX_LINES) == []
    assert too_long("x = 1\n" * (MAX_LINES + 1)) == ["401 lines, at most 400: split it"]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a, b, *, c, d, e, g): ...", []),
        ("def f(a, b, *, c, d, e, g, h): ...", ["f"]),
        ("def f(a, b, c): ...", ["f"]),
        ("def f(a, /, b, c=1): ...", ["f"]),
        ("async def f(a, b, c): ...", ["f"]),
        ("class K:\n    def f(self, a, b): ...", []),
        ("class K:\n    def f(self, a, b, c): ...", ["K.f"]),
        ("class K:\n    if True:\n        def f(self, a, b): ...", []),
        ("class K:\n    @staticmethod\n    def f(a, b, c): ...", ["K.f"]),
        ("class K:\n    @classmethod\n    def f(cls, a, b): ...", []),
        ("class K:\n    def f(self):\n        def g(a, b, c): ...", ["K.f.g"]),
        ("class K:\n    def forward(self, x, *extra, **named): ...", []),
    ],
)
def test_crowded_signatures_finds(source, names):
    assert list(crowded_signatures(source)) == names


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ('__all__ = ["f"]\ndef f(): ...', True),
        ('__all__: list[str] = ["f"]\ndef f(): ...', True),
        ("import os\n__all__ = [*INDEX]", True),
        ("def f(): ...", False),
        ('def f(): ...\n__all__ = ["f"]', False),
        ("", False),
    ],
)
def test_missing_index_finds(source, good):
    assert (missing_index(source) == []) is good


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('__all__ = ["f"]\ndef f():\n    """What it is."""', []),
        ('__all__ = ["f"]\ndef f(): ...', ["f"]),
        ('__all__ = ["K"]\nclass K: ...', ["K"]),
        ('__all__ = ("f",)\ndef f():\n    """What."""\ndef helper(): ...', []),
        ("__all__ = [*INDEX]\ndef f(): ...\ndef _g(): ...", ["f"]),
        ("def f(): ...", ["f"]),
    ],
)
def test_undocumented_finds(source, names):
    assert undocumented(source) == [f"{name} has no docstring" for name in names]


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("units/spin.py", True),
        ("units/base.py", True),
        ("utils.py", False),
        ("units/common.py", False),
        ("units/base_units.py", False),
        ("utils/draw.py", False),
    ],
)
def test_vague_names_finds(path, good):
    assert (vague_names(Path(path)) == []) is good


def test_without_mirror_finds(tmp_path):
    package, tests = tmp_path / "package", tmp_path / "tests"
    for path in (package / "units" / "spin.py", package / "__init__.py", package / "graph.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    tests.mkdir()
    (tests / "test_graph.py").touch()
    assert without_mirror(package, tests) == ["units/spin.py: no tests/units/test_spin.py"]


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ("torch.zeros(3)", False),
        ("torch.full((2,), torch.nan)", False),
        ("torch.tensor([1.0, 2])", False),
        ("torch.tensor([1, 2])", True),
        ("torch.zeros(3, dtype=x.dtype)", True),
        ("x.new_zeros(3), torch.zeros_like(x), torch.arange(3)", True),
    ],
)
def test_untyped_finds(source, good):
    assert (untyped(source) == []) is good


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ("torch.manual_seed(0)", False),
        ("with torch.random.fork_rng(): ...", False),
        ("np.random.rand(3)", False),
        ("nn.init.xavier_uniform_(w)", False),
        ("nn.Linear(2, 3)", False),
        ("torch.rand(3, dtype=torch.float32)", False),
        ("x.normal_()", False),
        ("torch.rand(3, generator=source, dtype=torch.float32)", True),
        ("nn.init.xavier_uniform_(w, generator=source)", True),
        ("nn.init.zeros_(w); nn.Linear(2, 3, device='meta')", True),
        ("np.random.default_rng(0); torch.Generator().manual_seed(0)", True),
    ],
)
def test_global_sources_finds(source, good):
    assert (global_sources(source) == []) is good


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("isinstance(x, GraphModel)", 1),
        ("isinstance(x, Tensor | GraphModel)", 1),
        ("isinstance(x, Classifies)", 0),
        ("GraphModel(x)", 0),
    ],
)
def test_kinds_asked_for_finds(source, count):
    assert len(kinds_asked_for(source, frozenset({"GraphModel"}))) == count


def test_groups_named_finds():
    assert len(groups_named("state = {'v': x, 'label': y}")) == 1
    assert groups_named("batch['x'], 'vh'") == []


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ("raise ValueError('no')", False),
        ("if x:\n    raise TypeError(f'{x}') from error", False),
        ("raise UsageError('no')", True),
        ("raise error", True),
        ("raise FileNotFoundError(path)", True),
    ],
)
def test_foreign_errors_finds(source, good):
    assert (foreign_errors(source) == []) is good


def test_loaded_by_sees_what_was_imported():
    assert "colorsys" in loaded_by("import colorsys")
    assert "colorsys" not in loaded_by("pass")
