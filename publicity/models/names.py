"""The name under which an organisation was put before the public."""

from __future__ import annotations

from django.db import models


class PublishedName(models.Model):
    """Keeps the name as published: a register entry changed later changes no notice, title or certificate.

    It is the name that the file was handed in with (applications.Application.filed_name), as the whole review called it.
    """

    name = models.CharField("公布的名称", max_length=120)

    class Meta:
        abstract = True

    @property
    def name_line(self) -> str:
        """The name as published, and beside it the one of today where it has changed since."""
        return str(self.organisation.line_as(self.name))  # type: ignore[attr-defined]  # a field of each heir


def name_is_kept(label: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=~models.Q(name=""), name=f"{label}_is_named")
