from harmonium import belief_net, rbm
from harmonium.apply import count, outline, summary
from harmonium.describe import load

DIGITS = {
    "data": {"source": "digits", "validation": 0.1, "labels": {"per_class": 4}},
    "model": {"type": "belief_net", "units": [64, 30, 20]},
    "pretrain": {"type": "greedy", "epochs": 3, "batch_size": 100, "layers": [{}, {"epochs": 5}]},
    "fine_tune": {"type": "classify", "epochs": 7, "batch_size": 30},
}


def test_every_parameter_is_in_one_row():
    for machine in (rbm(6, 4), belief_net(6, 5, 4)):
        rows = outline(machine)
        assert sum(row["parameters"] for row in rows) == count(machine)
        assert len({row["part"] for row in rows}) == len(rows)


def test_the_parts_of_a_belief_net_are_numbered():
    parts = [row["part"] for row in outline(belief_net(6, 5, 4))]
    assert parts == ["0.v", "0.h", "0.v-h", "1.v", "1.h", "1.v-h"]


def test_stages_have_their_updates():
    found = summary(load(DIGITS))
    stages = [(s["stage"], s["epochs"], s["updates"]) for s in found["stages"]]
    rows = 1167  # 1297 less a tenth
    assert stages == [
        ("pretrain/0", 3, 3 * -(-rows // 100)),
        ("pretrain/1", 5, 5 * -(-rows // 100)),
        ("fine_tune", 7, 7 * 2),
    ]


def test_memory_counts_what_the_hungriest_stage_holds():
    found = summary(load(DIGITS))
    assert found["parameters"] == 64 + 30 + 64 * 30 + 30 + 20 + 30 * 20
    assert found["bytes"] == 4 * found["parameters"]
    assert found["training_bytes"] == 4 * found["bytes"]  # Adam: value, gradient, two moments
    assert summary(load({**DIGITS, "precision": "float64"}))["bytes"] == 2 * found["bytes"]


def test_missing_data_leave_the_updates_open(monkeypatch, tmp_path):
    monkeypatch.setenv("HARMONIUM_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    mnist = {
        "data": {"source": "mnist"},
        "model": {"type": "rbm", "visible": 784, "hidden": 5},
        "train": {"type": "energy", "epochs": 2},
    }
    found = summary(load(mnist))
    assert [s["updates"] for s in found["stages"]] == [None]
    assert found["parameters"] == 784 + 5 + 784 * 5
