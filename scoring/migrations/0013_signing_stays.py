"""The database refuses to change what the lead has signed while the members sign, and what they signed.

While a report is in signing, only its state moves; items and the members' words are closed. A countersignature is
never rewritten; it goes with the lead's when that is taken back, never after the report is signed by all.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION scoring_signed_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM scoring_consolidation
         WHERE state IN ('signing', 'signed')
           AND (TG_OP <> 'INSERT' AND id = OLD.consolidation_id OR TG_OP <> 'DELETE' AND id = NEW.consolidation_id)
    ) THEN
        RAISE EXCEPTION 'the report is signed: % of an item refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER signed_consent BEFORE INSERT OR UPDATE OR DELETE ON scoring_itemconsent
    FOR EACH ROW EXECUTE FUNCTION scoring_signed_item();
CREATE TRIGGER signed_difference BEFORE INSERT OR UPDATE OR DELETE ON scoring_differencereason
    FOR EACH ROW EXECUTE FUNCTION scoring_signed_item();

CREATE OR REPLACE FUNCTION scoring_signed_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed' OR OLD.state = 'signing' AND (
        TG_OP = 'DELETE' OR to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state'
    ) THEN
        RAISE EXCEPTION 'the report is signed: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION scoring_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT 1 FROM scoring_consolidation
         WHERE state = 'signed'
           AND id = CASE WHEN TG_OP = 'DELETE' THEN OLD.consolidation_id ELSE NEW.consolidation_id END
    ) THEN
        RAISE EXCEPTION 'the report is signed: % of a signature refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER signature BEFORE INSERT OR UPDATE OR DELETE ON scoring_countersignature
    FOR EACH ROW EXECUTE FUNCTION scoring_signature();
CREATE TRIGGER absence BEFORE INSERT OR UPDATE OR DELETE ON scoring_absence
    FOR EACH ROW EXECUTE FUNCTION scoring_signature();
"""

BACKWARD = """
DROP TRIGGER absence ON scoring_absence;
DROP TRIGGER signature ON scoring_countersignature;
DROP FUNCTION scoring_signature();
DROP TRIGGER signed_difference ON scoring_differencereason;
DROP TRIGGER signed_consent ON scoring_itemconsent;
CREATE OR REPLACE FUNCTION scoring_signed_item() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE FUNCTION scoring_signed_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed' THEN
        RAISE EXCEPTION 'the report is signed: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = (("scoring", "0012_members_sign"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
