"""Each fault of docs/reliability.md in its short form, with real processes. `make soak` runs them long."""

import pytest

from tests.faults.conftest import Short

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]


def test_a_web_process_killed_while_people_sign_loses_nothing_it_has_answered_for(short: Short) -> None:
    verdict = short("f1")
    assert verdict.figures["killed between commit and hint"] == 1
    assert verdict.letters > 2


def test_ten_workers_killed_in_the_middle_of_letters_lose_none_and_keep_the_pace(short: Short) -> None:
    verdict = short("f2")
    assert (verdict.letters, verdict.figures["kills that met a lease"]) == (200, 10)
    assert verdict.bound is not None


def test_a_worker_killed_around_a_hand_over_doubles_at_most_the_letter_in_its_hand(short: Short) -> None:
    verdict = short("f2-points")
    assert verdict.figures["before the letter is taken"] == "1 kills, 0 twice"


def test_signing_needs_no_redis(short: Short) -> None:
    short("f3")


def test_five_more_killed_while_redis_is_away_emptied_and_killed_cost_no_letter_and_no_pace(short: Short) -> None:
    verdict = short("f4")
    assert verdict.figures["workers killed with a lease"] == 5
    assert verdict.letters > 140
    assert verdict.bound is not None


@pytest.mark.long
def test_letters_leave_while_redis_hangs(short: Short) -> None:
    verdict = short("f4-hangs")
    assert verdict.letters > 0


def test_a_database_that_crashes_gives_forms_back_and_everything_recovers_by_itself(short: Short) -> None:
    short("f5")


@pytest.mark.long
def test_a_provider_that_fails_in_every_way_costs_no_letter_no_double_and_no_attempt_for_a_locked_door(
    short: Short,
) -> None:
    verdict = short("f6")
    assert verdict.duplicates == 0
    assert verdict.figures["calls before a reset"] == 0
    assert verdict.figures["attempts without a call, or for 401 and 429"] == 0


@pytest.mark.long
def test_one_domain_that_fails_does_not_slow_the_others(short: Short) -> None:
    verdict = short("f7")
    assert verdict.duplicates == 0


def test_reports_that_come_46_times_count_once_and_forged_ones_never(short: Short) -> None:
    verdict = short("f8")
    assert verdict.letters == 20


def test_reports_that_come_before_our_own_record_find_their_letter(short: Short) -> None:
    verdict = short("f9")
    assert (verdict.duplicates, verdict.figures["orphans"]) == (0, 0)


@pytest.mark.long
def test_a_full_disk_loses_nobody_who_was_told_to_be_in(short: Short) -> None:
    verdict = short("f10")
    assert verdict.figures["PostgreSQL stopped"] != 0


@pytest.mark.long
@pytest.mark.debian
def test_a_clock_that_jumps_by_an_hour_breaks_no_pace_and_stops_nothing(short: Short) -> None:
    verdict = short("f11")
    assert verdict.duplicates == 0


def test_many_drains_and_schedulers_at_once_send_each_letter_once_and_keep_the_pace(short: Short) -> None:
    verdict = short("f12")
    assert verdict.duplicates == 0
    assert verdict.figures["drains that sent"] == 8


def test_a_deploy_in_the_middle_of_sending_doubles_and_loses_nothing(short: Short) -> None:
    verdict = short("f13")
    assert verdict.duplicates == 0


def test_a_worker_frozen_past_its_lease_cannot_overwrite_what_came_of_its_letter(short: Short) -> None:
    verdict = short("f14-points")
    assert verdict.duplicates == 2


def test_poison_fails_alone(short: Short) -> None:
    short("f15")
