"""The sign form: every field checked, every wrong value kept and explained."""

import re
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from campaign import letters
from campaign.core import addresses, i18n
from campaign.core.errors import DomainError
from campaign.core.text import header_text, one_line, prose
from campaign.core.tokens import Purpose
from campaign.signatures import Form as SignatureForm, Public
from campaign.web.origin import TokenForm
from campaign.web.public.writing import Writing

NAME_MAX, SUBJECT_MAX, BODY_MAX, BODY_MIN, COMMENT_MAX = 100, 150, 8000, 20, 280
OWN_LINE_MAX = 600
POSTCODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,10}")
# What mail programs turn into a link: a scheme, a path, an address, or a domain such as bank.example.
LINK_LIKE = re.compile(r"[/\\@:<>]|www\.|\w{2}\.\w{2}", re.IGNORECASE)
# National shapes of postcodes that are worth checking; others only need to look like one.
SHAPES = {"BE": re.compile(r"[1-9]\d{3}")}


def _strip(value: str | None) -> str:
    return one_line(value or "")


def _one_line(value: str | None) -> str:
    """A subject may wrap on a small screen; as a header it is one line."""
    return " ".join((value or "").split())


def _header(_form: Any, field: Field) -> None:
    try:
        header_text(field.data)
    except DomainError as error:
        raise ValidationError(error.words) from error


def _plain(_form: Any, field: Field) -> None:
    """A name goes into a mail that nobody has asked for yet: it must not carry a link."""
    if LINK_LIKE.search(field.data):
        raise ValidationError(_("Write your name without web or email addresses."))


def _clean(value: str | None) -> str:
    return prose(value or "")


def _strip_all(value: str) -> str:
    return value.strip()


def subject_field() -> Any:
    """The subject of a letter, where it is first written and where it is corrected."""
    return StringField(
        filters=[_one_line],
        validators=[
            DataRequired(_("Write a subject.")),
            Length(max=SUBJECT_MAX, message=_("Use at most %(max)d characters for the subject.")),
            _header,
        ],
    )


def body_field() -> Any:
    """Its words, likewise."""
    return TextAreaField(
        filters=[_clean],
        validators=[
            DataRequired(_("Write your letter.")),
            Length(min=BODY_MIN, message=_("Your letter is too short.")),
            Length(max=BODY_MAX, message=_("Your letter is too long: use at most %(max)d characters.")),
        ],
    )


@cache
def _countries(_lang: str) -> list[SelectChoice]:
    return [SelectChoice(*pair) for pair in i18n.countries()]


