"""What several ask for at once is made once."""

import threading
import time
from collections.abc import Callable

from core.collection.making import Making
from core.workspace import Workspace


def at_once(act: Callable[[int], None], count: int = 4) -> None:
    threads = [threading.Thread(target=act, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_a_figure_is_made_once_for_all_who_ask(workspace: Workspace) -> None:
    catalog, made = workspace.catalog("things"), list[str]()

    def make(name: str) -> str:
        time.sleep(0.1)
        made.append(name)
        return name

    at_once(lambda number: catalog.remembered("one", lambda: make("one")))
    at_once(lambda number: catalog.recent("two", lambda: make("two")))
    assert made == ["one", "two"]


def test_other_names_do_not_wait_and_the_maker_may_ask_again() -> None:
    making, order = Making(), list[str]()
    inside, go_on = threading.Event(), threading.Event()

    def slow(_: int) -> None:
        with making.of("slow"), making.of("slow"):
            inside.set()
            go_on.wait(20)
            order.append("slow")

    thread = threading.Thread(target=slow, args=(0,))
    thread.start()
    inside.wait(20)
    with making.of("other"):
        order.append("other")
    go_on.set()
    thread.join(20)
    assert order == ["other", "slow"]
    assert not making._locks
