"""Work that goes on in the background: a thread prepares the next items while the last ones are used."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from queue import Full, Queue
from threading import Event, Thread
from typing import Final, TypeVar

__all__ = ["prefetch"]

T = TypeVar("T")

_QUEUE_LENGTH: Final = 2
"""Items that wait to be used: images of 6 MB at 1080p, so that a slow one holds up nobody."""
_POLL_S: Final = 0.1
"""So often a thread with nothing more to do than wait looks whether its items are still wanted."""


def prefetch(items: Generator[T, None, None]) -> Generator[T, None, None]:
    """Yield the items of a generator that runs in a thread of its own, a few items ahead.

    Decoding, drawing and encoding release Python's lock for most of their time, so that they overlap.

    Parameters
    ----------
    items
        Run in the thread, and closed there, also when the consumer leaves before the end.

    Yields
    ------
    object
        The items in their order; an error of the generator is raised at its place.
    """
    ready: Queue[tuple[T] | BaseException | None] = Queue(_QUEUE_LENGTH)
    cancelled = Event()
    thread = Thread(target=_produce, args=(items, ready, cancelled), daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        cancelled.set()
        thread.join()


def _produce(items: Generator[T, None, None], ready: Queue[tuple[T] | BaseException | None], cancelled: Event) -> None:
    """Put the items into a queue, then the end marker: an error or ``None``."""
    end: BaseException | None = None
    try:
        with closing(items):
            for item in items:
                if not _offer(ready, (item,), cancelled):
                    return
    except BaseException as error:  # noqa: BLE001 - raised again where the items are used
        end = error
    _offer(ready, end, cancelled)


def _offer(
    ready: Queue[tuple[T] | BaseException | None], item: tuple[T] | BaseException | None, cancelled: Event
) -> bool:
    """Wait until there is room; return whether anybody still wants the item."""
    while not cancelled.is_set():
        try:
            ready.put(item, timeout=_POLL_S)
        except Full:
            continue
        return True
    return False