class SignForm(TokenForm):
    """What a supporter fills in. `country` stands for its default where it is left empty."""

    name = StringField(
        filters=[_strip],
        validators=[
            DataRequired(_("Write your name.")),
            Length(max=NAME_MAX, message=_("Use at most %(max)d characters for your name.")),
            _header,
            _plain,
        ],
    )
    email = StringField(filters=[_strip], validators=[DataRequired(_("Write your email address."))])
    postcode = StringField(filters=[_strip], validators=[DataRequired(_("Write your postcode."))])
    country = SelectField(choices=[], validate_choice=False)
    subject = subject_field()
    body = body_field()
    updates = RadioField(choices=[SelectChoice("yes"), SelectChoice("no")], validate_choice=False)
    public = RadioField(
        choices=[SelectChoice(choice.value) for choice in Public], default=Public.HIDDEN, validate_choice=False
    )
    comment = TextAreaField(
        filters=[_clean, _one_line],
        validators=[Length(max=COMMENT_MAX, message=_("Use at most %(max)d characters for why you sign."))],
    )
    source = HiddenField(filters=[_strip])
    ref = HiddenField(filters=[_strip])
    # What the contract does not have: a post without these is as complete.
    own_line = TextAreaField(
        filters=[_clean, _strip_all],
        validators=[Length(max=OWN_LINE_MAX, message=_("Use at most %(max)d characters for your own line."))],
    )
    fact = SelectMultipleField(choices=[], validate_choice=False)
    letter_lang = HiddenField(filters=[_strip])
    lot = HiddenField(filters=[_strip])

    def __init__(self, formdata: Any, *, slug: str, home: str, writing: Writing | None = None, **values: Any) -> None:
        self.home = home
        self.writing = writing or Writing()
        self.address: addresses.Address | None = None
        super().__init__(formdata, token=(Purpose.SIGN_FORM, slug), **values)
        self.country.choices = _countries(i18n.language())
        self.country.data = (self.country.data or home).upper()
        self.public.data = self.public.data or Public.HIDDEN

    def validate_email(self, field: Field) -> None:
        """An address that mail can go to."""
        if not field.data:
            return
        try:
            self.address = addresses.parse(field.data)
        except DomainError as error:
            raise ValidationError(error.words) from error

    @property
    def letter(self) -> str:
        """The whole text as it is sent: the own line, the body, and facts that were ticked."""
        cited = self.writing.cited
        facts = [cited.get(id_, "") for id_ in dict.fromkeys(self.fact.data or ())]  # each once, however often it came
        return letters.with_additions(self.body.data or "", self.own_line.data or "", facts)

    def validate_body(self, field: Field) -> None:
        """Not longer, all together, than the strictest of the offices takes."""
        if field.errors:
            return
        most, whole = self.writing.limit, self.letter
        number = letters.advice.words_in(whole)
        if len(whole) > BODY_MAX:
            raise ValidationError(_("Your letter is too long: use at most %(max)d characters.") % {"max": BODY_MAX})
        if most.words and number > most.words:
            words = _("Your letter has %(n)d words. The office takes at most %(max)d.")
            raise ValidationError(words % {"n": number, "max": most.words})
        if most.characters and len(whole) > most.characters:
            words = _("Your letter has %(n)d characters. The office takes at most %(max)d.")
            raise ValidationError(words % {"n": len(whole), "max": most.characters})

    def validate_postcode(self, field: Field) -> None:
        """A postcode as the chosen country writes it."""
        if not field.data:
            return
        if self.country.data in SHAPES and not SHAPES[self.country.data].fullmatch(field.data):
            raise ValidationError(_("Write a postcode of four digits, such as 9000."))
        if not POSTCODE.fullmatch(field.data):
            raise ValidationError(_("Write a postcode with letters and digits only."))

    def validate_country(self, field: Field) -> None:
        """One of the countries on the list."""
        if not i18n.is_country(field.data):
            raise ValidationError(_("Choose a country from the list."))

    def validate_updates(self, field: Field) -> None:
        """Nothing is preset: people say yes or no."""
        if field.data not in ("yes", "no"):
            raise ValidationError(_("Choose yes or no: may we email you how this campaign goes on?"))

    def validate_public(self, field: Field) -> None:
        """One of the three ways to be shown."""
        if field.data not in list(Public):
            raise ValidationError(_("Choose how we may show you."))

    def validate_source(self, field: Field) -> None:
        """Where the signature came from; anything odd counts as nothing."""
        if not re.fullmatch(r"[A-Za-z0-9._-]{0,40}", field.data or ""):
            field.data = ""

    def validate_ref(self, field: Field) -> None:
        """The code in a link that somebody shared; anything odd counts as none."""
        if not re.fullmatch(r"[A-Z0-9]{8}", field.data or ""):
            field.data = ""

    def signature(self, lang: str) -> SignatureForm:
        """The checked values; call it after `validate` said yes."""
        address = self.address or addresses.parse(self.email.data)
        return SignatureForm(
            name=self.name.data,
            address=address,
            postcode=self.postcode.data.upper(),
            country=self.country.data,
            subject=self.subject.data,
            body=self.letter,
            updates=self.updates.data == "yes",
            public=Public(self.public.data),
            source=self.source.data,
            lang=lang,
            comment=self.comment.data or "",
            ref=self.ref.data or "",
            beside_id=self.writing.beside_id,
        )
