# SPDX-License-Identifier: Apache-2.0
"""The page in a browser and ``muniment-verify`` say the same about the same evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from api.client.keyfile import FileKey
from audit.proof.cosignature import UNDATED, cosign, cosigner_key, signed_text
from audit.proof.encoding import decode, encode
from audit.proof.inclusion import TlogProof
from audit.proof.keys import LOW_ORDER_POINTS, check_enrolment
from audit.proof.note import with_lines
from audit.proof.verify.book import Request
from audit.proof.verify.receipts.level import Held, judge_receipt
from audit.proof.verify.trust import LogKey
from domain.errors import EnvelopeError
from tests.journey.conftest import Watch
from tests.journey.verifying import cases
from tests.journey.verifying.both import (
    Case,
    Verdict,
    by_browser,
    by_program,
    run,
    said,
    served_modules,
)
from tests.journey.verifying.cases import LOG, RICH, SIZE, changed, named, shown, zipped
from tests.journey.verifying.forgeries import forgeries
from tests.journey.verifying.parts import PARSERS, opened_by_browser, opened_by_program
from tests.journey.verifying.registries import office_of
from tests.unit.audit.fuzz.mutation import mutate
from tests.unit.audit.proof.envelope import worked
from tests.unit.audit.proof.envelope.worked import forged
from tests.unit.audit.verify.log_builder import ORIGIN
from tests.unit.audit.verify.test_verify_bundle import evidence
from tests.unit.audit.verify.wider.others import cosigned, inclusion, policy_file
from tests.unit.tries import tries

pytestmark = pytest.mark.slow

(PACKED,) = zipped(RICH.files()).values()
SEEDS = st.integers(0, 2**32)
BENT_AT_ONCE = 100


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """Give an empty page that can import the modules of the real one."""
    watch = Watch()
    with served_modules() as address:
        page = watch.over(browser.new_page())
        page.goto(address)
        yield page
        page.close()
    assert watch.wrongs == []


def differing(page: Page, given: Iterable[tuple[str, Case]]) -> dict[str, tuple[Verdict, Verdict]]:
    """Give what the program and the browser say where they do not say the same."""
    both = {name: (by_program(case), by_browser(page, case)) for name, case in given}
    assert len(both) > 1
    return {name: said for name, said in both.items() if not said[0].agrees(said[1])}


def test_sound_evidence_is_ok_and_what_is_left_out_is_said(modules: Page) -> None:
    told = run(modules, shown(RICH, policy=policy_file(LOG)))
    assert (told["result"], told["first"], told["state"]) == ("ok", None, "witnessed")
    states = {each["name"]: each["state"] for each in told["checks"]}
    assert {name for name, state in states.items() if state == "not checked"} == {
        "approvals",
        "consistency",
        "completeness",
        "heads",
        "lateness",
        "rules",
        "schema",
        "time",
    }
    assert [each["state"] for each in told["entries"]] == ["witnessed", "witnessed"]


@pytest.mark.parametrize(
    "given",
    [cases.touched, cases.containers, cases.believed, cases.compared, cases.recorded],
    ids=["one octet", "containers", "trust", "saved checkpoints", "bad records"],
)
def test_both_say_the_same(modules: Page, given: Callable[[], Iterable[tuple[str, Case]]]) -> None:
    assert differing(modules, given()) == {}


@settings(max_examples=tries(25), deadline=None)
@given(at=st.integers(0, len(PACKED) - 1), bits=st.integers(1, 255))
def test_any_changed_octet_of_an_archive_is_noticed_by_both(
    modules: Page, at: int, bits: int
) -> None:
    octets = bytearray(PACKED)
    octets[at] ^= bits
    case = Case(files={"e.zip": bytes(octets)}, trust=LOG.trust())
    browser = by_browser(modules, case)
    assert browser.result != "ok"
    assert by_program(case).agrees(browser)


@settings(max_examples=tries(20), deadline=None)
@given(SEEDS)
def test_both_judge_any_history_of_the_registry_alike(modules: Page, seed: int) -> None:
    office = office_of(Random(seed))
    case = shown(evidence(office.log, office.arm), office.log)
    assert by_program(case).agrees(by_browser(modules, case))


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=tries(4), deadline=None)
@given(seed=SEEDS)
def test_each_parser_takes_and_refuses_the_same(modules: Page, name: str, seed: int) -> None:
    parser, random = PARSERS[name], Random(seed)
    texts = [*parser.seeds, *(mutate(parser.seeds, random) for _ in range(BENT_AT_ONCE))]
    taken = parser.by_program(texts)
    assert any(taken)
    assert parser.by_browser(modules, texts) == taken


def test_the_worked_examples_of_the_specification_open(modules: Page) -> None:
    shared = [worked.MARKED + b"~", worked.TRANSFERRED + b"~", worked.FULL]
    expected = opened_by_program(shared)
    assert all(each.startswith("ok ") for each in expected)
    assert opened_by_browser(modules, shared) == expected


@settings(max_examples=tries(4), deadline=None)
@given(seed=SEEDS)
def test_bent_examples_are_refused_under_the_same_code(modules: Page, seed: int) -> None:
    random = Random(seed)
    seeds = (worked.FULL, worked.MARKED + b"~", forged())
    bent = [mutate(seeds, random) for _ in range(BENT_AT_ONCE)]
    assert opened_by_browser(modules, bent) == opened_by_program(bent)


def test_forgeries_under_good_signatures_are_refused_under_the_same_code(modules: Page) -> None:
    given = list(forgeries())
    expected = opened_by_program(given)
    assert len(set(expected)) > 12
    assert opened_by_browser(modules, given) == expected


@settings(max_examples=tries(2), deadline=None)
@given(seed=SEEDS)
def test_both_admit_the_same_points_for_keys(modules: Page, seed: int) -> None:
    random = Random(seed)
    points = [*sorted(LOW_ORDER_POINTS), *(random.randbytes(32) for _ in range(8))]
    points += [decode(FileKey.create("Ed25519").jwk["x"].encode()) for _ in range(2)]
    expected = [is_admitted(each) for each in points]
    script = """async (points) => {
      const { hasPrimeOrder } = await import("/proof/curve.js");
      return points.map((each) => hasPrimeOrder(Uint8Array.from(each)));
    }"""
    assert modules.evaluate(script, [list(each) for each in points]) == expected
    assert expected[-1]


def is_admitted(point: bytes) -> bool:
    """Tell whether the program lets a point be enrolled as a key."""
    try:
        check_enrolment({"kty": "OKP", "crv": "Ed25519", "x": encode(point).decode()})
    except EnvelopeError:
        return False
    return True


def receipts() -> Iterator[tuple[str, Case, Held, Request]]:
    """Give receipts, sound or not, as the browser and as the program take them."""
    index = SIZE - 2
    note = cosigned(LOG.note(), ("court", "press"))
    sound = TlogProof(index=index, path=inclusion(LOG, index, SIZE), checkpoint_note=note)
    fork = replace(LOG, entries=LOG.entries[::-1])
    for name, receipt, at, options in (
        ("sound", sound, index, {}),
        ("witnessed", sound, index, {"policy": policy_file(LOG)}),
        ("with too few witnesses", sound, index, {"policy": policy_file(LOG, 3)}),
        ("of another entry", sound, index - 1, {}),
        ("of another index", replace(sound, index=index - 1), index, {}),
        ("too short", replace(sound, path=sound.path[:-1]), index, {}),
        ("of a fork", replace(sound, checkpoint_note=fork.note()), index, {}),
        (
            "of a stranger",
            replace(sound, checkpoint_note=note.replace(b"court", b"count")),
            index,
            {},
        ),
        ("of an older tree", replace(sound, checkpoint_note=LOG.note(4)), index, {}),
        ("badly signed", replace(sound, checkpoint_note=changed(note, 60)), index, {}),
        ("with the saved checkpoint", sound, index, {"saved": LOG.note()}),
        ("with another saved one", sound, index, {"saved": LOG.note(5)}),
        ("with a fork that was saved", sound, index, {"saved": fork.note()}),
    ):
        files = {"r.tlog-proof": receipt.encode(), "e.jws": LOG.entries[at] + b"\n"}
        case = Case(files=files, trust=LOG.trust(), **options)  # type: ignore[arg-type]
        held = Held(receipt=receipt, entry=LOG.entries[at], stamps={})
        yield name, case, held, case.request(path=cases.NOWHERE)


def test_both_say_the_same_of_receipts(modules: Page) -> None:
    for name, case, held, request in receipts():
        worth = judge_receipt(held, request, LOG.trust)
        told = run(modules, case)
        assert told["level"] == worth.level, name
        assert said(worth.report).agrees(by_browser(modules, case)), name


def test_a_submission_stands_for_its_entry_beside_a_receipt(modules: Page) -> None:
    receipt = TlogProof(
        index=SIZE - 1, path=inclusion(LOG, SIZE - 1, SIZE), checkpoint_note=LOG.note()
    )
    files = {"a.tlog-proof": receipt.encode(), "a.sd-jwt": cases.PRESENTED}
    assert run(modules, Case(files=files, trust=LOG.trust()))["level"] == "logged"
    assert run(modules, Case(files=files))["first"]["code"] == "trust_missing"
    alone = Case(files={"a.tlog-proof": receipt.encode()}, trust=LOG.trust())
    assert run(modules, alone)["first"]["code"] == "entry_unnamed"


def test_a_post_quantum_line_is_said_to_be_unverified(modules: Page) -> None:
    private = MLDSA44PrivateKey.generate()
    second = LogKey(vkey=str(cosigner_key(ORIGIN, private.public_key())), from_size=0)
    trust = LOG.trust(log_keys=(*LOG.trust().log_keys, second))
    plain = LOG.note()
    line = cosign(signed_text(plain), name=ORIGIN, private_key=private, at=UNDATED)

    def of(note: bytes) -> Case:
        proofs = {at: replace(each, checkpoint_note=note) for at, each in RICH.proofs.items()}
        bare = replace(RICH, checkpoint=note, proofs=proofs, others={}, last={}, consistency={})
        return Case(
            files=zipped(named({**bare.files(), "trust.json": trust.encode()})), trust=trust
        )

    whole = of(with_lines(plain, [line]))
    assert by_program(whole).agrees(by_browser(modules, whole))
    assert by_browser(modules, whole).states["post-quantum"] == "not checked"
    lacking = of(plain)
    assert by_browser(modules, lacking).code == "log_line_missing"
    assert by_program(lacking).agrees(by_browser(modules, lacking))


def test_a_whole_log_is_left_to_the_program(modules: Page) -> None:
    case = Case(files=zipped({**RICH.files(), "checkpoint": LOG.note()}), trust=LOG.trust())
    said = by_browser(modules, case)
    assert (said.result, said.code) == ("unusable", "whole_log")
