# SPDX-License-Identifier: Apache-2.0
"""Names the tests of each trap that other registers fell into, and sees that they are there."""

from __future__ import annotations

import pytest

from tests.architecture.test_attacks import TESTS

TRAPS = {
    "1 identity by serial": (
        "test_one_number_of_two_makes_is_two_firearms",
        "test_rule_10_a_second_firearm_of_one_maker_and_serial_needs_a_reason_and_is_not_merged",
    ),
    "2 one date": (
        "test_trap_2_what_is_learned_late_changes_the_past_only_as_now_known",
        "test_a_report_has_the_date_of_the_world_and_that_of_its_signature",
    ),
    "3 totals without definition": (
        "test_trap_3_no_total_is_given_without_its_definition_and_its_cut_off",
        "test_trap_3_every_table_of_a_report_carries_its_definition",
        "test_a_total_has_its_unit_and_no_total_mixes_units",
    ),
    "4 silent deletion by the owner": (
        "test_nobody_deletes_in_silence_what_was_reversed_is_told_and_still_known",
        "test_owner_and_superuser_are_stopped_by_the_triggers",
    ),
    "5 audit table under the same administrator": (
        "test_a_chain_that_a_superuser_makes_anew_is_found_by_the_ledger",
        "test_a_tail_that_a_superuser_cuts_off_with_its_head_row_is_found_by_the_ledger",
    ),
    "6 migration without a quarantine": (
        "test_every_row_becomes_events_or_one_refusal",
        "test_refused_rows_are_listed_by_line_without_any_content",
        "test_a_repaired_file_adds_only_what_was_repaired",
    ),
    "7 a reference table that lags the market": (
        "test_trap_7_what_no_list_names_yet_is_recorded_found_and_named_later",
    ),
    "8 free text for the condition of marks": (
        "test_nearly_all_of_563_real_spellings_are_read_and_the_others_are_listed",
        "test_the_most_frequent_spellings_of_sao_paulo_have_their_meaning",
    ),
    "9 a registry number in the serial box": (
        "test_a_registry_number_is_found_as_what_it_is_and_pointed_out_in_the_serial_box",
        "test_a_number_of_a_register_in_the_serial_box_is_told",
    ),
    "10 side effects in headers": ("test_a_hit_and_a_duty_stand_in_the_answer",),
    "11 skip and take": (
        "test_a_page_stays_what_it_is_while_the_log_grows",
        "test_whoever_goes_on_with_a_cursor_gets_what_follows",
    ),
    "12 a gap of notices": (
        "test_a_subscription_that_fails_for_days_is_given_up_and_says_so",
        "test_what_was_missed_is_told_again_from_an_index_on",
    ),
    "13 words that accuse": ("test_no_word_accuses_anybody",),
    "14 seal numbers used again": (
        "test_trap_14_a_seal_number_that_is_used_again_is_told_and_one_package_is_not",
        "test_a_seal_that_is_another_one_breaks_the_chain_and_is_named",
    ),
    "15 service guns counted as illicit": (
        "test_trap_15_a_service_arm_is_no_illicit_seizure_whatever_the_form_says",
        "test_trap_15_the_owner_travels_with_every_statistic_of_firearms",
        "test_the_owning_force_travels_with_the_seizure",
    ),
    "16 a forbidden question": (
        "test_trap_16_a_forbidden_search_never_ran_and_the_access_log_shows_it",
        "test_every_role_may_do_exactly_what_the_model_says",
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_its_tests(trap: str) -> None:
    assert [name for name in TRAPS[trap] if TESTS[name] != 1] == []
