"""The one exception that bad input raises."""


class BadInput(Exception):
    """Something the caller gave cannot be used.

    The message is one line that says what is wrong, where, and what to do about it. Anything else that is raised is a bug.
    """
