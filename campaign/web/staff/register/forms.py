"""What staff fill in about bodies, posts, persons, tenures and contacts. Each field says what it is called."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from flask_babel import lazy_gettext as _
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from campaign.core.errors import DomainError
from campaign.core.i18n import CODES
from campaign.core.text import header_text, prose
from campaign.web.staff.forms import StaffForm, line

LONGEST = 300
LONGEST_BLOCK = 600
YEARS = range(1800, 2101)
LANGUAGES_HINT = _("Codes such as nl fr, the language that it reads first in front. Empty: any.")
SINCE_HINT = _("Whoever holds it now leaves on that day.")
UNTIL_HINT = _("The first day on which they no longer hold it. Empty: until further notice.")
AREA_HINT = _("A Belgian municipality by name, or a code such as BE or BE-VLI.")
SOURCE_HINT = _("Where this can be looked up.")
EMAIL_HINT = _("The office's own, public address. Never a private mailbox.")


def plain(_form: Any, field: Any) -> None:
    """What may stand in the header of a mail: names and offices do."""
    try:
        header_text(field.data or "", limit=LONGEST)
    except DomainError as error:
        raise ValidationError(error.words) from error


def each(_form: Any, field: Any) -> None:
    """The same for each line of several."""
    if len(field.data) > LONGEST_BLOCK:
        raise ValidationError(_("Please use at most %(limit)s characters here.", limit=LONGEST_BLOCK))
    try:
        for words in field.data.splitlines():
            header_text(words, limit=LONGEST)
    except DomainError as error:
        raise ValidationError(error.words) from error


class Day(DateField):  # type: ignore[misc]  # WTForms has no types
    """A day, between sensible years."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read it; raises ValueError for what is no day."""
        self.data = None
        words = (valuelist[0] if valuelist else "").strip()
        if not words:
            return
        try:
            found = date.fromisoformat(words)
        except ValueError as error:
            raise ValueError(str(_("Write a day such as 2026-11-22."))) from error
        if found.year not in YEARS:
            raise ValueError(str(_("Write a year between 1800 and 2100.")))
        self.data = found


def text(label: Any, hint: Any = "", *, required: bool = False) -> StringField:
    """A line of text."""
    needed = [DataRequired(_("Fill this in."))] if required else []
    return StringField(label, description=hint, filters=[line], validators=[*needed, plain])


def day(label: Any, hint: Any = "", *, required: bool = False) -> Day:
    """A day."""
    return Day(label, description=hint, validators=[InputRequired(_("Write the day."))] if required else [])


def lines(label: Any, hint: Any = "") -> TextAreaField:
    """Some lines of text."""
    return TextAreaField(label, description=hint, filters=[lambda value: prose(value or "")], validators=[each])


class BodyForm(StaffForm):
    """A body."""

    name_en, name_fr, name_nl, name_de = (text(_("Name")) for _lang in CODES)
    classification = text(_("Kind"), _("Such as government, legislature, municipality, party."))
    area_code = text(_("Area"), AREA_HINT)


class PostForm(StaffForm):
    """A post."""

    office_en, office_fr, office_nl, office_de = (text(_("Office")) for _lang in CODES)
    salutation_en, salutation_fr, salutation_nl, salutation_de = (text(_("Form of address")) for _lang in CODES)
    address_en, address_fr, address_nl, address_de = (lines(_("Postal address")) for _lang in CODES)
    languages = text(_("Languages"), LANGUAGES_HINT)
    area_code = text(_("Area"), AREA_HINT)

    def validate_languages(self, field: StringField) -> None:
        """Languages of ours."""
        if unknown := [word for word in langs_of(field.data) if word not in CODES]:
            raise ValidationError(_("Not a language of this console: %(lang)s.", lang=unknown[0][:20]))


class NewPostForm(PostForm):
    """A post with where it is reached."""

    email = text(_("Email"), EMAIL_HINT)
    source = text(_("Source"), SOURCE_HINT)


class PersonForm(StaffForm):
    """A person."""

    name = text(_("Name"), required=True)
    other_names = lines(_("Other names"), _("One a line. The search finds them, too."))
    lang = text(_("Language"), _("That they prefer: en, fr, nl or de."))

    def validate_lang(self, field: StringField) -> None:
        """A language of ours, or none."""
        if field.data and field.data not in CODES:
            raise ValidationError(_("Not a language of this console: %(lang)s.", lang=field.data[:20]))


class HeldForm(StaffForm):
    """A tenure that stands in the register."""

    since = day(_("From day"), required=True)
    until = day(_("Until"), UNTIL_HINT)
    source = text(_("Source"), SOURCE_HINT)
    checked_on = day(_("Checked on"))
    salutation_en, salutation_fr, salutation_nl, salutation_de = (text(_("Form of address")) for _lang in CODES)
    office_en, office_fr, office_nl, office_de = (text(_("Title, where it differs")) for _lang in CODES)


class HolderForm(HeldForm):
    """Who holds a post from when."""

    person = text(_("Name"), _("Somebody of the register by name, or somebody new."), required=True)
    since = day(_("From day"), SINCE_HINT, required=True)


class EndForm(StaffForm):
    """When something ends."""

    until = day(_("Last day is the one before"), _("The first day on which it no longer holds."), required=True)

    def ends(self) -> date:
        """That day, once the form is right."""
        return cast(date, self.until.data)


class ContactForm(StaffForm):
    """Where a post is reached."""

    email = text(_("Email"), EMAIL_HINT, required=True)
    since = day(_("From day"), _("The address before it ends on that day."), required=True)
    source = text(_("Source"), SOURCE_HINT, required=True)
    checked_on = day(_("Checked on"))


def texts(form: StaffForm, prefix: str) -> dict[str, str]:
    """The languages of a text that are filled in."""
    found = {lang: form[f"{prefix}_{lang}"].data or "" for lang in CODES}
    return {lang: words for lang, words in found.items() if words}


def spread(**texts_by_prefix: Mapping[str, str]) -> dict[str, str]:
    """The other way: `name={"fr": …}` as the values of `name_fr` and so on."""
    return {
        f"{prefix}_{lang}": words[lang] for prefix, words in texts_by_prefix.items() for lang in CODES if lang in words
    }


def langs_of(words: str | None) -> list[str]:
    """`nl, fr` as a list."""
    return list(dict.fromkeys((words or "").lower().replace(",", " ").split()))
