import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_address_change'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='user',
            name='user_national_id_once',
        ),
        migrations.AlterField(
            model_name='historicaluser',
            name='national_id_index',
            field=models.CharField(blank=True, db_column='national_id_index', editable=False, max_length=64, null=True),
        ),
        migrations.RenameField(
            model_name='historicaluser',
            old_name='national_id_index',
            new_name='claimed_id_index',
        ),
        migrations.AlterField(
            model_name='user',
            name='national_id_index',
            field=models.CharField(blank=True, db_column='national_id_index', editable=False, max_length=64, null=True),
        ),
        migrations.RenameField(
            model_name='user',
            old_name='national_id_index',
            new_name='claimed_id_index',
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='national_id_proof',
            field=models.CharField(blank=True, choices=[('card', '自然人憑證'), ('office', '核對證件正本'), ('decision', '核定案件時審核')], db_default='', default='', editable=False, max_length=8, verbose_name='身分確認方式'),
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='national_id_proof_note',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300, verbose_name='身分確認依據'),
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='national_id_proven_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='身分確認時間'),
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='national_id_proven_by',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='身分確認人員'),
        ),
        migrations.AddField(
            model_name='user',
            name='national_id_proof',
            field=models.CharField(blank=True, choices=[('card', '自然人憑證'), ('office', '核對證件正本'), ('decision', '核定案件時審核')], db_default='', default='', editable=False, max_length=8, verbose_name='身分確認方式'),
        ),
        migrations.AddField(
            model_name='user',
            name='national_id_proof_note',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300, verbose_name='身分確認依據'),
        ),
        migrations.AddField(
            model_name='user',
            name='national_id_proven_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='身分確認時間'),
        ),
        migrations.AddField(
            model_name='user',
            name='national_id_proven_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='身分確認人員'),
        ),
        migrations.AlterField(
            model_name='accesslog',
            name='action',
            field=models.CharField(choices=[('sign_in', '登入'), ('sign_in_refused', '登入被拒'), ('sign_out', '登出'), ('refused', '存取被拒'), ('reveal', '檢視完整身分證字號'), ('export', '匯出'), ('download', '下載附件或文件'), ('role_granted', '授予角色'), ('role_revoked', '收回角色'), ('password_set', '設定密碼'), ('password_link', '寄送設定密碼連結'), ('password_opened', '開放密碼登入'), ('certificate_bound', '綁定憑證'), ('certificate_freed', '解除憑證綁定'), ('id_proven', '確認身分證字號'), ('id_released', '釋出身分證字號'), ('user_closed', '停用使用者'), ('user_opened', '啟用使用者'), ('address_asked', '申請變更電子郵件'), ('address_changed', '變更電子郵件'), ('address_refused', '不同意變更電子郵件'), ('override', '例外處理')], max_length=20, verbose_name='動作'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('national_id_proof', ''), ('national_id_proof_note', ''), ('national_id_proven_at', None), ('national_id_proven_by', None)), models.Q(('claimed_id_index__isnull', False), ('national_id_proven_at__isnull', False), models.Q(models.Q(('national_id_proof', 'card'), ('national_id_proven_by', None)), models.Q(('national_id_proof__in', ['office', 'decision']), ('national_id_proven_by__isnull', False), models.Q(('national_id_proof_note', ''), _negated=True)), _connector='OR')), _connector='OR'), name='user_national_id_proof_whole'),
        ),
    ]
