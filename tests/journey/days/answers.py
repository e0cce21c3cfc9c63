# SPDX-License-Identifier: Apache-2.0
"""What people of the day answer, page by page: each question by its words."""

from __future__ import annotations

from tests.journey.days.people import Answers

SERIAL = "EXW-18B0457"
OWNER = "EXAMPLE PERSON (invented)"
STATION = 'STATION 7 <img src=x onerror="window.ran = 1">'
AGENCY = "NCB of XB <script>window.ran = 1</script>"
"""Markup that others read: a browser that took it for such would be heard to complain."""

LICENCE: tuple[Answers, ...] = (
    {
        "When it happened": "2018",
        "Status": "Valid",
        "First day": "2018-01-01",
        "Last day": "2040-12-31",
        "Kind of licence": "Maker",
    },
    {
        "Name of the holder": "EXAMPLE WORKS",
        "Code of the register": "Paper register",
        "State of that register": "2018",
    },
)
MADE: Answers = {
    "When it happened": "2019-03-11",
    "Make": "EXAMPLE WORKS",
    "Model": "EX-9",
    "Kind of gun": "Pistol",
    "Action": "Semi-automatic",
    "Calibre": "9x19",
    "Year of manufacture": "2019",
    "Country of manufacture": "XA",
    "Serial number": SERIAL,
    "Part that carries the serial": "Frame",
}
MARKED: tuple[Answers, ...] = (
    {"When it happened": "2019-03-12"},
    {
        "What the mark is for": "Manufacture",
        "Text as seen": SERIAL,
        "Condition": "Legible",
        "Part that carries it": "Frame or lower receiver",
        "Maker that the mark names": "EXAMPLE WORKS",
        "Country that the mark names": "XA",
    },
)
SOLD: Answers = {"When it happened": "2020-02-14", "How it was acquired": "purchase"}
HOLDER: tuple[Answers, ...] = (
    {
        "Class of the permit": "sport",
        "Why no licence is shown": "Not required",
        "Must the receiver report too?": "Yes",
    },
    {"Name of the holder": OWNER},
)
SEIZED: tuple[Answers, ...] = (
    {
        "When it happened": "2026-11-20",
        "Ground": "Illicit possession",
        "Kind of proceeding": "Criminal",
        "Case number": "22-1187",
    },
    {},
    {"Station": STATION},
    {},
)
HELD: tuple[Answers, ...] = (
    {
        "When it happened": "2026-11-24",
        "Number of the hold": "H-1",
        "Ground": "Criminal investigation",
        "Day of review": "2027-05-01",
    },
)
ASKED: tuple[Answers, ...] = (
    {
        "When it happened": "2026-11-21",
        "Ground": "Illicit under national law",
        "Use of the answer": "Criminal investigation",
        "Urgency": "Urgent",
        "Why it is urgent": "Court date",
        "Cause": "Request of another state",
        "Case number": "XB-77",
    },
    {"Kind of gun": "Pistol", "Calibre": "9x19", "Serial number": "EXW-I8B0457"},
    {"Country that is asked": "XA", "Agency for which it is asked": AGENCY},
)
DIVERTED: tuple[Answers, ...] = (
    {
        "When it happened": "2026-11-25",
        "Date": "2020-06",
        "Circumstances": "Theft",
        "Digest of the report": "A" * 43,
        "Country": "XA",
    },
)
ANSWERED: tuple[Answers, ...] = (
    {
        "When it happened": "2026-11-23",
        "Last legal status": "Lawful holder",
        "When it had that status": "2020-02-14",
        "Country of that status": "XA",
        "How sure the answer is": "Certain",
    },
    {},
)
