# SPDX-License-Identifier: Apache-2.0
"""The shape of a mapping file, as closed models.

A mapping says, in TOML and without any code, which rows of a register are firearms,
which of them are the same one, and which column becomes which member of which event.
``loading`` reads and checks it, ``transform`` carries it out, docs/importing.md explains
it to a registrar.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from api.importing.source.rows import Encoding, Format
from domain.schema import Code, Text

QUANTITY_MAX: Final = 10_000
"""The most firearms that one row may stand for."""

Give = Literal["text", "stated", "known", "integer", "meaning", "holding"]
Empty = Literal["omit", "unknown", "none", "refuse"]
Precision = Literal["instant", "day", "month", "year"]
Language = Literal["ar", "de", "el", "en", "es", "fa", "fr", "pt", "ru", "uk", "zh"]
RemarkAbout = Literal["condition", "damage"]
Scalar = str | int | bool


def _as_text(value: Any) -> Any:
    """A date that TOML has read as one is the text that was written."""
    return (
        value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
    )


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_LIST: Final[Any] = Field(default=(), strict=False)
_NEEDED_LIST: Final[Any] = Field(strict=False, min_length=1)


class SourcePart(_Part):
    """``[source]``: what the file is and how it is read.

    Attributes:
        register: Code of the register.
        as_of: State of the register that the file shows.
        part: Which part of one delivery the file is, if it came in several.
        format: Kind of file; ``auto`` goes by its content and name.
        encoding: Encoding of delimited text.
        delimiter: Character between cells.
        sheet: Sheet of a workbook.
        skip_rows: Lines before the header.
        final_newline: Whether a last row without a line break counts as cut.
    """

    register_: Code = Field(alias="register")
    as_of: Annotated[str, BeforeValidator(_as_text)]
    part: str = ""
    format: Format = "auto"
    encoding: Encoding = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    sheet: str | None = None
    skip_rows: Annotated[int, Field(ge=0, le=1000)] = 0
    final_newline: Literal["required", "optional"] = "required"


class Condition(_Part):
    """One condition on a row: a column and exactly one test of it.

    Attributes:
        column: The column that is tested.
        filled: Whether it must hold something.
        is_in: Admitted values, compared without case and accents (``in``).
        not_in: Values that it must not have, compared in the same way.
        in_table: Value table that must know it.
        not_in_table: Value table that must not know it.
        spelling: List of spellings that reads it, with ``means``.
        means: Admitted meanings.
    """

    column: str
    filled: bool | None = None
    is_in: tuple[str, ...] | None = Field(default=None, alias="in", strict=False)
    not_in: tuple[str, ...] | None = Field(default=None, strict=False)
    in_table: str | None = None
    not_in_table: str | None = None
    spelling: str | None = None
    means: tuple[str, ...] | None = Field(default=None, strict=False)


class Value(_Part):
    """Where one member of an event takes its value from.

    Attributes:
        const: A fixed value, instead of a column.
        column: The column.
        pattern: Regular expression; its first group is taken, no match counts as empty.
        split: Text between several values of one cell; the member becomes a list.
        spelling: List of spellings that reads the cell.
        table: Value table that translates it.
        formats: Formats of a date, as in ``strptime``.
        precision: How much of the date the source really knows.
        prefix: Text put before the value.
        give: What the member receives.
        empty: What becomes of an empty cell.
        omit: Values that are left out, after translation.
    """

    const: Scalar | None = None
    column: str | None = None
    pattern: str | None = None
    split: str | None = None
    spelling: str | None = None
    table: str | None = None
    formats: tuple[str, ...] = _LIST
    precision: Precision | None = None
    prefix: str = ""
    give: Give = "text"
    empty: Empty | None = None
    omit: tuple[str, ...] = _LIST


class Refuse(_Part):
    """``[[rows.refuse]]``: rows that are left out, under a name of the mapping's own."""

    slug: Code
    sentence: Annotated[str, Field(min_length=1, max_length=200)]
    when: tuple[Condition, ...] = _NEEDED_LIST


