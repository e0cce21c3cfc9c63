# SPDX-License-Identifier: Apache-2.0
"""What authorizations and firearms must allow a shipment (rule 6 of the domain facts, 9).

A shipment leaves only with what it drew from its authorization, within its dates and on
its route; every firearm that it names is one that the ledger holds.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.aggregate.objection import Objection, blocked
from domain.aggregate.scene import Scene
from domain.authorization.checks import authorization_unknown
from domain.authorization.shipment.events import Declared, Extended, Received
from domain.authorization.shipment.state import NOT_DECLARED, Shipment, beyond
from domain.authorization.state import Authorization, Draw
from domain.authorization.terms import Item, countries
from domain.firearm.state import Firearm, kind_of
from domain.occurrence import parse_occurrence


def drawn_before(scene: Scene, dat: Declared) -> Objection | None:
    """Every authorization is known, and the shipment drew on it before."""
    for identifier in (dat.authorization, *dat.further_authorizations):
        authorization = scene.other(identifier, Authorization)
        if authorization is None:
            return authorization_unknown(identifier)
        if authorization.draw_of(str(scene.event.sub)) is None:
            return _not_drawn(identifier)
    return None


def declared_as_drawn(scene: Scene, dat: Declared) -> Objection | None:
    """Each line is declared as it is authorized, in the quantity that was drawn."""
    for authorization, draw in _drawn(scene, (dat.authorization,)):
        drawn = {(each.line, each.quantity) for each in draw.portions}
        if {(item.line, item.quantity) for item in dat.items} != drawn:
            return _quantities_differ(dat.items, draw)
        differing = [item.line for item in dat.items if not _fits(item, authorization)]
        if differing:
            return _goods_differ(differing)
    return None


def further_draws_equal(scene: Scene, dat: Declared) -> Objection | None:
    """The other States' authorizations were drawn on for as much in all."""
    total = sum(item.quantity for item in dat.items)
    for _, draw in _drawn(scene, dat.further_authorizations):
        if draw.total != total:
            return _quantities_differ(dat.items, draw)
    return None


def exit_authorized(scene: Scene, dat: Declared) -> Objection | None:
    """The day of exit falls within the dates of the authorization (rule 6)."""
    for authorization, _ in _drawn(scene, (dat.authorization,)):
        standing = authorization.standing_on(parse_occurrence(dat.exit_on))
        if standing != "valid":
            return blocked(
                "authorization_not_valid",
                "The authorization does not cover the day of exit.",
                axis="dates",
                found=f"{dat.exit_on}: {standing}",
                legal=(authorization.days,),
            )
    return None


def route_authorized(scene: Scene, dat: Declared) -> Objection | None:
    """It goes only through States that the authorization names."""
    for authorization, _ in _drawn(scene, (dat.authorization,)):
        strange = [
            each for each in countries(dat.transit_countries) if each not in authorization.transit
        ]
        if strange:
            return blocked(
                "route_not_authorized",
                "The authorization does not name that transit State.",
                axis="route",
                found=", ".join(strange),
                legal=authorization.transit or ("none",),
            )
    return None


def firearms_known(scene: Scene, dat: Declared | Extended | Received) -> Objection | None:
    """Every firearm named is one that this ledger holds."""
    named = dat.extra if isinstance(dat, Received) else dat.firearms
    unknown = [each for each in named if scene.other(each, Firearm) is None]
    if not unknown:
        return None
    return blocked(
        "firearm_unknown",
        "This ledger holds no such firearm.",
        axis="firearms",
        found=", ".join(unknown),
        legal=("register the firearm first",),
    )


def firearms_of_declared_kinds(scene: Scene, dat: Declared | Extended) -> Objection | None:
    """The firearms named are of the kinds that the lines declare, and no more of each (rule 6)."""
    own = scene.state if isinstance(scene.state, Shipment) else NOT_DECLARED
    items = dat.items if isinstance(dat, Declared) else own.items
    named = (scene.other(each, Firearm) for each in dat.firearms)
    over = beyond(items, [kind_of(each.state) for each in named if each is not None])
    if not over:
        return None
    return blocked(
        "shipment_kind",
        "A firearm is of another kind than the lines declare, or there are too many of its kind.",
        axis="lines",
        found=", ".join(f"{kind}: {number} too many" for kind, number in sorted(over.items())),
        legal=tuple(
            f"line {each.line}: {each.quantity} {each.kind or 'of any kind'}" for each in items
        ),
    )


def _drawn(scene: Scene, identifiers: Iterable[str]) -> list[tuple[Authorization, Draw]]:
    """Give the authorizations that hold a draw of this shipment; others were objected to."""
    known = [scene.other(each, Authorization) for each in identifiers]
    return [
        (each, draw)
        for each in known
        if each is not None and (draw := each.draw_of(str(scene.event.sub))) is not None
    ]


def _fits(item: Item, authorization: Authorization) -> bool:
    line = authorization.item(item.line)
    return line is not None and (item.goods, item.kind) == (line.goods, line.kind)


def _not_drawn(identifier: str) -> Objection:
    return blocked(
        "shipment_not_drawn",
        "This shipment has drawn nothing on the authorization.",
        axis="shipment",
        found=identifier,
        legal=("authorization.drawn",),
    )


def _quantities_differ(items: Iterable[Item], draw: Draw) -> Objection:
    return blocked(
        "shipment_quantity",
        "It declares other quantities than it drew.",
        axis="quantity",
        found=", ".join(f"line {item.line}: {item.quantity}" for item in items),
        legal=tuple(f"line {each.line}: {each.quantity}" for each in draw.portions),
    )


def _goods_differ(lines: Iterable[int]) -> Objection:
    return blocked(
        "shipment_goods",
        "A line declares other goods than the authorization names.",
        axis="lines",
        found=", ".join(map(str, lines)),
        legal=("goods and kind as authorized",),
    )
