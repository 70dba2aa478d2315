"""What each step cost."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.timing import collect, step


def test_steps_are_collected_in_the_order_they_end() -> None:
    with collect() as timings:
        with step("outer"):
            with step("inner"):
                time.sleep(0.01)
            time.sleep(0.01)
        with step("last"):
            pass
    assert [item.name for item in timings.steps] == ["inner", "outer", "last"]
    inner, outer, last = (item.milliseconds for item in timings.steps)
    assert outer > inner >= 10
    assert timings.total == pytest.approx(outer + last)


def test_a_step_that_fails_is_still_told() -> None:
    with collect() as timings:
        with pytest.raises(ValueError, match="x"), step("fails"):
            raise ValueError("x")
        with step("next"):
            pass
    assert [item.name for item in timings.steps] == ["fails", "next"]
    assert timings.total == sum(item.milliseconds for item in timings.steps)


def test_nobody_listens() -> None:
    with step("alone"):
        pass
    with collect() as timings:
        pass
    assert timings.steps == []
    assert timings.total == 0


def test_an_inner_listener_hears_its_own_steps_only() -> None:
    with collect() as outer, step("a"), collect() as inner, step("b"):
        pass
    assert [item.name for item in outer.steps] == ["a"]
    assert [item.name for item in inner.steps] == ["b"]


def test_threads_listen_for_themselves() -> None:
    def work(name: str) -> list[str]:
        with collect() as timings, step(name):
            time.sleep(0.005)
        return [item.name for item in timings.steps]

    names = [str(number) for number in range(8)]
    with collect() as own, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, names)) == [[name] for name in names]
    assert own.steps == []
