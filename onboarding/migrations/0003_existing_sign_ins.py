"""Sign-ins from before the setup wizard were all made to connect: they go on as such, with their entities."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def carry_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("onboarding", "LoketLogin").objects.update(purpose="connection")
    for connection in apps.get_model("onboarding", "Connection").objects.exclude(entity=None):
        apps.get_model("onboarding", "LegalEntity").objects.filter(pk=connection.entity_id).update(
            loket_login=connection.login_id
        )


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0002_setup_wizard")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
