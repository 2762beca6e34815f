"""The table of `make soak`, which may be made in pieces."""

from soak.table import HEAD, merged, table
from soak.verdict import Verdict


def test_a_fault_that_is_run_again_takes_the_place_of_its_line_and_the_others_stay() -> None:
    before = table([Verdict("F12 many"), Verdict("F2 killed", letters=1)])
    after = merged(before, [Verdict("F5 crashes"), Verdict("F2 killed", letters=2, problems=["2 letters | are\nlost"])])
    assert after == (
        f"{HEAD}| F2 killed | 2 | 0 | 0 (0) |  |  | no: 2 letters / are lost |\n"
        "| F5 crashes | 0 | 0 | 0 (0) |  |  | yes |\n| F12 many | 0 | 0 | 0 (0) |  |  | yes |\n"
    )


def test_what_is_no_such_table_is_left_out() -> None:
    assert merged("| something | else |\n", [Verdict("F1 web")]) == table([Verdict("F1 web")])
