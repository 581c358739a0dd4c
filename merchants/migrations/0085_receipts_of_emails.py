from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("merchants", "0084_texts_without_any_secret")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="receipt",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="Proof that the portal sent it, under a key that the database does not have.",
                max_length=100,
            ),
        ),
    ]
