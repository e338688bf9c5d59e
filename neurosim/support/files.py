"""Files: JSON read strictly, and any text written atomically.

Every function that reads takes `place`, where in the document it is, such as `layers[1].neurons[0]`, so that
a message can name it. Reading executes nothing, and a float comes back bit for bit.
"""

from __future__ import annotations

import csv
import errno
import json
import math
import os
import re
import stat
from contextlib import contextmanager, suppress

from neurosim.support.errors import InputError, counted, nearest, shorten, shown_path

LARGEST = 64 * 1024 * 1024  # bytes; a 784-100-10 network takes 2 MB
DEEPEST = 64  # lists and objects in each other
WRITE_BITS = 0o222
MOST_DIGITS = 400  # of a number in one piece
ZEROS = bytes(48 if 48 <= sign < 58 else 32 for sign in range(256))  # every digit is 0, and all else a space
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[0-9]+')  # of JSON: a text, or digits in one piece
TOO_LONG = f"a number of more than {MOST_DIGITS} digits"
LEFTOVER = re.compile(r"\.neurosim-([0-9]+)-[0-9a-f]{8}\.tmp")  # a temporary file, with the process that writes it
EXACT = 2**53  # whole numbers up to here are the same as floats


def check_path(path):
    """Raise InputError for what cannot be the path of a file."""
    try:
        if b"\0" in os.fsencode(path):
            raise ValueError("a path cannot contain a null character")
        if not os.fsencode(path):
            raise ValueError("it is empty")
    except (TypeError, ValueError) as error:
        raise InputError(f"expected the path of a file, got {shorten(path)}: {error}") from None


def check_writable(path):
    """Raise InputError, or OSError, for a path that no file can be written to."""
    check_path(path)
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise InputError(f"{shown_path(path)}: there is no such folder")
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if os.path.isfile(path):
        _check_mode(path, os.stat(path).st_mode)


def _check_mode(path, mode):
    """A file that could not be opened to write in it is not replaced either; the bits count, since root may do all."""
    if not mode & WRITE_BITS or not os.access(path, os.W_OK):
        why = "write-protected, so it stays as it is; chmod u+w allows to replace it"
        raise PermissionError(errno.EACCES, why, str(path))


def is_same_file(one, other):
    """Whether two paths, of which one may be an open file's number, are those of one regular file, there or to come."""
    try:
        return os.path.samefile(one, other) and os.path.isfile(one)
    except OSError:
        return not isinstance(other, int) and os.path.realpath(one) == os.path.realpath(other)


def read_file(path, read):
    """What `read` makes of the file at `path`, which it gets opened and with the name for its messages."""
    check_path(path)
    with open(path, "rb") as file:
        return read(file, shown_path(os.path.basename(os.fsdecode(path))))


def read_whole(file):
    """All bytes of an open file, be it a pipe or a device, that has no more than `LARGEST` of them."""
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"larger than {LARGEST // 1024**2} MB, the most that is read; leave out what is not needed")
    return data


class Begun:
    """An open file of which the beginning was read, to be read again from there."""

    def __init__(self, beginning, file):
        self._beginning, self._file = beginning, file

    def read(self, size):
        """So many bytes, or all that there are if they are fewer."""
        beginning = self._taken()
        return beginning + self._file.read(size - len(beginning))

    def readline(self, size):
        """A line, or so many bytes of it."""
        beginning = self._taken()
        return beginning if beginning.endswith(b"\n") else beginning + self._file.readline(size - len(beginning))

    def _taken(self):
        beginning, self._beginning = self._beginning, b""
        return beginning


@contextmanager
def told_with(name):
    """What is wrong with what was given, told in one line that begins with its name, such as that of its file."""
    try:
        yield
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {error.lineno}, column {error.colno}: {error.msg}") from None
    except csv.Error as error:
        raise InputError(f"{name}: not CSV: {error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not text in UTF-8, at byte {error.start}") from None
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def strict_json(data, **numbers):
    """The JSON document in some bytes, without NaN, infinity, a key that stands twice, or what is deeper than `DEEPEST`.

    numbers: `parse_float` and `parse_int` of the standard library's json.

    Raises InputError, or json.JSONDecodeError, which knows the line and column.
    """
    try:
        text = data.decode("utf-8-sig")
        if b"0" * (MOST_DIGITS + 1) in data.translate(ZEROS):
            _check_digits(text)
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object, **numbers)
    except UnicodeDecodeError as error:
        raise InputError(f"not text in UTF-8, at byte {error.start}") from None
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        error.msg = error.msg if error.msg == TOO_LONG else f"not JSON: {error.msg}"
        raise
    if data.count(b"[") + data.count(b"{") > DEEPEST:
        _check_depth(document)
    return document


