"""ZIP files as folders: their members in the order of their names, each a file of its own."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from zipfile import ZipInfo

from source.archive import Archive
from source.errors import LoadError
from source.load_options import LoadOptions
from source.member import LostMember, Member, NameBook, safe_name

_NAME_IS_UTF8 = 0x800
_MADE_ON_UNIX = 3
# What macOS adds to the archives that it makes.
_RESOURCE_FORKS = "__MACOSX"


def zip_members(data: bytes, options: LoadOptions) -> Iterator[Member | LostMember]:
    """The files in an archive, unpacked one by one as they are asked for; hidden ones are left out, as in folders.

    Raises:
        LoadError: `data` is no archive or would unpack to too much; what is wrong with one member costs only that.
    """
    archive = Archive(data, ".zip")
    names = NameBook()
    named = ((safe_name(_written_name(member)) or "unnamed", member) for member in archive.members)
    for name, member in sorted(named, key=lambda one: one[0].split("/")):
        if not _is_folder(member) and not _is_hidden(name):
            yield _read(archive, member, names.enter(name), options.password)


def _read(archive: Archive, member: ZipInfo, name: str, password: str) -> Member | LostMember:
    if _is_link(member):
        reason = "it is a link, and those in archives are not followed"
        return LostMember(name, LoadError(reason, "Add what it leads to."))
    try:
        return Member(name, archive.read_member(member, password))
    except LoadError as error:
        return LostMember(name, error)


def _written_name(member: ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 without saying so, where the standard has code page 437."""
    name = member.orig_filename
    if member.flag_bits & _NAME_IS_UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _is_folder(member: ZipInfo) -> bool:
    return member.orig_filename.endswith(("/", "\\"))


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == _RESOURCE_FORKS for part in name.split("/"))


def _is_link(member: ZipInfo) -> bool:
    return member.create_system == _MADE_ON_UNIX and stat.S_ISLNK(member.external_attr >> 16)
