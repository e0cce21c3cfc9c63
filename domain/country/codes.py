# SPDX-License-Identifier: Apache-2.0
"""The codes of countries: today's, those of States that ended, and those left to users.

Implements the country lists of the domain facts, sections 6 and 7: ISO 3166-1 and 3166-3, as the
library pycountry has them; a test compares them. Codes that ISO only reserves, such as UK, name
no country here. What a code meant in which year is told by ``api.lists.countries``.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase
from types import MappingProxyType
from typing import Final

from domain.errors import InvalidValueError

_CURRENT: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
    "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
    "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
    "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
    "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
    "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
    "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
    "US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
CURRENT: Final = frozenset(_CURRENT.split())
"""ISO 3166-1, alpha-2."""

_FORMER: Final = (
    "AI AN BQ BU BY CS CT DD DY FQ FX GE HV JT MI NH NQ NT PC PU PZ RH SK SU TP VD WK YD YU ZR"
)
FORMER: Final = frozenset(_FORMER.split())
"""ISO 3166-3, the two letters that a State had before it ended; some name another one today."""

USER_ASSIGNED: Final = frozenset(
    {"AA", "ZZ"}
    | {f"Q{letter}" for letter in ascii_uppercase if letter >= "M"}
    | {f"X{letter}" for letter in ascii_uppercase}
)
"""Left to users by ISO 3166-1: AA, QM to QZ, XA to XZ and ZZ."""

MISTAKEN: Final[Mapping[str, str]] = MappingProxyType({"UK": "GB", "EL": "GR"})
"""What is written for a country elsewhere, and its code: UK is only reserved by ISO, EL is the
European Union's for Greece."""

_CODES: Final = CURRENT | FORMER | USER_ASSIGNED


def check_place(code: str) -> str:
    """Give a code of a country, or of a part of one, back unchanged.

    Raises:
        InvalidValueError: ``country_unknown``. No country has or had those two letters.
    """
    country = code[:2]
    if country in _CODES:
        return code
    known = MISTAKEN.get(country)
    raise InvalidValueError(
        f"{country} is no country of ISO 3166.",
        slug="country_unknown",
        next_step=f"Write {known}." if known else "List them with `muniment lists countries`.",
    )
