# SPDX-License-Identifier: Apache-2.0
"""Whoever has the whole log recomputes every epoch, and names the one that is false."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audit.proof.heads.epochs import check_epochs, told
from tests.unit.audit.heads.chronicle import registry_of, state_epoch
from tests.unit.audit.verify.log_builder import LogBuilder, small_log


def growing(tmp_path: Path, **third: Any) -> LogBuilder:
    """Give a log with three epochs, the last one as told."""
    log = small_log(2)
    for number in range(3):
        state_epoch(log, tmp_path / str(number), **(third if number == 2 else {}))
        log.transfer(log.register())
    return log


def test_true_epochs_are_found_true_in_one_pass(tmp_path: Path) -> None:
    log = growing(tmp_path)
    epochs = registry_of(log).epochs
    assert len(epochs) == 3
    assert not list(check_epochs(iter(log.entries), epochs))
    assert told(epochs).startswith("Each of 3 epochs")
    assert told(epochs).endswith(f"the last one covers {epochs[2].size}.")
    assert "The one epoch" in told(epochs[:1])
    assert told(()) == "The log states no epoch of newest events."


@pytest.mark.parametrize("lie", [{"root": "A" * 43}, {"streams": 2}])
def test_a_false_epoch_is_named_with_its_index(lie: dict[str, Any], tmp_path: Path) -> None:
    log = growing(tmp_path, **lie)
    epochs = registry_of(log).epochs
    (finding,) = check_epochs(log.entries, epochs)
    assert (finding.check, finding.code) == ("heads", "heads_differ")
    assert finding.index == epochs[2].index
    assert epochs[2].root in finding.evidence
    assert finding.severity == "violation"


def test_a_map_of_another_size_than_stated_is_named(tmp_path: Path) -> None:
    log = small_log(2)
    state_epoch(log, tmp_path / "map", size=len(log.entries) - 1)
    (finding,) = check_epochs(log.entries, registry_of(log).epochs)
    assert finding.code == "heads_differ"


def test_a_log_whose_past_was_changed_gives_another_map(tmp_path: Path) -> None:
    log = growing(tmp_path)
    epochs = registry_of(log).epochs
    sub = next(sub for sub in log.heads if sub.startswith("arm."))
    log.transfer(sub)
    changed = [*log.entries[:5], log.entries[-1], *log.entries[6:-1]]
    assert {each.code for each in check_epochs(changed, epochs)} == {"heads_differ"}


def test_a_log_that_ends_before_an_epochs_size_is_a_gap(tmp_path: Path) -> None:
    log = growing(tmp_path)
    epochs = registry_of(log).epochs
    (finding,) = check_epochs(log.entries[: epochs[1].size - 1], epochs)
    assert (finding.code, finding.severity) == ("heads_unread", "gap")
    assert finding.index == epochs[1].index


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    log = growing(tmp_path)
    with pytest.raises(OSError, match="nowhere"):
        list(check_epochs(log.entries, registry_of(log).epochs, tmp_path / "nowhere"))
