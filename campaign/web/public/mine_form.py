"""The form to correct one's own signature: the fields of the sign form, as far as they can still change."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from campaign import letters, signatures
from campaign.core import addresses
from campaign.core.tokens import Purpose
from campaign.signatures import Correction, Own, Public
from campaign.web.origin import LinkForm, TokenForm
from campaign.web.public.forms import (
    COMMENT_MAX,
    NAME_MAX,
    POSTCODE,
    SHAPES,
    _clean,
    _header,
    _plain,
    _strip,
    body_field,
    subject_field,
)


class AskForm(TokenForm):
    """Whose link is asked for."""

    email = StringField(filters=[_strip], validators=[DataRequired(_("Write your email address."))])

    def __init__(self, formdata: Any) -> None:
        super().__init__(formdata, token=(Purpose.MINE_FORM, "mine"))

    def validate_email(self, field: Field) -> None:
        """An address that mail can go to."""
        try:
            addresses.parse(field.data or "")
        except addresses.BadAddress as error:
            raise ValidationError(error.words) from error


class MineForm(LinkForm):
    """What its writer may put right."""

    name = StringField(
        filters=[_strip],
        validators=[
            DataRequired(_("Write your name.")),
            Length(max=NAME_MAX, message=_("Use at most %(max)d characters for your name.")),
            _header,
            _plain,
        ],
    )
    postcode = StringField(filters=[_strip], validators=[DataRequired(_("Write your postcode."))])
    public = RadioField(choices=[SelectChoice(choice.value) for choice in Public])
    comment = TextAreaField(
        filters=[_clean],
        validators=[Length(max=COMMENT_MAX, message=_("Use at most %(max)d characters for why you sign."))],
    )
    updates = RadioField(choices=[SelectChoice("yes"), SelectChoice("no")])
    subject = subject_field()
    body = body_field()

    def __init__(self, formdata: Any, own: Own) -> None:
        self.own, text = own, letters.text(own.text_id)
        values = {name: getattr(own, name) for name in ("name", "postcode", "public", "comment")}
        updates = "yes" if own.updates else "no"
        super().__init__(formdata, **values, updates=updates, subject=text.subject, body=text.body)
        self.rewritable = bool(text.body) and signatures.own.may_rewrite(own)
        if not self.rewritable:
            del self.subject
            del self.body

    def validate_postcode(self, field: Field) -> None:
        """A postcode as the signature's country writes it."""
        shape = SHAPES.get(self.own.country, POSTCODE)
        if field.data and not shape.fullmatch(field.data):
            raise ValidationError(_("Write a postcode of four digits, such as 9000."))

    def correction(self) -> Correction:
        """The checked values; call it after `validate` said yes."""
        return Correction(
            name=self.name.data,
            postcode=self.postcode.data.upper(),
            public=Public(self.public.data),
            comment=" ".join((self.comment.data or "").split()),
            updates=self.updates.data == "yes",
            subject=self.subject.data if self.rewritable else None,
            body=self.body.data if self.rewritable else None,
        )
