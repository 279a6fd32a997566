"""The page: a chat on a library in the browser, served on this machine and nowhere else.

Gradio is imported in `qa.web.page` and `qa.web.api` only, and only when the page is served.
"""
