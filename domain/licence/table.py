# SPDX-License-Identifier: Apache-2.0
"""The table of licence events, and the aggregate of a licence's stream.

Implements the licence rows of the domain facts, section 5: the licensing authority decides;
a dealer may hand in an application, and a business reports its own end. A person acts only
through the authority.
"""

from __future__ import annotations

from typing import Any, Final

from domain.aggregate.aggregate import Aggregate, record_aggregate
from domain.aggregate.correcting import correction_line
from domain.aggregate.line import Line
from domain.erasure.holds import hold_lines
from domain.firearm.lines.persons import PERSON
from domain.licence import effects
from domain.licence.events import (
    Applied,
    BanImposed,
    BanLifted,
    BusinessCeased,
    Expired,
    Issued,
    LicenceCorrected,
    Refused,
    Registered,
    Reinstated,
    Renewed,
    Revoked,
    Suspended,
    Varied,
)
from domain.licence.rules import (
    after_what_it_ends,
    authority_known,
    ban_open,
    in_sequence,
    is_business,
    not_banned,
    number_is_public,
    register_handed_over,
    stock_known,
    successor_may_trade,
    term_in_order,
    varies_something,
)
from domain.licence.state import BLANK, Licence

ORIGINS: Final = frozenset({"licence.applied", "licence.registered"})
"""The types with which a licence's stream begins, and which occur only there."""

BEGINNING: Final[tuple[Line[Licence, Any], ...]] = (
    Line(
        evt="licence.applied",
        source="Directive (EU) 2021/555, articles 5 and 6",
        dat=Applied,
        roles="LIC DLR",
        effect=effects.applied,
        claims=PERSON,
        digests=8,
        subject="lic",
    ),
    Line(
        evt="licence.registered",
        source="NWR, stock notice",
        dat=Registered,
        roles="LIC",
        effect=effects.registered,
        rules=(term_in_order,),
        claims=PERSON,
        digests=8,
        subject="lic",
    ),
    Line(
        evt="licence.issued",
        source="Directive (EU) 2021/555, articles 4(3), 6 and 9",
        dat=Issued,
        roles="LIC",
        effect=effects.issued,
        rules=(in_sequence("licence.issued"), not_banned, term_in_order, number_is_public),
        claims=PERSON,
        digests=8,
        subject="lic",
    ),
    Line(
        evt="licence.refused",
        source="Delegated Regulation (EU) 2021/1423",
        dat=Refused,
        roles="LIC",
        effect=effects.refused,
        rules=(in_sequence("licence.refused"),),
        subject="lic",
    ),
)

GOING_ON: Final[tuple[Line[Licence, Any], ...]] = (
    Line(
        evt="licence.renewed",
        source="Directive (EU) 2021/555, article 6(4)",
        dat=Renewed,
        roles="LIC",
        effect=effects.renewed,
        rules=(in_sequence("licence.renewed"), not_banned, term_in_order),
        subject="lic",
    ),
    Line(
        evt="licence.varied",
        source="WaffRG 5",
        dat=Varied,
        roles="LIC",
        effect=effects.varied,
        rules=(in_sequence("licence.varied"), varies_something),
        subject="lic",
    ),
    Line(
        evt="licence.suspended",
        source="WaffRG 5; WaffG 46",
        dat=Suspended,
        roles="LIC",
        effect=effects.suspended,
        rules=(in_sequence("licence.suspended"),),
        subject="lic",
    ),
    Line(
        evt="licence.reinstated",
        source="WaffRG 5",
        dat=Reinstated,
        roles="LIC",
        effect=effects.reinstated,
        rules=(in_sequence("licence.reinstated"), not_banned, after_what_it_ends),
        subject="lic",
    ),
)

ENDING: Final[tuple[Line[Licence, Any], ...]] = (
    Line(
        evt="licence.revoked",
        source="WaffG 45 and 46",
        dat=Revoked,
        roles="LIC",
        effect=effects.revoked,
        rules=(in_sequence("licence.revoked"),),
        subject="lic",
    ),
    Line(
        evt="licence.expired",
        source="WaffRG 5",
        dat=Expired,
        roles="LIC",
        effect=effects.expired,
        rules=(in_sequence("licence.expired"),),
        subject="lic",
    ),
    Line(
        evt="licence.business-ceased",
        source="Directive (EU) 2021/555, article 4(4); ITI 13; 27 CFR 478.127",
        dat=BusinessCeased,
        roles="LIC DLR BRK MFR",
        effect=effects.business_ceased,
        rules=(is_business, in_sequence("licence.business-ceased"), register_handed_over),
        checks=(authority_known, successor_may_trade, stock_known),
        links=("successor", "stock"),
        subject="lic",
    ),
    Line(
        evt="licence.ban-imposed",
        source="WaffG 41",
        dat=BanImposed,
        roles="LIC CRT",
        effect=effects.ban_imposed,
        rules=(not_banned,),
        subject="lic",
    ),
    Line(
        evt="licence.ban-lifted",
        source="WaffG 41",
        dat=BanLifted,
        roles="LIC CRT",
        effect=effects.ban_lifted,
        rules=(ban_open, after_what_it_ends),
        subject="lic",
    ),
)

DECIDED: Final = (*BEGINNING, *GOING_ON, *ENDING, *hold_lines("licence", "lic"))
"""What can be corrected."""

LICENCE: Final[Aggregate[Licence]] = record_aggregate(
    "lic",
    (*DECIDED, correction_line("licence.corrected", LicenceCorrected, DECIDED)),
    blank=BLANK,
    origins=ORIGINS,
)
"""The aggregate of a licence's stream."""
