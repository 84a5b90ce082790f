"""What the database promises by itself: one holder at a time (S45-08), answers and history that stay, frozen versions."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION senior45_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER senior45_accountevent_append_only BEFORE UPDATE OR DELETE ON senior45_accountevent
    FOR EACH ROW EXECUTE FUNCTION senior45_append_only();
CREATE TRIGGER senior45_lineanswer_append_only BEFORE UPDATE OR DELETE ON senior45_lineanswer
    FOR EACH ROW EXECUTE FUNCTION senior45_append_only();

-- The office's row is the queue: whoever comes second sees what the first committed.
CREATE FUNCTION senior45_single_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM senior45_siteoffice WHERE id = NEW.office_id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT 1 FROM senior45_siteaccount WHERE id = NEW.account_id AND office_id = NEW.office_id) THEN
        RAISE EXCEPTION 'the right and its account belong to different offices'
            USING ERRCODE = 'check_violation', CONSTRAINT = 's45_right_office';
    END IF;
    IF NEW."right" IN ('system_admin', 'opener', 'reviewer') AND EXISTS (
        SELECT 1 FROM senior45_accountright other
        WHERE other.office_id = NEW.office_id AND other."right" = NEW."right" AND other.id IS DISTINCT FROM NEW.id
          AND daterange(other.starts_on, other.ends_before) && daterange(NEW.starts_on, NEW.ends_before)
    ) THEN
        RAISE EXCEPTION 'one holder at a time' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 's45_single_holder_days';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER senior45_single_holder_insert BEFORE INSERT ON senior45_accountright
    FOR EACH ROW EXECUTE FUNCTION senior45_single_holder();
-- Ending a right cannot make two holders; anything else is asked again.
CREATE TRIGGER senior45_single_holder_update BEFORE UPDATE ON senior45_accountright
    FOR EACH ROW WHEN (NEW.ends_before IS NULL OR OLD.ends_before IS NOT NULL OR NEW.starts_on <> OLD.starts_on
        OR NEW.account_id <> OLD.account_id OR NEW.office_id <> OLD.office_id OR NEW."right" <> OLD."right")
    EXECUTE FUNCTION senior45_single_holder();

CREATE FUNCTION senior45_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.submitted_at IS NOT NULL AND (TG_OP = 'DELETE' OR
        (NEW.category, NEW.title, NEW.summary, NEW.body, NEW.html, NEW.starts_on, NEW.ends_before, NEW.submitted_at, NEW.written_by_id)
        IS DISTINCT FROM
        (OLD.category, OLD.title, OLD.summary, OLD.body, OLD.html, OLD.starts_on, OLD.ends_before, OLD.submitted_at, OLD.written_by_id)
    ) THEN
        RAISE EXCEPTION 'a version sent for review does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER senior45_version_frozen BEFORE UPDATE OR DELETE ON senior45_articleversion
    FOR EACH ROW EXECUTE FUNCTION senior45_version_frozen();
"""

BACKWARD = """
DROP TRIGGER senior45_version_frozen ON senior45_articleversion;
DROP FUNCTION senior45_version_frozen();
DROP TRIGGER senior45_single_holder_update ON senior45_accountright;
DROP TRIGGER senior45_single_holder_insert ON senior45_accountright;
DROP FUNCTION senior45_single_holder();
DROP TRIGGER senior45_lineanswer_append_only ON senior45_lineanswer;
DROP TRIGGER senior45_accountevent_append_only ON senior45_accountevent;
DROP FUNCTION senior45_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("senior45", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
