"""What the published figures come from: each is printed by a target of the Makefile."""
