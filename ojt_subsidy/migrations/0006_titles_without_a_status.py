"""The title of an identity's case, and what a unit reads of a line decided anew, no longer say which status it is.

Titles go into lists, mails and reasons; the status stands on the case itself, for the person and the branch.
"""

from django.db import migrations

NEUTRAL = """
UPDATE casework_case SET title = '特定對象身分證明' WHERE kind = 'ojt_subsidy.evidence' AND title LIKE '身分證明：%';
UPDATE ojt_subsidy_paymentline SET problem = '補助額度變動，請重新核定' WHERE problem LIKE '補助額度變動（%';
"""


class Migration(migrations.Migration):
    dependencies = [("ojt_subsidy", "0005_account_confirmed"), ("casework", "0008_document_words")]
    operations = [migrations.RunSQL(NEUTRAL, migrations.RunSQL.noop)]
