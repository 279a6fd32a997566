"""Being an ordinary user for a while: root may read and write everything, and tests in containers run as root."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65534
# From Linux's headers: what lets root read and write what its permissions forbid, and how it is given up.
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_PR_CAPBSET_DROP = 24


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Inside, this process has no rights beyond those of others."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def obey_permissions() -> None:
    """For a child process before it runs another program: that one, and all it starts, may do no more than others."""
    if os.geteuid() == 0:
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            assert ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user can reach, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="qa-open-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for path in [folder, *folder.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o700)
        shutil.rmtree(folder)
