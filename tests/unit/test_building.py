"""What is built to stay is kept out of the collector's way, and let go when it is built anew."""

import gc
import weakref

import pytest

from knowledge.building import without_collecting


class Shelf:
    """Holds itself, so that only the collector can let it go."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed():
    yield
    gc.unfreeze()


def test_what_was_built_is_not_gone_through_again():
    with without_collecting():
        shelf = Shelf()

    assert gc.isenabled()
    assert not any(each is shelf for each in gc.get_objects())


def test_what_was_built_before_goes_when_something_new_is_built():
    with without_collecting():
        shelf = Shelf()
    gone = weakref.ref(shelf)
    del shelf
    gc.collect()
    assert gone() is not None

    with without_collecting():
        Shelf()

    assert gone() is None


def test_a_failed_building_leaves_the_collector_at_work():
    with pytest.raises(ZeroDivisionError), without_collecting():
        1 / 0  # noqa: B018

    assert gc.isenabled()
