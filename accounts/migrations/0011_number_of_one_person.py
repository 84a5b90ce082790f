"""A number that was one person's is nobody else's proven number: held by the database across the two tables.

The unique key of accounts_user holds it among numbers of today. The lock on the number lets one transaction at a time ask.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION number_of_one_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number text;
    owner bigint;
    others bigint;
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        number := NEW.national_id_index;
        owner := NEW.id;
    ELSE
        number := NEW.former_id_index;
        owner := NEW.user_id;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('accounts.number'), hashtext(number));
    SELECT count(*) INTO others FROM accounts_identitychange
        WHERE former_id_index = number AND user_id <> owner
        AND confirmed_at IS NOT NULL AND withdrawn_at IS NULL AND kind = 'renewed';
    IF others = 0 AND TG_TABLE_NAME <> 'accounts_user' THEN
        SELECT count(*) INTO others FROM accounts_user
            WHERE national_id_index = number AND national_id_proven_at IS NOT NULL AND id <> owner;
    END IF;
    IF others > 0 THEN
        RAISE EXCEPTION 'this number is or was proven for another person'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'number_of_one_person';
    END IF;
    RETURN NULL;
END $$;
"""
BACK = "DROP FUNCTION number_of_one_person()"
_EXECUTE = "FOR EACH ROW {when} EXECUTE FUNCTION number_of_one_person()"
_STANDS = "NEW.confirmed_at IS NOT NULL AND NEW.withdrawn_at IS NULL AND NEW.kind = 'renewed' AND NEW.former_id_index <> ''"
_PROVEN = "NEW.national_id_proven_at IS NOT NULL"
_CHANGED = (
    "(NEW.national_id_index, NEW.national_id_proven_at) IS DISTINCT FROM (OLD.national_id_index, OLD.national_id_proven_at)"
)
#: (name, table, upon what, when)
TRIGGERS = (
    ("number_of_one_new", "accounts_user", "INSERT", _PROVEN),
    ("number_of_one", "accounts_user", "UPDATE", f"{_PROVEN} AND {_CHANGED}"),
    ("number_of_one", "accounts_identitychange", "INSERT OR UPDATE", _STANDS),
)


def attach(name: str, table: str, upon: str, when: str) -> migrations.RunSQL:
    execute = _EXECUTE.format(when=f"WHEN ({when})")
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} AFTER {upon} ON {table} {execute}", f"DROP TRIGGER {name} ON {table}"
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_identity_changes")]
    operations = [migrations.RunSQL(FUNCTION, BACK), *(attach(*one) for one in TRIGGERS)]
