"""The database refuses to change the ledger: no UPDATE, DELETE or TRUNCATE, whoever asks."""

from django.db import migrations

FROZEN = ("audit_entry", "audit_batch", "audit_seal", "audit_publishedhead", "audit_accesslog")

FORWARD = (
    """
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE FUNCTION audit_marker_goes_when_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM audit_seal WHERE entry_id = OLD.entry_id) THEN
            RAISE EXCEPTION 'entry % is not sealed yet', OLD.entry_id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END $$;
    CREATE TRIGGER marker_goes_when_sealed BEFORE DELETE ON audit_unsealed
        FOR EACH ROW EXECUTE FUNCTION audit_marker_goes_when_sealed();
    CREATE TRIGGER refuse_update BEFORE UPDATE ON audit_unsealed
        FOR EACH ROW EXECUTE FUNCTION audit_refuse();
    CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_unsealed
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
    """
    + "".join(
        f"""
    CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION audit_refuse();
    CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
    """
        for table in FROZEN
    )
)

BACKWARD = (
    "".join(
        f"DROP TRIGGER refuse_change ON {table}; DROP TRIGGER refuse_truncate ON {table};" for table in FROZEN
    )
    + """
    DROP TRIGGER marker_goes_when_sealed ON audit_unsealed;
    DROP TRIGGER refuse_update ON audit_unsealed;
    DROP TRIGGER refuse_truncate ON audit_unsealed;
    DROP FUNCTION audit_marker_goes_when_sealed();
    DROP FUNCTION audit_refuse();
    """
)


class Migration(migrations.Migration):
    dependencies = (("audit", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
