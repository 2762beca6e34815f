"""What a killed process leaves on the disk of names and addresses goes with the next run; what is in use stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaign.core import clock
from campaign.jobs import folders

MAKER = """
import sys
from campaign.core import clock
from campaign.jobs import folders
with folders.folder() as found:
    (found / "letters.zip").write_text("names")
    print(found, flush=True)
    sys.stdin.read()
"""


def test_a_killed_maker_leaves_nothing_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders.tempfile, "tempdir", str(tmp_path))
    (tmp_path / "somebody-elses").mkdir()
    made = [sys.executable, "-c", MAKER]
    maker = subprocess.Popen(
        made, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert maker.stdout
    left = Path(maker.stdout.readline().strip())
    old = clock.now().timestamp() - 2 * folders.YOUNG_SECONDS
    os.utime(left, (old, old))
    assert folders.clear() == 0, "it is in use"
    maker.kill()
    maker.communicate()
    assert (left / "letters.zip").exists()
    with folders.folder() as mine:
        assert sorted(tmp_path.iterdir()) == sorted([mine, tmp_path / "somebody-elses"])
    assert [path.name for path in tmp_path.iterdir()] == ["somebody-elses"]
