"""Read PDFs back as a person with another program would."""

import shutil
import subprocess

import pytest

READER = shutil.which("pdftotext")
needs_reader = [pytest.mark.debian, pytest.mark.skipif(READER is None, reason="pdftotext is not here")]


def read(pdf: bytes) -> str:
    """The words of a PDF, page after page."""
    done = subprocess.run([READER or "pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode("utf-8")
