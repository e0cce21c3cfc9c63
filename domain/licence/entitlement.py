# SPDX-License-Identifier: Apache-2.0
"""What an event states of licences: the receiver's, the giver's, or why nobody shows one.

Implements "permit of each", "counterparty id + licence" and "valid maker licence" of the domain
facts, section 5 (Directive (EU) 2021/555, articles 4(3), 5, 6; 27 CFR 478.99, 478.125). What is
shown, and what the licences on record are worth, is asked in ``showing`` and ``checking``.
"""

from __future__ import annotations

from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.licence.codes import Category, Exemption
from domain.schema import HoldingId, LicenceId


class UnderLicence(Fact):
    """What an event states of its receiver's licence.

    Attributes:
        licence: Licence of the receiver.
        licence_hld: Holding under which that licence was given, where the same person has this
            firearm under another one.
        category: Category of the firearm by the law that licences are issued under.
    """

    licence: Maybe[LicenceId] = None
    licence_hld: Maybe[HoldingId] = None
    category: Maybe[Category] = None


class Entitled(UnderLicence):
    """What an event states of its receiver's licence, or why the receiver shows none.

    Attributes:
        exemption: Why no licence is shown.
    """

    exemption: Maybe[Exemption] = None


class Supplied(Entitled):
    """What an event states of the licences on both sides.

    Attributes:
        from_licence: Licence of the person or business that it comes from.
    """

    from_licence: Maybe[LicenceId] = None
