"""A watch answers nothing where it has nothing to say."""

from harmonium.watch import Watch


def test_silence():
    watch = Watch()
    assert (watch.measure(1), watch.notice(1, updates=5), watch.snapshot()) == ({}, {}, {})
