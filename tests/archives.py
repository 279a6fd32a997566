"""ZIP files with some members changed, for tests of what is hostile, damaged or made by other programs."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator, Mapping

_OFFICE_NAME = re.compile(rb"http://schemas\.openxmlformats\.org/(drawingml|officeDocument|presentationml)/2006/")


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive of these members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The members of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, members: Mapping[str, str | bytes]) -> bytes:
    """The archive with some members added or in the place of others."""
    return zipped({**unzipped(data), **members})


def replaced(data: bytes, member: str, before: str, after: str) -> bytes:
    """The archive with some text in a member replaced, which must be there."""
    old = unzipped(data)[member]
    assert before.encode() in old
    return changed(data, {member: old.replace(before.encode(), after.encode())})


def made_strict(data: bytes) -> bytes:
    """An office file under the names of the standard's strict form."""
    return zipped(
        {
            name: _OFFICE_NAME.sub(rb"http://purl.oclc.org/ooxml/\1/", content)
            for name, content in unzipped(data).items()
        }
    )


def broken_archives(data: bytes, seed: int) -> Iterator[bytes]:
    """`data` cut short, and with some bits flipped."""
    chance = random.Random(seed)
    yield from (data[: len(data) * share // 20] for share in range(20))
    for _ in range(60):
        flipped = bytearray(data)
        for _ in range(chance.choice([1, 1, 4, 40])):
            flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        yield bytes(flipped)


def broken_members(data: bytes, seed: int) -> Iterator[bytes]:
    """`data` with its XML damaged inside the members, so that no checksum finds it."""
    chance = random.Random(seed)
    members = {name: content for name, content in unzipped(data).items() if name.endswith(("xml", "rels"))}
    for _ in range(60):
        name = chance.choice(sorted(members))
        xml = members[name]
        start = chance.randrange(len(xml) or 1)
        mutants = [xml[:start] + xml[start + 9 :], xml[:start], xml[:start] + chance.choice([b"<", b">", b"&", b"0"])]
        yield changed(data, {name: chance.choice([*mutants[:2], mutants[2] + xml[start + 1 :]])})
