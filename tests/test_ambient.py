"""Settings of torch that belong to a thread are set aside, those of the process come back."""

import threading

import pytest
import torch

from harmonium.ambient import neutral, neutrally, process_settings, room

AROUND = {
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "default device": lambda: torch.device("meta"),
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_inside_torch_is_as_in_a_fresh_process_and_afterwards_as_it_was(around):
    def seen():
        x = torch.ones(2, 2)
        return (
            torch.is_grad_enabled(),
            torch.is_inference_mode_enabled(),
            torch.is_autocast_enabled("cpu"),
            x.device.type,
            (x @ x).dtype,
        )

    with around():
        before = seen()
        with neutral():
            inside = seen()
        decorated = neutrally(seen)()
        after = seen()
    assert inside == decorated == (True, False, False, "cpu", torch.float32)
    assert before == after != inside


def test_a_decorated_function_keeps_its_name_arguments_and_errors():
    @neutrally
    def divide(a: float, b: float) -> float:
        """Quotient."""
        return a / b

    assert (divide(6, b=3), divide.__name__, divide.__doc__) == (2, "divide", "Quotient.")
    with torch.no_grad():
        with pytest.raises(ZeroDivisionError):
            divide(1, 0)
        assert not torch.is_grad_enabled()


def test_settings_of_the_process_come_back_when_the_last_thread_leaves():
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    first_is_in, second_is_in, first_is_out = (threading.Event() for _ in range(3))

    def first():
        with process_settings(threads=before[0] + 1, deterministic=True):
            first_is_in.set()
            second_is_in.wait(10)
        first_is_out.set()

    thread = threading.Thread(target=first)
    thread.start()
    first_is_in.wait(10)
    with process_settings(threads=None, deterministic=False):
        second_is_in.set()
        first_is_out.wait(10)
        assert torch.are_deterministic_algorithms_enabled()
    thread.join()
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before


def test_numbers_that_cannot_fit_are_refused_unless_they_are_an_outline(monkeypatch):
    room(10**6, "a table")
    with pytest.raises(ValueError, match="a table needs .* GiB of memory, and .* make it smaller"):
        room(10**30, "a table")
    with torch.device("meta"):
        room(10**30, "an outline")
