"""Pages of the web that were asked for: one request, to an address that was checked."""
