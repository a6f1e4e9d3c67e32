"""Marks for tests that do not need the whole matrix: what they show does not depend on it."""
import pytest

from conftest import SHAPES


def on_shapes(*names):
    chosen = [shape for shape in SHAPES if str(shape) in names]
    assert len(chosen) == len(names), names
    return pytest.mark.parametrize("shape", chosen, indirect=True, ids=str)


once = on_shapes("epoll-1")
on_each_backend = on_shapes("io_uring-4", "epoll-4")
