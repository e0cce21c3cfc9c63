# SPDX-License-Identifier: Apache-2.0
"""What the words of the law mean, and those of the ledger, for whoever meets them on a page.

The words and meanings are those of docs/glossary.md, which has more of them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from api.languages import marked as _


class Term(NamedTuple):
    """A word of the field.

    Attributes:
        word: The word, as a message id.
        meaning: What it means, as a message id.
        source: The instrument that it comes from.
    """

    word: str
    meaning: str
    source: str


TERMS: Final = (
    Term(
        _("access"),
        _("a look at the record, stated with its purpose by whoever looked"),
        "WaffRG 25",
    ),
    Term(
        _("alert"),
        _("an open flag: lost, stolen, sought, seized, surrendered, forfeited; several at once"),
        "Regulation (EU) 2018/1862 art. 38(2)(j)",
    ),
    Term(
        _("authorization"),
        _(
            "what a State allows to cross its border: goods, quantities, days, route, final "
            "recipient"
        ),
        "UNP art. 10",
    ),
    Term(
        _("component"),
        _(
            "a part with a record of its own: frame, receiver, barrel, slide, cylinder, bolt, "
            "breech block, moderator; while it is loose it is traded, listed, seized and "
            "moved like a firearm"
        ),
        "UNP art. 3(b); EU art. 1(1)(2)",
    ),
    Term(_("contradiction"), _("a recorded fact that does not fit others; kept, never hidden"), ""),
    Term(_("custody"), _("where it physically is; not the same as who answers for it"), ""),
    Term(_("deactivated"), _("made permanently unusable, with a certificate"), "UNP art. 9"),
    Term(
        _("discrepancy"),
        _("what a count found wrong, until a later one or an event explains it"),
        "MOSAIC 05.20",
    ),
    Term(
        _("disposal"),
        _(
            "what officially becomes of a forfeited or surrendered firearm: destroyed, "
            "deactivated, retained, released to trade, museum, returned"
        ),
        "UNP art. 6(2)",
    ),
    Term(
        _("duty"),
        _("what an event makes due, by when, under a policy; met, open or overdue on a date"),
        "UNP art. 8(1), 10, 11",
    ),
    Term(
        _("firearm"),
        _("portable barrelled weapon that expels by an explosive; one stream of events"),
        "UNP art. 3(a)",
    ),
    Term(
        _("forfeited"),
        _("without an owner by order of a court; seized is not yet that"),
        "UNP art. 6(1)",
    ),
    Term(_("gap"), _("a time of which nothing is on record"), ""),
    Term(
        _("hand-over"),
        _("a change of hands that both sides report; open, and visibly so, until the second did"),
        "27 CFR 478.125; WaffG 37a, 37b",
    ),
    Term(
        _("holder class"),
        _(
            "who answers for it: maker, dealer, civilian, estate, state stock, museum, "
            "unknown, none"
        ),
        "",
    ),
    Term(
        _("holding"),
        _("one person's having of a firearm, as a random id; the person is in the vault"),
        "",
    ),
    Term(_("import mark"), _("mark of the country and year of import"), "UNP art. 8(1)(b)"),
    Term(
        _("leading part"),
        _("the frame or receiver by which a register knows a firearm"),
        "EU art. 4(5); WaffG Anl. 1",
    ),
    Term(
        _("licence"),
        _(
            "permission of a person or business; valid, suspended or ended on each day by "
            "what counts from that day"
        ),
        "EU art. 4(3), 6, 9, 10",
    ),
    Term(
        _("lot"),
        _("firearms listed to be destroyed together, or one maker's lot of ammunition"),
        "MOSAIC 05.50; EU art. 4(2)",
    ),
    Term(
        _("marking"),
        _("text or symbols on one part, as applied or as seen"),
        "UNP art. 8; ITI 7 to 10",
    ),
    Term(
        _("policy"),
        _(
            "the duties of a jurisdiction with their deadlines, in a file that it adopts by "
            "policy.adopted"
        ),
        "ITI 18; UNP art. 8(1), 10, 11",
    ),
    Term(
        _("point of diversion"),
        _(
            "place, time or circumstances where a firearm left lawful hands; of one made "
            "illicitly, its making"
        ),
        "SDG indicator 16.4.2",
    ),
    Term(
        _("record"),
        _("what States keep, for at least ten years, better for ever"),
        "UNP art. 7; ITI 11 to 13",
    ),
    Term(
        _("restored"),
        _("characters of a damaged mark made visible again; evidence, never a replacement"),
        "ITI 9",
    ),
    Term(
        _("reversal"),
        _("the newest event of a firearm undone within 100 days; both events stay"),
        "NWR; firearm.reversed",
    ),
    Term(
        _("seizure"),
        _("taken by an authority, even for a time; only criminal ones count in SDG 16.4.2"),
        "SDG indicator 16.4.2",
    ),
    Term(
        _("serial"),
        _("the number on the frame or receiver; known, unknown, or none"),
        "UNP art. 8(1)(a); EU art. 4(2)",
    ),
    Term(
        _("shipment"),
        _(
            "goods that leave together under an authorization; what differs on arrival stays "
            "a finding"
        ),
        "UNP art. 10(4)",
    ),
    Term(
        _("surrendered"),
        _("handed over willingly, outside a planned investigation"),
        "SDG indicator 16.4.2",
    ),
    Term(
        _("tracing request"),
        _("question from one State to another about a firearm held illicit"),
        "ITI 16 to 23",
    ),
    Term(
        _("tracing"),
        _("following a firearm from manufacture to find where it left lawful hands"),
        "UNP art. 3(f); ITI 5",
    ),
    Term(
        _("trafficking"),
        _("moving it between States without authorization or marks"),
        "UNP art. 3(e)",
    ),
    Term(
        _("unknown, none"),
        _("not found with reasonable effort; does not exist. Never the same"),
        "",
    ),
    Term(
        _("access log"),
        _(
            "the record of who was shown persons or traces, or was refused; chained, outside "
            "of the log, erased by rule"
        ),
        "",
    ),
    Term(_("bundle"), _("the evidence about one firearm, in one file"), ""),
    Term(_("checkpoint"), _("size and root of the log, signed by the log's key"), ""),
    Term(
        _("disclosure"),
        _("a personal datum, sealed in the vault; the log holds its salted digest"),
        "",
    ),
    Term(
        _("endorsement"),
        _("a second person's signature inside an event, over what it does and where it stands"),
        "",
    ),
    Term(_("entry, index"), _("one event in the log, and its place from 0"), ""),
    Term(
        _("erasure"),
        _(
            "persons in a record made unreadable: proposed, approved by another person, "
            "executed; the proofs stay"
        ),
        "",
    ),
    Term(
        _("hold"),
        _(
            "what keeps persons from being erased although their retention has ended, with a "
            "day of review"
        ),
        "",
    ),
    Term(
        _("late"),
        _(
            "certainly recorded, or by its own date signed, longer after it happened than the "
            "term of the adopted policy"
        ),
        "",
    ),
    Term(
        _("mandate"),
        _(
            "a role of a key, in some jurisdictions, between two places of the log; it covers "
            "the jur of an event, or the whole of its authority where the event states none"
        ),
        "",
    ),
    Term(
        _("disputed entry"),
        _("signed by a key in the time for which it was later called compromised"),
        "",
    ),
    Term(_("receipt"), _("index, inclusion proof and checkpoint for one appended event"), ""),
    Term(_("suspect"), _("stating a time that is certainly after the recording"), ""),
    Term(
        _("witness"),
        _("a party that cosigns a checkpoint only if it grew out of the last one it cosigned"),
        "",
    ),
    Term(
        _("trust file"),
        _(
            "which keys a reader trusts; root keys may sign it, so that an older one leads to "
            "a newer"
        ),
        "",
    ),
    Term(
        _("vault"),
        _("where personal data is, encrypted, each holding under a key of its own"),
        "",
    ),
)
