# SPDX-License-Identifier: Apache-2.0
"""The one error tree of Muniment.

Every error carries a stable ``slug`` for programs, a sentence for a person and
the next thing to try. Doors map slugs to exit codes or HTTP status; no other
place does. Foreign exceptions are translated at the edge of a room.
"""

from __future__ import annotations


class MunimentError(Exception):
    """Anything Muniment refuses or cannot do, told in a sentence.

    Attributes:
        slug: Stable name of the kind of failure, in lower case with underscores.
        sentence: What was wrong, for a person; it never echoes personal data.
        next_step: What to try next, in one sentence.
    """

    slug = "error"
    next_step = "Read the sentence above; nothing was changed."

    def __init__(
        self, sentence: str, *, slug: str | None = None, next_step: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.slug = slug or type(self).slug
        self.next_step = next_step or type(self).next_step

    def __str__(self) -> str:
        """Give the sentence followed by the next step."""
        return f"{self.sentence} {self.next_step}"


class InvalidValueError(MunimentError, ValueError):
    """A value does not have the form its type demands."""

    slug = "value_invalid"
    next_step = "Correct the value and try again."


class EnvelopeError(MunimentError):
    """A submission fails a check of the envelope specification, section 4.6.

    The slug is one of the codes of section 4.10.
    """

    slug = "envelope_invalid"
    next_step = "Build and sign the event again with the signing SDK."


class RefusedError(MunimentError):
    """A well-formed, correctly signed event is refused by a rule of the domain."""

    slug = "refused"
    next_step = "Read which rule refused it; record what is legal in the present state."


class UnauthenticatedError(MunimentError):
    """Who asks is not proved: a signature, a session or a log-in does not hold."""

    slug = "unauthenticated"
    next_step = "Sign the request anew, or log in again."


class ThrottledError(MunimentError):
    """Somebody asks more often than the published limits allow.

    Attributes:
        retry_after: Whole seconds after which it may be asked again.
    """

    slug = "quota_exceeded"
    next_step = "Wait as long as the answer says, then ask again."

    def __init__(self, sentence: str, *, retry_after: int = 1) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class ConflictError(MunimentError):
    """The stream or the identifier has moved on: sequence, previous event or event id."""

    slug = "seq_conflict"
    next_step = "Fetch the present head of the stream, sign the event again and retry."


class UnreachableError(MunimentError):
    """The database, the signer or a file cannot be reached."""

    slug = "unreachable"
    next_step = "Check that the service runs and retry; what was acknowledged is kept."


class UnsafeError(MunimentError):
    """Going on would risk the promises of the ledger, so it stops instead."""

    slug = "unsafe"
    next_step = "Do not override this; read the operating manual first."


class ProofError(MunimentError):
    """A proof, tile, checkpoint or bundle does not verify."""

    slug = "proof_invalid"
    next_step = "Keep the file as evidence and fetch a fresh copy from the ledger."


class UsageError(MunimentError):
    """The command or its configuration cannot be understood."""

    slug = "usage"
    next_step = "Run the command with --help."
