"""Python imports this at its start from a folder on PYTHONPATH: child processes of the tests are blocked, too."""

import loopback_only  # type: ignore[import-not-found]  # its folder is on PYTHONPATH

loopback_only.install()
