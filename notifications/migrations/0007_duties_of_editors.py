from django.db import migrations

# What an editor may do as well is a duty of the editors, which owners share; answering a claim stays the owner's alone.
SHARED = ("application.submit", "correction.answer")


def move(apps, before, after):
    duties = apps.get_model("notifications", "Duty").objects
    duties.filter(kind__in=SHARED, role=before, closed_at=None).update(role=after)


def to_editors(apps, schema_editor):
    move(apps, "applicant_owner", "applicant_editor")


def to_owners(apps, schema_editor):
    move(apps, "applicant_editor", "applicant_owner")


class Migration(migrations.Migration):
    dependencies = (("notifications", "0006_withheld_about"),)

    operations = (migrations.RunPython(to_editors, to_owners),)
