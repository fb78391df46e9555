from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("notifications", "0005_withheld"),)

    operations = (
        migrations.AddField(
            model_name="withheldletter",
            name="about",
            field=models.JSONField(
                default=list, help_text="keys of what its reader must not know of", verbose_name="所涉对象"
            ),
        ),
    )
