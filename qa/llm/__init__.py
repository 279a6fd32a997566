"""Answers that a language model of the user's own choice writes, each sentence held against what it cites.

Off unless the user names a model's address; nothing it writes is run, followed or fetched.
"""
