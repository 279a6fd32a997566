"""Libraries: passages are embedded, indexed and kept, and found again by meaning and by words."""
