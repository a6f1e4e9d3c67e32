"""How a witness behaves, and what it remembers of a log that is held."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Habits:
    unacked_max: int = 16             # sends in flight
    pause_seconds_max: float = 0.01   # between two messages
    quota: int | None = None          # messages to write; None: until stop_writing()
    characters: int = 0               # contents are filled up to this length
    is_skewed: bool = False           # writes more to its first conversations than to its last
    mark_every: int = 10              # messages seen, then a mark; 0: never
    is_patient: bool | None = None    # `sync`s only behind what comes by itself; None: by chance
    silence_seconds: tuple = (4, 12)  # between these it waits for what is due, then leaves
    receive_bytes: int | None = None  # of the socket's buffer; None: the system's


@dataclass
class Held:
    """A log of which more waits than comes by itself: the rest comes by `sync`s."""
    after: int  # from here on
    is_asked: bool = False