def _check_digits(text):
    for token in TOKEN.finditer(text):
        if token[0][0] != '"' and len(token[0]) > MOST_DIGITS:
            raise json.JSONDecodeError(TOO_LONG, text, token.start())


def _check_depth(document):
    level = [document]
    for _ in range(DEEPEST):
        level = [
            value for whole in level for value in (whole.values() if isinstance(whole, dict) else whole)
            if isinstance(value, (dict, list))
        ]
    if level:
        raise _too_deep()


def _too_deep():
    return InputError(f"nested too deeply: {DEEPEST} lists and objects in each other are the most")


def _refuse_constant(text):
    raise InputError(f"{text} is not a number that JSON knows")


def _object(pairs):
    document = {}
    for key, value in pairs:
        if key in document:
            raise InputError(f"the key {shorten(key)} stands twice in one object")
        document[key] = value
    return document


def check_keys(value, place, known, required):
    """Raise InputError unless the value is an object with known keys, none of the required ones missing."""
    prefix = f"{place}: " if place else ""
    if not isinstance(value, dict):
        raise InputError(f"{prefix}expected an object in braces, got {shorten(value)}")
    for key in value:
        if key not in known:
            raise InputError(f"{prefix}unknown key {shorten(key)}{nearest(key, known)}")
    for key in required:
        if key not in value:
            raise InputError(f"{prefix}the key {key!r} is missing")


def json_list(value, place):
    """The value itself, if it is a list."""
    if not isinstance(value, list):
        raise InputError(f"{place}: expected a list in brackets, got {shorten(value)}")
    return value


def json_number(value, place):
    """The value itself, if it is a number that a float can hold; large whole numbers become floats."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{place}: expected a number, got {shorten(value)}")
    try:
        finite = math.isfinite(value)
    except OverflowError:  # a whole number beyond the floats
        finite = False
    if not finite:
        raise InputError(f"{place}: the number is too large for a float")
    return value if abs(value) <= EXACT else float(value)


def json_numbers(values, place, count):
    """The values as a list of so many numbers."""
    if len(json_list(values, place)) != count:
        raise InputError(f"{place}: expected {counted(count, 'number')}, got {len(values)}")
    return [json_number(value, f"{place}[{index}]") for index, value in enumerate(values)]


def json_whole(value, place, least=0):
    """The value itself, if it is a whole number of so many or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InputError(f"{place}: expected a whole number of {least} or more, got {shorten(value)}")
    return value


def one_line(value, place):
    """The value itself, if it is printable text in one line."""
    if not isinstance(value, str) or not value.isprintable():
        raise InputError(f"{place}: expected printable text in one line, got {shorten(value)}")
    return value


def at_place(place, call, *arguments, **settings):
    """The result of a call, whose InputError is told with the place in the document."""
    try:
        return call(*arguments, **settings)
    except InputError as error:
        message = str(error)
        raise InputError(message if message.startswith(place) else f"{place}: {message}") from None


def write_atomically(path, text):
    """Write a text, an iterable of texts, or bytes, to a file that is there as it was or as it will be, never in between."""
    check_path(path)
    parts = [text] if isinstance(text, (str, bytes)) else text
    data = (part.encode("utf-8") if isinstance(part, str) else part for part in parts)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):  # a pipe or a device, which must not be replaced
        with _told_of(path), open(path, "wb") as file:
            file.writelines(data)
        return
    if mode is not None:
        _check_mode(path, mode)
    path = os.path.realpath(os.fsdecode(path))
    folder = os.path.dirname(path)
    _remove_leftovers(folder)
    temporary = os.path.join(folder, f".neurosim-{os.getpid()}-{os.urandom(4).hex()}.tmp")
    with _told_of(path):
        try:
            with open(temporary, "xb") as file:
                file.writelines(data)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            os.replace(temporary, path)
        except BaseException:  # it may not be there yet, or no longer: an interruption comes at any moment
            with suppress(OSError):
                os.unlink(temporary)
            raise


def _remove_leftovers(folder):
    """Remove the temporary files of processes that were killed while they wrote, so that none fills the disk."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            leftover = LEFTOVER.fullmatch(entry.name)
            if leftover and entry.is_file(follow_symlinks=False) and _is_gone(int(leftover[1])):
                os.unlink(entry.path)


def _is_gone(process):
    """True if there is no process of this number, as far as can be told."""
    if os.name != "posix":  # where asking could end it
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # somebody else's, or no number of a process
        pass
    return False


@contextmanager
def _told_of(path):
    """An error that names the file that was asked for, and not the temporary one."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise
