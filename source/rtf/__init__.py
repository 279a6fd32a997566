"""RTF, read group by group."""
