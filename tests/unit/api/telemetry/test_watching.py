# SPDX-License-Identifier: Apache-2.0
"""What watches the service: nothing unless it is set, and then what the extra brings."""

from __future__ import annotations

import json
import sys
from subprocess import run

import pytest

from api.service.settings import Telemetry
from api.telemetry.watching import Watch, check_telemetry, open_watch
from domain.errors import UsageError

SOMEWHERE = Telemetry(endpoint="http://127.0.0.1:4318/v1/traces")


def test_without_the_setting_every_part_comes_out_as_it_went_in() -> None:
    watch, part = open_watch(None), object()
    assert type(watch) is Watch
    assert watch.requests(part) is watch.office(part) is watch.gate(part) is part  # type: ignore[arg-type, comparison-overlap]


@pytest.mark.slow
def test_without_the_setting_nothing_of_the_extra_is_loaded() -> None:
    program = (
        "import json, sys; import api.service.serving; from api.telemetry.watching import "
        "open_watch; open_watch(None); print(json.dumps([*sys.modules]))"
    )
    loaded = json.loads(
        run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    )
    assert "api.service.serving" in loaded
    assert [each for each in loaded if each.startswith(("opentelemetry.sdk", "google."))] == []


@pytest.mark.parametrize(
    "missing", ["opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http"]
)
def test_without_the_extra_the_setting_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    for use in (check_telemetry, open_watch):
        with pytest.raises(UsageError) as caught:
            use(SOMEWHERE)
        assert caught.value.slug == "telemetry_missing"
        assert "pip install 'muniment[telemetry]'" in caught.value.next_step
