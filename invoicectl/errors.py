"""Every refusal invoicectl can make, and the exit code it ends with.

0 done, 1 a bug, 2 bad usage, 3 part of several failed, 4 not found, 5 not acceptable,
6 against a rule or the state, 7 --yes is missing, 8 not configured, 9 not delivered,
10 the database, 11 no permission, 12 `check` found something, 130 interrupted.
"""

import errno


class InvoicectlError(Exception):
    """A refusal its user can act on; anything else that escapes is a bug."""

    exit_code = 1
    code = "internal_error"

    def __init__(
        self, message: str, *, hint: str = "", details: list[dict[str, str]] | None = None
    ) -> None:
        """Keep what is wrong, the way out, and which fields are meant (`[{field, message}]`)."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details or []


class UsageError(InvoicectlError):
    """A command line that cannot be read: an unknown option, a value that is no value."""

    exit_code = 2
    code = "usage_error"


class PartialError(InvoicectlError):
    """Some of several were done and some were not; the answer on stdout says which."""

    exit_code = 3
    code = "partial"


class NotFoundError(InvoicectlError):
    """No record or file of this name, or more than one."""

    exit_code = 4
    code = "not_found"


class ValidationError(InvoicectlError):
    """Readable, and not acceptable."""

    exit_code = 5
    code = "validation_error"

    @classmethod
    def at(cls, field: str, reason: str, *, hint: str = "") -> "ValidationError":
        """Return the refusal of one field, named by its path (`lines[2].quantity`)."""
        return cls(f"{field}: {reason}", hint=hint, details=[{"field": field, "message": reason}])


class ConflictError(InvoicectlError):
    """A rule or the state of the books forbids it."""

    exit_code = 6
    code = "conflict"


class ConfirmationRequiredError(InvoicectlError):
    """What cannot be undone needs --yes where nobody can be asked."""

    exit_code = 7
    code = "confirmation_required"


class NotConfiguredError(InvoicectlError):
    """A setting is missing that this command needs."""

    exit_code = 8
    code = "not_configured"


class DeliveryError(InvoicectlError):
    """The mail server did not take the message; nothing was sent."""

    exit_code = 9
    code = "delivery_failed"


class DatabaseError(InvoicectlError):
    """The database is missing, locked, damaged, newer than this program, or full."""

    exit_code = 10
    code = "database_error"


class PermissionDeniedError(InvoicectlError):
    """A file or folder may not be read or written."""

    exit_code = 11
    code = "permission_denied"


class FindingsError(InvoicectlError):
    """`check` found something; the findings are on stdout."""

    exit_code = 12
    code = "findings"


class InterruptionError(InvoicectlError):
    """Ctrl-C: the command ended in order, and nothing half done is left."""

    exit_code = 130
    code = "interrupted"


class ReaderGone(Exception):  # noqa: N818 - nothing went wrong
    """Whoever read our output has gone: the command ends quietly, as if it were done.

    No BrokenPipeError, which Typer would turn into an exit code of its own.
    """


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def of_system(error: OSError, what: str = "") -> InvoicectlError | None:
    """Return the refusal for what the system says of files and folders, None where it is a bug.

    `what` is what could not be done; it is else said of the file that the system names.
    """
    what = what or f"{error.filename or 'a file'} cannot be written"
    if error.errno in FULL:
        return DatabaseError(f"{what}: the disk is full")
    if error.errno in FORBIDDEN:
        of = f": {error.filename}" if error.filename and str(error.filename) not in what else ""
        return PermissionDeniedError(f"{what}: {error.strerror}{of}")
    return None
