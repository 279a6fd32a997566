"""Documents: files become text that never changes, cut into passages and sentences with exact places."""
