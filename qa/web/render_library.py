"""The library panel as HTML: documents, what is being added, conversations, the other libraries."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote as quoted

from markupsafe import Markup

from index.conversations import Conversation
from index.records import DocumentRecord
from qa.gaps import read_share
from qa.web.intake import FileProgress
from qa.web.markup import join, name, text

_WORDS = {"waiting": "Waiting", "ready": "Added", "unchanged": "Was there already"}


def document_list(documents: Sequence[DocumentRecord]) -> Markup:
    """The documents, each with a tick, a link that shows it and a way to remove it."""
    rows = join(_document_row(document) for document in documents)
    return Markup('<ul class="documents">{rows}</ul>').format(rows=rows)


def _document_row(document: DocumentRecord) -> Markup:
    passages = f"{document.body_passages:,} {'passage' if document.body_passages == 1 else 'passages'}"
    unread = read_share(document)
    return Markup(
        '<li data-id="{id}" data-added="{added}" data-format="{format}">'
        '<input type="checkbox" class="use" value="{id}" aria-label="Use {name}" title="Use this document for answers" '
        'checked><a class="open" href="#s/{id}/1/0-0" title="{path}"><span class="document" dir="auto">{name}</span>'
        '<span class="meta">{format} · {passages}</span>{unread}</a>'
        '<button type="button" class="remove" value="{id}" aria-label="Remove {name}" title="Remove {name}"></button>'
        "</li>"
    ).format(
        id=document.id,
        added=document.added_at,
        path=name(document.path),
        name=name(document.name),
        format=format_label(document.format),
        passages=passages,
        unread=Markup('<span class="meta partly">Partly read: {}</span>').format(unread) if unread else "",
    )


def format_label(file_format: str) -> str:
    """The name of a format as people write it: Text, Markdown, HTML."""
    is_acronym = len(file_format) <= 4 and file_format != "text"
    return file_format.upper() if is_acronym else file_format.capitalize()


def progress_list(files: Sequence[FileProgress]) -> Markup:
    """How far uploaded files are: those still being worked on, and those that something was wrong with."""
    shown = [one for one in files if not one.is_finished or one.words]
    if not files:
        return Markup("")
    finished = [one for one in files if one.is_finished]
    failed = sum(one.state == "failed" for one in finished)
    counts = {"added": len(finished) - failed, "not added": failed, "still to do": len(files) - len(finished)}
    summary = ", ".join(f"{count:,} {said}" for said, count in counts.items() if count)
    dismiss = Markup('<button type="button" class="dismiss" aria-label="Close this list" title="Close"></button>')
    return Markup(
        '<div class="progress-head"><p role="status">{summary}</p>{dismiss}</div><ul class="progress">{rows}</ul>'
    ).format(summary=summary, dismiss=dismiss if finished else "", rows=join(map(_progress_row, shown)))


def _progress_row(one: FileProgress) -> Markup:
    done = 100 * one.done // one.total if one.total else 0
    bar = Markup('<span class="bar" aria-hidden="true"><span style="width: {done}%"></span></span>').format(done=done)
    return Markup(
        '<li class="{state}"><span class="document" dir="auto">{name}</span><span class="meta">{bar}{words}</span></li>'
    ).format(
        state=one.state,
        name=name(one.name),
        bar=bar if one.state in ("reading", "embedding") else "",
        words=text(progress_words(one)),
    )


def progress_words(one: FileProgress) -> str:
    """How far a file is, in words."""
    match one.state:
        case "reading":
            return f"Reading page {one.done:,} of {one.total:,}" if one.total else "Reading"
        case "embedding":
            return f"Learning what it says: {100 * one.done // max(one.total, 1)} %"
        case "partly":
            return f"Partly read. {one.words}"
        case "failed":
            return one.words
        case state:
            return _WORDS[state]


def conversation_list(conversations: Sequence[Conversation], current: str, library: str) -> Markup:
    """The conversations, the latest first, each with ways to rename and delete it."""
    if not conversations:
        return Markup('<p class="meta">Your questions will be listed here.</p>')
    rows = join(_conversation_row(one, one.id == current, library) for one in conversations)
    return Markup('<ul class="conversations">{}</ul>').format(rows)


def _conversation_row(one: Conversation, is_current: bool, library: str) -> Markup:  # noqa: FBT001 - as in a template
    return Markup(
        '<li data-id="{id}"><a class="conversation" href="{href}"{current} dir="auto">{title}</a>'
        '<button type="button" class="rename" aria-label="Rename {title}" title="Rename"></button>'
        '<button type="button" class="delete" aria-label="Delete {title}" title="Delete"></button></li>'
    ).format(
        id=one.id,
        href=address(library, one.id),
        current=Markup(' aria-current="true"') if is_current else "",
        title=name(one.title),
    )


def library_list(names: Sequence[str], served: str, current: str, user: str) -> Markup:
    """The libraries, each with a link to its page, and a form that makes another; and a way out for `user`."""
    rows = join(
        Markup('<li><a href="{href}"{current} dir="auto">{title}</a></li>').format(
            href=address(one), title=name(title), current=Markup(' aria-current="true"') if one == current else ""
        )
        for one, title in [("", served), *((one, one) for one in names)]
    )
    leave = Markup('<button type="button" class="sign-out">Sign out {}</button>').format(name(user))
    return Markup(
        '<ul class="libraries">{}</ul><form class="new-library"><label for="new-library">New library</label>'
        '<input id="new-library" name="name" maxlength="80" autocomplete="off" placeholder="Its name">'
        '<button type="submit">Make it</button><p class="reason" role="alert"></p></form>{}'
    ).format(rows, leave if user else "")


def address(library: str, conversation: str = "") -> str:
    """The address of a library's page, or of a conversation with it."""
    asked = [f"{key}={quoted(value, safe='')}" for key, value in (("library", library), ("c", conversation)) if value]
    return f"./?{'&'.join(asked)}" if asked else "./"
