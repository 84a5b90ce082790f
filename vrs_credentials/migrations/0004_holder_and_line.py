"""Whom a certificate names is fixed on it; and no certificate stands on a revoked one (準則第14條)."""

import re
from datetime import date

from django.db import migrations, models

import accounts.fields


def name_holders(apps, schema_editor):
    """What the first paper of each certificate printed; where it has none, what the holder's data say now."""
    documents = apps.get_model("casework", "Document").objects
    professionals = apps.get_model("vrs_credentials", "Professional").objects
    for one in apps.get_model("vrs_credentials", "Certificate").objects.select_related("holder").iterator():
        first = documents.filter(paper="vrs_certificate", subject=f"certificate.{one.pk}").order_by("pk").first()
        said = first.context if first else {}
        person = professionals.filter(user=one.holder_id).first()
        one.holder_name = said.get("name") or one.holder.name
        one.holder_national_id = said.get("national_id") or one.holder.national_id or ""
        one.holder_birth_on = day_of(said.get("birth_on", "")) or (person.birth_on if person else None)
        one.save(update_fields=["holder_name", "holder_national_id", "holder_birth_on"])


def day_of(printed):
    """民國79年5月1日 as a day."""
    found = re.fullmatch(r"民國(\d+)年(\d+)月(\d+)日", printed)
    return date(int(found[1]) + 1911, int(found[2]), int(found[3])) if found else None


# The row of the certificate before is locked for the look: a revocation under way is waited for.
LINE = """
CREATE FUNCTION vrs_certificate_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state = OLD.state AND NEW.previous_id IS NOT DISTINCT FROM OLD.previous_id THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'valid' AND NEW.previous_id IS NOT NULL THEN
        SELECT c.state INTO before FROM vrs_credentials_certificate c WHERE c.id = NEW.previous_id FOR SHARE;
        IF before = 'revoked' THEN
            RAISE EXCEPTION 'a certificate follows a revoked one'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'vrs_certificate_line';
        END IF;
    END IF;
    IF NEW.state = 'revoked' AND EXISTS (
        SELECT 1 FROM vrs_credentials_certificate c WHERE c.previous_id = NEW.id AND c.state = 'valid'
    ) THEN
        RAISE EXCEPTION 'a revoked certificate is followed by a valid one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vrs_certificate_line';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vrs_certificate_line BEFORE INSERT OR UPDATE ON vrs_credentials_certificate
FOR EACH ROW EXECUTE FUNCTION vrs_certificate_line();
"""
NO_LINE = "DROP TRIGGER vrs_certificate_line ON vrs_credentials_certificate; DROP FUNCTION vrs_certificate_line();"


def named(model):
    """The three columns of a table."""
    return [
        migrations.AddField(
            model_name=model,
            name="holder_birth_on",
            field=models.DateField(null=True, verbose_name="證明所載出生日期"),
        ),
        migrations.AddField(
            model_name=model,
            name="holder_name",
            field=models.CharField(db_default="", default="", max_length=100, verbose_name="證明所載姓名"),
        ),
        migrations.AddField(
            model_name=model,
            name="holder_national_id",
            field=accounts.fields.EncryptedTextField(db_default="", default="", verbose_name="證明所載身分證字號"),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("vrs_credentials", "0003_roster_jobs"), ("casework", "0010_draft_documents")]

    operations = [
        *named("certificate"),
        *named("historicalcertificate"),
        migrations.RunPython(name_holders, migrations.RunPython.noop),
        migrations.RunSQL(LINE, NO_LINE),
    ]
