"""What can go wrong with the embedded servers, in words for the person at the terminal."""


class EmbeddedError(Exception):
    """The embedded servers cannot be started; the message says why."""


class InUseError(EmbeddedError):
    """Another running process has its servers on this data folder."""
