import pytest
import torch

from harmonium.data import Player, World
from harmonium.learning import Exploration, Play, ReplayMemory


def playing(*, game="catch", act=None, share=0.5, seed=0, **settings):
    source = torch.Generator().manual_seed(seed)
    player = Player(World(game, frames=2), source)
    memory = ReplayMemory(60, player.frame, frames=2)
    chosen = act or (lambda batch: torch.ones(len(batch["x"]), dtype=torch.int64))
    usual = {"size": 4, "updates": 5, "steps": 3, "warm_up": 8}
    return Play(
        player,
        memory,
        chosen,
        exploration=Exploration(share, share, steps=10),
        source=source,
        **{**usual, **settings},
    )


def test_exploration_falls_linearly_and_then_stays():
    fall = Exploration(1.0, 0.2, steps=4)
    assert [fall(k) for k in (0, 1, 2, 4, 9)] == pytest.approx([1.0, 0.8, 0.6, 0.2, 0.2])


def test_steps_before_the_first_and_every_batch():
    play = playing()
    batches = iter(play)
    assert len(next(batches)["x"]) == 4
    assert play.taken == 8 + 3
    next(batches)
    assert play.taken == 8 + 6


def test_without_exploration_the_agents_action_is_taken():
    seen = []

    def act(batch):
        seen.append(batch["x"].clone())
        return torch.zeros(1, dtype=torch.int64)

    play = playing(act=act, share=0.0, warm_up=1)
    drawn = [next(iter_) for iter_ in [iter(play)] for _ in range(5)]
    assert len(seen) == 15
    assert seen[0].shape == (1, 2, 10, 10)
    later = torch.cat([b["action"] for b in drawn])
    assert set(later.tolist()) <= {0, 1, 2}
    assert (later == 0).double().mean() > 0.8  # all but the one of the warm-up


def test_the_share_of_random_actions_is_the_one_asked_for():
    calls = []

    def act(batch):
        calls.append(1)
        return torch.ones(1, dtype=torch.int64)

    play = playing(act=act, share=0.3, steps=1, updates=3000, warm_up=1)
    for _ in play:
        pass
    assert len(calls) / 3000 == pytest.approx(0.7, abs=5 * (0.21 / 3000) ** 0.5)


@pytest.mark.parametrize("game", ["catch", "CartPole-v1"])
@pytest.mark.parametrize("stop", [2, 5, 7])
def test_stopped_anywhere_it_goes_on_the_same(game, stop):
    def batches(play, n):
        found = []
        while len(found) < n:
            for batch in play:
                found.append(batch)
                if len(found) == n:
                    break
        return found

    whole = batches(playing(game=game), 12)
    first = playing(game=game)
    batches(first, stop)
    state, draws = first.state_dict(), first.source.get_state()
    second = playing(game=game, seed=5)
    second.load_state_dict(state)
    second.source.set_state(draws)
    for ours, theirs in zip(batches(second, 12 - stop), whole[stop:], strict=True):
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_returns_are_those_of_the_episodes_that_ended_in_this_pass():
    play = playing(updates=30, steps=9, warm_up=9)
    list(play)
    assert len(play.returns) == 31  # each game of catch takes nine steps
    assert set(play.returns) <= {-1.0, 1.0}
    list(play)
    assert len(play.returns) == 30


def test_rewards_are_cut_in_memory_only():
    play = playing(game="CartPole-v1", clip_reward=True, updates=40, steps=3)
    list(play)
    assert max(play.returns) > 1
    play.memory.act(0, 1.0, ended=False)
    big = playing(clip_reward=True)
    step = big.player.step
    big.player.step = lambda action: (5.0, *step(action)[1:])
    drawn = next(iter(big))
    assert drawn["reward"].tolist() == [1.0] * 4
