import pytest
import torch

from harmonium.errors import UsageError
from harmonium.learning import ReplayMemory

LENGTHS = (3, 1, 5, 2, 4)
GAMMA = 0.5


def filled(capacity, frames, episodes=LENGTHS, *, return_steps=1):
    """A memory of episodes; frame t of episode e is 100 e + t."""
    frame = torch.zeros(1, dtype=torch.float32)
    memory = ReplayMemory(
        capacity, frame, frames=frames, return_steps=return_steps, discount=GAMMA
    )
    for e, length in enumerate(episodes, 1):
        memory.see(torch.tensor([100.0 * e]), 0)
        for t in range(length):
            memory.act(t, 10.0 * e + t, ended=t + 1 == length)
            memory.see(torch.tensor([100.0 * e + t + 1]), t + 1)
    return memory


def all_transitions(frames, episodes=LENGTHS):
    found = []
    for e, length in enumerate(episodes, 1):
        for t in range(length):
            stack = [100.0 * e + max(0, t - k) for k in reversed(range(frames))]
            after = [100.0 * e + max(0, t + 1 - k) for k in reversed(range(frames))]
            found.append((*stack, *after, t, 10.0 * e + t, GAMMA * (t + 1 < length)))
    return found


def drawn(memory, n=4000, seed=0):
    batch = memory.drawn(n, torch.Generator().manual_seed(seed))
    columns = [batch[name] for name in ("x", "next", "action", "reward", "discount")]
    rows = torch.cat([c.reshape(n, -1).double() for c in columns], 1)
    return [tuple(row) for row in rows.tolist()]


@pytest.mark.parametrize("frames", [1, 2, 4])
def test_every_transition_is_drawn_equally_often_and_nothing_else(frames):
    rows, expected = drawn(filled(100, frames)), all_transitions(frames)
    assert set(rows) == set(expected)
    counts = torch.tensor([rows.count(row) for row in expected]).double()
    share = len(rows) / len(expected)
    assert float(((counts - share) ** 2 / share).sum()) < 40  # chi-square with 14 degrees


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("capacity", [5, 8, 11])
def test_overwritten_frames_are_never_part_of_an_observation(frames, capacity):
    memory = filled(capacity, frames)
    every = [100.0 * e + t for e, length in enumerate(LENGTHS, 1) for t in range(length + 1)]
    kept = set(every[-capacity:])
    expected = {row for row in all_transitions(frames) if set(row[: 2 * frames]) <= kept}
    assert set(drawn(memory)) == expected


def test_the_newest_frame_without_an_action_is_not_drawn():
    memory = ReplayMemory(10, torch.zeros(1, dtype=torch.float32), discount=GAMMA)
    memory.see(torch.tensor([1.0]), 0)
    with pytest.raises(UsageError, match="without a transition"):
        memory.drawn(3, torch.Generator())
    memory.act(1, 2.0, ended=False)
    memory.see(torch.tensor([5.0]), 1)
    assert set(drawn(memory, 50)) == {(1.0, 5.0, 1.0, 2.0, GAMMA)}


@pytest.mark.parametrize("steps", [2, 3, 9])
def test_rewards_of_several_steps_are_added_up_to_the_end_of_the_episode(steps):
    expected = set()
    for e, length in enumerate(LENGTHS, 1):
        for t in range(length):
            taken = range(t, min(t + steps, length))
            reward = sum(GAMMA ** (k - t) * (10.0 * e + k) for k in taken)
            discount = GAMMA**steps if t + steps < length else 0.0  # the last action ended it
            expected.add((100.0 * e + t, 100.0 * e + taken[-1] + 1, t, reward, discount))
    assert set(drawn(filled(100, 1, return_steps=steps))) == expected


def test_several_steps_stop_where_time_ran_out_and_at_the_newest_frame():
    memory = ReplayMemory(100, torch.zeros(1, dtype=torch.float32), return_steps=4, discount=GAMMA)
    for e in (1, 2):  # neither has ended: the first ran out of time, the second goes on
        memory.see(torch.tensor([100.0 * e]), 0)
        for t in range(2):
            memory.act(t, 1.0, ended=False)
            memory.see(torch.tensor([100.0 * e + t + 1]), t + 1)
    assert set(drawn(memory)) == {
        (100.0 * e + t, 100.0 * e + 2, t, 2.0 - 0.5 * (1 + t), GAMMA ** (2 - t))
        for e in (1, 2)
        for t in range(2)
    }


def test_several_steps_count_no_reward_that_was_there_before_a_frame_was_overwritten():
    memory = ReplayMemory(4, torch.zeros(1, dtype=torch.float32), return_steps=3, discount=GAMMA)
    memory.see(torch.tensor([0.0]), 0)
    for t in range(6):
        memory.act(t, 1.0 if t > 4 else 100.0, ended=False)
        memory.see(torch.tensor([t + 1.0]), t + 1)
    assert {row for row in drawn(memory) if row[0] == 5} == {(5.0, 6.0, 5.0, 1.0, GAMMA)}


@pytest.mark.parametrize("capacity", [5, 8, 11])
def test_several_steps_never_run_on_into_overwritten_frames(capacity):
    rows = set(drawn(filled(capacity, 1, return_steps=3)))
    whole = set(drawn(filled(100, 1, return_steps=3)))
    every = [100.0 * e + t for e, length in enumerate(LENGTHS, 1) for t in range(length + 1)]
    assert rows == {row for row in whole if row[0] in every[-capacity:]}


def test_a_restored_memory_draws_and_goes_on_the_same():
    memory = filled(8, 2)
    other = ReplayMemory(8, torch.zeros(1, dtype=torch.float32), frames=2, discount=GAMMA)
    other.load_state_dict(memory.state_dict())
    for m in (memory, other):
        m.act(7, 70.0, ended=False)
        m.see(torch.tensor([999.0]), 5)
    assert drawn(memory) == drawn(other)


def test_bad_sizes_are_refused():
    with pytest.raises(UsageError, match="at least 6"):
        ReplayMemory(5, torch.zeros(1), frames=4)
    small = ReplayMemory(4, torch.zeros(1, dtype=torch.float32))
    with pytest.raises(UsageError, match="does not fit"):
        small.load_state_dict(filled(20, 1).state_dict())


def test_bytes_become_shares_of_white():
    memory = ReplayMemory(4, torch.zeros(1, 2, 2, dtype=torch.uint8), frames=2)
    memory.see(torch.full((1, 2, 2), 51, dtype=torch.uint8), 0)
    memory.act(0, 0.0, ended=False)
    memory.see(torch.full((1, 2, 2), 255, dtype=torch.uint8), 1)
    batch = memory.drawn(1, torch.Generator())
    assert batch["x"].shape == (1, 2, 2, 2)
    assert batch["next"][0, :, 0, 0].tolist() == pytest.approx([0.2, 1.0])
    for name in ("x", "next"):
        assert batch[name].is_contiguous(memory_format=torch.channels_last)  # fast to convolve
