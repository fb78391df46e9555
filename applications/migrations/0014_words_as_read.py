from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from applications.rules.words import in_markup


def count_anew(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Words are what a reader reads; before, the marks of tables, headings and pictures counted too."""
    for name in ("AssessmentItem", "ItemVersion"):
        model = apps.get_model("applications", name)
        for row in model.objects.only("pk", "text", "words").iterator():
            words = in_markup(row.text)
            if words != row.words:
                model.objects.filter(pk=row.pk).update(words=words)


class Migration(migrations.Migration):
    dependencies = [("applications", "0013_claims")]

    operations = [migrations.RunPython(count_anew, migrations.RunPython.noop)]
