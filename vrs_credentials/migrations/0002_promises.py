"""What the database keeps by itself: certificates and extensions do not overlap; the ledger and opinions are append-only."""

from django.db import migrations

# btree_gist is not everywhere, so no exclusion constraint: a lock per holder (per certificate) makes the check one at a time,
# and a statement after it sees what the other committed.
ALONE = """
CREATE FUNCTION vrs_certificate_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'valid' THEN RETURN NEW; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('vrs_certificate'), NEW.holder_id::int);
    IF EXISTS (
        SELECT 1 FROM vrs_credentials_certificate c
        WHERE c.holder_id = NEW.holder_id AND c.kind = NEW.kind AND c.speciality = NEW.speciality
          AND c.state = 'valid' AND c.id <> NEW.id
          AND c.starts_on < NEW.ends_before AND c.ends_before > NEW.starts_on
    ) THEN
        RAISE EXCEPTION 'periods of certificates overlap'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'vrs_certificate_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vrs_certificate_alone BEFORE INSERT OR UPDATE ON vrs_credentials_certificate
FOR EACH ROW EXECUTE FUNCTION vrs_certificate_alone();

CREATE FUNCTION vrs_extension_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('vrs_extension'), NEW.certificate_id::int);
    IF EXISTS (
        SELECT 1 FROM vrs_credentials_extension e
        WHERE e.certificate_id = NEW.certificate_id AND e.id <> NEW.id
          AND e.starts_on < NEW.ends_before AND e.ends_before > NEW.starts_on
    ) THEN
        RAISE EXCEPTION 'extensions overlap' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'vrs_extension_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vrs_extension_alone BEFORE INSERT OR UPDATE ON vrs_credentials_extension
FOR EACH ROW EXECUTE FUNCTION vrs_extension_alone();
"""
NOT_ALONE = """
DROP TRIGGER vrs_certificate_alone ON vrs_credentials_certificate; DROP FUNCTION vrs_certificate_alone();
DROP TRIGGER vrs_extension_alone ON vrs_credentials_extension; DROP FUNCTION vrs_extension_alone();
"""
APPEND_ONLY = ("vrs_credentials_ledgerentry", "vrs_credentials_opinion")


def attach(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("vrs_credentials", "0001_initial"), ("accounts", "0002_append_only")]
    operations = [migrations.RunSQL(ALONE, NOT_ALONE), *map(attach, APPEND_ONLY)]
