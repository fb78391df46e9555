"""The database refuses to change what is sealed: items of a sealed sheet, the sheet itself, a signed report.

A sealed sheet may still go to `superseded` or `void`; nothing else of it changes, and none of these rows is deleted.
"""

from django.db import migrations

SEALED = "('sealed', 'superseded', 'void')"

FORWARD = f"""
CREATE FUNCTION scoring_sealed_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM scoring_sheet
         WHERE state IN {SEALED} AND sealed_at IS NOT NULL
           AND (TG_OP <> 'INSERT' AND id = OLD.sheet_id OR TG_OP <> 'DELETE' AND id = NEW.sheet_id)
    ) THEN
        RAISE EXCEPTION 'the sheet is sealed: % of an item refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER sealed_item BEFORE INSERT OR UPDATE OR DELETE ON scoring_sheetitem
    FOR EACH ROW EXECUTE FUNCTION scoring_sealed_item();

CREATE FUNCTION scoring_sealed_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN {SEALED} AND OLD.sealed_at IS NOT NULL AND (
        TG_OP = 'DELETE'
        OR to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state'
        OR NEW.state <> OLD.state AND NOT (OLD.state = 'sealed' AND NEW.state IN ('superseded', 'void'))
    ) THEN
        RAISE EXCEPTION 'the sheet is sealed: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER sealed_sheet BEFORE UPDATE OR DELETE ON scoring_sheet
    FOR EACH ROW EXECUTE FUNCTION scoring_sealed_sheet();

CREATE FUNCTION scoring_signed_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM scoring_consolidation
         WHERE state = 'signed'
           AND (TG_OP <> 'INSERT' AND id = OLD.consolidation_id OR TG_OP <> 'DELETE' AND id = NEW.consolidation_id)
    ) THEN
        RAISE EXCEPTION 'the report is signed: % of an item refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER signed_item BEFORE INSERT OR UPDATE OR DELETE ON scoring_consolidateditem
    FOR EACH ROW EXECUTE FUNCTION scoring_signed_item();

CREATE FUNCTION scoring_signed_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed' THEN
        RAISE EXCEPTION 'the report is signed: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER signed_report BEFORE UPDATE OR DELETE ON scoring_consolidation
    FOR EACH ROW EXECUTE FUNCTION scoring_signed_report();
"""

BACKWARD = """
DROP TRIGGER sealed_item ON scoring_sheetitem;
DROP TRIGGER sealed_sheet ON scoring_sheet;
DROP TRIGGER signed_item ON scoring_consolidateditem;
DROP TRIGGER signed_report ON scoring_consolidation;
DROP FUNCTION scoring_sealed_item();
DROP FUNCTION scoring_sealed_sheet();
DROP FUNCTION scoring_signed_item();
DROP FUNCTION scoring_signed_report();
"""


class Migration(migrations.Migration):
    dependencies = (("scoring", "0002_recusal_declarations"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
