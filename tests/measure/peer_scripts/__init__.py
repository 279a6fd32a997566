"""Programs that others have for the same task, each set up as its own documentation says and run by itself."""
