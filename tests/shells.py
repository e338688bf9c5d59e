"""What a debugger that writes to a text prints."""


def said(shell, *lines):
    """What the shell prints for these lines, as a list."""
    shell.stdout.seek(0)
    shell.stdout.truncate()
    for line in lines:
        assert not shell.onecmd(line)
    return shell.stdout.getvalue().splitlines()