class Quantity(_Part):
    """``rows.quantity``: the column that says how many alike objects a row stands for."""

    column: str
    max: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] = QUANTITY_MAX


class RowsPart(_Part):
    """``[rows]``: which rows become firearms, and how many."""

    refuse: tuple[Refuse, ...] = _LIST
    quantity: Quantity | None = None


class IdentityPart(_Part):
    """``[identity]``: what makes two rows the same row, firearm or licence.

    Attributes:
        row: Columns that name a row for ever; else its line and its cells do.
        gun: Values that name a firearm; where one is missing the row is its own firearm.
        licence: Values that name a licence or an application for one.
        duplicate_reason: Code stated where another firearm has this make and serial.
    """

    row: tuple[str, ...] = _LIST
    gun: tuple[Value, ...] = _LIST
    licence: tuple[Value, ...] = _LIST
    duplicate_reason: Code | None = None


class Table(_Part):
    """``[tables.NAME]``: values of the source and the codes they stand for.

    Attributes:
        missing: What becomes of a value that the table lacks: ``refuse`` the row,
            ``omit`` the member, or the code to use.
        values: Code for each value of the source.
    """

    missing: Scalar = "refuse"
    values: dict[str, Scalar]


class Read(_Part):
    """One meaning and the spellings that have it, compared without case and accents."""

    means: Code
    texts: tuple[str, ...] = _LIST
    patterns: tuple[str, ...] = _LIST


class Spelling(_Part):
    """``[spellings.NAME]``: how the words found in a column are understood.

    Attributes:
        strip: Characters cut from both ends.
        drop: Regular expressions of what is cut away before reading, such as notes.
        empty: Meaning of an empty cell.
        otherwise: Meaning of what no list knows.
        read: The lists, tried in order.
        languages: Languages whose words for "no serial" are read after these lists.
        about: What those words tell: the condition of the mark, or the damage done to it.
    """

    strip: str = ""
    drop: tuple[str, ...] = _LIST
    empty: Code = "unknown"
    otherwise: Code = "legible"
    read: tuple[Read, ...] = _LIST
    languages: tuple[Language, ...] = _LIST
    about: RemarkAbout = "condition"

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        if not self.read and not self.languages:
            raise ValueError("state lists to read, or languages")
        return self


class Item(_Part):
    """``[[events.items]]``: one entry of a list inside an event, if its condition holds."""

    at: str
    when: tuple[Condition, ...] = _LIST
    fields: dict[str, Value]


class EventPart(_Part):
    """``[[events]]``: one event that a row may become.

    Attributes:
        evt: Name of the event type.
        first_only: Recorded only for a firearm, part or licence that was not seen before.
        occ: When it happened.
        when: Conditions, all of which must hold.
        fields: Dotted path of each member and where its value comes from.
        items: Entries of lists.
    """

    evt: Text
    first_only: bool = False
    occ: Value
    when: tuple[Condition, ...] = _LIST
    fields: dict[str, Value]
    items: tuple[Item, ...] = _LIST


class Mapping(_Part):
    """A whole mapping file.

    Attributes:
        source: What the file is.
        rows: Which rows become firearms.
        identity: What makes two rows the same.
        tables: Value tables by name.
        spellings: Lists of spellings by name.
        common: Members that every event gets.
        events: The events that a row may become, in the order of recording.
    """

    source: SourcePart
    rows: RowsPart = RowsPart()
    identity: IdentityPart = IdentityPart()
    tables: dict[str, Table] = {}
    spellings: dict[str, Spelling] = {}
    common: dict[str, Value] = {}
    events: tuple[EventPart, ...] = _NEEDED_LIST

    def with_common_members(self) -> Self:
        """Give the mapping with the members of every event written out in each.

        Besides ``[common]`` these are the register and its state, so that no imported
        event can fail to say where it comes from.
        """
        common = {
            "source.register_code": Value(const=self.source.register_),
            "source.as_of": Value(const=self.source.as_of),
            **self.common,
        }
        events = [
            event.model_copy(update={"fields": {**common, **event.fields}}) for event in self.events
        ]
        return self.model_copy(update={"common": {}, "events": tuple(events)})
