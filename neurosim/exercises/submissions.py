"""The files of a folder that a course system gives out, and those in its zips."""

from __future__ import annotations

import os
import zipfile
from typing import Iterator

from neurosim.support.errors import shown

LARGEST = 1_000_000  # bytes of a file of answers
MOST_FILES = 10_000  # in a zip
ENDS = (".csv", ".json", ".txt", ".md")
OTHER = f"expected a file that ends in {', '.join(ENDS)} or .zip"
NO_FILE = "not a regular file"
TOO_LARGE = "too large for a file of answers"
HIDDEN = (".", "__MACOSX")  # how names of files begin that nobody has handed in
MOST_BYTES = 200_000_000  # of all files in a zip


def submissions(folder: str) -> Iterator[tuple[str, bytes | str]]:
    """(name, bytes) of every file under a folder, and in its zips; or (name, why it can't be read)."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(place, name)
            told = shown(os.path.relpath(path, folder).replace(os.sep, "/"), None)
            if name.startswith(HIDDEN):
                continue
            if name.lower().endswith(".zip"):
                yield from _zipped(path, told)
            else:
                yield told, _content(path)


def _content(path):
    """The bytes of a file, or why they can't be read."""
    if not path.lower().endswith(ENDS):
        return OTHER
    if not os.path.isfile(path):
        return NO_FILE
    try:
        if os.path.getsize(path) > LARGEST:
            return TOO_LARGE
        with open(path, "rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        return error.strerror or str(error)


def _zipped(path, name):
    """The same of every file in a zip."""
    if not os.path.isfile(path):
        yield name, NO_FILE
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
            if not members or len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_BYTES:
                yield name, "a zip of too many files, or too large ones" if members else "a zip without files"
                return
            for one in sorted(members, key=lambda one: one.filename):
                yield f"{name}/{shown(one.filename, None)}", _unpacked(archive, one)
    except Exception as error:  # which may be of any kind in a broken zip
        yield name, f"no zip that can be read: {shown(str(error))}"


def _is_hidden(name):
    return any(part.startswith(HIDDEN) and part not in (".", "..") for part in name.split("/"))


def _unpacked(archive, member):
    """The bytes of a file in a zip, or why they can't be read."""
    if not member.filename.lower().endswith(ENDS):
        return OTHER
    if member.file_size > LARGEST:
        return TOO_LARGE
    try:
        with archive.open(member) as file:
            return file.read(LARGEST)
    except Exception as error:  # every way to compress has one of its own
        return f"can't be unpacked: {shown(str(error))}"
