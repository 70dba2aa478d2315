"""What each step cost."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.timing import MOST_STEPS, collect, heard, step, together


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


def test_an_outer_listener_hears_what_an_inner_one_heard() -> None:
    with collect() as outer, step("a"), collect() as inner, step("b"):
        pass
    assert [(item.name, item.depth) for item in inner.steps] == [("b", 0)]
    assert [(item.name, item.depth) for item in outer.steps] == [("b", 1), ("a", 0)]
    assert outer.steps[0].began >= outer.steps[1].began
    assert outer.total == outer.steps[1].milliseconds


def test_a_step_says_its_rows_as_soon_as_it_knows() -> None:
    with collect() as timings:
        with step("asked", 60) as asked:
            asked.rows_out = 7
        with step("silent"):
            pass
    assert [(item.rows_in, item.rows_out) for item in timings.steps] == [(60, 7), (None, None)]
    with step("nobody listens", 3) as rows:
        rows.rows_out = 1


def test_steps_of_one_name_are_put_together_in_the_order_they_began() -> None:
    with collect() as timings:
        for number in range(3):
            with step("outer", 10):
                with step("inner") as inner:
                    inner.rows_out = number
                time.sleep(0.001)
    first, second = together(timings.steps)
    assert (first.name, first.times, first.rows_in, first.rows_out) == ("outer", 3, 30, None)
    assert (second.name, second.times, second.rows_in, second.rows_out) == ("inner", 3, None, 3)
    outer = sum(item.milliseconds for item in timings.steps if item.depth == 0)
    assert first.milliseconds == pytest.approx(outer)


def test_what_ran_inside_of_two_steps_stays_apart_and_below_its_own() -> None:
    with collect() as timings:
        for outer in ("load vectors", "fetch", "load vectors"):
            with step(outer), step("sql"):
                pass
    told = [(*item.inside, item.name, item.times) for item in together(timings.steps)]
    assert told == [("load vectors", 2), ("load vectors", "sql", 2), ("fetch", 1), ("fetch", "sql", 1)]


def test_long_work_does_not_hold_a_step_for_each_image() -> None:
    with collect() as timings:
        for _ in range(3 * MOST_STEPS):
            with step("decode", 1, 1):
                pass
    assert len(timings.steps) <= MOST_STEPS
    (every,) = together(timings.steps)
    assert (every.times, every.rows_in) == (3 * MOST_STEPS, 3 * MOST_STEPS)


def test_threads_are_heard_where_that_is_wanted() -> None:
    def work(number: int) -> int:
        with step("decode", 1, 1):
            time.sleep(0.002)
        return number

    with collect() as timings, ThreadPoolExecutor(4) as pool, step("batch"):
        assert list(pool.map(heard(work), range(20))) == list(range(20))
    batch, decode = together(timings.steps)
    assert (batch.name, batch.inside, decode.name, decode.inside) == ("batch", (), "decode", ("batch",))
    assert decode.times == decode.rows_out == 20
    assert timings.total == batch.milliseconds
    assert heard(work) is work  # nobody listens


def test_threads_listen_for_themselves() -> None:
    def work(name: str) -> list[str]:
        with collect() as timings, step(name):
            time.sleep(0.005)
        return [item.name for item in timings.steps]

    names = [str(number) for number in range(8)]
    with collect() as own, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, names)) == [[name] for name in names]
    assert own.steps == []
