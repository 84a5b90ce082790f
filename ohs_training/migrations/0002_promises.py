"""What the database promises by itself: no overlap (附表三), no accreditation while barred (十四), nothing deleted before its
time (十), no mark changed under a certificate, versions and signatures that stay as they were."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ohs_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ohs_classversion_append_only BEFORE UPDATE OR DELETE ON ohs_training_classversion
    FOR EACH ROW EXECUTE FUNCTION ohs_append_only();
-- A signature may be voided, and nothing else of it changes.
CREATE TRIGGER ohs_signrecord_frozen BEFORE UPDATE ON ohs_training_signrecord
    FOR EACH ROW WHEN (
        (NEW.trainee_id, NEW.day, NEW.half, NEW.leaving, NEW.at, NEW.received_at, NEW.source, NEW.client_key, NEW.signature)
        IS DISTINCT FROM
        (OLD.trainee_id, OLD.day, OLD.half, OLD.leaving, OLD.at, OLD.received_at, OLD.source, OLD.client_key, OLD.signature)
        OR OLD.voided_at IS NOT NULL
    ) EXECUTE FUNCTION ohs_append_only();

-- One class holds one course at a time; within an institution a teacher and a room are in one place at a time.
CREATE FUNCTION ohs_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unit bigint; what text;
BEGIN
    SELECT a.organisation_id INTO unit FROM ohs_training_trainingclass c
        JOIN ohs_training_accreditation a ON a.id = c.accreditation_id WHERE c.id = NEW.training_class_id;
    -- The institution is the queue: whoever comes second sees what the first committed.
    PERFORM pg_advisory_xact_lock(hashtext('ohs_timetable'), unit::int);
    SELECT CASE WHEN o.training_class_id = NEW.training_class_id THEN 'ohs_class_time'
                WHEN ot.name = nt.name THEN 'ohs_teacher_time' ELSE 'ohs_room_time' END INTO what
        FROM ohs_training_timetablerow o
        JOIN ohs_training_trainingclass oc ON oc.id = o.training_class_id
        JOIN ohs_training_accreditation oa ON oa.id = oc.accreditation_id
        JOIN casework_case cc ON cc.id = oc.case_id
        JOIN ohs_training_teacher ot ON ot.id = o.teacher_id
        JOIN ohs_training_trainingclass nc ON nc.id = NEW.training_class_id
        JOIN ohs_training_teacher nt ON nt.id = NEW.teacher_id
        WHERE o.id IS DISTINCT FROM NEW.id AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at
          AND (o.training_class_id = NEW.training_class_id
               OR (oa.organisation_id = unit AND cc.state <> 'cancelled'
                   AND (ot.name = nt.name OR (oc.room <> '' AND oc.room = nc.room AND oc.place = nc.place))))
        LIMIT 1;
    IF what IS NOT NULL THEN
        RAISE EXCEPTION 'rows of the timetable overlap' USING ERRCODE = 'exclusion_violation', CONSTRAINT = what;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ohs_timetablerow_no_overlap BEFORE INSERT OR UPDATE ON ohs_training_timetablerow
    FOR EACH ROW EXECUTE FUNCTION ohs_no_overlap();

CREATE FUNCTION ohs_not_barred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ohs_training_revocation r JOIN ohs_training_accreditation a ON a.id = r.accreditation_id
        WHERE a.organisation_id = NEW.organisation_id AND NEW.starts_on >= r.decided_on AND NEW.starts_on < r.barred_before
    ) THEN
        RAISE EXCEPTION 'the institution is barred' USING ERRCODE = 'check_violation', CONSTRAINT = 'ohs_barred';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ohs_accreditation_not_barred BEFORE INSERT ON ohs_training_accreditation
    FOR EACH ROW EXECUTE FUNCTION ohs_not_barred();

CREATE FUNCTION ohs_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM ohs_training_retention r JOIN ohs_training_trainee t ON t.training_class_id = r.training_class_id
        WHERE t.id = OLD.trainee_id AND r.record = TG_ARGV[0] AND r.decision = 'destroy'
    ) THEN
        RAISE EXCEPTION '% is kept', TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ohs_kept';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER ohs_signrecord_kept BEFORE DELETE ON ohs_training_signrecord
    FOR EACH ROW EXECUTE FUNCTION ohs_kept('sign_in');
CREATE TRIGGER ohs_rollcall_kept BEFORE DELETE ON ohs_training_rollcall
    FOR EACH ROW EXECUTE FUNCTION ohs_kept('roll_call');
CREATE TRIGGER ohs_sitting_kept BEFORE DELETE ON ohs_training_sitting
    FOR EACH ROW EXECUTE FUNCTION ohs_kept('marks');
CREATE TRIGGER ohs_certificate_kept BEFORE DELETE ON ohs_training_certificate
    FOR EACH ROW EXECUTE FUNCTION ohs_append_only();
CREATE TRIGGER ohs_trainee_kept BEFORE DELETE ON ohs_training_trainee
    FOR EACH ROW EXECUTE FUNCTION ohs_append_only();

CREATE FUNCTION ohs_mark_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ohs_training_trainee WHERE id = NEW.trainee_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM ohs_training_certificate WHERE trainee_id = NEW.trainee_id AND state = 'in_force') THEN
        RAISE EXCEPTION 'a certificate rests on the mark' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ohs_mark_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ohs_sitting_stands BEFORE INSERT OR UPDATE ON ohs_training_sitting
    FOR EACH ROW EXECUTE FUNCTION ohs_mark_stands();
"""

BACKWARD = """
DROP TRIGGER ohs_sitting_stands ON ohs_training_sitting;
DROP FUNCTION ohs_mark_stands();
DROP TRIGGER ohs_trainee_kept ON ohs_training_trainee;
DROP TRIGGER ohs_certificate_kept ON ohs_training_certificate;
DROP TRIGGER ohs_sitting_kept ON ohs_training_sitting;
DROP TRIGGER ohs_rollcall_kept ON ohs_training_rollcall;
DROP TRIGGER ohs_signrecord_kept ON ohs_training_signrecord;
DROP FUNCTION ohs_kept();
DROP TRIGGER ohs_accreditation_not_barred ON ohs_training_accreditation;
DROP FUNCTION ohs_not_barred();
DROP TRIGGER ohs_timetablerow_no_overlap ON ohs_training_timetablerow;
DROP FUNCTION ohs_no_overlap();
DROP TRIGGER ohs_signrecord_frozen ON ohs_training_signrecord;
DROP TRIGGER ohs_classversion_append_only ON ohs_training_classversion;
DROP FUNCTION ohs_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("ohs_training", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
