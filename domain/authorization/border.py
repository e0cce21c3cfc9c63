# SPDX-License-Identifier: Apache-2.0
"""What a border leaves behind in a firearm's state: a mark that is due, a stay that must end.

Implements rule 3 of the domain facts, section 9, from article 8(1)(b) of the Firearms Protocol:
an imported firearm bears the country of import, and where it has no unique mark it gets one. A
temporary movement for a lawful purpose is exempt, and has a day by which it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from domain.authorization.codes import MovePurpose
from domain.codes import MarkState
from domain.markings import Marking

LACKS_UNIQUE_MARK: Final[frozenset[MarkState]] = frozenset(
    {"unmarked", "partly_obliterated", "obliterated", "restored"}
)
"""Nothing unique can be read on it; restored characters are evidence, and no mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDue:
    """Marks that an import makes due.

    Attributes:
        country: Country of import, which the mark has to name.
        import_mark: Whether the import mark is still due.
        unique_mark: Whether a unique mark is still due.
        then: State of the marks once nothing is due.
    """

    country: str
    import_mark: bool
    unique_mark: bool
    then: MarkState

    @property
    def open(self) -> bool:
        """Whether anything is still due."""
        return self.import_mark or self.unique_mark

    def after(self, mark: Marking, marks: MarkState) -> ImportDue:
        """Give what is due once a mark was cut; one that cannot be read leaves all of it due.

        Args:
            mark: The mark.
            marks: State of the marks as it would be without an import.
        """
        if mark.condition != "legible":
            return self
        if mark.kind == "import" and mark.country == self.country:
            return replace(self, import_mark=False)
        if marks == "re_marked":
            return replace(self, unique_mark=False, then="re_marked")
        if mark.kind == "manufacture" and self.unique_mark:
            return replace(self, unique_mark=False, then="adequate")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stay abroad for a time.

    Attributes:
        imported: Whether it came in for a time, rather than went out.
        home: Country that it came from, where known.
        country: Country in which it stays.
        purpose: What for.
        due_on: Last day.
    """

    imported: bool
    home: str | None
    country: str
    purpose: MovePurpose
    due_on: str
