"""Broken files by number: the same number makes the same file wherever the same seeds are there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from zipfile import BadZipFile

from tests.measure.fuzz_bombs import BOMBS
from tests.measure.fuzz_seeds import Seed, made_seeds, pack, sample_seeds, unpack

_CASES_PER_BOMB = 10
_NUMBER = re.compile(rb"\d+")
_TAG = re.compile(rb"<[^<>]{1,200}>")
_NUMBERS = (b"0", b"-1", b"65536", b"2147483648", b"99999999999999999999", b"1e308", b"NaN", b"")


@dataclass(frozen=True, slots=True)
class Case:
    """A broken file: its number, the seed it was made from, what was done to it, and its bytes."""

    number: int
    seed: str
    how: str
    suffix: str
    data: bytes

    @property
    def name(self) -> str:
        """A name for its file."""
        return f"{self.number:05d}{self.suffix}"


def make_case(number: int) -> Case:
    """Every tenth is a bomb; of the others, the even ones are made from our own seeds and the odd ones from samples."""
    random = Random(number)
    if number % _CASES_PER_BOMB == 0:
        bomb = BOMBS[number // _CASES_PER_BOMB % len(BOMBS)]
        if number // _CASES_PER_BOMB < len(BOMBS):
            return Case(number, bomb.name, "bomb", bomb.suffix, bomb.make())
        how, data = _mutate(bomb.make(), random)
        return Case(number, bomb.name, f"bomb, {how}", bomb.suffix, data)
    seeds = made_seeds() if number % 2 == 0 else sample_seeds() or made_seeds()
    seed, other = random.choice(seeds), random.choice(seeds)
    way = random.random()
    if way < 0.08:
        return Case(number, seed.name, f"called {other.suffix}", other.suffix, seed.data)
    if way < 0.16:
        return Case(number, seed.name, f"spliced with {other.name}", seed.suffix, _spliced(seed, other, random))
    if way < 0.55 and seed.data.startswith(b"PK"):
        how, data = _mutate_member(seed.data, random)
    else:
        how, data = _mutate(seed.data, random)
    return Case(number, seed.name, how, seed.suffix, data)


def _spliced(seed: Seed, other: Seed, random: Random) -> bytes:
    return seed.data[: random.randint(0, len(seed.data))] + other.data[random.randint(0, len(other.data)) :]


def _mutate(data: bytes, random: Random) -> tuple[str, bytes]:
    """What was done, one to three things, and what came of it."""
    done = []
    for _ in range(random.choice((1, 1, 2, 3))):
        change = random.choice(_CHANGES)
        data = change(data, random)
        done.append(change.__name__.strip("_").replace("_", " "))
    return ", ".join(done), data


def _mutate_member(data: bytes, random: Random) -> tuple[str, bytes]:
    """As `_mutate`, but inside one member of a ZIP file, which is then packed again; or the member is taken away."""
    try:
        members = unpack(data)
    except (BadZipFile, RuntimeError):
        return _mutate(data, random)
    if not members:
        return _mutate(data, random)
    name = random.choice([*members])
    way = random.random()
    if way < 0.1:
        del members[name]
        return f"{name} taken away", pack(members)
    if way < 0.2:
        other = random.choice([*members])
        return f"{name} is {other}", pack({**members, name: members[other]})
    how, changed = _mutate(members[name], random)
    return f"{name}: {how}", pack({**members, name: changed})


def _range(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.choice((1, 4, 64, 1024, len(data))))


def _truncated(data: bytes, random: Random) -> bytes:
    return data[: random.choice((0, 1, 4, random.randint(0, len(data)), max(0, len(data) - 1)))]


def _bits_flipped(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 8, 64)) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _zeroed(data: bytes, random: Random) -> bytes:
    start, end = _range(data, random)
    return data[:start] + bytes(end - start) + data[end:]


def _taken_out(data: bytes, random: Random) -> bytes:
    start, end = _range(data, random)
    return data[:start] + data[end:]


def _repeated(data: bytes, random: Random) -> bytes:
    start, end = _range(data, random)
    times = random.choice((2, 10, max(1, 100_000 // max(1, end - start))))
    return data[:end] + data[start:end] * times + data[end:]


def _noise_put_in(data: bytes, random: Random) -> bytes:
    start, _ = _range(data, random)
    return data[:start] + random.randbytes(random.choice((1, 16, 1000))) + data[start:]


def _numbers_changed(data: bytes, random: Random) -> bytes:
    found = list(_NUMBER.finditer(data))
    for match in sorted(random.sample(found, min(len(found), random.choice((1, 5, 50)))), key=lambda one: -one.start()):
        data = data[: match.start()] + random.choice(_NUMBERS) + data[match.end() :]
    return data


def _tags_moved(data: bytes, random: Random) -> bytes:
    found = list(_TAG.finditer(data))
    for match in sorted(random.sample(found, min(len(found), random.choice((1, 5, 20)))), key=lambda one: -one.start()):
        data = data[: match.start()] + random.choice((b"", match[0] * 2, random.choice(found)[0])) + data[match.end() :]
    return data


_CHANGES: Sequence[Callable[[bytes, Random], bytes]] = (
    _truncated,
    _bits_flipped,
    _zeroed,
    _taken_out,
    _repeated,
    _noise_put_in,
    _numbers_changed,
    _tags_moved,
)
