"""Notices and titles keep the name they were published with.

Rows from before get the name that the file was handed in with; where none was kept, today's: the portal knows no other.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, NullIf


def keep_names(apps, schema_editor):
    files = apps.get_model("applications", "Application").objects.filter(pk=OuterRef("application"))
    organisations = apps.get_model("applications", "Organisation").objects.filter(pk=OuterRef("organisation"))
    handed_in = Subquery(files.annotate(filed=KT("submitted_register__name")).values("filed")[:1])
    today = Subquery(organisations.values("name")[:1])
    for name in ("NoticeEntry", "Honour"):
        rows = apps.get_model("publicity", name).objects.all()
        rows.update(name=Coalesce(NullIf(handed_in, Value("")), today))


class Migration(migrations.Migration):

    dependencies = [
        ("applications", "0010_filed_copies"),
        ("awards", "0002_policy_search"),
        ("publicity", "0003_lists_by_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="honour",
            name="name",
            field=models.CharField(default="", max_length=120, verbose_name="公布的名称"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="noticeentry",
            name="name",
            field=models.CharField(default="", max_length=120, verbose_name="公布的名称"),
            preserve_default=False,
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="noticeentry",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name"], name="entry_name_trigrams", opclasses=("gin_trgm_ops",)
            ),
        ),
        migrations.AddConstraint(
            model_name="honour",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="honour_is_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="entry_is_named"
            ),
        ),
    ]
