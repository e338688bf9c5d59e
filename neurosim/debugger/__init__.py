"""A debugger in the manner of gdb and pdb: through a computation number by number, forward and back.

A network, examples and a person's commands come in.
What the commands show is printed.
"""
