"""Everything sealed, read under the keys of this process's environment; prints what a key must not change."""

import hashlib
import json

import django


def main() -> None:
    django.setup()
    from accounts import crypto
    from accounts.identity import bearing
    from accounts.models import User
    from casework.models import CasePerson
    from config.rotation import digest_columns, sealed_columns

    digest, values = hashlib.sha256(), 0
    for field in sorted(sealed_columns(), key=lambda one: (one.model._meta.db_table, one.column)):
        for pk, plain in field.model._base_manager.order_by("pk").values_list("pk", field.attname):
            values += bool(plain)
            digest.update(f"{field.origin} {pk} {json.dumps(plain, ensure_ascii=False)}\n".encode())
    found = {}
    for person in User.objects.filter(national_id__isnull=False).order_by("pk"):
        number = person.national_id or ""
        people = list(bearing(crypto.index(number)).values_list("pk", flat=True))
        index = people and User.objects.get(pk=people[0]).claimed_id_index
        cases = sorted(CasePerson.objects.filter(id_index=index or "-").values_list("case__number", flat=True))
        found[person.account_name] = [people, cases]
    print(
        json.dumps({"values": values, "digest": digest.hexdigest(), "found": found, "columns": len(digest_columns())})
    )


if __name__ == "__main__":
    main()
