import pytest

from harmonium.connections import Connection, Dense


def test_a_connection_must_answer_everything():
    with pytest.raises(TypeError, match="abstract"):
        Connection((2,), (3,))


def test_its_name_says_its_ends():
    assert repr(Dense((2, 2), (3,))) == "Dense((2, 2) -> (3,))"


def test_it_is_linear_unless_it_says_otherwise():
    assert Connection.linear is True
