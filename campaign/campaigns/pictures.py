"""The picture of a campaign: decoded, made small, and kept in the database under its own hash."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from flask_babel import gettext as _
from PIL import Image, ImageOps
from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.campaigns.drafts import lock
from campaign.campaigns.models import Campaign, StoredPicture
from campaign.config import ROOT
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import DomainError, NotFound

LARGEST_FILE = 8 * 1024 * 1024
# A picture of a good telephone has 50 million; one that claims more is a bomb or a mistake.
MOST_PIXELS = 60_000_000
# Of the other kinds, which are always unpacked whole: four bytes a point, and as much again while it is made smaller.
MOST_UNPACKED = 34_000_000
WIDEST, HIGHEST, LEAST = 1200, 1500, 200
# UX.md: what a phone on a slow line can take.
LARGEST_BYTES = 60 * 1024
QUALITIES = (82, 74, 66, 58, 50, 42)
SHRINK = 0.85
KEPT = timedelta(days=30)
STATIC = ROOT / "static"
OURS = (".webp", ".svg")
FORMATS = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)


class BadPicture(DomainError):
    """A file that is no picture, or none that we take."""

    code = "bad_picture"

    def __init__(self, words: str) -> None:
        super().__init__(words, fields={"picture": words})


@dataclass(frozen=True)
class Encoded:
    """A picture as it is served."""

    hash: str
    data: bytes
    width: int
    height: int


def encode(data: bytes) -> Encoded:
    """A picture from a file, as WebP of at most 1200 px and 60 kB, without what cameras write beside it.

    What kind of file it is follows from decoding it, never from its name. Raises BadPicture.
    """
    if not data:
        raise BadPicture(_("Choose a picture."))
    if len(data) > LARGEST_FILE:
        raise BadPicture(_("This file is larger than %(n)s MB.", n=LARGEST_FILE // 1024**2))
    image = _decoded(data)
    image.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    while True:
        for quality in QUALITIES:
            small = _webp(image, quality)
            if len(small) <= LARGEST_BYTES:
                return Encoded(hashlib.sha256(small).hexdigest(), small, image.width, image.height)
        image = image.resize((max(1, int(image.width * SHRINK)), max(1, int(image.height * SHRINK))))


def _decoded(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            # Known from the head of the file, before anything is unpacked.
            if image.width * image.height > (MOST_PIXELS if image.format == "JPEG" else MOST_UNPACKED):
                raise BadPicture(_("This picture has too many points. Make it smaller first."))
            if min(image.size) < LEAST:
                raise BadPicture(_("This picture is too small: use one of at least %(n)s points each way.", n=LEAST))
            image.draft("RGB", (WIDEST * 2, HIGHEST * 2))
            turned = ImageOps.exif_transpose(_smaller(image)).convert("RGBA")
    except BadPicture:
        raise
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise BadPicture(_("This is no picture that we can read. Use a JPEG, PNG or WebP file.")) from error
    flat = Image.new("RGB", turned.size, WHITE)
    flat.paste(turned, mask=turned.getchannel("A"))
    return flat


def _smaller(image: Image.Image) -> Image.Image:
    """Small before it is copied: whole, the largest takes 140 MB of memory, and each copy of it as much again."""
    if image.mode not in ("RGB", "RGBA", "L"):
        image = image.convert("RGBA")
    image.thumbnail((HIGHEST * 2, HIGHEST * 2), Image.Resampling.LANCZOS)
    return image


def _webp(image: Image.Image, quality: int) -> bytes:
    # A new picture, so that nothing of the old one's profile or notes goes along.
    out = BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def set_picture(organisation_id: UUID, campaign_id: UUID, picture: Encoded, *, actor: str) -> str | None:
    """Show this picture; answers what was shown before, for an undo."""
    row = {"hash": picture.hash, "data": picture.data, "width": picture.width, "height": picture.height}
    query = insert(StoredPicture).values(**row, created_at=now())
    session().execute(query.on_conflict_do_update(index_elements=["hash"], set_={"created_at": now()}))
    return show(organisation_id, campaign_id, picture.hash, actor=actor)


def show(organisation_id: UUID, campaign_id: UUID, name: str | None, *, actor: str) -> str | None:
    """Show a picture that is here already, or none; answers what was shown before. Raises NotFound."""
    row = lock(organisation_id, campaign_id)
    before = row.picture
    found = _touch([each for each in (name, before) if each])
    if name is not None and name != before and name not in found and not _is_ours(name):
        raise NotFound(_("This picture is no longer here."))
    row.picture = name
    row.version += 1
    session().flush()
    subject = f"campaign:{campaign_id}"
    audit.record(actor, "campaigns.picture", subject, organisation_id, {"picture": before}, {"picture": name})
    return before


def _touch(names: list[str]) -> set[str]:
    """Those of them that are stored; they are kept for as long again from now on."""
    query = update(StoredPicture).where(StoredPicture.hash.in_(names)).values(created_at=now())
    return set(session().scalars(query.returning(StoredPicture.hash)))


def _is_ours(name: str) -> bool:
    """Whether it is a picture that comes with the application, such as the demonstration's."""
    file = (STATIC / name).resolve()
    return file.is_relative_to(STATIC) and file.suffix in OURS and file.is_file()


def forget() -> int:
    """Drop the pictures that no campaign has shown for a month; answers how many. An undo lasts for hours."""
    shown = exists().where(Campaign.picture == StoredPicture.hash)
    query = delete(StoredPicture).where(StoredPicture.created_at < now() - KEPT, ~shown)
    return len(session().scalars(query.returning(StoredPicture.hash)).all())


def is_stored(name: str) -> bool:
    """Whether a campaign's picture is the hash of an uploaded one, and not a file of ours."""
    return len(name) == 64 and name.isalnum()


def of(campaign_id: UUID) -> str | None:
    """The picture of a campaign: the hash of an uploaded one, a path below static/, or none."""
    return session().scalar(select(Campaign.picture).where(Campaign.id == campaign_id))


def data_of(hash_: str) -> bytes:
    """The bytes of a picture; raises NotFound."""
    data = session().scalar(select(StoredPicture.data).where(StoredPicture.hash == hash_))
    if data is None:
        raise NotFound(_("There is no picture here."))
    return data


def size_of(hash_: str) -> tuple[int, int]:
    """Its width and height in points."""
    row = session().execute(select(StoredPicture.width, StoredPicture.height).where(StoredPicture.hash == hash_)).one()
    return row.width, row.height
