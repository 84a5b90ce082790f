from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import accounts.fields
from accounts import crypto


def seal(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What stands in clear is written again under the key."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, context FROM casework_document")
        for key, text in cursor.fetchall():
            sealed = crypto.encrypt(text, column="casework_document.context")
            cursor.execute("UPDATE casework_document SET context = %s WHERE id = %s", [sealed, key])


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_awaiting")]
    operations = [
        migrations.AlterField("document", "context", accounts.fields.EncryptedJSONField()),
        migrations.RunPython(seal, migrations.RunPython.noop, elidable=True),
    ]
