"""The reasons for differences belong to what is signed: the document's shape, and the percentage each reason speaks of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("scoring", "0014_misconduct"),)
    operations = (
        migrations.AddField(
            model_name="consolidation",
            name="shape",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="文书版式"),
        ),
        migrations.AddField(
            model_name="differencereason",
            name="before",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="材料评审百分比"),
        ),
        migrations.AddConstraint(
            model_name="differencereason",
            constraint=models.CheckConstraint(
                condition=models.Q(("before", None), ("before__lte", 100), _connector="OR"),
                name="difference_before_range",
            ),
        ),
    )
