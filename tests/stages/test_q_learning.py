import pytest
import torch

from harmonium.training import train

RECIPE = {
    "version": 1,
    "seed": 0,
    "threads": 1,
    "data": {
        "source": {
            "type": "environment",
            "game": "catch",
            "rows": 20,
            "settings": {"size": 4, "drift": False},
        }
    },
    "model": {"type": "action_values", "actions": 3, "net": {"type": "mlp", "units": [16, 32, 3]}},
    "train": {
        "type": "q_learning",
        "epochs": 8,
        "updates": 250,
        "batch_size": 32,
        "memory": 2000,
        "warm_up": 200,
        "exploration_steps": 1000,
        "renewal": 50,
        "optimiser": {"type": "adam", "lr": 3e-3},
    },
    "judge": [{"type": "play", "episodes": 50}],
    "compare": ["random_player"],
}


@pytest.mark.parametrize("return_steps", [1, 3])
def test_a_small_game_is_learned_from_its_score(return_steps, tmp_path):
    stage = {**RECIPE["train"], "return_steps": return_steps}
    run = train({**RECIPE, "train": stage}, output=tmp_path)
    methods = run.results["trials"][0]["methods"]
    assert methods["action_values"]["return"] > 0.9
    assert methods["random_player"]["return"] < 0
    rows = [row for row in run.metrics() if row["stage"] == "train"]
    assert rows[0]["train/exploration"] > rows[-1]["train/exploration"] == pytest.approx(0.05)
    assert rows[-1]["train/return"] > rows[0]["train/return"]
    assert {"train/greedy_return", "train/action_value", "train/temporal_difference"} <= {
        *rows[-1]
    }


def test_what_does_not_fit_is_named(tmp_path):
    transformed = {**RECIPE["data"], "transforms": ["standardise"]}
    with pytest.raises(ValueError, match="transforms change the rows, but not what an agent sees"):
        train({**RECIPE, "data": transformed}, output=tmp_path)
    digits = {**RECIPE["model"], "net": {"type": "mlp", "units": [64, 3]}}
    unplayed = {**RECIPE, "data": {"source": "digits"}, "model": digits, "compare": []}
    with pytest.raises(ValueError, match="take the source `environment`"):
        train(unplayed, output=tmp_path)
    plain = {"type": "mlp", "units": [16, 3]}
    with pytest.raises(ValueError, match="chooses actions: take type action_values"):
        train({**RECIPE, "model": plain}, output=tmp_path)
    other = {**RECIPE["model"], "net": {"type": "mlp", "units": [9, 3]}}
    with pytest.raises(ValueError, match="reads 9 values"):
        train({**RECIPE, "model": other}, output=tmp_path)


def test_the_first_update_counts_rewards_of_several_steps(tmp_path):
    stage = {**RECIPE["train"], "epochs": 1, "updates": 1, "renewal": 1, "trials": 0}

    def loss(return_steps, discount):
        settings = {**stage, "return_steps": return_steps, "discount": discount}
        recipe = {**RECIPE, "train": settings, "judge": [], "compare": []}
        run = train(recipe, output=tmp_path / f"{return_steps}, {discount}")
        return run.metrics()[-1]["train/temporal_difference"]

    assert loss(1, 0.9) < loss(3, 0.9) == loss(50, 0.9)  # three steps, and the last one pays
    assert loss(1, 0.0) == loss(50, 0.0)


def test_a_seed_repeats_a_run(tmp_path):
    short = {**RECIPE, "train": {**RECIPE["train"], "epochs": 1}, "judge": [], "compare": []}
    first, second = (train(short, output=tmp_path / name) for name in "ab")
    ours, theirs = first.machine(0).state_dict(), second.machine(0).state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
