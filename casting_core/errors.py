"""The exceptions of the project: one small tree.

    CastingError
    ├── ImageError      a picture cannot be decoded, or is over a limit
    ├── DataError       a data set is missing, incomplete or of another layout
    ├── ModelError      a model folder is missing, altered or of another version
    ├── SettingsError   a setting, threshold or argument is out of its range
    └── Cancelled       the caller asked a long task to stop

Every message says what was expected, what came, and what to do next. Pages and
the command line catch the root and nothing broader.
"""


class CastingError(Exception):
    """Root of everything that this package raises on purpose."""


class ImageError(CastingError):
    """A picture cannot be decoded, or is over a limit of bytes or pixels."""


class DataError(CastingError):
    """A data set is missing, incomplete, or laid out in another way."""


class ModelError(CastingError):
    """A model folder is missing, incomplete, altered, or of an unknown kind."""


class SettingsError(CastingError):
    """A setting or an argument is out of its range."""


class Cancelled(CastingError):
    """The caller asked a long task to stop; what was finished is kept."""
